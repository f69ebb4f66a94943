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
    "War": "Drama", "Romance": "Drama", "History": "Drama", "Music": "Comedy", "Family": "Animation",
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


def movie_groups(size: int) -> Groups:
    """Shelves of classics for the real films, then languages and genres for the invented ones."""
    return _title_groups(Kind.MOVIE, size, _tables()["movies"])


def series_groups(size: int) -> Groups:
    """As for movies."""
    return _title_groups(Kind.SERIES, size, _tables()["series"])


def classic_shelf(film: Film) -> str:
    """Which shelf of classics a real film stands on."""
    if film.language not in ("en", "xx"):
        return "world"
    if film.year <= _LAST_SILENT_YEAR and film.genres[0] not in ("Documentary", "Animation"):
        return "silent"
    return _SHELF_OF_GENRE.get(film.genres[0], film.genres[0])


def _title_groups(kind: Kind, size: int, specs: Sequence[Sequence[str]]) -> Groups:
    if not size:
        return Groups((), (), {})
    classics = {shelf: Group(number, name) for number, (shelf, name) in enumerate(_CLASSICS.items(), 1)}
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
