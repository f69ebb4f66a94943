"""`library.versions`: lists with one row per title, and the versions behind such a row."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tui_app.catalog import Item, Kind, Query
from tui_app.library.threads import LibraryThreads
from tui_app.library.ui_state import LibraryChanges
from tui_app.library.views import View
from tui_app.store.keys import provider_ids
from tui_app.store.library_store import LibraryStore


class GroupedView(View):
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
        """Return the rows from `start` to `stop`, as `View.items` does."""
        items = super().items(start, stop) or ()
        counts = self._counts
        return [replace(item, versions=counts[item.id]) if item.id in counts else item for item in items]


class LibraryVersions:
    """The versions of one profile's titles."""

    def __init__(self, threads: LibraryThreads, changes: LibraryChanges) -> None:
        self._threads = threads
        self._changes = changes

    async def view(self, query: Query) -> GroupedView:
        """Return a list with one row per title. Its total counts titles."""

        def group(store: LibraryStore) -> tuple[array[int], Mapping[str, int], int | None]:
            keys, counts = store.versions.firsts(query.kind, store.ids(query))
            ids = provider_ids(store.database, query.kind, list(counts))
            return keys, {ids[key]: count for key, count in counts.items()}, self._changes.new_from(store)

        keys, counts, new_from = await self._threads.ask(group)
        return GroupedView(query, keys, counts, self._threads.page_store, new_from)

    async def index_of_letter(self, query: Query, letter: str) -> int | None:
        """Return the row where names with this letter begin in a list by name; None for other sorts."""

        def look(store: LibraryStore) -> int | None:
            index = store.index_of_letter(query, letter)
            return None if index is None else len(store.versions.firsts(query.kind, store.ids(query)[:index])[0])

        return await self._threads.ask(look)

    async def of(self, kind: Kind, item_id: str) -> tuple[Item, ...]:
        """Return all versions of a title, by name; () when it is gone."""
        return await self._threads.ask(lambda store: store.versions.versions_of(kind, item_id))
