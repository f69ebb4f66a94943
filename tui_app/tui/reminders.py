"""Reminders of programmes: one notice each, some minutes before; a key that switches to the channel; their list."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.timer import Timer

from tui_app.catalog import Reminder
from tui_app.errors import XtreamTuiError
from tui_app.messages import MarksChanged, PlayWanted, ProfileWanted
from tui_app.screens.dialogs.choosers import RemindersDialog
from tui_app.services.app_state import AppState
from tui_app.tui.notices import ring
from tui_app.widgets.words import clock, clock_words

#: A sleeping computer stops timers, so the clock is looked at this often while a reminder waits.
_LOOK_S: Final = 60.0
_TOAST_S: Final = 30


class Reminders:
    """Gives the notices of all profiles. Without a coming reminder it has no timer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "watch_reminded", "Watch now", tooltip="Switch to the reminded channel", id="reminder.watch"),
        Binding("ctrl+r", "reminders", "Reminders", show=False, tooltip="List the reminders", id="reminder.list"),
    ]

    def __init__(self, app: App[None], app_state: AppState, *, now: Callable[[], float] = time.time) -> None:
        self._app = app
        self._app_state = app_state
        self._now = now
        self._timer: Timer | None = None
        self._told: Reminder | None = None  # what the newest notice was about

    # ----------------------------------------------------------------------------------------------- notices
    def look_soon(self) -> None:
        """Look at the reminders, which may have changed."""
        self._app.run_worker(self.look(), group="reminders", exclusive=True, exit_on_error=False)

    async def look(self) -> None:
        """Give the notices that are due, and set the timer for the next one."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if (active := self._app_state.active) is None:
            return
        try:
            waiting = [one for one in await active.library.reminders.coming_of_all() if not one.is_told]
            lead_s, now = 60 * self._app_state.settings.reminder_minutes, self._now()
            for due in (one for one in waiting if one.start - lead_s <= now):
                await active.library.reminders.set_told(due)
                self._notify(due)
        except XtreamTuiError:  # the user's file can't be read, which the screens report
            return
        self._wait([one.start - lead_s - now for one in waiting if one.start - lead_s > now])

    def _wait(self, seconds: Sequence[float]) -> None:
        if seconds and self._app.screen_stack:
            self._timer = self._app.set_timer(min(_LOOK_S, min(seconds) + 0.1), self.look_soon)

    def _notify(self, due: Reminder) -> None:
        self._told = due
        begins = "begins" if due.start > self._now() else "began"
        words = f"{begins} at {clock(due.start)} on {due.channel.name}"
        self._app.notify(f"It {words}. Press Ctrl+G to switch to it.", title=due.title, timeout=_TOAST_S, markup=False)
        self._app.refresh_bindings()
        ring(self._app, self._app_state.settings, f"{due.title} {words}")

    # ----------------------------------------------------------------------------------------------- actions
    @property
    def can_watch(self) -> bool:
        """True from a notice on until its programme is over."""
        return self._told is not None and self._now() < self._told.stop

    async def watch(self) -> None:
        """Play the channel of the newest notice, in its profile."""
        if (told := self._told) is None or isinstance(self._app.screen, ModalScreen):
            return
        self._told = None
        self._app.refresh_bindings()
        if not self._app_state.is_active(told.profile):
            self._app.post_message(ProfileWanted(told.profile))
        self._app.post_message(PlayWanted(told.channel))

    async def show_list(self) -> None:
        """List the reminders of the profile; show the chosen one in the guide, or clear it."""
        if (active := self._app_state.active) is None:
            return
        found = await active.library.reminders.coming()
        rows = [(one.title, one.channel.name, clock_words(one.start, self._now())) for one in found]
        answer = await self._app.push_screen_wait(RemindersDialog(rows))
        if answer is None:
            return
        chosen = found[answer.number]
        if answer.clears:
            await active.library.reminders.clear(chosen)
            self._app.notify("The reminder is cleared. Press z to undo.", title=chosen.title, markup=False)
            self._app.post_message(MarksChanged(active.name))
            return
        from tui_app.screens.guide import GuideScreen  # noqa: PLC0415 - loaded when it is opened

        await self._app.run_action("go('guide')")
        if isinstance(screen := self._app.screen, GuideScreen):
            screen.show_programme(chosen.channel.id, chosen.start)
