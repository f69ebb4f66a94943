"""The state of the app: profiles, the open library, running syncs and their results.

Screens reach it as `self.app_state`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from tui_app.catalog import CacheStats, ItemRef
from tui_app.errors import SettingsError, XtreamTuiError
from tui_app.events import SyncFinished
from tui_app.library import Library, LibraryClosed, UndoHistory
from tui_app.library.watching import LibraryWatching
from tui_app.paths import Paths
from tui_app.playback import PlaySession
from tui_app.services.sync_policy import SyncStatus, history_of, is_left
from tui_app.services.sync_process import SyncRunner
from tui_app.settings import AppSettings, Profile, ProfileStore, load_app_settings
from tui_app.store.maintenance.disk_use import clear_content_cache

if TYPE_CHECKING:
    from tui_app.services.scheduler import Candidate
    from tui_app.services.sync_policy import Due


class PositionRecorder:
    """A `playback.PositionSink` of one profile. `shown` returns the library on the screen."""

    def __init__(self, paths: Paths, profile: str, shown: Callable[[], Library | None]) -> None:
        self._paths = paths
        self._profile = profile
        self._shown = shown

    async def save_position(self, ref: ItemRef, position_s: float | None, duration_s: float | None) -> None:
        """Save a position. Without one: only that the title was played."""
        await self._save(lambda watching: watching.save_position(ref, position_s, duration_s))

    async def save_finished(self, ref: ItemRef) -> None:
        """Save that a title was played to its end."""
        await self._save(lambda watching: watching.save_finished(ref))

    async def _save(self, save: Callable[[LibraryWatching], Awaitable[None]]) -> None:
        shown = self._shown()
        if shown is not None and shown.profile == self._profile:
            try:
                await save(shown.watching)
                return
            except LibraryClosed:  # switched this very moment
                pass
        library = Library(self._paths, self._profile)
        try:
            await save(library.watching)
        finally:
            await library.close()


log = logging.getLogger(__name__)


@dataclass
class AppState:
    """The state shared by all screens. `library` is None when there is no profile."""

    paths: Paths
    profiles: ProfileStore
    settings: AppSettings
    runner: SyncRunner
    profile: Profile | None = None
    library: Library | None = None
    stats: CacheStats | None = None
    offline_since: float | None = None  # epoch seconds; None: online or not known
    waiting: Mapping[str, str] = field(default_factory=dict)  # profile → why its due sync has not started
    troubles: dict[str, str] = field(default_factory=dict)  # "settings", "profiles": why that file can't be used now
    schedules: bool = True  # whether due syncs start by themselves in this run of the app
    is_updating: bool = False  # the library file is being migrated
    backed_up: float | None = None  # during a migration: the written share of the backup, 0 to 1; None when done
    is_remote: bool = False  # over SSH
    playing: PlaySession = field(default_factory=PlaySession)
    _sync_status: dict[str, SyncStatus] = field(default_factory=dict)
    _acts: dict[str, UndoHistory] = field(default_factory=dict)  # profile → undo history

    @property
    def scrolls_by_jumps(self) -> bool:
        """True when lists scroll by half pages at their edges: by the setting, else over SSH."""
        wanted = self.settings.scroll_by_jumps
        return self.is_remote if wanted is None else wanted

    @property
    def pending_removals(self) -> dict[str, int]:
        """Part → number of removals that wait for the user's decision, or for the next sync."""
        states = self.stats.last_sync if self.stats else {}
        return {part: state.pending_removals for part, state in states.items() if state.pending_removals}

    def sync_status(self, profile: str) -> SyncStatus:
        return self._sync_status.setdefault(profile, SyncStatus())

    # --------------------------------------------------------------------------------------------- profiles
    def open_library(self) -> None:
        """Create the library of the current profile. Files are opened by the first query."""
        if self.profile is not None and self.library is None:
            acts = self._acts.setdefault(self.profile.name, UndoHistory())
            self.library = Library(self.paths, self.profile.name, acts)

    async def open_profile(self, name: str | None) -> None:
        """Switch to a profile; None for none. Raises `UsageError` for an unknown name."""
        profile = self.profiles.get(name) if name is not None else None
        before, self.library, self.stats = self.library, None, None
        self.profile, self.offline_since = profile, None
        self.open_library()
        await self.refresh_stats()
        if before is not None:
            await before.close()

    async def refresh_stats(self) -> CacheStats | None:
        """Read the library's figures again, after reopening it if its file was replaced."""
        before = self.library
        if before is not None and await before.was_replaced() and self.library is before:
            self.library = None
            self.open_library()
            await before.close()
        if self.library is not None:
            try:
                self.stats = await self.library.stats()
            except XtreamTuiError as error:
                log.warning("the library's figures can't be read: %s", error)
        return self.stats

    def reload_settings(self) -> None:
        """Read the app's settings again; keep the old ones and set `troubles` when the file is unusable."""
        try:
            self.settings = load_app_settings(self.paths)
            self.troubles.pop("settings", None)
        except SettingsError as error:
            self.troubles["settings"] = error.sentence

    async def reload_profile(self) -> None:
        """Read the current profile's settings again, after they changed."""
        if self.profile is None:
            return
        name = self.profile.name
        with suppress(XtreamTuiError):  # an unusable file is reported when it is needed
            read = await asyncio.to_thread(self.profiles.get, name)
            if self.profile is not None and self.profile.name == name:  # not switched meanwhile
                self.profile = read

    async def item_count(self, profile: str) -> int:
        """Return the number of items in the library of any profile."""
        return sum((await self._stats_of(profile)).counts.values())

    async def remove_profile(self, name: str) -> str | None:
        """Remove a profile with all its data; return the name of the profile that is current now.

        Raises `Busy` while another process syncs it; nothing is removed then.
        """
        is_shown = self.profile is not None and self.profile.name == name
        await self.stop_playing(name)
        if is_shown:
            await self.open_profile(None)
        try:
            await asyncio.to_thread(_remove_profile, self.paths, name)
        except XtreamTuiError:
            if is_shown:
                await self.open_profile(name)
            raise
        self._acts.pop(name, None)
        left = await asyncio.to_thread(self.profiles.current)
        return left.name if left else None

    async def clear_cache(self, name: str) -> None:
        """Delete the library of the current profile and open a new, empty one."""
        await self.open_profile(None)
        await asyncio.to_thread(clear_content_cache, self.paths, name)
        await self.open_profile(name)

    def position_sink(self, profile: str) -> PositionRecorder:
        """Return the sink for playback positions of a profile."""
        return PositionRecorder(self.paths, profile, lambda: self.library)

    async def stop_playing(self, profile: str) -> None:
        """Stop the player when it plays something of this profile."""
        if self.playing.status is not None and self.playing.status.what.profile == profile:
            await self.playing.stop()

    # ------------------------------------------------------------------------------------------------ syncs
    @property
    def is_syncing(self) -> bool:
        return self.profile is not None and self.runner.is_busy(self.profile.name)

    @property
    def undone_parts(self) -> tuple[str, ...]:
        """The parts the last sync of the current profile did not complete; pending removals don't count."""
        if self.profile is None or self.stats is None:
            return ()
        wanted = ("categories", *(kind.plural for kind in self.profile.sync.kinds))
        states = [self.stats.last_sync[part] for part in wanted if part in self.stats.last_sync]
        return tuple(state.part for state in states if state.status != "completed" and not state.pending_removals)

    async def start_sync(
        self, profile: str, *, full: bool = False, accept_shrink: bool = False, retry: bool = False
    ) -> bool:
        """Start a sync; False when this profile has one already."""
        sync_status = self.sync_status(profile)
        sync_status.cancelling = False
        return await self.runner.start_content_sync(profile, full=full, accept_shrink=accept_shrink, retry=retry)

    async def start_due(self, candidate: Candidate, answer: Due) -> bool:
        """Start a due sync; after a partial one, only the parts that are missing."""
        self.sync_status(candidate.profile).cancelling = False
        only = candidate.left if answer.reason == "retry" else ()
        return await self.runner.start_content_sync(candidate.profile, only=only, retry=bool(only), background=True)

    def record_end(self, finished: SyncFinished) -> None:
        """Store how a sync ended."""
        self.sync_status(finished.profile).record_end(finished, time.monotonic())
        is_shown = self.profile is not None and self.profile.name == finished.profile
        if is_shown and finished.error_code == "login_refused":
            self.offline_since = None  # a server that refuses is reachable

    async def candidates(self) -> Iterable[Candidate]:
        """Return what the scheduler needs to know about every profile."""
        try:
            profiles = await asyncio.to_thread(self.profiles.list)
            self.troubles.pop("profiles", None)
            return [await self._candidate(profile) for profile in profiles]
        except SettingsError as error:
            self.troubles["profiles"] = error.sentence
        except XtreamTuiError as error:
            log.warning("no sync is due by itself: %s", error)
        return ()

    async def candidate(self) -> Candidate | None:
        """Return what the scheduler needs to know about the current profile; None without one."""
        try:
            return await self._candidate(self.profile) if self.profile is not None else None
        except XtreamTuiError:
            return None

    async def _candidate(self, profile: Profile) -> Candidate:
        from tui_app.services.scheduler import Candidate  # noqa: PLC0415 - after the first paint
        from tui_app.xtream.http.proxies import proxy_host_of  # noqa: PLC0415 - loads the HTTP client, 130 ms

        stats = await self._stats_of(profile.name)
        parts = [stats.last_sync[kind.plural] for kind in profile.sync.kinds if kind.plural in stats.last_sync]
        history = history_of(parts, stats.last_runs, self.sync_status(profile.name))
        left = tuple(kind for kind in profile.sync.kinds if history.trouble == "partial" and is_left(stats, kind))
        host = urlsplit(profile.url).hostname or ""
        return Candidate(profile.name, profile.sync, history, host, left, proxy=proxy_host_of(profile.url))

    async def _stats_of(self, profile: str) -> CacheStats:
        if self.library is not None and self.library.profile == profile:
            return await self.library.stats()
        if not self.paths.library_db(profile).exists():
            return CacheStats(profile, 0, {}, {})
        other = Library(self.paths, profile)
        try:
            return await other.stats()
        finally:
            await other.close()

    async def close(self) -> None:
        """Stop the player, which saves its position, and the sync processes; then close the library."""
        await self.playing.stop()
        await self.runner.close()
        if self.library is not None:
            await self.library.close()
            self.library = None


def make_app_state(paths: Paths) -> AppState:
    """Create the state for these folders.

    Sync messages are dropped until `runner.post` is set. A settings file that can't be used leaves the defaults and
    sets `AppState.troubles`.
    """
    app_state = AppState(paths, ProfileStore(paths), AppSettings(), SyncRunner(paths))
    app_state.reload_settings()
    return app_state


class HasAppState(Protocol):
    """The app, as far as screens and commands know it."""

    app_state: AppState


def _remove_profile(paths: Paths, name: str) -> None:
    from tui_app.maintenance.profiles import remove_profile  # noqa: PLC0415 - loads the HTTP client, 130 ms

    remove_profile(paths, name)
