"""The state of the app: profiles, the open library, running syncs and their results.

Screens reach it as `self.app_state`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
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


@dataclass(eq=False)
class ActiveProfile:
    """The profile on the screen with its library. Screens receive it; switching the profile makes another one."""

    profile: Profile  # as its settings were last read
    library: Library  # another one after its file was replaced
    stats: CacheStats | None = None  # of the library; None: not read yet
    offline_since: float | None = None  # epoch seconds; None: online or not known

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def pending_removals(self) -> dict[str, int]:
        """Part → number of removals that wait for the user's decision, or for the next sync."""
        states = self.stats.last_sync if self.stats else {}
        return {part: state.pending_removals for part, state in states.items() if state.pending_removals}

    @property
    def undone_parts(self) -> tuple[str, ...]:
        """The parts the last sync did not complete; pending removals don't count."""
        states = self.stats.last_sync if self.stats else {}
        wanted = ("categories", *(kind.plural for kind in self.profile.sync.kinds))
        known = [states[part] for part in wanted if part in states]
        return tuple(state.part for state in known if state.status != "completed" and not state.pending_removals)


@dataclass
class AppState:
    """The state shared by all screens."""

    paths: Paths
    profiles: ProfileStore
    settings: AppSettings
    runner: SyncRunner
    active: ActiveProfile | None = None  # None: there is no profile, and Welcome is shown
    waiting: Mapping[str, str] = field(default_factory=dict)  # profile → why its due sync has not started
    troubles: dict[str, str] = field(default_factory=dict)  # "settings", "profiles": why that file can't be used now
    schedules: bool = True  # whether due syncs start by themselves in this run of the app
    fills_empty: bool = False  # an empty library is about to be synced without asking
    is_updating: bool = False  # the library file is being migrated
    backed_up: float | None = None  # during a migration: the written share of the backup, 0 to 1; None when done
    is_remote: bool = False  # over SSH
    can_show_pictures: bool = False  # the terminal has the colours and Pillow is installed
    playing: PlaySession = field(default_factory=PlaySession)
    _sync_status: dict[str, SyncStatus] = field(default_factory=dict)
    _acts: dict[str, UndoHistory] = field(default_factory=dict)  # profile → undo history

    @property
    def scrolls_by_jumps(self) -> bool:
        """True when lists scroll by half pages at their edges: by the setting, else over SSH."""
        wanted = self.settings.scroll_by_jumps
        return self.is_remote if wanted is None else wanted

    @property
    def shows_pictures(self) -> bool:
        """True when pictures are possible and wanted: by the setting, else not over SSH."""
        wanted = not self.is_remote if self.settings.pictures is None else self.settings.pictures
        return wanted and self.can_show_pictures and not self.settings.ascii

    def sync_status(self, profile: str) -> SyncStatus:
        return self._sync_status.setdefault(profile, SyncStatus())

    # --------------------------------------------------------------------------------------------- profiles
    def is_active(self, profile: str) -> bool:
        """Return True for the profile on the screen."""
        return self.active is not None and self.active.name == profile

    def activate(self, profile: Profile | None) -> None:
        """Make a profile the one on the screen. Its files are opened by the first query."""
        self.active = ActiveProfile(profile, self._new_library(profile.name)) if profile is not None else None

    def _new_library(self, profile: str) -> Library:
        return Library(self.paths, profile, self._acts.setdefault(profile, UndoHistory()))

    async def open_profile(self, name: str | None) -> None:
        """Switch to a profile; None for none. Raises `UsageError` for an unknown name."""
        profile = self.profiles.get(name) if name is not None else None
        before = self.active
        self.activate(profile)
        await self.refresh_stats()
        if before is not None:
            await before.library.close()

    async def refresh_stats(self) -> CacheStats | None:
        """Read the library's figures again, after reopening it if its file was replaced."""
        active = self.active
        if active is None:
            return None
        before = active.library
        if await before.was_replaced() and active.library is before:
            active.library = self._new_library(active.name)
            await before.close()
        try:
            active.stats = await active.library.stats()
        except LibraryClosed:  # the profile was switched meanwhile
            pass
        except XtreamTuiError as error:
            log.warning("the library's figures can't be read: %s", error)
        return active.stats

    def reload_settings(self) -> None:
        """Read the app's settings again; keep the old ones and set `troubles` when the file is unusable."""
        try:
            self.settings = load_app_settings(self.paths)
            self.troubles.pop("settings", None)
        except SettingsError as error:
            self.troubles["settings"] = error.sentence

    async def reload_profile(self) -> None:
        """Read the settings of the profile on the screen again, after they changed."""
        if (active := self.active) is not None:
            with suppress(XtreamTuiError):  # an unusable file is reported when it is needed
                active.profile = await asyncio.to_thread(self.profiles.get, active.name)

    async def item_count(self, profile: str) -> int:
        """Return the number of items in the library of any profile."""
        return sum((await self._stats_of(profile)).counts.values())

    async def remove_profile(self, name: str) -> str | None:
        """Remove a profile with all its data; return the name of the profile that is current now.

        Raises `Busy` while another process syncs it; nothing is removed then.
        """
        await self.stop_playing(name)
        async with self._closed(name):
            await asyncio.to_thread(_remove_profile, self.paths, name)
            self._acts.pop(name, None)
        left = await asyncio.to_thread(self.profiles.current)
        return left.name if left else None

    async def rename_profile(self, name: str, new_name: str) -> None:
        """Rename a profile with all its data. One on the screen is closed then: open it by its new name.

        Raises `Busy` while a sync or another program uses it, `UsageError`, `SettingsError`, `SecretError`; the old
        name keeps working then.
        """
        await self.stop_playing(name)
        async with self._closed(name):
            try:
                await asyncio.to_thread(_rename_profile, self.paths, name, new_name)
            except OSError as error:
                words = f"“{name}” can't be renamed: {error.strerror or error}."
                raise SettingsError(words, hint="Its old name keeps working.") from error
            self._acts.pop(name, None)

    async def clear_cache(self, name: str) -> None:
        """Delete the library of a profile. The one on the screen begins anew."""
        async with self._closed(name, then_open=True):
            await asyncio.to_thread(clear_content_cache, self.paths, name)

    @asynccontextmanager
    async def _closed(self, name: str, *, then_open: bool = False) -> AsyncIterator[None]:
        """Keep the files of a profile closed. If it was on the screen, it is again after an error or `then_open`."""
        is_shown = self.is_active(name)
        if is_shown:
            await self.open_profile(None)
        try:
            yield
        except XtreamTuiError:
            then_open = True
            raise
        finally:
            if is_shown and then_open:
                await self.open_profile(name)

    def position_sink(self, profile: str) -> PositionRecorder:
        """Return the sink for playback positions of a profile."""
        return PositionRecorder(self.paths, profile, lambda: self.active.library if self.active else None)

    async def stop_playing(self, profile: str) -> None:
        """Stop the player when it plays something of this profile."""
        if self.playing.status is not None and self.playing.status.what.profile == profile:
            await self.playing.stop()

    # ------------------------------------------------------------------------------------------------ syncs
    @property
    def is_syncing(self) -> bool:
        """True while this app syncs the profile on the screen."""
        return self.active is not None and self.runner.is_busy(self.active.name)

    async def start_sync(
        self,
        profile: str,
        *,
        full: bool = False,
        accept_shrink: bool = False,
        retry: bool = False,
        categories_only: bool = False,
    ) -> bool:
        """Start a sync; False when this profile has one already."""
        sync_status = self.sync_status(profile)
        sync_status.cancelling = False
        return await self.runner.start_content_sync(
            profile, full=full, accept_shrink=accept_shrink, retry=retry, categories_only=categories_only
        )

    async def start_due(self, candidate: Candidate, answer: Due) -> bool:
        """Start a due sync; after a partial one, only the parts that are missing."""
        self.sync_status(candidate.profile).cancelling = False
        only = candidate.left if answer.reason == "retry" else ()
        return await self.runner.start_content_sync(candidate.profile, only=only, retry=bool(only), background=True)

    def record_end(self, finished: SyncFinished) -> None:
        """Store how a sync ended."""
        self.sync_status(finished.profile).record_end(finished, time.monotonic())
        if self.active is not None and self.is_active(finished.profile) and finished.error_code == "login_refused":
            self.active.offline_since = None  # a server that refuses is reachable

    async def candidates(self) -> Iterable[Candidate]:
        """Return what the scheduler needs to know about every profile."""
        try:
            profiles = await asyncio.to_thread(self.profiles.list)
            self.troubles.pop("profiles", None)
            return [await self.candidate(profile) for profile in profiles]
        except SettingsError as error:
            self.troubles["profiles"] = error.sentence
        except XtreamTuiError as error:
            log.warning("no sync is due by itself: %s", error)
        return ()

    async def candidate(self, profile: Profile) -> Candidate:
        """Return what the scheduler needs to know about a profile."""
        from tui_app.services.scheduler import Candidate  # noqa: PLC0415 - after the first paint
        from tui_app.xtream.http.proxies import proxy_host_of  # noqa: PLC0415 - loads the HTTP client, 130 ms

        stats = await self._stats_of(profile.name)
        parts = [stats.last_sync[kind.plural] for kind in profile.sync.kinds if kind.plural in stats.last_sync]
        history = history_of(parts, stats.last_runs, self.sync_status(profile.name))
        left = tuple(kind for kind in profile.sync.kinds if history.trouble == "partial" and is_left(stats, kind))
        host = urlsplit(profile.url).hostname or ""
        return Candidate(profile.name, profile.sync, history, host, left, proxy=proxy_host_of(profile.url))

    async def _stats_of(self, profile: str) -> CacheStats:
        if self.active is not None and self.active.name == profile:
            return await self.active.library.stats()
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
        if self.active is not None:
            await self.active.library.close()


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


def _rename_profile(paths: Paths, name: str, new_name: str) -> None:
    from tui_app.maintenance.profiles import rename_profile  # noqa: PLC0415 - only when a profile is renamed

    rename_profile(paths, name, new_name)
