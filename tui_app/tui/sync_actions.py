"""Syncing in the app: actions that start and cancel syncs, their messages, and notifications about results."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel

from tui_app.errors import XtreamTuiError
from tui_app.events import SyncFinished
from tui_app.messages import (
    ConnectionChanged,
    LibraryChanged,
    SyncCancelling,
    SyncEnded,
    SyncProgressed,
    SyncStartedMessage,
    SyncWanted,
)
from tui_app.screens.dialogs.base import Choice, ChoiceDialog
from tui_app.screens.dialogs.sync_questions import ACCEPT, pending_removals_in, removals_dialog
from tui_app.screens.main_screen import MainScreen
from tui_app.screens.status_words import stale_after_s
from tui_app.services.app_state import AppState
from tui_app.settings import Profile
from tui_app.terminal.clipboard import desktop_notice
from tui_app.terminal.textual_compat import driver_of, screens_of, write_to_terminal
from tui_app.tui.ordered_input import OrderedInput

if TYPE_CHECKING:
    from tui_app.services.scheduler import Candidate
    from tui_app.services.sync_policy import Due


_TOAST_S: Final = 4


class SyncActions(OrderedInput):
    """An app that syncs its profiles."""

    app_state: AppState
    _shown_undone: tuple[str, ...] = ()

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,f5", "sync", "Sync", tooltip="Fetch what is new (incremental sync)", id="sync.incremental"),
        Binding("R,f6", "full_sync", "Full sync", show=False, tooltip="Fetch everything again", id="sync.full"),
        Binding(
            "T",
            "retry_sync",
            "Retry what failed",
            tooltip="Repeat what the last sync did not complete",
            id="sync.retry",
        ),
        Binding(
            "D", "decide_removals", "Decide", show=False, tooltip="Decide about titles that vanished", id="sync.decide"
        ),
        Binding("x,f8", "cancel_sync", "Cancel sync", tooltip="Stop the running sync", id="sync.cancel"),
    ]

    @property
    def main_screens(self) -> tuple[MainScreen, ...]:
        """The screens that are mounted, visible or not."""
        found = (screen for screen in screens_of(self) if isinstance(screen, MainScreen))
        return tuple(screen for screen in found if screen.is_mounted)

    @property
    def visible_screens(self) -> tuple[MainScreen, ...]:
        """The mounted screens of the current stack."""
        return tuple(screen for screen in self.main_screens if screen in self.screen_stack)

    def refresh_status(self) -> None:
        """Update the status lines of the visible screens."""
        undone = self.app_state.undone_parts
        if undone != self._shown_undone:
            self._shown_undone = undone
            self.refresh_bindings()  # retrying became possible or impossible
        for screen in self.visible_screens:
            screen.refresh_status()

    # ----------------------------------------------------------------------------------------------- actions
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "cancel_sync":
            return self.app_state.is_syncing
        if action == "retry_sync":
            return bool(self.app_state.undone_parts) and not self.app_state.is_syncing
        if action == "decide_removals":
            return bool(self.app_state.pending_removals) and not self.app_state.is_syncing
        if action in ("sync", "full_sync"):
            return self.app_state.profile is not None and not self.app_state.is_syncing
        return super().check_action(action, parameters)

    async def action_sync(self) -> None:
        """Fetch what is new."""
        await self.sync()

    async def action_full_sync(self) -> None:
        """Fetch everything again."""
        await self.sync(full=True)

    async def action_retry_sync(self) -> None:
        """Repeat the parts whose last sync did not complete."""
        await self.sync(retry=True)

    def action_cancel_sync(self) -> None:
        """Stop the running sync; what is committed stays."""
        if self.app_state.profile is not None:
            self.app_state.runner.cancel_content_sync(self.app_state.profile.name)

    def action_decide_removals(self) -> None:
        """Accept the pending removals, or keep waiting."""
        self._ask_about_removals(self.app_state.pending_removals)

    async def sync(self, *, full: bool = False, accept_shrink: bool = False, retry: bool = False) -> None:
        """Sync the current profile."""
        if self.app_state.profile is not None:
            await self.sync_profile(self.app_state.profile.name, full=full, accept_shrink=accept_shrink, retry=retry)

    async def sync_profile(
        self, profile: str, *, full: bool = False, accept_shrink: bool = False, retry: bool = False
    ) -> None:
        if await self.app_state.start_sync(profile, full=full, accept_shrink=accept_shrink, retry=retry):
            self.refresh_status()
            self.refresh_bindings()

    async def start_due(self, candidate: Candidate, answer: Due) -> None:
        """Start a due sync."""
        if await self.app_state.start_due(candidate, answer):
            self.refresh_status()
            self.refresh_bindings()

    async def on_sync_wanted(self, message: SyncWanted) -> None:
        await self.sync(full=message.full, accept_shrink=message.accept_shrink)

    # ---------------------------------------------------------------------------------------------- messages
    def on_sync_started_message(self, message: SyncStartedMessage) -> None:
        self.refresh_status()

    def on_sync_progressed(self, message: SyncProgressed) -> None:
        if self.app_state.profile is not None and message.profile == self.app_state.profile.name:
            for screen in self.visible_screens:
                screen.show_progress(message.progress)

    def on_sync_cancelling(self, message: SyncCancelling) -> None:
        self.app_state.sync_status(message.profile).cancelling = True
        self.refresh_status()

    async def on_library_changed(self, message: LibraryChanged) -> None:
        if self.app_state.profile is not None and message.profile == self.app_state.profile.name:
            await self.app_state.refresh_stats()
            for screen in self.main_screens:
                screen.record_change(message.part)

    def on_connection_changed(self, message: ConnectionChanged) -> None:
        self.record_connection(message.profile, online=message.online)

    def record_connection(self, profile: str, *, online: bool) -> None:
        """Record whether a provider is reachable, and show it for the current profile."""
        if online:
            self.app_state.sync_status(profile).was_reached = True  # a due sync need not wait for its next retry
        if self.app_state.profile is None or profile != self.app_state.profile.name:
            return
        if online:
            self._offer_sync(self.app_state.profile)
            self.app_state.offline_since = None
        elif self.app_state.offline_since is None:
            self.app_state.offline_since = time.time()
        self.refresh_status()

    def _offer_sync(self, profile: Profile) -> None:
        """Offer a sync when the connection is back, the data are old and no sync is scheduled."""
        stats = self.app_state.stats
        if self.app_state.offline_since is None or stats is None or stats.last_success is None:
            return
        tried_at = max(stats.last_success, *(run.started_at for run in stats.last_runs[:1]), 0)
        is_old = time.time() - tried_at > stale_after_s(profile.sync)
        if is_old and not (profile.sync.automatic and profile.sync.interval_hours and self.app_state.schedules):
            words = "The provider is reachable again, and the data are old: press r to sync."
            self.notify(words, title=profile.name, timeout=_TOAST_S, markup=False)

    async def on_sync_ended(self, message: SyncEnded) -> None:
        finished = message.finished
        self.app_state.record_end(finished)
        await self.app_state.refresh_stats()
        if not self.screen_stack:  # the app is closing
            return
        for screen in self.main_screens:  # a completed sync has reported its changed parts
            screen.record_change("ended" if finished.status == "completed" else "all")
        self.refresh_status()
        self.refresh_bindings()
        asked = self._must_ask_about_removals(finished)
        if asked:
            self._ask_about_removals(pending_removals_in(finished))
        self._announce(finished, with_toast=not asked)

    # ------------------------------------------------------------------------------------------ notifications
    def _announce(self, finished: SyncFinished, *, with_toast: bool) -> None:
        """Notify about a finished sync as the profile's settings say."""
        try:
            settings = self.app_state.profiles.get_sync_settings(finished.profile)
        except XtreamTuiError:  # removed meanwhile, or an unusable file, which is reported elsewhere
            return
        if not settings.notify or finished.status == "cancelled":
            return
        here = self.app_state.profile is not None and finished.profile == self.app_state.profile.name
        if with_toast and (not here or finished.status != "completed"):  # the status line shows the rest
            words = finished.message or (
                "The sync is finished." if finished.status == "completed" else "The sync failed."
            )
            severity: SeverityLevel = "information" if finished.status == "completed" else "warning"
            self.notify(words, title=finished.profile, severity=severity, timeout=_TOAST_S, markup=False)
        self._ring(f"{finished.profile}: sync {finished.status}")

    def _ring(self, words: str) -> None:
        """Ring the bell and send a desktop notification, where enabled and where there is a terminal."""
        if driver_of(self) is None or not sys.__stderr__ or not sys.__stderr__.isatty():
            return
        if self.app_state.settings.bell:
            self.bell()
        if self.app_state.settings.desktop_notifications:
            write_to_terminal(self, desktop_notice("xtream-tui", words, os.environ))

    def _must_ask_about_removals(self, finished: SyncFinished) -> bool:
        """Return True when to ask about pending removals: once for each number of them."""
        sync_status = self.app_state.sync_status(finished.profile)
        here = self.app_state.profile is not None and finished.profile == self.app_state.profile.name
        total = sum(pending_removals_in(finished).values())
        if not total or not here or sync_status.asked_removals == total:
            return False
        sync_status.asked_removals = total
        return True

    def _ask_about_removals(self, pending: Mapping[str, int]) -> None:
        def answer(choice: str | None) -> None:
            if choice == ACCEPT:
                self.post_message(SyncWanted(accept_shrink=True))

        self.push_screen(removals_dialog(pending), answer)


