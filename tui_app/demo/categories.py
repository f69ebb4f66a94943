"""The categories of the demo panel, by size, and the language and genre of their items."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tui_app.catalog import Kind
from tui_app.demo.facts import Film, data_text
from tui_app.demo.titles import languages


@dataclass(frozen=True, slots=True)
class Group:
    """One category. An empty `genre` allows all; `tag` is the prefix of its channels' names."""

    id: int
    name: str
    language: str = "en"
    genre: str = ""
    tag: str = ""
    is_adult: bool = False


@dataclass(frozen=True, slots=True)
class Groups:
    """The categories of one kind.

    `all` is the list as sent; invented items draw from `drawn`, which repeats frequent categories.
    """

    all: Sequence[Group]
    drawn: Sequence[Group]
    classics: Mapping[str, Group]


_CLASSICS: Final = {
    "silent": "CLASSICS | SILENT ERA", "Horror": "CLASSICS | HORROR & SCI-FI", "Crime": "CLASSICS | CRIME & NOIR",
    "Comedy": "CLASSICS | COMEDY", "Western": "CLASSICS | WESTERN & ADVENTURE", "Drama": "CLASSICS | DRAMA & ROMANCE",
    "Documentary": "CLASSICS | DOCUMENTARY", "Animation": "CLASSICS | ANIMATION", "world": "CLASSICS | WORLD CINEMA",
}  # fmt: skip
_CLASSIC_OF_GENRE: Final = {
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
    """Return the categories by country and theme, plus radio and an empty category."""
    if not size:
        return Groups((), (), {})
    themes = range(len(languages()["en"].themes))
    grid = [(row, theme, country) for theme in themes for row, country in enumerate(_tables()["countries"])]
    chosen = sorted(grid[: max(1, size // _ITEMS_A_GROUP)])
    groups = [
        Group(number, f"{tag} | {languages()[language].themes[theme]}", language, languages()["en"].themes[theme], tag)
        for number, (_, theme, (tag, language)) in enumerate(chosen, 1)
    ]
    radio = Group(len(groups) + 1, "RADIO ♫", "en", "RADIO", "UK")
    return Groups([*groups, radio, *_empty(Kind.CHANNEL, len(groups) + 2)], [*groups, radio], {})


def movie_groups(size: int, facts: Sequence[Film]) -> Groups:
    """Return categories of classics for real films, then languages and genres for invented ones."""
    return _title_groups(Kind.MOVIE, size, _tables()["movies"], facts)


def series_groups(size: int, facts: Sequence[Film]) -> Groups:
    """Return the categories of series, structured like those of movies."""
    return _title_groups(Kind.SERIES, size, _tables()["series"], facts)


def classic_categories(film: Film) -> tuple[str, ...]:
    """Return the one or two categories of classics for a real film, the better match first."""
    by_genre = [_CLASSIC_OF_GENRE.get(genre, genre) for genre in film.genres]
    if film.language != "en":
        by_genre.insert(0, "world")
    elif film.year <= _LAST_SILENT_YEAR and by_genre[0] not in ("Documentary", "Animation"):
        by_genre.insert(0, "silent")
    return tuple(dict.fromkeys(by_genre))[:2]


def _title_groups(kind: Kind, size: int, specs: Sequence[Sequence[str]], facts: Sequence[Film]) -> Groups:
    if not size:
        return Groups((), (), {})
    used = {classic for film in facts for classic in classic_categories(film)}
    chosen_classics = [(classic, name) for classic, name in _CLASSICS.items() if classic in used]
    classics = {classic: Group(number, name) for number, (classic, name) in enumerate(chosen_classics, 1)}
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
