"""Long lists as they were at the time of the query, read page by page on the event loop."""

from __future__ import annotations

import logging
import sqlite3
from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from peewee import PeeweeException

from tui_app.catalog import ChangedItem, Item, Query
from tui_app.errors import LibraryError
from tui_app.store.keys import known_keys
from tui_app.store.library_store import LibraryStore

#: The most rows `items` may be asked for at once.
PAGE_LIMIT: Final = 256

log = logging.getLogger(__name__)


class View:
    """A list at the time of the query: its length and the keys of its first rows, after `fill` of all rows.

    `items` is the exception to "no SQL on the event loop": it reads at most 256 rows by their keys, which takes
    less than a millisecond, while a thread would cost a second frame for every scroll. The same call looks up which
    rows are new, one index look-up each. Only `ChangeView.items` and `FavouriteView.items` may do the same.
    """

    def __init__(
        self,
        query: Query,
        total: int,
        first_keys: Sequence[int],
        store: Callable[[], LibraryStore],
        read_keys: Callable[[], Awaitable[array[int]]],
        new_from: int | None = None,
    ) -> None:
        """Create a list. `new_from`: the first sync whose additions are new to the user, None for none."""
        self.query = query
        self._total = total
        self._keys = array("q", first_keys)
        self.is_filled = total <= len(first_keys)
        self._store = store
        self._read_keys = read_keys
        self._new_from = new_from

    @property
    def total(self) -> int:
        return self._total

    async def fill(self) -> None:
        """Read the keys of all rows, once: about 60 ms for 100,000 of them."""
        if not self.is_filled:
            self._keys = await self._read_keys()
            self.is_filled = True

    def items(self, start: int, stop: int) -> Sequence[Item] | None:
        """Return the rows from `start` to `stop`; None before `fill` when they are not among the first ones.

        Returns fewer rows when a sync just removed some, none when the file can't be read.
        """
        if not self.is_filled and min(stop, self._total) > len(self._keys):
            return None
        try:
            store = self._store()
            items = store.items_by_keys(self.query.kind, self._keys[start : min(stop, start + PAGE_LIMIT)])
            return items if self._new_from is None else store.mark_new(items, self._new_from)
        except (PeeweeException, sqlite3.Error, LibraryError) as error:
            log.warning("rows of the %s can't be read: %s", self.query.kind.plural, error)
            return ()

    def index_of(self, item_id: str) -> int | None:
        """Return the index of an item; None when it is not in this list, or before `fill` not among its first rows.

        One pass over the keys: 10 ms for a million.
        """
        try:
            keys = known_keys(self._store().database, self.query.kind, (item_id,))
            return self._keys.index(keys[0]) if keys else None
        except (ValueError, PeeweeException, sqlite3.Error, LibraryError):
            return None


class ChangeView:
    """What one sync changed: the number of listed changes and their keys."""

    def __init__(self, keys: array[int], store: Callable[[], LibraryStore]) -> None:
        self._keys = keys
        self._store = store

    @property
    def total(self) -> int:
        return len(self._keys)

    def items(self, start: int, stop: int) -> Sequence[tuple[int, ChangedItem]]:
        """Return (key, change) from `start` to `stop`; fewer when a newer sync just dropped them."""
        try:
            found = self._store().changes_by_keys(self._keys[start : min(stop, start + PAGE_LIMIT)])
        except (PeeweeException, sqlite3.Error, LibraryError) as error:
            log.warning("changes can't be read: %s", error)
            return ()
        return tuple(found.items())

    def index_of(self, key: int) -> int | None:
        """Return the index of a change; None when it is not in this list."""
        return self._keys.index(key) if key in self._keys else None
