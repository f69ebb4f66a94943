"""Long lists as they were at the time of the query, read page by page on the event loop, and grouped versions."""

from __future__ import annotations

import logging
import sqlite3
from array import array
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from peewee import PeeweeException

from tui_app.catalog import ChangedItem, Item, Kind, Mark, Query, TitleVersion
from tui_app.errors import LibraryError
from tui_app.library.all_profiles import sources_of
from tui_app.library.threads import LibraryThreads
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.store.write.history import ChangeKeys

#: The most rows `items` may be asked for at once.
PAGE_LIMIT: Final = 256

log = logging.getLogger(__name__)


class ItemList:
    """A list at the time of the query: its length and the keys of its first rows, after `fill` of all rows.

    `items` is the exception to "no SQL on the event loop": it reads at most 256 rows by their keys, which takes
    less than a millisecond, while a thread would cost a second frame for every scroll. The same call looks up which
    rows are new, one index look-up each. Only `ChangeList.items` and `FavouriteItems.items` may do the same.
    """

    def __init__(
        self,
        query: Query,
        total: int,
        first_keys: Sequence[int],
        store: Callable[[], LibraryStore],
        read_keys: Callable[[], Awaitable[array[int]]],
        new_from: int | None = None,
        first_items: Sequence[Item] = (),
    ) -> None:
        """Create a list.

        `new_from`: the first sync whose additions are new to the user, None for none. `first_items`: the first rows,
        as read with their keys; they answer the first query, later ones read the file.
        """
        self.query = query
        self._total = total
        self._keys = array("q", first_keys)
        self.is_filled = total <= len(first_keys)
        self._store = store
        self._read_keys = read_keys
        self._new_from = new_from
        self._first_items = first_items

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
        first_items, self._first_items = self._first_items, ()
        try:
            store = self._store()
            if min(stop, self._total) <= len(first_items):
                return first_items[start:stop]
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


class ChangeList:
    """What one sync changed: the number of listed changes and their keys."""

    def __init__(self, keys: ChangeKeys, store: Callable[[], LibraryStore]) -> None:
        self._keys = keys.keys
        self._found = keys
        self._store = store

    def narrowed(self, kind: Kind | None = None, *, only_new: bool = False) -> ChangeList:
        """Return the changes of one kind (None: of all), or only the additions among them."""
        return ChangeList(self._found.narrowed(kind, only_new=only_new), self._store)

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


class GroupedItemList(ItemList):
    """A list in which the first version of a title stands for all; `Item.versions` is their number."""

    def __init__(
        self,
        query: Query,
        keys: array[int],
        counts: Mapping[str, int],
        store: Callable[[], LibraryStore],
        new_from: int | None,
    ) -> None:
        """Create a list. `counts`: item id → number of versions, for titles with several."""

        async def all_keys() -> array[int]:
            return keys

        super().__init__(query, len(keys), keys, store, all_keys, new_from)
        self._counts = counts

    def items(self, start: int, stop: int) -> Sequence[Item] | None:
        """Return the rows from `start` to `stop`, as `ItemList.items` does."""
        items = super().items(start, stop) or ()
        counts = self._counts
        return [replace(item, versions=counts[item.id]) if item.id in counts else item for item in items]


class LibraryVersions:
    """The versions of one profile's titles."""

    def __init__(
        self, threads: LibraryThreads, new_from: Callable[[LibraryStore, UserStore | None], int | None]
    ) -> None:
        self._threads = threads
        self._new_from = new_from

    def begin_titles(self, store: LibraryStore, user: UserStore | None, query: Query) -> GroupedItemList:
        """Return a list with one row per title, in a worker thread. Its total counts titles."""
        keys, counts = store.versions.firsts(query.kind, store.ids(query), self._apart(user, query.kind))
        ids = provider_ids(store.database, query.kind, list(counts))
        count_of = {ids[key]: count for key, count in counts.items()}
        return GroupedItemList(query, keys, count_of, self._threads.page_store, self._new_from(store, user))

    async def index_of_letter(self, query: Query, letter: str) -> int | None:
        """Return the row where names with this letter begin in a list by name; None for other sorts."""

        def look(store: LibraryStore, user: UserStore | None) -> int | None:
            if (index := store.index_of_letter(query, letter)) is None:
                return None
            before = store.ids(query)[:index]
            return len(store.versions.firsts(query.kind, before, self._apart(user, query.kind))[0])

        return await self._threads.ask_beside_user(look)

    async def of(self, kind: Kind, item_id: str) -> tuple[TitleVersion, ...]:
        """Return all versions of a title, by name, also those split off; () when it is gone."""
        return await self._threads.ask_beside_user(
            lambda store, user: store.versions.versions_of(kind, item_id, self._apart(user, kind))
        )

    async def in_row(self, kind: Kind, item_id: str) -> tuple[TitleVersion, ...]:
        """Return what a title stands for in a list with one row for each title: without what was split off."""
        found = await self.of(kind, item_id)
        alone = tuple(one for one in found if one.is_apart and one.item.id == item_id)
        return alone or tuple(one for one in found if not one.is_apart)

    async def sources(self, profiles: Sequence[str], kind: Kind, item_id: str) -> tuple[TitleVersion, ...]:
        """Return the versions of a title in this profile and the others, see `sources_of`."""
        names = (self._threads.profile, *(name for name in profiles if name != self._threads.profile))
        return await self._threads.run(lambda: sources_of(self._threads.paths, names, kind, item_id))

    async def address(self, version: TitleVersion) -> str:
        """Return the stream address of a version in any profile. It is a secret."""

        def build() -> str:
            from tui_app.sync import item_url  # noqa: PLC0415 - loads the HTTP client, 130 ms

            return item_url(self._threads.paths, version.profile, version.item.kind, version.item.id)

        return await self._threads.run(build)

    def _apart(self, user: UserStore | None, kind: Kind) -> frozenset[str]:
        return user.ids_with(self._threads.profile, kind, Mark.SPLIT) if user else frozenset()