_STATE_KEY = "first-sync"
_NEVER = "never"


async def offer_first_sync(app: SyncActions, *, why: str = "") -> bool:
    """Offer the first sync once per run, unless the user refused for this profile; True when asked.

    `why` precedes the question when the library is not simply new.
    """
    app_state = app.app_state
    profile, library, stats = app_state.profile, app_state.library, app_state.stats
    if profile is None or library is None or stats is None or not stats.is_empty or stats.last_sync:
        return False
    sync_status = app_state.sync_status(profile.name)
    if sync_status.asked_first_sync or app_state.is_syncing:
        return False
    if await library.remembered.screen_state(_STATE_KEY) == _NEVER:
        return False
    sync_status.asked_first_sync = True

    async def answer(choice: str | None) -> None:
        if choice == "start":
            await app.sync_profile(profile.name)
        elif choice == _NEVER:
            await library.remembered.save_screen_state(_STATE_KEY, _NEVER)

    app.push_screen(
        ChoiceDialog(
            "First sync",
            f"{why} The library of “{profile.name}” is empty.".strip(),
            (
                "A sync copies all lists from the provider: some seconds to some minutes.",
                "You can browse what is in while it runs.",
            ),
            (Choice(_NEVER, "Never ask"), Choice("later", "Later"), Choice("start", "Start", "primary")),
        ),
        answer,
    )
    return True
