"""Kinds, marks, and list rows: one cleaned item of a panel's list as a named tuple.

Named tuples, because a sync creates 150,000 rows and binds them to SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class CategoryRow(NamedTuple):
    """One category of a panel's list. Each kind has its own id space."""

    id: str
    name: str
    parent_id: str | None
    position: int


class ChannelRow(NamedTuple):
    """One live channel. `wire_id` is the id as sent, set only if it differs from the canonical `id`."""

    id: str
    wire_id: str | None
    name: str
    number: int | None
    category_ids: tuple[str, ...]  # the first is primary; empty = no category
    icon: str | None
    epg_id: str | None
    added: int | None
    is_adult: bool | None
    is_radio: bool
    is_separator: bool
    archive_days: int  # 0 = no catch-up
    direct_source: str | None  # secret: never shown or logged; None unless an absolute http(s) URL


class MovieRow(NamedTuple):
    """One movie. Plot, cast, director and genre are set only by panels that send them in the list."""

    id: str
    wire_id: str | None
    name: str  # the displayed name: the panel's `title`, or its `name`
    other_name: str | None  # the panel's `name`, if `title` is displayed
    category_ids: tuple[str, ...]
    icon: str | None
    year: int | None
    rating: float | None  # 0 < rating <= 10
    added: int | None
    container: str | None  # as sent, used in the URL verbatim
    tmdb: int | None
    trailer: str | None  # an 11-character YouTube id
    is_adult: bool | None
    is_separator: bool
    plot: str | None
    cast: str | None
    director: str | None
    genre: str | None
    released: str | None
    duration_s: int | None


class SeriesRow(NamedTuple):
    id: str
    wire_id: str | None
    name: str
    other_name: str | None
    category_ids: tuple[str, ...]
    icon: str | None
    year: int | None
    rating: float | None
    last_modified: int | None
    tmdb: int | None
    trailer: str | None
    is_adult: bool | None
    is_separator: bool
    plot: str | None
    cast: str | None
    director: str | None
    genre: str | None
    released: str | None
    duration_s: int | None  # usual duration of an episode


ItemRow = ChannelRow | MovieRow | SeriesRow


class Kind(StrEnum):
    """The kind of an item. Its value is used in JSON, on the command line and in the user database."""

    CHANNEL = "channel"
    MOVIE = "movie"
    SERIES = "series"
    EPISODE = "episode"

    @property
    def plural(self) -> str:
        return "series" if self is Kind.SERIES else f"{self.value}s"


#: Kinds with a list of their own, in sync order. Episodes are part of a series' details.
LISTED_KINDS: Final = (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)

UNCATEGORISED: Final = "Uncategorised"
#: Category id of items without a known category. Panel ids contain no spaces, so it can't collide.
UNCATEGORISED_ID: Final = "(none)"


class Mark(StrEnum):
    """A mark a user can put on an item, stored in the user database."""

    FAVOURITE = "favourite"
    HIDDEN = "hidden"
    WATCHED = "watched"


@dataclass(frozen=True, slots=True)
class ItemRef:
    """A reference to an item to mark or play. The last four fields are those of an episode."""

    kind: Kind
    id: str
    name: str
    series_id: str | None = None
    series_name: str | None = None
    season: int | None = None
    episode: int | None = None

    @property
    def full_name(self) -> str:
        """The name with the series of an episode: "Nosferatu", "The Show S01E02 Pilot"."""
        if self.series_name is None:
            return self.name
        if self.season is None or self.episode is None:
            return f"{self.series_name} {self.name}"
        return f"{self.series_name} S{self.season:02}E{self.episode:02} {self.name}"
