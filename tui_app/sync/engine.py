"""Run one sync of one profile: lock, login, then categories, lists, EPG file and stored details.

A part that fails does not stop the others and makes the outcome "partial"; a refused login stops the sync before
anything is written. Expected errors are recorded in the report and not raised.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from peewee import DatabaseError

from tui_app.catalog import Account, Changes, Kind
from tui_app.errors import Busy, Cancelled, DamagedLibrary, Unreachable, UsageError, XtreamTuiError
from tui_app.events import Mode, PartFinished, PartStarted, PartStatus, SyncEvent, SyncFinished, SyncStarted
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.store.maintenance.compaction import tidy_quietly
from tui_app.store.opening import set_file_aside
from tui_app.store.write.details import DetailsCount, count_details, read_favourites, waiting_details
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.categories import follow_excluded, sync_categories
from tui_app.sync.details import MOST_AT_ONCE, Renewal, share_of_progress
from tui_app.sync.epg_file import GuideFileSync
from tui_app.sync.hooks import run_hooks
from tui_app.sync.list_source import ListFetch
from tui_app.sync.list_write import ListWrite
from tui_app.sync.lock import SyncLock
from tui_app.sync.panel import log_in, row_context
from tui_app.sync.part_state import PartHistory, SyncContext
from tui_app.sync.plan import SyncScope, make_plan
from tui_app.sync.progress import ProgressTracker
from tui_app.sync.raw_list import RequestTime
from tui_app.sync.report import CATEGORIES, DETAILS, GUIDE, PartOutcome, Report, as_reason, ends_all, file_trouble

#: Unreachable parts in a row after which the remaining lists are skipped.
_SILENT_PARTS: Final = 2
#: Share of the progress bar for the EPG file; an estimate, as file sizes differ by a factor of 100.
_GUIDE_SHARE: Final = 0.4
_NOTHING_TO_RETRY: Final = "Nothing to retry: the last sync of every part was complete."

log = logging.getLogger(__name__)


async def run_sync(  # noqa: PLR0913 - the public entry point: one keyword for each option of `xtream-tui sync`
    paths: Paths,
    profile_name: str,
    *,
    mode: Mode = "incremental",
    only: tuple[Kind, ...] | None = None,
    accept_shrink: bool = False,
    retry: bool = False,
    background: bool = False,
    categories_only: bool = False,
    emit: Callable[[SyncEvent], None] = lambda event: None,
    cancellation: Cancellation | None = None,
) -> SyncFinished:
    """Sync one profile and return the last event emitted.

    `retry` limits the sync to parts whose last sync did not complete. `background` marks a scheduled sync, which is
    not attempted while the host is in back-off. `categories_only` leaves the lists alone. Raises only `UsageError`
    (no such profile) and `SettingsError` (unreadable settings file). The user's hooks run after the last event.
    """
    profile = ProfileStore(paths).get(profile_name)
    scope = SyncScope(mode, only, accept_shrink, retry, background, categories_only)
    cancellation = cancellation or Cancellation()
    finished = await SyncRun(paths, profile, scope, emit, cancellation).run()
    if not categories_only:
        await run_hooks(paths, finished, cancellation)
    return finished


class SyncRun:
    """One run of a sync; call `run` once."""

    def __init__(
        self,
        paths: Paths,
        profile: Profile,
        scope: SyncScope,
        emit: Callable[[SyncEvent], None],
        cancellation: Cancellation,
    ) -> None:
        self._paths = paths
        self._profile = profile
        self._scope = scope
        self._emit = emit
        self._cancellation = cancellation
        # provisional: the parts to retry are known once the library is open
        self._plan = make_plan(replace(scope, retry=False), profile.sync.kinds, {}, has_guide=self._has_guide)
        self._report = Report(profile.name, scope.mode, self._plan.parts)

    @property
    def _has_guide(self) -> bool:
        return self._profile.sync.guide == "full"

    async def run(self) -> SyncFinished:
        started = time.monotonic()
        try:
            with self._translate_errors():
                await self._run_locked()
        except XtreamTuiError as error:
            self._report.fatal = error
            if isinstance(error, Busy):  # another process holds the lock: report the stored counts
                self._report.stored = _read_stored_counts(self._paths.library_db(self._profile.name))
        self._report.duration_s = time.monotonic() - started
        report = self._report
        finished = SyncFinished(
            profile=self._profile.name,
            status=report.status,
            at=_now(),
            exit_code=report.exit_code,
            message=report.message,
            hint=report.hint,
            report=report.document(),
        )
        self._emit(finished)
        return finished

    async def _run_locked(self) -> None:
        name = self._profile.name
        library = self._paths.library_db(name)
        with SyncLock(self._paths.sync_lock(name), name):
            self._profile = self._reload_profile(name)
            try:
                with self._translate_errors():
                    await self._sync_library(library)
            except DamagedLibrary as error:
                self._report.fatal = error
            if self._report.met_damage and not self._cancellation.is_cancelled:
                self._restart_empty(set_file_aside(library))
                await self._sync_library(library)

    def _reload_profile(self, name: str) -> Profile:
        """Return the profile as read under the lock, which prevents its removal and renaming.

        Raises `UsageError` when it was removed or renamed before the lock was taken; the lock file is then
        deleted again.
        """
        try:
            profile = ProfileStore(self._paths).get(name)
            if profile.name != name:  # matched case-insensitively: renamed, so its library has another name
                raise UsageError(f"There is no profile named “{name}”.", hint=f"It is called “{profile.name}” now.")
        except UsageError:
            self._paths.sync_lock(name).unlink(missing_ok=True)
            raise
        return profile

    def _restart_empty(self, aside: Path) -> None:
        """Prepare a sync of every part into an empty library, after a damaged file was set aside."""
        log.warning("%s: a new copy is begun, the damaged one is kept as %s", self._profile.name, aside.name)
        self._scope = replace(self._scope, only=None, retry=False)
        self._report = Report(self._profile.name, self._scope.mode)
        self._report.notice = f"The copy was damaged and is kept as {aside.name}; a new one was begun."

    async def _sync_library(self, library: Path) -> None:
        name = self._profile.name
        with LibraryStore.open(library) as store:
            if store.database.set_aside is not None:
                self._restart_empty(store.database.set_aside)
            states = store.get_sync_status()
            self._plan = make_plan(
                self._scope,
                self._profile.sync.kinds,
                states,
                has_guide=self._has_guide,
                guide_left=store.read_part_state(GUIDE).state.status != "completed",
            )
            self._report.planned = self._plan.parts
            self._report.stored = {part: _stored_counts(store, part) for part in states}
            self._emit(SyncStarted(name, self._scope.mode, _now(), self._plan.parts))
            if self._plan.parts:
                await self._run_recorded(store)
            else:
                self._report.note = _NOTHING_TO_RETRY

    async def _run_recorded(self, store: LibraryStore) -> None:
        """Run the plan and record it in the library's sync history."""
        run = store.start_run(self._scope.mode, _now())
        try:
            with self._translate_errors():
                await self._cancellable(self._parts(store, run))
        except XtreamTuiError as error:
            self._report.fatal = error
        summary = {part: outcome.changes for part, outcome in self._report.parts.items()}
        store.finish_run(run, self._report.status, _now(), summary=summary, reason=self._report.message)
        if not self._cancellation.is_cancelled:
            tidy_quietly(store.database)

    async def _cancellable(self, work: Coroutine[None, None, None]) -> None:
        """Await `work` in its own task, so that cancellation ends it and not the caller's task."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)
        try:
            with self._cancellation.calling(lambda: loop.call_soon_threadsafe(task.cancel)):
                await task
        finally:  # cancelled before the task started: make sure it does not run later
            task.cancel()
            await asyncio.wait([task])

    async def _parts(self, store: LibraryStore, run: int) -> None:
        password = ProfileStore(self._paths).passwords.read(self._profile)
        progress = self._tracker(count_details(store.database, self._plan.lists))
        client, account, answered = await log_in(
            self._paths, self._profile, password, background=self._scope.background
        )
        async with client:
            store.note_source(answered.url)
            self._keep_account(store, account, answered.url)
            profiles, name = ProfileStore(self._paths), self._profile.name
            excluded = follow_excluded(profiles, name, store)
            if of := self._plan.categories_of:
                await self._part(CATEGORIES, store, progress, lambda: sync_categories(client, store, of, _now))
                excluded = follow_excluded(profiles, name, store)
            part_sync = SyncContext(
                client=client,
                store=store,
                context=row_context(answered, account, client),
                progress=progress,
                cancellation=self._cancellation,
                run=run,
                now=_now,
                clock_skew_s=account.clock_skew_s,
                is_full=self._scope.mode == "full",
                accept_shrink=self._scope.accept_shrink,
                excluded_categories=excluded,
            )
            await self._lists(part_sync)
            self._index_texts(part_sync)
            await self._guide(part_sync)
            await self._details(part_sync)
        progress.finish()

    def _tracker(self, details: DetailsCount) -> ProgressTracker:
        expected = {part: held.total for part, held in self._report.stored.items()}
        share = share_of_progress(details, sum(expected.values()), is_full=self._scope.mode == "full")
        guide = (_GUIDE_SHARE if self._plan.lists else 1.0) if self._plan.guide else 0.0
        return ProgressTracker(self._emit_checked, self._plan.parts, expected, details_share=share, guide_share=guide)

    def _emit_checked(self, event: SyncEvent) -> None:
        """Emit a progress event, then raise `Cancelled` if requested.

        No interruptible statement runs between phases.
        """
        self._emit(event)
        self._cancellation.raise_if_cancelled()

    def _keep_account(self, store: LibraryStore, account: Account, address: str) -> None:
        store.save_account(account)
        ProfileStore(self._paths).save_account(self._profile.name, account, _now(), address)

    # --------------------------------------------------------------------------------------------------- parts
    async def _lists(self, sync: SyncContext) -> None:
        silent = 0
        for kind in self._plan.lists:
            if silent >= _SILENT_PARTS:
                self._finish_part(kind.plural, _not_tried(), sync.store)
                continue
            outcome = await self._part(kind.plural, sync.store, sync.progress, partial(_sync_list, sync, kind))
            silent = silent + 1 if isinstance(outcome.error, Unreachable) else 0

    def _index_texts(self, sync: SyncContext) -> None:
        for kind in (Kind.MOVIE, Kind.SERIES):
            if kind not in self._plan.lists:
                continue
            sync.store.fill_from_details(kind)
            if not sync.store.texts_ready(kind):
                with self._cancellation.calling(sync.store.interrupt):
                    sync.progress.advance("indexing", 0.5)
                    sync.store.index_texts(kind)

    async def _guide(self, sync: SyncContext) -> None:
        """Import the EPG file if it is wanted and due. Its failure does not affect the lists."""
        guide = GuideFileSync(sync)
        if not self._plan.guide or not guide.is_due:
            return
        self._cancellation.raise_if_cancelled()
        sync.progress.start_part(GUIDE)
        self._emit(PartStarted(GUIDE, _now()))
        outcome = self._report.guide = await guide.run()
        self._emit(outcome.event(GUIDE, _now()))

    async def _details(self, sync: SyncContext) -> None:
        """Renew stored details of the fetched lists. Errors are reported, but the lists stay complete."""
        came = [kind for kind in self._plan.lists if self._report.parts[kind.plural].status != "failed"]
        favourites = read_favourites(self._paths.user_db, self._profile.name)
        waiting = waiting_details(sync.store.database, came, favourites)
        if not waiting:
            return
        self._cancellation.raise_if_cancelled()
        renewal = Renewal(sync.client, sync.store, sync.progress, _now, favourites, self._report.details)
        sync.progress.start_part(DETAILS)
        self._emit(PartStarted(DETAILS, _now()))
        await renewal.run(waiting, most=None if sync.is_full else MOST_AT_ONCE)
        outcome = renewal.outcome
        status: PartStatus = "partial" if outcome.reason else "completed"
        self._emit(PartFinished(DETAILS, status, _now(), total=outcome.renewed, reason=outcome.reason))

    async def _part(
        self, part: str, store: LibraryStore, progress: ProgressTracker, work: Callable[[], Awaitable[PartOutcome]]
    ) -> PartOutcome:
        """Run one part. Only a refused login and cancellation stop the other parts."""
        self._cancellation.raise_if_cancelled()
        progress.start_part(part)
        self._emit(PartStarted(part, _now()))
        try:
            with self._translate_errors():
                outcome = await work()
        except XtreamTuiError as error:
            status: PartStatus = "cancelled" if isinstance(error, Cancelled) else "failed"
            outcome = PartOutcome(status, reason=as_reason(error), error=error)
            self._finish_part(part, outcome, store)
            if isinstance(error, Cancelled) or ends_all(error):
                raise
            return outcome
        self._finish_part(part, outcome, store, is_stored=True)
        return outcome

    def _finish_part(self, part: str, outcome: PartOutcome, store: LibraryStore, *, is_stored: bool = False) -> None:
        """Record how a part ended in the report and, unless `is_stored`, in the library; emit the event."""
        if not is_stored:
            before = store.read_part_state(part)
            outcome.changes = _stored_counts(store, part)
            state = replace(before.state, status=outcome.status, at=_now(), reason=outcome.reason)
            store.write_part_state(replace(before, state=state))
        self._report.parts[part] = outcome
        self._emit(outcome.event(part, _now()))

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Translate cancellation and database errors into errors of `tui_app.errors`."""
        try:
            yield
        except asyncio.CancelledError:
            if not self._cancellation.is_cancelled:
                raise  # the event loop is being shut down from outside
            raise Cancelled("Cancelled.") from None
        except (DatabaseError, sqlite3.Error) as error:
            if self._cancellation.is_cancelled:
                raise Cancelled("Cancelled.") from None
            raise file_trouble(error) from error


