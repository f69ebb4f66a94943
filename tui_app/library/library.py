"""`Library`: the lists, items, search and exports of one profile.

Each `Library` owns its threads and connections; switching the profile creates a new one. SQL runs on the event loop
only in `views`, which gives the reason.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from peewee import PeeweeException

from tui_app.catalog import CacheStats, Category, FullItem, Kind, Mark, Played, Query, SearchAnswer, TitleExtras
from tui_app.catalog.filter_text import asks_for_values, completions
from tui_app.catalog.filters import ParsedFilter, parse_filter
from tui_app.library.favourites import LibraryFavourites
from tui_app.library.finding import KindMarks, Scope, find, known_filter
from tui_app.library.home import LibraryHome
from tui_app.library.marks import LibraryMarks, LibraryReminders, LibraryUndo, UndoHistory
from tui_app.library.panel import LibraryAccount, LibraryGuide, LibraryPictures
from tui_app.library.similar import similar_titles
from tui_app.library.threads import LibraryThreads
from tui_app.library.ui_state import LibraryChanges, LibraryRemembered
from tui_app.library.views import ItemList, LibraryVersions
from tui_app.library.watching import LibraryWatching
from tui_app.paths import Paths
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

if TYPE_CHECKING:
    from tui_app.export import Exported, Format

#: Suffix → format.
ENDINGS: Final[dict[str, Format]] = {".m3u": "m3u", ".m3u8": "m3u", ".json": "json", ".csv": "csv"}


#: Rows a list can show before all its keys are read: more than a tall terminal has lines.
FIRST_ROWS: Final = 128
#: Hits while typing, and when all are wanted. Totals are counted either way.
SEARCH_FIRST: Final = 50
SEARCH_ALL: Final = 1_000


class Library:
    """One profile's library and its user's marks. Every query is awaited; errors are those of `tui_app.errors`."""

    def __init__(self, paths: Paths, profile: str, acts: UndoHistory | None = None) -> None:
        """Open nothing yet. `acts`: earlier actions of the profile's user that can still be undone."""
        self.profile = profile
        self._paths = paths
        self._threads = LibraryThreads(paths, profile)
        self._search_number = 0
        self.undo = LibraryUndo(self._threads, acts or UndoHistory())
        self.marks = LibraryMarks(self._threads, self.undo)
        self.favourites = LibraryFavourites(self._threads, self.undo)
        self.changes = LibraryChanges(self._threads)
        self.remembered = LibraryRemembered(self._threads)
        self.versions = LibraryVersions(self._threads, self.changes.new_from)
        self.watching = LibraryWatching(self._threads, self.undo)
        self.home = LibraryHome(self._threads, self.watching, self.changes)
        self.reminders = LibraryReminders(self._threads, self.undo)
        self.account = LibraryAccount(self._threads)
        self.guide = LibraryGuide(self._threads)
        self.pictures = LibraryPictures(self._threads)

    # ---------------------------------------------------------------------------------------------- lists
    async def list_items(self, query: Query) -> ItemList:
        """Run a query and return its first rows; `ItemList.fill` reads the keys of the rest."""
        return await self._threads.ask_beside_user(lambda store, user: self._begin_list(store, user, query))

    async def list_with_marks(
        self, kind: Kind, query_of: Callable[[KindMarks], Query], *, grouped: bool = False
    ) -> tuple[KindMarks, ItemList]:
        """Return the marks of a kind and the list of the query made of them, read at once.

        `grouped` lists titles, one row for all their versions. `query_of` is called in a thread.
        """

        def begin(store: LibraryStore, user: UserStore) -> tuple[KindMarks, ItemList]:
            marks = self.watching.marks_of(store, user, kind)
            begin_list = self.versions.begin_titles if grouped else self._begin_list
            return marks, begin_list(store, user, query_of(marks))

        return await self._threads.ask_both(begin)

    def _begin_list(self, store: LibraryStore, user: UserStore | None, query: Query) -> ItemList:
        threads, new_from = self._threads, self.changes.new_from(store, user)
        total, keys, items = store.first_rows(query, FIRST_ROWS)
        return ItemList(
            query,
            total,
            keys,
            threads.page_store,
            lambda: threads.ask(lambda store: store.ids(query)),
            new_from,
            items if new_from is None else store.mark_new(items, new_from),
        )

    async def count(self, query: Query) -> int:
        """Return the number of items in a list."""
        return await self._threads.ask(lambda store: store.count(query))

    async def index_of_letter(self, query: Query, letter: str) -> int | None:
        """Return the index of the first name with this letter."""
        return await self._threads.ask(lambda store: store.index_of_letter(query, letter))

    async def categories(self, kind: Kind) -> tuple[Category, ...]:
        """Return all categories with their counts; hidden ones are flagged."""
        hidden = await self.marks.hidden_categories(kind)
        found = await self._threads.ask(lambda store: store.get_categories(kind, include_hidden=True))
        return tuple(replace(category, hidden=category.id in hidden) for category in found)

    async def counted_categories(self, query: Query, *, reveal: bool) -> tuple[tuple[Category, ...], int]:
        """Count the items of a list by category, and those without a category.

        Hidden categories are flagged; their items count only with `reveal`.
        """
        hidden = await self.marks.hidden_categories(query.kind)
        counted = replace(query, excluded_categories=() if reveal else tuple(sorted(hidden)))
        return await self._threads.ask(lambda store: store.counted_categories(counted, hidden))

    async def genres(self, kind: Kind, within: Query | None = None) -> tuple[tuple[str, int], ...]:
        """Return the genres of a kind with their counts, of all its items or within a list."""
        return await self._threads.ask(lambda store: store.genres(kind, within))

    async def stats(self) -> CacheStats:
        """Return sizes, counts and the last syncs."""
        return await self._threads.ask(lambda store: store.get_cache_stats(self.profile))

    # ---------------------------------------------------------------------------------------------- items
    async def open_item(self, kind: Kind, item_id: str) -> FullItem:
        """Return everything stored about one item. Raises `NotFound`."""
        return (await self.open_played(kind, item_id))[0]

    async def extras_of(self, kind: Kind, item_id: str) -> TitleExtras:
        """Return the versions of a title, similar titles, and the next episode of a series."""
        hidden = await self.marks.hidden_categories(kind)
        similar = await self._threads.ask(lambda store: similar_titles(store, kind, item_id, hidden=hidden))
        versions = await self.versions.of(kind, item_id)
        following = await self.watching.next_unwatched(item_id) if kind is Kind.SERIES else None
        return TitleExtras(versions if len(versions) > 1 else (), similar, following)

    async def open_played(self, kind: Kind, item_id: str) -> tuple[FullItem, Played | None]:
        """Return the same and its entry of the history. Raises `NotFound`."""

        def open(store: LibraryStore, user: UserStore | None) -> tuple[FullItem, Played | None]:
            full = self._as_shown(store, user, store.full_item(kind, item_id))
            return full, user.watching.get_if_played(self.profile, kind, item_id) if user is not None else None

        return await self._threads.ask_beside_user(open)

    async def fetch_details(self, kind: Kind, item_id: str) -> FullItem:
        """Fetch an item's details from the panel, store and return them. Raises `PanelError` and subclasses."""
        await self._threads.load_engine()
        from tui_app.sync import fetch_item_details  # noqa: PLC0415 - loads the HTTP client, 130 ms

        full = await fetch_item_details(self._paths, self.profile, kind, item_id)
        return await self._threads.ask_beside_user(lambda store, user: self._as_shown(store, user, full))

    def _as_shown(self, store: LibraryStore, user: UserStore | None, full: FullItem) -> FullItem:
        """Return the item without its hidden categories, unless it has no others, with its mark as new."""
        hidden = user.hidden_categories(self.profile, full.item.kind) if user is not None else frozenset[str]()
        shown = tuple(category for category in full.categories if category.id not in hidden)
        return self.changes.mark_new(store, user, replace(full, categories=shown or full.categories))

    async def address(self, kind: Kind, item_id: str) -> str:
        """Return the stream address of a channel, movie or episode. It is a secret."""

        def build() -> str:
            from tui_app.sync import item_url  # noqa: PLC0415 - loads the HTTP client, 130 ms

            return item_url(self._paths, self.profile, kind, item_id)

        return await self._threads.run(build)

    async def export(
        self,
        query: Query,
        target: Path,
        progress: Callable[[int, int], None],
        stop: threading.Event,
        *,
        with_credentials: bool = False,
    ) -> Exported:
        """Write a list to a file, completely or not at all; the suffix selects the format.

        Addresses carry credentials only `with_credentials`; the file is then readable by its owner alone. `progress`
        is called in a thread. Raises `Cancelled` once `stop` is set, `UsageError` (no such folder) and `OSError`.
        """
        marked = await self.marks.ids(query.kind, Mark.FAVOURITE)

        def export() -> Exported:
            from tui_app.export import ExportRequest, export_items  # noqa: PLC0415 - rarely used

            request = ExportRequest([query], ENDINGS[target.suffix.lower()], favourites={query.kind: marked})
            return export_items(
                self._paths,
                self.profile,
                request,
                target,
                with_credentials=with_credentials,
                on_progress=progress,
                is_cancelled=stop.is_set,
            )

        return await self._threads.run(export)

    # --------------------------------------------------------------------------------------------- search
    async def search(
        self,
        text: str,
        kinds: Sequence[Kind] | None = None,
        limit: int = SEARCH_FIRST,
        *,
        hidden: Mapping[Kind, frozenset[str]] | None = None,
    ) -> SearchAnswer | None:
        """Return the ranked answer to a query; None when a newer search replaced this one.

        A newer search interrupts an older one. Items of the `hidden` categories (ids) are excluded.
        """
        self._search_number += 1
        number = self._search_number
        self._threads.interrupt_search()

        def run(store: LibraryStore) -> SearchAnswer | None:
            if number != self._search_number:
                return None
            try:
                with store.snapshot():
                    chosen, marks = tuple(kinds) if kinds else None, partial(self._marks, store)
                    scope = Scope(chosen, hidden or {}, marks, is_being_typed=True)
                    answer = find(store, text, scope, limit)
                    answer = self.changes.mark_new_hits(store, self._threads.readable_user_store, answer)
            except (PeeweeException, sqlite3.Error):
                if number != self._search_number:  # interrupted by a newer search
                    return None
                raise
            return answer if number == self._search_number else None

        return await self._threads.ask_search(run)

    def _marks(self, store: LibraryStore, kind: Kind) -> KindMarks:
        """Return the marks of a kind in a thread; none when the user's file can't be read."""
        user = self._threads.readable_user_store()
        return KindMarks() if user is None else self.watching.marks_of(store, user, kind)

    async def known_filter(self, text: str, kind: Kind) -> ParsedFilter:
        """Return the filter that a text describes for the list of a kind, and what was not understood."""
        parsed = parse_filter(text, is_being_typed=True)
        return await self._threads.ask(lambda store: known_filter(store, parsed, (kind,)))

    async def completion(self, text: str, kinds: Sequence[Kind]) -> str | None:
        """Return a query that continues this one with a key, or a value that the library has."""
        if not asks_for_values(text):
            return next(completions(text, lambda key: ()), None)

        def complete(store: LibraryStore) -> str | None:
            with store.snapshot():
                return next(completions(text, lambda key: store.known_values(key, kinds)), None)

        return await self._threads.ask(complete)

    async def prepare_search(self) -> None:
        """Load the vocabulary in the background, before the first misspelt word needs it."""

        def prepare(store: LibraryStore) -> None:
            with store.snapshot():
                store.prepare_search()
                self.changes.prepare_new(store, self._threads.readable_user_store())

        await self._threads.ask_search(prepare)

    # --------------------------------------------------------------------------------------------- closing
    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Damaged files that were moved aside when they were opened; new ones replaced them."""
        return self._threads.set_aside

    @property
    def rescued(self) -> str:
        """How many marks were recovered from a damaged file, as a sentence; "" when it was sound."""
        return self._threads.rescued

    @property
    def unwritable(self) -> str:
        """Why nothing can be saved, as the end of a sentence ("the disk is full"); "" when it can."""
        return self._threads.unwritable

    async def was_replaced(self) -> bool:
        """Return True when the library file was replaced since it was opened; open a new `Library` then."""
        return await self._threads.was_replaced()

    async def close(self) -> None:
        """Abort running queries and close the files. Open queries raise `LibraryClosed`."""
        self._search_number += 1
        await self.guide.close()
        await self.pictures.close()
        await self._threads.close()
