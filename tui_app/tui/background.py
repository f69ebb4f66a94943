"""What the app does without being asked: start-up work after the first paint, the minute clock, leaving on signals."""

from __future__ import annotations

import asyncio
import gc
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.app import App

from tui_app.screens.main_screen import MainScreen
from tui_app.services.app_state import AppState
from tui_app.tui.notices import MaintenanceNotices
from tui_app.tui.screen_updates import ScreenUpdates
from tui_app.tui.sync_actions import SyncActions

if TYPE_CHECKING:
    from tui_app.services.scheduler import SyncScheduler

#: How long start-up work waits for the first list.
_PATIENCE_S: Final = 2.0


async def first_answer(app: App[None], at_most_s: float) -> None:
    """Wait until the screen has its first data, at most `at_most_s`."""
    if app.screen_stack and isinstance(screen := app.screen, MainScreen):
        with suppress(TimeoutError):
            await asyncio.wait_for(screen.first_answer(), at_most_s)


class BackgroundWork:
    """The background work of one app. `by_itself`: start due syncs."""

    def __init__(
        self,
        app: App[None],
        app_state: AppState,
        screens: ScreenUpdates,
        syncs: SyncActions,
        *,
        by_itself: bool,
        minute_s: float,
    ) -> None:
        self._app, self._app_state = app, app_state
        self._screens, self._syncs = screens, syncs
        self._by_itself, self._minute_s = by_itself, minute_s
        self._notices = MaintenanceNotices(app, app_state, screens.refresh_status)
        self.scheduler: SyncScheduler | None = None

    async def begin(self) -> None:
        """Do after the first paint what the user need not wait for, and start the clock."""
        await self._notices.notify_update()
        await first_answer(self._app, _PATIENCE_S)
        gc.collect()
        gc.freeze()
        gc.enable()
        await self._app_state.refresh_stats()
        self._notices.updated()
        self._screens.refresh_status()
        scheduler = self._start_clock()
        if self._by_itself:
            await scheduler.look()
        if not self._app.screen_stack:  # the app was closed meanwhile
            return
        await self._syncs.fill_empty_library()
        await self.each_minute()

    def stop(self) -> None:
        """Stop the clock."""
        if self.scheduler is not None:
            self.scheduler.stop()

    def _start_clock(self) -> SyncScheduler:
        """Start the only clock of the app: each minute it starts a due sync and refreshes what depends on the time."""
        from tui_app.services.scheduler import SyncScheduler  # noqa: PLC0415 - after the first paint

        state = self._app_state
        scheduler = self.scheduler = SyncScheduler(
            state.candidates, self._syncs.start_due, is_busy=state.runner.is_busy, tick_s=self._minute_s
        )

        async def tick() -> None:
            if self._by_itself:
                await scheduler.look()
            await self.each_minute()

        scheduler.start(tick)
        return scheduler

    async def each_minute(self) -> None:
        """Refresh ages and reasons for waiting, and detect syncs of other processes."""
        app_state, active = self._app_state, self._app_state.active
        app_state.waiting = self.scheduler.waiting if self.scheduler is not None else {}
        self._notices.notify_troubles()
        if active is not None:
            before, library = active.stats, active.library
            after = None if app_state.is_syncing else await app_state.refresh_stats()
            is_changed = before and after and (after.last_sync, after.last_runs) != (before.last_sync, before.last_runs)
            if is_changed or active.library is not library:
                self._screens.record_change("all")
        self._screens.refresh_status()
        await self._notices.notify_size()


_HUNG_UP: Final = 129  # the shell's exit code for SIGHUP


def leave_on_signals(leave: Callable[[int], object]) -> None:
    """Call `leave` with an exit code on SIGHUP, SIGTERM and a hang-up, from the running event loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, leave, 128 + number)
    with suppress(AttributeError, OSError, ValueError):  # a driver without a terminal
        on_hangup(sys.__stdin__.fileno(), loop, partial(leave, _HUNG_UP))  # type: ignore[union-attr]


def on_hangup(fileno: int, loop: asyncio.AbstractEventLoop, leave: Callable[[], object]) -> None:
    """Call `leave` in the loop once the terminal behind `fileno` has hung up. A thread sleeps until then.

    On systems without poll(2) nothing happens; SIGHUP still works there.
    """
    if not hasattr(select, "poll"):
        return
    waiting = select.poll()
    waiting.register(fileno, 0)  # errors and hang-ups are always reported

    def wait() -> None:
        if any(events & (select.POLLHUP | select.POLLERR) for _, events in waiting.poll()):
            with suppress(RuntimeError):  # the loop has ended by itself
                loop.call_soon_threadsafe(leave)

    threading.Thread(target=wait, name="hang-up", daemon=True).start()
