"""What there is: the kinds of items, and the marks a user can put on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an item is. The value is the word used in JSON, on the command line and in the marks."""

    CHANNEL = "channel"
    MOVIE = "movie"
    SERIES = "series"
    EPISODE = "episode"

    @property
    def plural(self) -> str:
        return "series" if self is Kind.SERIES else f"{self.value}s"


#: The kinds a panel lists, in the order they are synced. Episodes come with a series' details.
LISTED_KINDS: Final = (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)

UNCATEGORISED: Final = "Uncategorised"
#: The category id under which items without a known category are asked for. Not a panel's id: those hold no blanks.
UNCATEGORISED_ID: Final = "(none)"


class Mark(StrEnum):
    """What a user can put on an item; kept in the user's own file, apart from the library."""

    FAVOURITE = "favourite"
    HIDDEN = "hidden"
    WATCHED = "watched"


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item as somebody points at it, to mark it or to play it. The last four are those of an episode."""

    kind: Kind
    id: str
    name: str
    series_id: str | None = None
    series_name: str | None = None
    season: int | None = None
    episode: int | None = None
