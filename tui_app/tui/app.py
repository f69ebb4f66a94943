"""The Textual app: its screens, global keys, profile switching and start-up. `run` creates it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Literal

from textual import on, work
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from tui_app.errors import XtreamTuiError
from tui_app.messages import (
    CacheCleared,
    ConnectionChanged,
    LibraryChanged,
    PlayChanged,
    PlayWanted,
    ProfileWanted,
    ScreenWanted,
    SearchWanted,
    SyncCancelling,
    SyncEnded,
    SyncProgressed,
    TitleWanted,
)
from tui_app.screens.dialogs.base import Dialog
from tui_app.screens.dialogs.choosers import HelpDialog, help_sections
from tui_app.screens.dialogs.player_controls import can_control
from tui_app.screens.dialogs.questions import quit_dialog
from tui_app.screens.main_screen import FRAME_CSS, hidden_key, notify_error
from tui_app.screens.registry import HOME, KEYED, KEYED_WIDGETS, SCREEN_IDS, WELCOME, all_screens, screen_of
from tui_app.services.app_state import AppState
from tui_app.terminal.textual_compat import forget_shown_cells
from tui_app.theming import ThemesLoaded
from tui_app.tui.appearance import STOCK_CSS, Appearance
from tui_app.tui.background import BackgroundWork, first_answer, leave_on_signals
from tui_app.tui.ordered_input import OrderedInput
from tui_app.tui.palette import CategoryCommands, Commands, Palette, TitleCommands
from tui_app.tui.play_actions import PlayActions
from tui_app.tui.reminders import Reminders
from tui_app.tui.screen_updates import ScreenUpdates
from tui_app.tui.sync_actions import Mode, SyncActions
from tui_app.widgets.nav_bar import NavBar
from tui_app.widgets.paged_list import PagedList

log = logging.getLogger(__name__)
_SEARCH, _SETTINGS = "search", "settings"  # screens that actions lead to
_PATIENCE_S = 0.15  # how long the first paint waits for titles

_OF_LIBRARY, _FINDS = "Size and maintenance of the library", "Find commands, screens and titles"


class TuiApp(OrderedInput):
    """One run of the app.

    `by_itself`: start due syncs; `sync_empty`: sync an empty library without asking; `first_screen`: where it begins.
    """

    TITLE = "xtream-tui"
    CSS = STOCK_CSS + FRAME_CSS
    COMMANDS = {Commands, CategoryCommands, TitleCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        *SyncActions.BINDINGS,
        *Reminders.BINDINGS,
        *(
            hidden_key(key, f"go('{screen_id}')", words, tooltip=f"Go to {words}", id=f"go.{screen_id}")
            for key, screen_id, words, _ in KEYED
        ),
        Binding("slash", "search", "Search", priority=True, tooltip="Search everything", id="go.find"),
        Binding("question_mark,f1", "help", "Help", tooltip="Keyboard shortcuts", id="app.help"),
        hidden_key("f2", "handbook", "Handbook", tooltip="Read the handbook", id="app.handbook"),
        hidden_key("f7", "statistics", "Statistics", tooltip=_OF_LIBRARY, id="app.statistics"),
        hidden_key("ctrl+l", "redraw", "Redraw", tooltip="Repaint the screen", id="app.redraw"),
        Binding("q", "leave", "Quit", tooltip="Quit; asks while something plays or syncs", id="app.leave"),
        hidden_key("ctrl+q", "quit", "Quit at once", tooltip="Quit without asking", id="app.quit"),
        hidden_key("ctrl+p", "command_palette", "Commands", priority=True, tooltip=_FINDS, id="app.palette"),
        hidden_key("colon", "command_palette", "Command", tooltip="Type a command", id="app.command"),
        hidden_key("ctrl+t", "choose_theme", "Theme", tooltip="Choose a theme", id="app.theme"),
        hidden_key("I", "pictures", "Pictures", tooltip="Show or hide posters and logos", id="app.pictures"),
    ]

    def __init__(
        self,
        app_state: AppState,
        themes: ThemesLoaded,
        theme: str,
        *,
        by_itself: bool = True,
        sync_empty: bool = False,
        minute_s: float = 60,
        first_screen: str = HOME,
    ) -> None:
        super().__init__()
        self.app_state = app_state
        self.screens = ScreenUpdates(self, app_state)
        self.syncs = SyncActions(self, app_state, self.screens, sync_empty=sync_empty)
        self.plays = PlayActions(self, app_state, self.screens)
        self.reminders = Reminders(self, app_state)
        self.appearance = Appearance(self, app_state, themes)
        self.leads_to_demo = False
        self.background = BackgroundWork(
            self, app_state, self.screens, self.syncs, by_itself=by_itself, minute_s=minute_s
        )
        self._first_screen = self._before_search = first_screen
        app_state.schedules = by_itself
        for name in SCREEN_IDS:
            self.add_mode(name, partial(self._make_screen, name))
        self.appearance.set_up(theme)

    def _make_screen(self, screen_id: str) -> Screen[None]:
        """Create the screen of a mode. Modes are entered only with a profile, Welcome without one."""
        made = screen_of(screen_id)
        return made() if screen_id == WELCOME else made(self.app_state.active)

    # --------------------------------------------------------------------------------------------- start-up
    async def on_mount(self) -> None:
        if not self.is_headless:  # restore the terminal, stop the sync processes
            leave_on_signals(lambda code: self.exit(return_code=code))
        for problem in (*self.appearance.problems, *self._take_keys()):
            self.notify(problem, title="Settings", severity="warning", markup=False)
        self.hold_input()
        with self.batch_update():  # one paint with titles, unless they take long
            await self.switch_mode(WELCOME if self.app_state.active is None else self._first_screen)
            await first_answer(self, _PATIENCE_S)
        self.screen.refresh()
        self.call_after_refresh(self._begin_background_work)

    def _begin_background_work(self) -> None:
        self.run_worker(self.background.begin())

    def _take_keys(self) -> tuple[str, ...]:
        """Apply the key settings and return their problems. The check loads every screen."""
        wanted = self.app_state.settings.keys
        if not wanted:
            return ()
        from tui_app.tui.keymap import known_keys, merge_keys  # noqa: PLC0415 - only with key settings

        merged = merge_keys(known_keys((TuiApp, *all_screens(), *KEYED_WIDGETS)), wanted)
        self.set_keymap(dict(merged.keymap))
        return merged.problems

    async def on_unmount(self) -> None:
        self.background.stop()
        await self.app_state.close()

    # ----------------------------------------------------------------------------------------- navigation
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if (enabled := self.syncs.is_enabled(action, parameters)) is not None:
            return enabled
        has_profile = self.app_state.active is not None
        match action:
            case "search" | "go":
                return has_profile and not isinstance(self.screen, ModalScreen) and not isinstance(self.focused, Input)
            case "handbook":
                return not isinstance(self.screen, Dialog) or isinstance(self.screen, HelpDialog)
            case "statistics":  # the palette is not a `Dialog` and may open it
                return has_profile and not isinstance(self.screen, Dialog)
            case "watch_reminded":
                return self.reminders.can_watch
            case "reminders":
                return has_profile and not isinstance(self.screen, ModalScreen)
            case "stop_playing":
                return self.app_state.playing.status is not None
            case "player":
                return can_control(self.app_state.playing.status, str(parameters[0]))
            case "play_episode":
                return can_control(self.app_state.playing.status, "episode")
            case "player_controls":
                return can_control(self.app_state.playing.status) and not isinstance(self.screen, ModalScreen)
        return super().check_action(action, parameters)

    async def action_go(self, screen_id: str) -> None:
        """Go to a screen. A second time closes the pages opened on top of it."""
        if screen_id != self.current_mode:
            if screen_id == _SEARCH:
                self._before_search = self.current_mode
            await self.switch_mode(screen_id)
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def on_search_wanted(self, message: SearchWanted) -> None:
        await self.action_search(message.query)

    async def action_search(self, query: str = "") -> None:
        """Go to the search box; from another screen to a new search, or to the results of a query."""
        from tui_app.screens.search import SearchScreen  # noqa: PLC0415 - loaded when it is opened

        is_new = self.current_mode != _SEARCH
        await self.action_go(_SEARCH)
        await self.action_go(_SEARCH)  # closes pages that were left open on top of it
        if isinstance(self.screen, SearchScreen):
            if is_new or query:
                self.screen.begin(query)
            else:
                self.screen.box.take_focus()

    async def action_leave_search(self) -> None:
        """Go back to the screen before the search."""
        await self.action_go(self._before_search)

    async def action_statistics(self) -> None:
        """Open the statistics on top of the settings."""
        from tui_app.screens.statistics import StatisticsScreen  # noqa: PLC0415 - loaded when it is opened

        if self.current_mode != _SETTINGS:
            await self.action_go(_SETTINGS)
        active = self.app_state.active
        if active is not None and not isinstance(self.screen, StatisticsScreen):
            await self.push_screen(StatisticsScreen(active, _SETTINGS))

    async def on_nav_bar_chosen(self, event: NavBar.Chosen) -> None:
        if self.check_action("go", ()):
            await self.action_go(event.screen_id)

    def action_help_quit(self) -> None:
        """Name the key that quits, in answer to Ctrl+C."""
        keys = (
            self.get_key_display(active.binding)
            for active in self.screen.active_bindings.values()
            if active.binding.action == "quit"
        )
        self.notify(f"Press {next(keys, 'ctrl+q')} (or q) to quit.", markup=False)

    @work(exclusive=True, group="dialog")
    async def action_leave(self) -> None:
        """Quit, after asking while something plays or syncs."""
        plays = self.app_state.playing.status is not None
        is_busy = plays or self.app_state.is_syncing
        if not is_busy or await self.push_screen_wait(quit_dialog(plays=plays)) == "quit":
            self.exit()

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

    def action_handbook(self, name: str = "first-steps") -> None:
        """Open the handbook at a chapter. It is loaded now: its widgets are the heaviest of all."""
        from tui_app.screens.handbook import HandbookScreen  # noqa: PLC0415 - loaded when it is opened

        if isinstance(self.screen, Dialog):
            self.pop_screen()  # the help dialog, which leads here
        self.push_screen(HandbookScreen(name))

    # ------------------------------------------------------------------------------------------- profiles
    async def on_profile_wanted(self, message: ProfileWanted) -> None:
        await self.screens.save_states()
        try:
            if message.name is not None:
                self.app_state.profiles.use(message.name)
            await self.app_state.open_profile(message.name)
        except XtreamTuiError as error:
            notify_error(self, error, severity="error")
            return
        if not message.stays:
            await self.action_go(WELCOME if self.app_state.active is None else self._first_screen)
        self.screens.show_profile(self.app_state.active)
        if message.then_sync and message.name is not None:
            await self.syncs.fill_new_profile()
        else:
            await self.syncs.fill_empty_library()

    async def on_cache_cleared(self, message: CacheCleared) -> None:
        try:
            await self.app_state.clear_cache(message.profile)
        except XtreamTuiError as error:
            notify_error(self, error, severity="error")
        else:
            self.notify("Cache cleared. Press r to fetch everything again.", markup=False)
        self.screens.show_profile(self.app_state.active)

    async def on_screen_wanted(self, message: ScreenWanted) -> None:
        from tui_app.screens.favourites.screen import FavouritesScreen  # noqa: PLC0415 - loaded when it is opened

        await self.action_go(message.screen_id)
        if message.folder is not None and isinstance(screen := self.screen, FavouritesScreen):
            screen.call_later(screen.show_folder, message.folder)  # after it has opened its library

    def on_changes_seen(self) -> None:
        self.screens.record_change("seen")

    def on_marks_changed(self) -> None:
        self.screens.record_change("marks")
        self.reminders.look_soon()

    def on_demo_wanted(self) -> None:
        """Exit; the program is started again with the demo's own home folder and panel."""
        self.leads_to_demo = True
        self.exit()

    async def on_title_wanted(self, message: TitleWanted) -> None:
        """Open a title's page on top of the current screen."""
        from tui_app.screens.item.title_page import page_of  # noqa: PLC0415 - loaded when it is opened

        if (active := self.app_state.active) is not None:
            await self.push_screen(page_of(active, message.ref, self.current_mode))

    # --------------------------------------------------------------------------------------------- settings
    def on_settings_changed(self) -> None:
        self.appearance.apply_settings()
        self.screens.refresh_status()
        for screen in self.screens.mounted:
            screen.allow_pictures()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return self.appearance.line_filters(super().get_line_filters())

    def get_key_display(self, binding: Binding) -> str:
        return self.appearance.key_display(super().get_key_display(binding))

    @work(exclusive=True, group="pictures")
    async def action_pictures(self) -> None:
        await self.appearance.toggle_pictures()

    @work(exclusive=True, group="dialog")
    async def action_choose_theme(self) -> None:
        await self.appearance.choose_theme()

    # ------------------------------------------------------------------------------------------------ syncs
    async def action_sync(self, mode: Mode = "new") -> None:
        await self.syncs.sync(mode)

    def action_cancel_sync(self) -> None:
        self.syncs.cancel()

    def action_decide_removals(self) -> None:
        self.syncs.decide()

    def on_sync_started_message(self) -> None:
        self.screens.refresh_status()

    def on_sync_progressed(self, message: SyncProgressed) -> None:
        self.syncs.show_progress(message)

    def on_sync_cancelling(self, message: SyncCancelling) -> None:
        self.syncs.show_cancelling(message)

    async def on_library_changed(self, message: LibraryChanged) -> None:
        await self.syncs.show_change(message)

    def on_connection_changed(self, message: ConnectionChanged) -> None:
        self.syncs.record_connection(message.profile, online=message.online)

    async def on_sync_ended(self, message: SyncEnded) -> None:
        await self.syncs.show_end(message.finished)

    # ---------------------------------------------------------------------------------------------- playing
    def on_play_wanted(self, message: PlayWanted) -> None:
        if message.profile:
            self.plays.play_of(message.profile, message.ref)
        else:
            self.plays.play(message.ref, message.programme, here=message.here)

    def on_play_changed(self, message: PlayChanged) -> None:
        self.plays.show_status(message.status)

    def action_player_controls(self) -> None:
        """Show the controls of the player."""
        self.plays.open_controls()

    def action_player(self, change: Literal["pause", "seek", "volume"], by: float = 0) -> None:
        """Pause or continue, seek by seconds, or change the volume by per cent."""
        self.plays.control(change, by)

    def action_play_episode(self, step: int) -> None:
        """Play the episode after (1) or before (-1) the one that plays."""
        self.plays.play_episode(step)

    async def action_watch_reminded(self) -> None:
        await self.reminders.watch()

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_reminders(self) -> None:
        await self.reminders.show_list()

    async def action_stop_playing(self) -> None:
        """Stop the player; its position is saved."""
        await self.app_state.playing.stop()
