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
