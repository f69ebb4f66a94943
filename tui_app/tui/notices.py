"""Notifications about files, each once per run: one is unusable, is migrated, or grew too large; bell and desktop."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from textual.app import App
from textual.screen import ModalScreen
from textual.timer import Timer

from tui_app.services.app_state import AppState
from tui_app.settings import AppSettings
from tui_app.store.migrations import backup_share
from tui_app.store.opening import is_outdated
from tui_app.terminal.clipboard import desktop_notice
from tui_app.terminal.textual_compat import driver_of, write_to_terminal

_LONG_S: Final = 15  # for messages shown once
_LOOK_S: Final = 0.4  # interval between checks of the progress


class MaintenanceNotices:
    """The notifications of one run of the app."""

    def __init__(self, app: App[None], app_state: AppState, refresh_status: Callable[[], None]) -> None:
        """Create them. `refresh_status` is called when the progress of a migration changed."""
        self._app = app
        self._app_state = app_state
        self._refresh_status = refresh_status
        self._looking: Timer | None = None
        self._reported_size: set[str] = set()
        self._told_troubles: set[str] = set()

    async def notify_update(self) -> None:
        """Notify when the library on the screen must be migrated, which may take seconds.

        Call it before the first query, which waits for the migration; keys do not wait.
        """
        active = self._app_state.active
        if active is None:
            return
        if await asyncio.to_thread(is_outdated, self._app_state.paths.library_db(active.name)):
            self._app_state.is_updating = True
            self._look()
            self._looking = self._app.set_interval(_LOOK_S, self._look)
            self._app.notify(
                f"Updating the library file of {active.name} for this version. A backup is kept beside it.",
                title="Update",
                timeout=_LONG_S,
                markup=False,
            )

    def updated(self) -> None:
        """Record that the migration is done."""
        self._app_state.is_updating = False
        if self._looking is not None:
            self._looking.stop()

    def _look(self) -> None:
        """Update the progress of the migration, which is the written share of the backup."""
        if (active := self._app_state.active) is not None:
            self._app_state.backed_up = backup_share(self._app_state.paths.library_db(active.name))
            self._refresh_status()

    def notify_troubles(self) -> None:
        """Notify once about each unusable settings file, and check whether it was repaired.

        Waits while a dialog is open.
        """
        troubles = self._app_state.troubles
        if "settings" in troubles:
            self._app_state.reload_settings()
        if not self._app.screen_stack or isinstance(self._app.screen, ModalScreen):
            return
        for words in set(troubles.values()) - self._told_troubles:
            self._app.notify(words, title="Settings", severity="warning", timeout=_LONG_S, markup=False)
        self._told_troubles = set(troubles.values())

    async def notify_size(self) -> None:
        """Notify when the profile's files exceed the size limit."""
        active = self._app_state.active
        if active is None or active.name in self._reported_size:
            return
        from tui_app.screens.statistics_tables import over_limit_words  # noqa: PLC0415 - after the first paint
        from tui_app.services.maintenance import Maintenance  # noqa: PLC0415 - after the first paint

        used = await Maintenance(self._app_state.paths, active.name).disk_use()
        words = over_limit_words(used, self._app_state.settings.size_limit_mb)
        if words:
            self._reported_size.add(active.name)
            self._app.notify(
                f"{words} The statistics (F7) show what may go.",
                title="Size limit",
                severity="warning",
                timeout=_LONG_S,
                markup=False,
            )


def ring(app: App[Any], settings: AppSettings, words: str) -> None:
    """Ring the bell and send a desktop notification, where enabled and where there is a terminal."""
    if driver_of(app) is None or not sys.__stderr__ or not sys.__stderr__.isatty():
        return
    if settings.bell:
        app.bell()
    if settings.desktop_notifications:
        write_to_terminal(app, desktop_notice("xtream-tui", words, os.environ))


def damage_words(set_aside: Sequence[Path], rescued: str = "") -> str:
    """Describe which damaged files were set aside and what was recovered; "" without damage."""
    kept = [f"{path.name.partition('.damaged')[0]} was damaged; it is kept as {path.name}." for path in set_aside]
    return " ".join([*kept, rescued] if rescued else kept)
