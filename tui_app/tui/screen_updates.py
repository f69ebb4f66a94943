"""How changes reach the mounted screens, visible or not."""

from __future__ import annotations

from textual.app import App

from tui_app.events import SyncProgress
from tui_app.screens.main_screen import MainScreen
from tui_app.services.app_state import ActiveProfile, AppState
from tui_app.terminal.textual_compat import screens_of


class ScreenUpdates:
    """Passes changes on to the screens of the profile."""

    def __init__(self, app: App[None], app_state: AppState) -> None:
        self._app = app
        self._app_state = app_state
        self._shown_undone: tuple[str, ...] = ()

    @property
    def mounted(self) -> tuple[MainScreen, ...]:
        """The screens of all modes."""
        return tuple(screen for screen in screens_of(self._app) if isinstance(screen, MainScreen) and screen.is_mounted)

    @property
    def visible(self) -> tuple[MainScreen, ...]:
        """The screen in front, beside dialogs; those below it refresh when they are shown again. () on Welcome."""
        return tuple(screen for screen in self.mounted if screen in self._app.screen_stack)[-1:]

    async def save_states(self) -> None:
        """Save the state of every screen."""
        for screen in self.mounted:
            await screen.save_state()

    def record_change(self, part: str) -> None:
        """Tell every screen that a part of the library changed."""
        for screen in self.mounted:
            screen.record_change(part)

    def show_profile(self, active: ActiveProfile | None) -> None:
        """Show a profile on every screen; without one they are hidden behind Welcome."""
        if active is not None:
            for screen in self.mounted:
                screen.show_profile(active)
        self.refresh_status()
        self._app.refresh_bindings()

    def refresh_status(self) -> None:
        """Update the status line, and the keys when retrying became possible or impossible."""
        undone = self._app_state.active.undone_parts if self._app_state.active is not None else ()
        if undone != self._shown_undone:
            self._shown_undone = undone
            self._app.refresh_bindings()
        for screen in self.visible:
            screen.refresh_status()

    def show_progress(self, progress: SyncProgress) -> None:
        """Show the progress of the profile's sync."""
        for screen in self.visible:
            screen.show_progress(progress)
