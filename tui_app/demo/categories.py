"""The categories of the demo panel: which there are for a size, and which language and genre their items have."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tui_app.catalog import Kind
from tui_app.demo.facts import Film, data_text
from tui_app.demo.titles import tongues


@dataclass(frozen=True, slots=True)
class Group:
    """One category. `genre` empty: its items are of any. `tag` stands before the names of its channels."""

    id: int
    name: str
    language: str = "en"
    genre: str = ""
    tag: str = ""
    is_adult: bool = False


@dataclass(frozen=True, slots=True)
class Groups:
    """The categories of one kind: `all` as listed, `drawn` those that invented items are in, often ones repeated."""

    all: Sequence[Group]
    drawn: Sequence[Group]
    classics: Mapping[str, Group]


_CLASSICS: Final = {
    "silent": "CLASSICS | SILENT ERA", "Horror": "CLASSICS | HORROR & SCI-FI", "Crime": "CLASSICS | CRIME & NOIR",
    "Comedy": "CLASSICS | COMEDY", "Western": "CLASSICS | WESTERN & ADVENTURE", "Drama": "CLASSICS | DRAMA & ROMANCE",
    "Documentary": "CLASSICS | DOCUMENTARY", "Animation": "CLASSICS | ANIMATION", "world": "CLASSICS | WORLD CINEMA",
}  # fmt: skip
_SHELF_OF_GENRE: Final = {
    "Science Fiction": "Horror", "Fantasy": "Horror", "Mystery": "Crime", "Thriller": "Crime", "Adventure": "Western",
    "Action": "Western", "War": "Drama", "Romance": "Drama", "History": "Drama", "Music": "Comedy",
    "Family": "Animation",
}  # fmt: skip
_EMPTY: Final = {
    Kind.CHANNEL: ("PPV | EVENTS",),
    Kind.MOVIE: ("🎄 CHRISTMAS", "COMING SOON"),
    Kind.SERIES: ("COMING SOON",),
}
_ITEMS_A_GROUP: Final = 20
_LAST_SILENT_YEAR: Final = 1929


def channel_groups(size: int) -> Groups:
    """Country by country, theme by theme; with radio and one empty category."""
    if not size:
        return Groups((), (), {})
    themes = range(len(tongues()["en"].themes))
    grid = [(place, theme, country) for theme in themes for place, country in enumerate(_tables()["countries"])]
    chosen = sorted(grid[: max(1, size // _ITEMS_A_GROUP)])
    groups = [
        Group(number, f"{tag} | {tongues()[language].themes[theme]}", language, tongues()["en"].themes[theme], tag)
        for number, (_, theme, (tag, language)) in enumerate(chosen, 1)
    ]
    radio = Group(len(groups) + 1, "RADIO ♫", "en", "RADIO", "UK")
    return Groups([*groups, radio, *_empty(Kind.CHANNEL, len(groups) + 2)], [*groups, radio], {})


def movie_groups(size: int, facts: Sequence[Film]) -> Groups:
    """Shelves of classics for the real films, then languages and genres for the invented ones."""
    return _title_groups(Kind.MOVIE, size, _tables()["movies"], facts)


def series_groups(size: int, facts: Sequence[Film]) -> Groups:
    """As for movies."""
    return _title_groups(Kind.SERIES, size, _tables()["series"], facts)


def classic_shelves(film: Film) -> tuple[str, ...]:
    """The one or two shelves of classics that suit a real film, the better one first."""
    by_genre = [_SHELF_OF_GENRE.get(genre, genre) for genre in film.genres]
    if film.language != "en":
        by_genre.insert(0, "world")
    elif film.year <= _LAST_SILENT_YEAR and by_genre[0] not in ("Documentary", "Animation"):
        by_genre.insert(0, "silent")
    return tuple(dict.fromkeys(by_genre))[:2]


def _title_groups(kind: Kind, size: int, specs: Sequence[Sequence[str]], facts: Sequence[Film]) -> Groups:
    if not size:
        return Groups((), (), {})
    used = {shelf for film in facts for shelf in classic_shelves(film)}
    shelves = [(shelf, name) for shelf, name in _CLASSICS.items() if shelf in used]
    classics = {shelf: Group(number, name) for number, (shelf, name) in enumerate(shelves, 1)}
    first = len(classics) + 1
    chosen = specs[: max(3, size // _ITEMS_A_GROUP)]
    invented = [Group(number, name, language, genre) for number, (name, language, genre) in enumerate(chosen, first)]
    adult = Group(first + len(invented), "FOR ADULTS (18+)", is_adult=True)
    english = [group for group in invented if group.language == "en"]
    drawn = [*invented * 4, *english * 6, adult]
    return Groups([*classics.values(), *invented, adult, *_empty(kind, adult.id + 1)], drawn, classics)


def _empty(kind: Kind, first_id: int) -> list[Group]:
    return [Group(number, name) for number, name in enumerate(_EMPTY[kind], first_id)]


@cache
def _tables() -> Mapping[str, Sequence[Sequence[str]]]:
    return tomllib.loads(data_text("groups.toml"))
