"""`Library`: one profile's lists, items and search. What belongs to the user is in its parts.

It knows no widget. Each `Library` owns its threads and connections; switching the profile is a new one. The one place
where SQL runs on the event loop is `views`, which says why.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from peewee import PeeweeException

from tui_app.catalog import CacheStats, Category, FullItem, Kind, Query, SearchAnswer
from tui_app.library.exporting import LibraryExport
from tui_app.library.favourites import LibraryFavourites
from tui_app.library.guide import LibraryGuide
from tui_app.library.marks import LibraryMarks, LibraryUndo, UndoHistory
from tui_app.library.panel import LibraryAccount, LibraryCatchup
from tui_app.library.threads import LibraryThreads
from tui_app.library.ui_state import LibraryChanges, LibraryRemembered
from tui_app.library.versions import LibraryVersions
from tui_app.library.views import View
from tui_app.library.watching import LibraryWatching
from tui_app.paths import Paths
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.library_store import LibraryStore

#: Rows a view can show before all its keys are read: more than a tall terminal has lines.
FIRST_ROWS: Final = 128
#: Hits of a search while the fingers type, and when somebody wants to see them all. Totals are counted either way.
SEARCH_FIRST: Final = 50
SEARCH_ALL: Final = 1_000


class Library:
    """One profile's library and its user's marks. Every question is awaited; errors are those of `tui_app.errors`."""

    def __init__(self, paths: Paths, profile: str, acts: UndoHistory | None = None) -> None:
        """`acts`: what the profile's user did before, where that can be undone still."""
        self.profile = profile
        self._paths = paths
        self._threads = LibraryThreads(paths, profile)
        self._search_number = 0
        self.undo = LibraryUndo(self._threads, acts or UndoHistory())
        self.marks = LibraryMarks(self._threads, self.undo)
        self.favourites = LibraryFavourites(self._threads, self.undo)
        self.changes = LibraryChanges(self._threads)
        self.remembered = LibraryRemembered(self._threads)
        self.versions = LibraryVersions(self._threads, self.changes)
        self.exporting = LibraryExport(self._threads)
        self.watching = LibraryWatching(self._threads, self.undo)
        self.catchup = LibraryCatchup(self._threads)
        self.account = LibraryAccount(self._threads)
        self.guide = LibraryGuide(self._threads)

    # ---------------------------------------------------------------------------------------------- lists
    async def view(self, query: Query) -> View:
        """The list a query asks for, its first rows at hand; `View.fill` brings the rest."""

        def begin(store: LibraryStore) -> tuple[int, Sequence[int], int | None]:
            page = store.page(query, limit=FIRST_ROWS)
            keys = known_keys(store.database, query.kind, [item.id for item in page.items])
            key_of = {id_: key for key, id_ in provider_ids(store.database, query.kind, keys).items()}
            return page.total, [key_of[item.id] for item in page.items], self.changes.new_from(store)

        total, first_keys, new_from = await self._threads.ask(begin)
        threads = self._threads
        return View(
            query, total, first_keys, threads.page_store, lambda: threads.ask(lambda store: store.ids(query)), new_from
        )

    async def count(self, query: Query) -> int:
        """How many items a list has."""
        return await self._threads.ask(lambda store: store.count(query))

    async def index_of_letter(self, query: Query, letter: str) -> int | None:
        """Where the names of a letter begin in this list."""
        return await self._threads.ask(lambda store: store.index_of_letter(query, letter))

    async def categories(self, kind: Kind) -> tuple[Category, ...]:
        """All categories with their counts, those the user hid marked so."""
        hidden = await self.marks.hidden_categories(kind)
        found = await self._threads.ask(lambda store: store.get_categories(kind, include_hidden=True))
        return tuple(replace(category, hidden=category.id in hidden) for category in found)

    async def counted_categories(self, query: Query, *, reveal: bool) -> tuple[tuple[Category, ...], int]:
        """The categories with how many items of a list each has, hidden ones marked; and how many the list has without
        a category, with what is hidden if `reveal`."""
        hidden = await self.marks.hidden_categories(query.kind)
        counted = replace(query, without_categories=() if reveal else tuple(sorted(hidden)))
        return await self._threads.ask(lambda store: store.counted_categories(counted, hidden))

    async def genres(self, kind: Kind) -> tuple[tuple[str, int], ...]:
        """The genres of a kind with their counts."""
        return await self._threads.ask(lambda store: tuple(store.genres(kind)))

    async def stats(self) -> CacheStats:
        """Size, counts and the last syncs."""
        return await self._threads.ask(lambda store: store.get_cache_stats(self.profile))

    # ---------------------------------------------------------------------------------------------- items
    async def open_item(self, kind: Kind, item_id: str) -> FullItem:
        """Everything stored of one item, at once. Raises `NotFound`."""
        return await self._threads.ask(lambda store: self.changes.mark_new(store, store.full_item(kind, item_id)))

    async def fetch_details(self, kind: Kind, item_id: str) -> FullItem:
        """Ask the panel for an item's details, store them, answer with both. Raises `PanelError` and its children."""
        fetch_item_details = await self._threads.run(_details_fetcher)
        full = await fetch_item_details(self._paths, self.profile, kind, item_id)
        return await self._threads.ask(lambda store: self.changes.mark_new(store, full))

    async def address(self, kind: Kind, item_id: str) -> str:
        """The stream address of a channel, movie or episode: a secret."""

        def build() -> str:
            from tui_app.sync import item_url

            return item_url(self._paths, self.profile, kind, item_id)

        return await self._threads.run(build)

    # --------------------------------------------------------------------------------------------- search
    async def search(
        self,
        text: str,
        kinds: Sequence[Kind] | None = None,
        limit: int = SEARCH_FIRST,
        *,
        hidden: Mapping[Kind, frozenset[str]] | None = None,
    ) -> SearchAnswer | None:
        """The ranked answer; None when a newer search has overtaken this one. A newer one interrupts an older.

        `hidden` are the ids of categories whose items are to be left out.
        """
        self._search_number += 1
        number = self._search_number
        self._threads.interrupt_search()

        def run(store: LibraryStore) -> SearchAnswer | None:
            if number != self._search_number:
                return None
            try:
                answer = store.search(text, kinds=tuple(kinds) if kinds else None, limit=limit, hidden=hidden)
                answer = self.changes.mark_new_hits(store, answer)
            except (PeeweeException, sqlite3.Error):
                if number != self._search_number:  # interrupted by the newer one
                    return None
                raise
            return answer if number == self._search_number else None

        return await self._threads.ask_search(run)

    async def prepare_search(self) -> None:
        """Have the words of all names read in the background, before the first typing error asks for them."""
        await self._threads.ask_search(lambda store: store.prepare_search())

    # ------------------------------------------------------------------------------------------------- end
    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Damaged files that were moved away when they were opened; new ones have taken their places."""
        return self._threads.set_aside

    @property
    def rescued(self) -> str:
        """How many marks of a damaged file were taken over, as a sentence; "" when it was sound."""
        return self._threads.rescued

    @property
    def unwritable(self) -> str:
        """Why nothing can be kept now, as the end of a sentence ("the disk is full"); "" when it can."""
        return self._threads.unwritable

    async def was_replaced(self) -> bool:
        """Whether another file took the library's place since it was opened; open a new `Library` then."""
        return await self._threads.was_replaced()

    async def close(self) -> None:
        """Abort what runs and let go of the files. Questions still open raise `LibraryClosed`."""
        self._search_number += 1
        await self.guide.close()
        await self._threads.close()


def _details_fetcher() -> Callable[[Paths, str, Kind, str], Awaitable[FullItem]]:
    """Imported in a thread: the HTTP client takes 130 ms, and the first title opened would freeze for them."""
    from tui_app.sync import fetch_item_details

    return fetch_item_details
