"""The Textual app: its screens, global keys, profile switching and start-up. `run` creates it."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from tui_app.catalog import CacheStats, Kind
from tui_app.errors import XtreamTuiError
from tui_app.messages import (
    CacheCleared,
    ChangesSeen,
    MarksChanged,
    ProfileWanted,
    SettingsChanged,
    TitleWanted,
)
from tui_app.screens.dialogs.base import Dialog
from tui_app.screens.dialogs.choosers import HelpDialog, help_sections
from tui_app.screens.main_screen import MainScreen
from tui_app.screens.notifications import MaintenanceNotices, notify_error
from tui_app.screens.registry import KEYED_WIDGETS, LIST_SCREENS, SCREEN_IDS, SCREENS, WELCOME, all_screens, screen_of
from tui_app.services.app_state import AppState
from tui_app.terminal.hangup import on_hangup
from tui_app.terminal.textual_compat import forget_shown_cells
from tui_app.theming import ThemesLoaded
from tui_app.tui.appearance import Appearance
from tui_app.tui.palette import ActionCommands, Palette, ProfileCommands, ScreenCommands, TitleCommands
from tui_app.tui.sync_actions import offer_first_sync
from tui_app.widgets.nav_bar import NavBar
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from tui_app.services.scheduler import SyncScheduler

log = logging.getLogger(__name__)
_SEARCH, _SETTINGS = "search", "settings"  # screens that actions lead to
_APP = "app"  # what is remembered of none of them
_MINUTE_S = 60
#: How long the first paint waits for titles, and later start-up work for the first list.
_PATIENCE_S, _MOST_PATIENCE_S = 0.15, 2.0
_HUNG_UP = 129  # the shell's exit code for SIGHUP
_LONG_S = 15  # for messages shown once


class TuiApp(Appearance):
    """One run of the app. `by_itself`: start due syncs; `sync_empty`: sync an empty library without asking."""

    TITLE = "xtream-tui"
    COMMANDS = {ActionCommands, ScreenCommands, ProfileCommands, TitleCommands}
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        name: partial(lambda name: screen_of(name)(), name) for name in SCREEN_IDS
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"go('{screen_id}')", words, show=False, tooltip=f"Go to {words}", id=f"go.{screen_id}")
            for key, screen_id, words in SCREENS
        ),
        Binding("slash", "search", "Search", priority=True, tooltip="Search everything", id="go.find"),
        Binding("question_mark,f1", "help", "Help", tooltip="Keyboard shortcuts", id="app.help"),
        Binding("f2", "handbook", "Handbook", show=False, tooltip="Read the handbook", id="app.handbook"),
        Binding(
            "f7",
            "statistics",
            "Statistics",
            show=False,
            tooltip="Size and maintenance of the library",
            id="app.statistics",
        ),
        Binding("ctrl+l", "redraw", "Redraw", show=False, tooltip="Repaint the screen", id="app.redraw"),
        Binding("ctrl+q", "quit", "Quit", tooltip="Quit the app", id="app.quit"),
        Binding(
            "ctrl+p",
            "command_palette",
            "Commands",
            show=False,
            priority=True,
            tooltip="Find commands, screens and titles",
            id="app.palette",
        ),
        Binding("colon", "command_palette", "Command", show=False, tooltip="Type a command", id="app.command"),
        Binding("ctrl+t", "choose_theme", "Theme", show=False, tooltip="Choose a theme", id="app.theme"),
    ]

    def __init__(
        self, app_state: AppState, themes: ThemesLoaded, theme: str, *, by_itself: bool = True, sync_empty: bool = False
    ) -> None:
        super().__init__()
        self.app_state = app_state
        app_state.runner.post = self.post_message
        self._by_itself = by_itself
        self._sync_empty = sync_empty
        self._scheduler: SyncScheduler | None = None
        self._notified_troubles: set[str] = set()
        self._notices = MaintenanceNotices(self, app_state, self.refresh_status)
        app_state.schedules = by_itself
        self._before_search = SCREENS[0].id
        self.leads_to_demo = False
        self.set_up_themes(themes, theme)

    # --------------------------------------------------------------------------------------------- start-up
    async def on_mount(self) -> None:
        self._leave_on_signals()
        for problem in (*self.theme_problems, *self._take_keys()):
            self.notify(problem, title="Settings", severity="warning", markup=False)
        self.app_state.open_library()
        self.hold_input()
        with self.batch_update():  # one paint with titles, unless they take long
            await self.switch_mode(await self._last_list())
            await self._first_answer(_PATIENCE_S)
        self.screen.refresh()
        self.call_after_refresh(self._after_first_paint)

    async def _last_list(self) -> str:
        """Return the list that was shown last with this profile."""
        if self.app_state.profile is None:
            return WELCOME
        left = None
        with suppress(XtreamTuiError):  # the user's file can't be read: the screens report it
            left = await self.app_state.library.remembered.screen_state(_APP) if self.app_state.library else None
        return left if left in LIST_SCREENS else SCREENS[0].id

    @work
    async def _save_last_list(self, screen_id: str) -> None:
        """Save which list is on the screen, for the next start."""
        if screen_id in LIST_SCREENS and self.app_state.library is not None:
            with suppress(XtreamTuiError):
                await self.app_state.library.remembered.save_screen_state(_APP, screen_id)

    async def _first_answer(self, at_most_s: float) -> None:
        """Wait until the screen has its first data, at most `at_most_s`."""
        if self.screen_stack and isinstance(screen := self.screen, MainScreen):
            with suppress(TimeoutError):
                await asyncio.wait_for(screen.first_answer(), at_most_s)

    def _leave_on_signals(self) -> None:
        """Exit on SIGHUP, SIGTERM and a hang-up as on Ctrl+Q: restore the terminal, stop the sync processes."""
        if self.is_headless:
            return
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                leave = partial(self.exit, return_code=128 + number)
                asyncio.get_running_loop().add_signal_handler(number, leave)
        with suppress(AttributeError, OSError, ValueError):  # a driver without a terminal
            terminal = sys.__stdin__.fileno()  # type: ignore[union-attr]
            on_hangup(terminal, asyncio.get_running_loop(), partial(self.exit, return_code=_HUNG_UP))

    def _take_keys(self) -> tuple[str, ...]:
        """Apply the key settings and return their problems. The check loads every screen."""
        wanted = self.app_state.settings.keys
        if not wanted:
            return ()
        from tui_app.tui.keymap import known_keys, merge_keys  # noqa: PLC0415 - only with key settings

        merged = merge_keys(known_keys((TuiApp, *all_screens(), *KEYED_WIDGETS)), wanted)
        self.set_keymap(dict(merged.keymap))
        return merged.problems

    @work
    async def _after_first_paint(self) -> None:
        """Do after the first paint what the user need not wait for."""
        await self._notices.notify_update()
        await self._first_answer(_MOST_PATIENCE_S)
        gc.collect()
        gc.freeze()
        gc.enable()
        self.set_interval(_MINUTE_S, self._each_minute)
        await self.app_state.refresh_stats()
        self._notices.updated()
        self.refresh_status()
        if self._by_itself:
            from tui_app.services.scheduler import SyncScheduler  # noqa: PLC0415 - after the first paint

            self._scheduler = SyncScheduler(
                self.app_state.candidates, self.start_due, is_busy=self.app_state.runner.is_busy
            )
            self._scheduler.start()
            await self._scheduler.look()
        if not self.screen_stack:  # the app was closed meanwhile
            return
        await self._fill_empty_library()
        await self._each_minute()

    async def _each_minute(self) -> None:
        """Refresh ages and reasons for waiting, and detect syncs of other processes."""
        app_state = self.app_state
        app_state.waiting = self._scheduler.waiting if self._scheduler else {}
        self._notify_troubles()
        before, library = app_state.stats, app_state.library
        after = None if app_state.is_syncing else await app_state.refresh_stats()
        is_changed = before is not None and after is not None and _syncs(after) != _syncs(before)
        if is_changed or app_state.library is not library:
            for screen in self.main_screens:
                screen.record_change("all")
        self.refresh_status()
        await self._notices.notify_size()

    def _notify_troubles(self) -> None:
        """Notify once about each unusable settings file, and check whether it was repaired.

        Waits while a dialog is open.
        """
        if "settings" in self.app_state.troubles:
            self.app_state.reload_settings()
        if not self.screen_stack or isinstance(self.screen, ModalScreen):
            return
        for words in set(self.app_state.troubles.values()) - self._notified_troubles:
            self.notify(words, title="Settings", severity="warning", timeout=_LONG_S, markup=False)
        self._notified_troubles = set(self.app_state.troubles.values())

    async def _fill_empty_library(self) -> None:
        """Sync an empty library in the demo, else offer the first sync. Reports damaged files."""
        app_state = self.app_state
        damage = damage_words(app_state.library.set_aside, app_state.library.rescued) if app_state.library else ""
        if (
            self._sync_empty
            and app_state.profile is not None
            and app_state.stats is not None
            and app_state.stats.is_empty
        ):
            await self.sync()
        elif await offer_first_sync(self, why=damage):
            return
        if damage:
            self.notify(damage, title="Damaged file", severity="warning", timeout=_LONG_S, markup=False)

    async def on_unmount(self) -> None:
        if self._scheduler is not None:
            self._scheduler.stop()
        await self.app_state.close()

    # ----------------------------------------------------------------------------------------- navigation
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("search", "go"):
            typing = isinstance(self.focused, Input)
            return not isinstance(self.screen, ModalScreen) and not typing and self.app_state.profile is not None
        if action == "handbook":
            return not isinstance(self.screen, Dialog) or isinstance(self.screen, HelpDialog)
        if action == "statistics":  # the palette is not a `Dialog` and may open it
            return not isinstance(self.screen, Dialog) and self.app_state.profile is not None
        return super().check_action(action, parameters)

    async def action_go(self, screen_id: str) -> None:
        """Go to a screen. A second time closes the pages opened on top of it."""
        if screen_id != self.current_mode:
            if screen_id == _SEARCH:
                self._before_search = self.current_mode
            await self.switch_mode(screen_id)
            self._save_last_list(screen_id)
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def action_search(self) -> None:
        """Go to the search box."""
        await self.action_go(_SEARCH)
        self.screen.query_one(SearchBox).take_focus()

    async def action_leave_search(self) -> None:
        """Go back to the screen before the search."""
        await self.action_go(self._before_search)

    async def action_statistics(self) -> None:
        """Open the statistics on top of the settings."""
        from tui_app.screens.statistics import StatisticsScreen  # noqa: PLC0415 - loaded when it is opened

        if self.current_mode != _SETTINGS:
            await self.action_go(_SETTINGS)
        if not isinstance(self.screen, StatisticsScreen):
            await self.push_screen(StatisticsScreen(_SETTINGS))

    async def on_nav_bar_chosen(self, event: NavBar.Chosen) -> None:
        if self.check_action("go", ()):
            await self.action_go(event.screen_id)

    def action_help_quit(self) -> None:
        """Name the key that quits, in answer to Ctrl+C."""
        keys = (
            self.get_key_display(active.binding)
            for active in self.screen.active_bindings.values()
            if active.binding.action in ("quit", "app.quit")
        )
        self.notify(f"Press {next(keys, 'ctrl+q')} to quit.", markup=False)

    def action_redraw(self) -> None:
        """Repaint the whole screen, after something else wrote to the terminal."""
        forget_shown_cells(self)
        self.screen.refresh(layout=True)

    def action_command_palette(self, text: str = "") -> None:
        """Open the command palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(text))

    @on(PagedList.CommandTyped)
    def _command_typed(self, event: PagedList.CommandTyped) -> None:
        self.action_command_palette(event.text)

    def action_help(self) -> None:
        """Show the keyboard shortcuts."""
        self.push_screen(HelpDialog(help_sections(self, self.screen.active_bindings)))

    def action_handbook(self) -> None:
        """Open the handbook. It is loaded now: its widgets are the heaviest of all."""
        from tui_app.screens.handbook import HandbookScreen  # noqa: PLC0415 - loaded when it is opened

        if isinstance(self.screen, Dialog):
            self.pop_screen()  # the help dialog, which leads here
        self.push_screen(HandbookScreen())

    # ------------------------------------------------------------------------------------------- profiles
    async def on_profile_wanted(self, message: ProfileWanted) -> None:
        for screen in self.main_screens:
            await screen.save_state()
        try:
            if message.name is not None:
                self.app_state.profiles.use(message.name)
            await self.app_state.open_profile(message.name)
        except XtreamTuiError as error:
            notify_error(self, error, severity="error")
            return
        await self.action_go(await self._last_list())
        self._show_library()
        if message.then_sync and message.name is not None:
            await self.sync_profile(message.name)
        else:
            await self._fill_empty_library()

    async def on_cache_cleared(self, message: CacheCleared) -> None:
        try:
            await self.app_state.clear_cache(message.profile)
        except XtreamTuiError as error:
            notify_error(self, error, severity="error")
        else:
            self.notify("Cache cleared. Press r to fetch everything again.", markup=False)
        self._show_library()

    def _show_library(self) -> None:
        for screen in self.main_screens:
            screen.record_change("all")
        self.refresh_status()
        self.refresh_bindings()

    def on_changes_seen(self, message: ChangesSeen) -> None:
        """Remove the marks of new titles from the lists."""
        for screen in self.main_screens:
            screen.record_change("seen")

    def on_marks_changed(self, message: MarksChanged) -> None:
        """Update the marks on every screen."""
        for screen in self.main_screens:
            screen.record_change("marks")

    def on_demo_wanted(self) -> None:
        """Exit; the program is started again with the demo's own home folder and panel."""
        self.leads_to_demo = True
        self.exit()

    async def on_title_wanted(self, message: TitleWanted) -> None:
        """Open a title's page on top of the current screen; for an episode the page of its series."""
        from tui_app.screens.item.title_page import page_of  # noqa: PLC0415 - loaded when it is opened

        ref, screen_id = message.ref, self.current_mode
        if ref.kind is Kind.EPISODE and ref.series_id is not None:
            await self.push_screen(page_of(Kind.SERIES, ref.series_id, screen_id, episode_id=ref.id))
        else:
            await self.push_screen(page_of(ref.kind, ref.id, screen_id))

    def on_settings_changed(self, message: SettingsChanged) -> None:
        self.apply_settings()
        self.refresh_status()


def _syncs(stats: CacheStats) -> tuple[object, ...]:
    """Return the values that differ after another process has synced, or tried to."""
    return stats.last_sync, stats.last_runs


def damage_words(set_aside: Sequence[Path], rescued: str = "") -> str:
    """Describe which damaged files were set aside and what was recovered; "" without damage."""
    kept = [f"{path.name.partition('.damaged')[0]} was damaged; it is kept as {path.name}." for path in set_aside]
    return " ".join([*kept, rescued] if rescued else kept)