def _read_stored_counts(library: Path) -> dict[str, Changes]:
    """Return the stored counts by part while another process syncs; empty when the library can't be read."""
    try:
        with LibraryStore.open(library, readonly=True, create=False) as store:
            return {part: _stored_counts(store, part) for part in store.get_sync_status()}
    except XtreamTuiError:
        return {}


def _stored_counts(store: LibraryStore, part: str) -> Changes:
    """Return the counts that the part's last sync stored."""
    stored = store.read_part_state(part)
    return Changes(total=stored.total, pending_removals=stored.state.pending_removals)


async def _sync_list(context: SyncContext, kind: Kind) -> PartOutcome:
    """Fetch and write one kind. Raises errors of the client, with nothing written."""
    history = PartHistory(context, kind)
    asked_at = context.now()
    fetch = ListFetch(context, kind, history)
    fetched = await fetch.run()
    if fetched is None:
        outcome = history.keep(None)
    else:
        with fetched.body, context.cancellation.calling(context.store.interrupt):
            request = RequestTime(asked_at, context.now(), context.clock_skew_s)
            outcome = ListWrite(context, kind, fetched, history, request).run()
    return replace(outcome, bytes_downloaded=fetch.received)


def _not_tried() -> PartOutcome:
    error = Unreachable("not tried, because the server no longer answers")
    return PartOutcome("failed", reason=error.message, error=error)


def _now() -> int:
    return int(time.time())
