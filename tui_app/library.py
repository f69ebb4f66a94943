"""The async door between the screens and SQL: one profile's library, asked in threads, answered with catalogue values.

It knows no widget. Each `Library` owns its threads and connections; switching the profile is a new one. The one place
where SQL runs on the event loop is `library_views`, which says why.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from peewee import PeeweeException

from tui_app.catalog import (
    CacheStats,
    Category,
    FullItem,
    Kind,
    Mark,
    Query,
    SearchAnswer,
    SyncRunInfo,
)
from tui_app.errors import LibraryError
from tui_app.library_views import ChangeView, View
from tui_app.lock_holder import is_held
from tui_app.paths import Paths
from tui_app.store.following import follow_moved_ids
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.marks import UserStore

#: Rows a view can show before all its keys are read: more than a tall terminal has lines.
FIRST_ROWS: Final = 128
#: Hits of a search while the fingers type, and when somebody wants to see them all. Totals are counted either way.
SEARCH_FIRST: Final = 50
SEARCH_ALL: Final = 1_000
Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


class LibraryClosed(LibraryError):
    """Another profile is on the screen by now: whoever asked has nothing to say any more."""

    def __init__(self) -> None:
        super().__init__("The library was closed.")


class Library:
    """One profile's library and its user's marks. Every question is awaited; errors are those of `tui_app.errors`."""

    def __init__(self, paths: Paths, profile: str) -> None:
        self.profile = profile
        self._paths = paths
        self._path = paths.library_db(profile)
        self._opening = threading.Lock()
        self._asking = ThreadPoolExecutor(2, "library")
        self._searching = ThreadPoolExecutor(1, "search")
        self._reader: LibraryStore | None = None
        self._searcher: LibraryStore | None = None
        self._page_reader: LibraryStore | None = None
        self._user: UserStore | None = None
        self._search_number = 0
        self._closed = False

    # ---------------------------------------------------------------------------------------------- lists
    async def view(self, query: Query) -> View:
        """The list a query asks for, its first rows at hand; `View.fill` brings the rest."""

        def begin(store: LibraryStore) -> tuple[int, Sequence[int], int | None]:
            page = store.page(query, limit=FIRST_ROWS)
            keys = known_keys(store.database, query.kind, [item.id for item in page.items])
            key_of = {id_: key for key, id_ in provider_ids(store.database, query.kind, keys).items()}
            return page.total, [key_of[item.id] for item in page.items], self._new_from(store)

        total, first_keys, new_from = await self._ask(begin)
        return View(query, total, first_keys, self._pages, lambda: self._ask(lambda store: store.ids(query)), new_from)

    async def index_of_letter(self, query: Query, letter: str) -> int | None:
        """Where the names of a letter begin in this list."""
        return await self._ask(lambda store: store.index_of_letter(query, letter))

    async def categories(self, kind: Kind) -> tuple[Category, ...]:
        """All categories with their counts, those the user hid marked so."""
        hidden = await self.hidden_categories(kind)
        found = await self._ask(lambda store: store.get_categories(kind, include_hidden=True))
        return tuple(replace(category, hidden=category.id in hidden) for category in found)

    async def genres(self, kind: Kind) -> tuple[tuple[str, int], ...]:
        """The genres of a kind with their counts."""
        return await self._ask(lambda store: tuple(store.genres(kind)))

    async def stats(self) -> CacheStats:
        """Size, counts and the last syncs."""
        return await self._ask(lambda store: store.get_cache_stats(self.profile))

    # ---------------------------------------------------------------------------------------------- items
    async def open_item(self, kind: Kind, item_id: str) -> FullItem:
        """Everything stored of one item, at once. Raises `NotFound`."""
        return await self._ask(lambda store: self._with_news(store, store.full_item(kind, item_id)))

    async def fetch_details(self, kind: Kind, item_id: str) -> FullItem:
        """Ask the panel for an item's details, store them, answer with both. Raises `PanelError` and its children."""
        fetch_item_details = await self._in_thread(self._asking, _details_fetcher)
        full = await fetch_item_details(self._paths, self.profile, kind, item_id)
        return await self._ask(lambda store: self._with_news(store, full))

    async def address(self, kind: Kind, item_id: str) -> str:
        """The stream address of a channel, movie or episode: a secret."""

        def build() -> str:
            from tui_app.sync import item_url

            return item_url(self._paths, self.profile, kind, item_id)

        return await self._in_thread(self._asking, build)

    # --------------------------------------------------------------------------------------------- search
    async def search(
        self, text: str, kinds: Sequence[Kind] | None = None, limit: int = SEARCH_FIRST
    ) -> SearchAnswer | None:
        """The ranked answer; None when a newer search has overtaken this one. A newer one interrupts an older."""
        self._search_number += 1
        number = self._search_number
        if self._searcher is not None:
            self._searcher.interrupt()

        def run() -> SearchAnswer | None:
            if number != self._search_number:
                return None
            store = self._search_store()
            try:
                answer = store.search(text, kinds=tuple(kinds) if kinds else None, limit=limit)
                answer = self._hits_with_news(store, answer)
            except (PeeweeException, sqlite3.Error):
                if number != self._search_number:  # interrupted by the newer one
                    return None
                raise
            return answer if number == self._search_number else None

        return await self._in_thread(self._searching, run)

    async def prepare_search(self) -> None:
        """Have the words of all names read in the background, before the first typing error asks for them."""
        await self._in_thread(self._searching, lambda: self._search_store().prepare_search())

    async def recent_searches(self) -> tuple[str, ...]:
        """What was searched for, newest first."""
        return await self._ask_user(lambda user: tuple(user.recent_searches(self.profile)))

    async def remember_search(self, text: str) -> None:
        await self._ask_user(lambda user: user.add_recent_search(self.profile, text))

    # -------------------------------------------------------------------------------------------- changes
    async def change_runs(self) -> tuple[SyncRunInfo, ...]:
        """The last syncs, newest first, with counts and without their lists."""
        lock = self._paths.sync_lock(self.profile)
        return await self._ask(lambda store: store.get_runs(may_run=is_held(lock)))

    async def changes_of(self, run: int) -> ChangeView:
        """What one of them changed."""
        keys = await self._ask(lambda store: store.change_keys(run))
        return ChangeView(keys, self._pages)

    async def changes_seen_at(self) -> int | None:
        """Up to when (epoch seconds) the user has seen the changes; None for never."""
        return await self._ask_user(lambda user: user.get_seen_changes(self.profile))

    async def mark_changes_seen(self, at: int | None = None) -> None:
        """The user has seen what changed up to `at`, by default up to the end of the newest sync."""
        if at is None:
            at = max((run.at for run in await self.change_runs() if run.status != "running"), default=0)
        seen_at = at
        await self._ask_user(lambda user: user.save_seen_changes(self.profile, seen_at))

    def _new_from(self, store: LibraryStore) -> int | None:
        """The first sync whose additions the user has not seen. In a thread."""
        try:
            seen_at = self._user_store().get_seen_changes(self.profile)
        except (PeeweeException, sqlite3.Error, LibraryError) as error:  # no reason to show no list
            log.warning("what was seen of the changes can't be read: %s", error)
            return None
        return store.first_unseen_run(seen_at)

    def _with_news(self, store: LibraryStore, full: FullItem) -> FullItem:
        run = self._new_from(store)
        return full if run is None else replace(full, item=store.mark_new((full.item,), run)[0])

    def _hits_with_news(self, store: LibraryStore, answer: SearchAnswer) -> SearchAnswer:
        run = self._new_from(store)
        if run is None:
            return answer
        items = store.mark_new([hit.item for hit in answer.hits], run)
        hits = tuple(replace(hit, item=item) for hit, item in zip(answer.hits, items, strict=True))
        return replace(answer, hits=hits)

    # ---------------------------------------------------------------------------------------------- marks
    async def marked(self, kind: Kind, mark: Mark) -> frozenset[str]:
        """The ids the user put a mark on."""
        return await self._ask_marks(lambda user: user.ids_with(self.profile, kind, mark))

    async def toggle_mark(self, kind: Kind, item_id: str, mark: Mark, name: str) -> bool:
        """Put a mark on or take it off; True when it is on now."""
        return await self._ask_marks(lambda user: user.toggle_mark(self.profile, kind, item_id, mark, name))

    async def set_marks(self, kind: Kind, items: Sequence[tuple[str, str]], mark: Mark, *, on: bool) -> None:
        """Put a mark on items, given as (id, name), or take it off."""
        await self._ask_marks(lambda user: user.set_marks(self.profile, kind, items, mark, on=on))

    async def hidden_categories(self, kind: Kind) -> frozenset[str]:
        return await self._ask_marks(lambda user: user.hidden_categories(self.profile, kind))

    async def hide_categories(self, kind: Kind, categories: Sequence[Category], *, hide: bool) -> None:
        """Hide categories of a kind, or show them again."""

        def change(user: UserStore) -> None:
            if hide:
                user.hide_categories(self.profile, kind, [(category.id, category.name) for category in categories])
            else:
                user.show_categories(self.profile, kind, [category.id for category in categories])

        await self._ask_marks(change)

    async def view_state(self, place: str) -> str | None:
        """What `keep_view_state` kept for a screen."""
        return await self._ask_user(lambda user: user.get_view_state(self.profile, place))

    async def keep_view_state(self, place: str, state: str) -> None:
        try:
            await self._ask_user(lambda user: user.save_view_state(self.profile, place, state))
        except LibraryError as error:  # where a screen was left is worth no trouble, least of all on the way out
            log.warning("the place of %s can't be kept: %s", place, error)

    async def saved_filters(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """(name, what `save_filter` kept under it) of each, by name."""
        return await self._ask_user(lambda user: user.saved_filters(self.profile, kind))

    async def save_filter(self, kind: Kind, name: str, state: str) -> None:
        await self._ask_user(lambda user: user.save_filter(self.profile, kind, name, state))

    async def forget_filter(self, kind: Kind, name: str) -> None:
        await self._ask_user(lambda user: user.forget_filter(self.profile, kind, name))

    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Damaged files that were moved away when they were opened; new ones have taken their places."""
        stores = (self._reader, self._searcher, self._page_reader)
        found = {store.database.set_aside for store in stores if store is not None}
        if self._user is not None:
            found.add(self._user.set_aside)
        return tuple(sorted(path for path in found if path is not None))

    # --------------------------------------------------------------------------------------------- inside
    async def close(self) -> None:
        """Abort what runs and let go of the files. Questions still open raise `LibraryClosed`."""
        if self._closed:
            return
        self._closed = True
        self._search_number += 1
        for store in (self._reader, self._searcher):
            if store is not None:
                store.interrupt()
        await asyncio.to_thread(self._shut_down)
        if self._page_reader is not None:
            self._page_reader.close()

    def _shut_down(self) -> None:
        for pool in (self._asking, self._searching):
            pool.shutdown(wait=True, cancel_futures=True)
        for file in (self._reader, self._searcher, self._user):
            if file is not None:
                file.close()

    async def _ask(self, question: Callable[[LibraryStore], Answer]) -> Answer:
        return await self._in_thread(self._asking, lambda: question(self._read_store()))

    async def _ask_marks(self, question: Callable[[UserStore], Answer]) -> Answer:
        """Like `_ask_user`, once the marks are at the ids that the library uses now."""

        def follow_and_ask() -> Answer:
            user = self._user_store()
            follow_moved_ids(user, self._read_store().database, self.profile)
            return question(user)

        return await self._in_thread(self._asking, follow_and_ask)

    async def _ask_user(self, question: Callable[[UserStore], Answer]) -> Answer:
        return await self._in_thread(self._asking, lambda: question(self._user_store()))

    async def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        except RuntimeError as error:  # the pool was shut down between the question and its turn
            if not self._closed:
                raise
            raise LibraryClosed from error
        except (PeeweeException, sqlite3.Error) as error:
            raise LibraryError(f"The library can't be read: {error}.", hint="Run: xtream-tui cache check") from error

    def _read_store(self) -> LibraryStore:
        with self._opening:
            if self._reader is None:
                self._reader = LibraryStore.open(self._path, readonly=True)
        self._reader.connect()
        return self._reader

    def _search_store(self) -> LibraryStore:
        if self._searcher is None:
            self._searcher = LibraryStore.open(self._path, readonly=True)
        self._searcher.connect()
        return self._searcher

    def _user_store(self) -> UserStore:
        with self._opening:
            if self._user is None:
                self._user = UserStore(self._paths.user_db)
        self._user.connect()
        return self._user

    def _pages(self) -> LibraryStore:
        """The event loop's own connection, for `View` alone."""
        if self._closed:
            raise LibraryClosed
        if self._page_reader is None:
            self._page_reader = LibraryStore.open(self._path, readonly=True)
        return self._page_reader


def _details_fetcher() -> Callable[[Paths, str, Kind, str], Awaitable[FullItem]]:
    """Imported in a thread: the HTTP client takes 130 ms, and the first title opened would freeze for them."""
    from tui_app.sync import fetch_item_details

    return fetch_item_details
