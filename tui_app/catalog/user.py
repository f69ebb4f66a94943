"""Favourites of all kinds, as the user keeps them: in folders, in an order of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_app.catalog.kinds import ItemRef, Kind
from tui_app.catalog.lists import Item

#: The folder of favourites that are in none.
NO_FOLDER: Final = ""


@dataclass(frozen=True, slots=True)
class Favourite:
    """One favourite as the user's file has it: `name` is the one it had when it was marked, `at` is when (epoch s)."""

    kind: Kind
    id: str
    name: str
    folder: str
    at: int

    @property
    def ref(self) -> ItemRef:
        return ItemRef(self.kind, self.id, self.name)


@dataclass(frozen=True, slots=True)
class FoundFavourite:
    """A favourite beside what the library has of it.

    `item` is None when the library has none: it `is_gone` from the provider's list, or was not fetched (yet).
    """

    favourite: Favourite
    item: Item | None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """One played title. `at` is when last, `watched_at` when it was marked as watched (epoch seconds; None: it is not).

    `is_gone`: the library has the title, or the series of this episode, no more.
    """

    ref: ItemRef
    position_s: int
    duration_s: int | None
    at: int
    watched_at: int | None = None
    is_gone: bool = False

    @property
    def is_done(self) -> bool:
        """Watched, and not in the middle of being watched again."""
        if self.watched_at is None or self.watched_at >= self.at:
            return self.watched_at is not None
        return not self.position_s or (self.duration_s is not None and self.position_s >= self.duration_s)


@dataclass(frozen=True, slots=True)
class Continuing:
    """A title to go on with: a movie or episode from `position_s`, or the `is_next` episode from its beginning."""

    ref: ItemRef
    position_s: int
    duration_s: int | None
    at: int  # when the movie, or anything of the series, was played last (epoch seconds)
    is_next: bool = False
    is_gone: bool = False
