"""`library.changes` and `library.remembered`: seen changes, screen state, saved filters and recent searches."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace

from peewee import PeeweeException

from tui_app.catalog import FullItem, Kind, SearchAnswer, SyncRunInfo
from tui_app.errors import LibraryError
from tui_app.library.threads import LibraryThreads
from tui_app.library.views import ChangeList
from tui_app.locks import is_held
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

log = logging.getLogger(__name__)


class LibraryChanges:
    """Change lists of one profile, and the flags of new items."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._profile = threads.profile
        self._seen: tuple[int | None] | None = None  # up to when changes were seen, as last read

    async def runs(self) -> tuple[SyncRunInfo, ...]:
        """Return the last syncs with their counts, newest first, without their change lists."""
        lock = self._threads.paths.sync_lock(self._profile)
        return await self._threads.ask(lambda store: store.get_runs(may_run=is_held(lock)))

    async def of(self, run: int) -> ChangeList:
        """Return what one sync changed."""
        keys = await self._threads.ask(lambda store: store.change_keys(run))
        return ChangeList(keys, self._threads.page_store)

    async def seen_at(self) -> int | None:
        """Return the time (epoch seconds) up to which the user has seen the changes; None for never."""
        return await self._threads.ask_user(lambda user: user.get_seen_changes(self._profile))

    async def mark_seen(self, at: int | None = None) -> None:
        """Record that the user has seen the changes up to `at`, by default those of the newest sync."""
        if at is None:
            at = max((run.at for run in await self.runs() if run.status != "running"), default=0)
        seen_at = at
        await self._threads.ask_user(lambda user: user.save_seen_changes(self._profile, seen_at))
        self._seen = (seen_at,)

    # ------------------------------------------------------------------------------------ for use in a thread
    def new_from(self, store: LibraryStore, user: UserStore | None) -> int | None:
        """Return the first sync whose additions the user has not seen."""
        if user is None:
            return None
        try:
            self._seen = (user.get_seen_changes(self._profile),)
        except (PeeweeException, sqlite3.Error, LibraryError) as error:  # lists are shown without the flags
            log.warning("what was seen of the changes can't be read: %s", error)
            return None
        return store.first_unseen_run(self._seen[0])

    def prepare_new(self, store: LibraryStore, user: UserStore | None) -> None:
        """Read what tells which items are new."""
        run = self.new_from(store, user)
        if run is not None:
            store.mark_new((), run)

    def mark_new(self, store: LibraryStore, user: UserStore | None, full: FullItem) -> FullItem:
        """Return an item with its `is_new` flag set."""
        run = self.new_from(store, user)
        return full if run is None else replace(full, item=store.mark_new((full.item,), run)[0])

    def mark_new_hits(
        self, store: LibraryStore, user_store: Callable[[], UserStore | None], answer: SearchAnswer
    ) -> SearchAnswer:
        """Return an answer with the `is_new` flags of its items set, by what the last query of a list read."""
        run = self.new_from(store, user_store()) if self._seen is None else store.first_unseen_run(self._seen[0])
        if run is None:
            return answer
        items = store.mark_new([hit.item for hit in answer.hits], run)
        hits = tuple(replace(hit, item=item) for hit, item in zip(answer.hits, items, strict=True))
        return replace(answer, hits=hits)


class LibraryRemembered:
    """State of the screens and searches of one profile's user."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._profile = threads.profile

    async def screen_state(self, screen: str) -> str | None:
        """Return the saved state of a screen, as JSON text."""
        return await self._threads.ask_user(lambda user: user.get_view_state(self._profile, screen))

    async def save_screen_state(self, screen: str, state: str) -> None:
        """Save the state of a screen, as JSON text."""
        try:
            await self._threads.ask_user(lambda user: user.save_view_state(self._profile, screen, state))
        except LibraryError as error:  # losing the state of a screen is harmless
            log.warning("the state of %s can't be saved: %s", screen, error)

    async def saved_filters(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """Return (name, state saved by `save_filter`) of each saved filter, by name."""
        return await self._threads.ask_user(lambda user: user.saved_filters(self._profile, kind))

    async def save_filter(self, kind: Kind, name: str, state: str) -> None:
        """Save filters under a name."""
        await self._threads.ask_user(lambda user: user.save_filter(self._profile, kind, name, state))

    async def forget_filter(self, kind: Kind, name: str) -> None:
        """Delete a saved filter."""
        await self._threads.ask_user(lambda user: user.forget_filter(self._profile, kind, name))

    async def searches(self) -> tuple[str, ...]:
        """Return recent searches, newest first."""
        return await self._threads.ask_user(lambda user: tuple(user.recent_searches(self._profile)))

    async def remember_search(self, text: str) -> None:
        """Put a search first among the recent ones."""
        await self._threads.ask_user(lambda user: user.add_recent_search(self._profile, text))
