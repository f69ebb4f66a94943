"""Syncing in the app: starts and cancels syncs, passes their results on, asks and notifies about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from textual.app import App
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel

from tui_app.catalog import LISTED_KINDS, Category, Kind
from tui_app.errors import XtreamTuiError
from tui_app.events import SyncFinished, episodes_words
from tui_app.messages import LibraryChanged, SyncCancelling, SyncProgressed
from tui_app.screens.dialogs.questions import ACCEPT, first_sync_dialog, pending_removals_in, removals_dialog
from tui_app.screens.status_words import stale_after_s
from tui_app.services.app_state import ActiveProfile, AppState
from tui_app.tui.notices import damage_words, ring
from tui_app.tui.screen_updates import ScreenUpdates

if TYPE_CHECKING:
    from tui_app.services.scheduler import Candidate
    from tui_app.services.sync_policy import Due


_TOAST_S: Final = 4
_LONG_S: Final = 15  # for messages shown once
#: How to sync: what is new, everything, what the last sync did not complete, or without waiting for removals.
Mode = Literal["new", "full", "retry", "accept"]
_STATE_KEY = "first-sync"
_NEVER = "never"
#: From so many languages or services on the user is asked which ones to fetch.
_MANY_PREFIXES: Final = 3
_NO_LISTS: Final = frozenset(("categories",))


class SyncActions:
    """The syncs of the app's profiles. `sync_empty`: an empty library is synced without asking, as in the demo."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,f5", "sync", "Sync", tooltip="Fetch what is new (incremental sync)", id="sync.incremental"),
        Binding("R,f6", "sync('full')", "Full sync", show=False, tooltip="Fetch everything again", id="sync.full"),
        Binding(
            "T",
            "sync('retry')",
            "Retry what failed",
            tooltip="Repeat what the last sync did not complete",
            id="sync.retry",
        ),
        Binding(
            "D", "decide_removals", "Decide", show=False, tooltip="Decide about titles that vanished", id="sync.decide"
        ),
        Binding("x,f8", "cancel_sync", "Cancel sync", tooltip="Stop the running sync", id="sync.cancel"),
    ]

    def __init__(
        self, app: App[None], app_state: AppState, screens: ScreenUpdates, *, sync_empty: bool = False
    ) -> None:
        self._app = app
        self._app_state = app_state
        self._screens = screens
        self._sync_empty = sync_empty
        self._chooses: ActiveProfile | None = None  # new, with its categories being fetched
        app_state.runner.post = app.post_message
        app_state.fills_empty = sync_empty

    # ----------------------------------------------------------------------------------------------- actions
    def is_enabled(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action on syncs works now; None for other actions."""
        active, is_syncing = self._app_state.active, self._app_state.is_syncing
        if action == "cancel_sync":
            return is_syncing
        if action == "decide_removals":
            return active is not None and bool(active.pending_removals) and not is_syncing
        if action == "sync":
            may_sync = active is not None and (parameters != ("retry",) or bool(active.undone_parts))
            return may_sync and not is_syncing
        return None

    async def sync(self, mode: Mode = "new") -> None:
        """Sync the profile on the screen."""
        if self._app_state.active is not None:
            await self.sync_profile(self._app_state.active.name, mode)

    async def sync_profile(self, profile: str, mode: Mode = "new") -> None:
        """Sync a profile."""
        if await self._app_state.start_sync(
            profile, full=mode == "full", accept_shrink=mode == "accept", retry=mode == "retry"
        ):
            self._show_start()

    async def fill_new_profile(self) -> None:
        """Fetch the categories of the profile on the screen, so that the user chooses among them before the lists."""
        active = self._app_state.active
        if active is not None and await self._app_state.start_sync(active.name, categories_only=True):
            self._chooses = active
            self._show_start()

    async def _fill_chosen(self, active: ActiveProfile, *, ask: bool) -> None:
        """Ask what to fetch where the categories have many languages or services; then sync."""
        if ask:
            known = {kind: await active.library.categories(kind) for kind in LISTED_KINDS}
            await self._ask_what_to_fetch(active.name, known)
        if self._app_state.is_active(active.name):
            await self.sync_profile(active.name)

    async def _ask_what_to_fetch(self, profile: str, known: Mapping[Kind, Sequence[Category]]) -> None:
        from tui_app.screens.dialogs import categories  # noqa: PLC0415 - rarely used

        choice = categories.CategoryChoice(known)
        if len(choice.prefixes) < _MANY_PREFIXES:
            return
        if await self._app.push_screen_wait(categories.CategoryChoiceDialog(choice)):
            profiles = self._app_state.profiles
            settings = profiles.get_sync_settings(profile)
            changed = replace(settings, excluded_categories=choice.excluded())
            await asyncio.to_thread(profiles.save_sync_settings, profile, changed)
            await self._app_state.reload_profile()

    async def fill_empty_library(self) -> None:
        """Sync an empty library, or offer to. Reports damaged files."""
        active = self._app_state.active
        if active is None:
            return
        self._app_state.fills_empty = False
        damage = damage_words(active.library.set_aside, active.library.rescued)
        if self._sync_empty and active.stats is not None and active.stats.is_empty:
            await self.sync()
        elif await self.offer_first_sync(why=damage):
            return
        if damage:
            self._app.notify(damage, title="Damaged file", severity="warning", timeout=_LONG_S, markup=False)

    async def start_due(self, candidate: Candidate, answer: Due) -> None:
        """Start a due sync."""
        if await self._app_state.start_due(candidate, answer):
            self._show_start()

    def _show_start(self) -> None:
        self._screens.record_change("started")
        self._screens.refresh_status()
        self._app.refresh_bindings()

    def cancel(self) -> None:
        """Stop the running sync; what is committed stays."""
        if self._app_state.active is not None:
            self._app_state.runner.cancel_content_sync(self._app_state.active.name)

    def decide(self) -> None:
        """Accept the pending removals, or keep waiting."""
        if self._app_state.active is not None:
            self._ask_about_removals(self._app_state.active.pending_removals)

    # ---------------------------------------------------------------------------------------------- messages
    def show_progress(self, message: SyncProgressed) -> None:
        """Show the progress, if it is of the profile on the screen."""
        if self._app_state.is_active(message.profile):
            self._screens.show_progress(message.progress)

    def show_cancelling(self, message: SyncCancelling) -> None:
        """Show that a sync is being cancelled."""
        self._app_state.sync_status(message.profile).cancelling = True
        self._screens.refresh_status()

    async def show_change(self, message: LibraryChanged) -> None:
        """Show a changed part of the library."""
        if self._app_state.is_active(message.profile):
            await self._app_state.refresh_stats()
            self._screens.record_change(message.part)

    def record_connection(self, profile: str, *, online: bool) -> None:
        """Record whether a provider is reachable, and show it for the profile on the screen."""
        if online:
            self._app_state.sync_status(profile).was_reached = True  # a due sync need not wait for its next retry
        active = self._app_state.active
        if active is None or active.name != profile:
            return
        if online:
            self._offer_sync(active)
            active.offline_since = None
        elif active.offline_since is None:
            active.offline_since = time.time()
        self._screens.refresh_status()

    def _offer_sync(self, active: ActiveProfile) -> None:
        """Offer a sync when the connection is back, the data are old and no sync is scheduled."""
        stats, sync = active.stats, active.profile.sync
        if active.offline_since is None or stats is None or stats.last_success is None:
            return
        tried_at = max(stats.last_success, *(run.started_at for run in stats.last_runs[:1]), 0)
        is_old = time.time() - tried_at > stale_after_s(sync)
        if is_old and not (sync.automatic and sync.interval_hours and self._app_state.schedules):
            words = "The provider is reachable again, and the data are old: press r to sync."
            self._app.notify(words, title=active.name, timeout=_TOAST_S, markup=False)

    async def show_end(self, finished: SyncFinished) -> None:
        """Show how a sync ended, and ask or notify about it."""
        self._app_state.record_end(finished)
        await self._app_state.refresh_stats()
        if not self._app.screen_stack:  # the app is closing
            return
        chooses, self._chooses = self._chooses, None
        if chooses is not None and chooses.name == finished.profile and finished.status in ("completed", "partial"):
            self._app.run_worker(self._fill_chosen(chooses, ask=finished.status == "completed"), group="dialog")
            return
        # a completed sync has reported its changed parts
        self._screens.record_change("ended" if finished.status == "completed" else "all")
        self._screens.refresh_status()
        self._app.refresh_bindings()
        asked = self._must_ask_about_removals(finished)
        if asked:
            self._ask_about_removals(pending_removals_in(finished))
        self._announce(finished, with_toast=not asked)

    # ------------------------------------------------------------------------------------------ notifications
    def _announce(self, finished: SyncFinished, *, with_toast: bool) -> None:
        """Notify about a finished sync as the profile's settings say."""
        try:
            settings = self._app_state.profiles.get_sync_settings(finished.profile)
        except XtreamTuiError:  # removed meanwhile, or an unusable file, which is reported elsewhere
            return
        if not settings.notify or finished.status == "cancelled":
            return
        is_completed, here = finished.status == "completed", self._app_state.is_active(finished.profile)
        if with_toast and not (here and is_completed):  # the status line shows the rest
            words = finished.message or ("The sync is finished." if is_completed else "The sync failed.")
            severity: SeverityLevel = "information" if is_completed else "warning"
            self._app.notify(words, title=finished.profile, severity=severity, timeout=_TOAST_S, markup=False)
        episodes = finished.report.new_episodes
        if episodes:
            self._app.notify(episodes_words(episodes), title="New episodes", timeout=_LONG_S, markup=False)
        words = f"{finished.profile}: sync {finished.status}" + (", new episodes" if episodes else "")
        ring(self._app, self._app_state.settings, words)

    def _must_ask_about_removals(self, finished: SyncFinished) -> bool:
        """Return True when to ask about pending removals: once for each number of them."""
        sync_status = self._app_state.sync_status(finished.profile)
        total = sum(pending_removals_in(finished).values())
        if not total or not self._app_state.is_active(finished.profile) or sync_status.asked_removals == total:
            return False
        sync_status.asked_removals = total
        return True

    def _ask_about_removals(self, held: Mapping[str, int]) -> None:
        async def answer(choice: str | None) -> None:
            if choice == ACCEPT:
                await self.sync("accept")

        self._app.push_screen(removals_dialog(held), answer)

    async def offer_first_sync(self, *, why: str = "") -> bool:
        """Offer the first sync once per run, unless the user refused for this profile; True when asked.

        `why` precedes the question when the library is not simply new.
        """
        active = self._app_state.active
        if active is None or active.stats is None or not active.stats.is_empty:
            return False
        if set(active.stats.last_sync) - _NO_LISTS:  # lists were asked for
            return False
        name, remembered, sync_status = active.name, active.library.remembered, self._app_state.sync_status(active.name)
        if sync_status.asked_first_sync or self._app_state.is_syncing:
            return False
        if await remembered.screen_state(_STATE_KEY) == _NEVER:
            return False
        sync_status.asked_first_sync = True

        async def answer(choice: str | None) -> None:
            if choice == "start":
                await self.sync_profile(name)
            elif choice == _NEVER:
                await remembered.save_screen_state(_STATE_KEY, _NEVER)

        self._app.push_screen(first_sync_dialog(name, why), answer)
        return True
