"""Kinds, marks, categories as panels list them, and references to items."""

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

#: Kinds with versions. Channels are distinguished by numbers, episodes by series.
VERSIONED_KINDS: Final = (Kind.MOVIE, Kind.SERIES)

UNCATEGORISED: Final = "Uncategorised"
#: Category id of items without a known category. Panel ids contain no spaces, so it can't collide.
UNCATEGORISED_ID: Final = "(none)"


class Mark(StrEnum):
    """A mark a user can put on an item, stored in the user database."""

    FAVOURITE = "favourite"
    HIDDEN = "hidden"
    WATCHED = "watched"
    SPLIT = "split"  # taken out of the group of its versions


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
    def listed(self) -> ItemRef:
        """The title that is in a list and has a page: of an episode its series."""
        if self.kind is not Kind.EPISODE or self.series_id is None:
            return self
        return ItemRef(Kind.SERIES, self.series_id, self.series_name or self.name)

    @property
    def full_name(self) -> str:
        """The name with the series of an episode: "Nosferatu", "The Show S01E02 Pilot"."""
        if self.series_name is None:
            return self.name
        if self.season is None or self.episode is None:
            return f"{self.series_name} {self.name}"
        return f"{self.series_name} S{self.season:02}E{self.episode:02} {self.name}"
