"""`library.changes`: what the last syncs changed, and up to where the user has seen it."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace

from peewee import PeeweeException

from tui_app.catalog import FullItem, Kind, SearchAnswer, SyncRunInfo
from tui_app.errors import LibraryError
from tui_app.library.threads import LibraryThreads
from tui_app.library.views import ChangeView
from tui_app.locks import is_held
from tui_app.store.library_store import LibraryStore

log = logging.getLogger(__name__)


class LibraryChanges:
    """Change lists of one profile, and the marks of what is new."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._profile = threads.profile

    async def runs(self) -> tuple[SyncRunInfo, ...]:
        """The last syncs, newest first, with counts and without their lists."""
        lock = self._threads.paths.sync_lock(self._profile)
        return await self._threads.ask(lambda store: store.get_runs(may_run=is_held(lock)))

    async def of(self, run: int) -> ChangeView:
        """What one of them changed."""
        keys = await self._threads.ask(lambda store: store.change_keys(run))
        return ChangeView(keys, self._threads.page_store)

    async def seen_at(self) -> int | None:
        """Up to when (epoch seconds) the user has seen the changes; None for never."""
        return await self._threads.ask_user(lambda user: user.get_seen_changes(self._profile))

    async def mark_seen(self, at: int | None = None) -> None:
        """The user has seen what changed up to `at`, by default up to the end of the newest sync."""
        if at is None:
            at = max((run.at for run in await self.runs() if run.status != "running"), default=0)
        seen_at = at
        await self._threads.ask_user(lambda user: user.save_seen_changes(self._profile, seen_at))

    # ----------------------------------------------------------------------------- for questions, in a thread
    def new_from(self, store: LibraryStore) -> int | None:
        """The first sync whose additions the user has not seen."""
        try:
            seen_at = self._threads.user_store().get_seen_changes(self._profile)
        except (PeeweeException, sqlite3.Error, LibraryError) as error:  # no reason to show no list
            log.warning("what was seen of the changes can't be read: %s", error)
            return None
        return store.first_unseen_run(seen_at)

    def mark_new(self, store: LibraryStore, full: FullItem) -> FullItem:
        """An item with its mark of being new."""
        run = self.new_from(store)
        return full if run is None else replace(full, item=store.mark_new((full.item,), run)[0])

    def mark_new_hits(self, store: LibraryStore, answer: SearchAnswer) -> SearchAnswer:
        """An answer with the marks of its new items."""
        run = self.new_from(store)
        if run is None:
            return answer
        items = store.mark_new([hit.item for hit in answer.hits], run)
        hits = tuple(replace(hit, item=item) for hit, item in zip(answer.hits, items, strict=True))
        return replace(answer, hits=hits)


class LibraryRemembered:
    """What the app remembers of one profile's user."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._profile = threads.profile

    async def view_state(self, place: str) -> str | None:
        """What `keep_view_state` kept for a screen."""
        return await self._threads.ask_user(lambda user: user.get_view_state(self._profile, place))

    async def keep_view_state(self, place: str, state: str) -> None:
        """Keep where a screen was left, as JSON text."""
        try:
            await self._threads.ask_user(lambda user: user.save_view_state(self._profile, place, state))
        except LibraryError as error:  # where a screen was left is worth no trouble, least of all on the way out
            log.warning("the place of %s can't be kept: %s", place, error)

    async def saved_filters(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """(name, what `save_filter` kept under it) of each, by name."""
        return await self._threads.ask_user(lambda user: user.saved_filters(self._profile, kind))

    async def save_filter(self, kind: Kind, name: str, state: str) -> None:
        """Keep filters under a name."""
        await self._threads.ask_user(lambda user: user.save_filter(self._profile, kind, name, state))

    async def forget_filter(self, kind: Kind, name: str) -> None:
        """Forget filters."""
        await self._threads.ask_user(lambda user: user.forget_filter(self._profile, kind, name))

    async def searches(self) -> tuple[str, ...]:
        """What was searched for, newest first."""
        return await self._threads.ask_user(lambda user: tuple(user.recent_searches(self._profile)))

    async def remember_search(self, text: str) -> None:
        """Put a search first."""
        await self._threads.ask_user(lambda user: user.add_recent_search(self._profile, text))
