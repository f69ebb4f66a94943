"""The base of the screens of a profile: navigation bar, status line, footer, and notification about changes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Final, cast

from textual import work
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from tui_app.errors import XtreamTuiError
from tui_app.events import SyncProgress
from tui_app.library import Library, LibraryClosed
from tui_app.screens.list_controller import KEEP_AFTER_S
from tui_app.screens.registry import HOME, SCREENS, key_of
from tui_app.screens.status_words import STOP_KEY, account_warning, show_progress, show_sync
from tui_app.services.app_state import ActiveProfile, AppState, HasAppState
from tui_app.widgets.details import Details
from tui_app.widgets.footer import KeyFooter
from tui_app.widgets.nav_bar import NavBar
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.sync_bar import SyncBar

#: Keys the footer drops last.
FIRST_KEYS: Final = ("app.help", "app.leave", "sync.cancel", "sync.retry")
WIDTHS: Final = [(0, "-slim"), (36, "-narrow"), (70, "-middle"), (116, "-wide")]
HEIGHTS: Final = [(0, "-low"), (10, "-short"), (20, "-tall")]
_PICTURE_REST_S: Final = 0.2  # nothing is fetched for titles that the cursor only passes
#: Part of the app's CSS. The screens have the class `-framed`.
FRAME_CSS: Final = """
.-framed {
    layout: vertical; background: $background;
    & > #body { height: 1fr; }
    & > #too-small { display: none; width: 100%; height: 1fr; content-align: center middle; text-align: center; }
    &.-low > #too-small, &.-slim > #too-small { display: block; }
    &.-low > #body, &.-slim > #body { display: none; }
    &.-low > KeyFooter, &.-slim > KeyFooter { display: none; }
}
"""


hidden_key = partial(Binding, show=False)  # a key that the footer has no room for


def scroll_keys(prefix: str) -> tuple[Binding, ...]:
    """Return the keys that scroll the details beside a list. `prefix` begins their ids."""
    return (
        hidden_key(
            "J,shift+down",
            "scroll_details(1)",
            "Scroll details down",
            tooltip="Scroll details down",
            id=f"{prefix}.read_on",
        ),
        hidden_key(
            "K,shift+up",
            "scroll_details(-1)",
            "Scroll details up",
            tooltip="Scroll details up",
            id=f"{prefix}.read_back",
        ),
    )


def with_playing_enter(found: dict[str, ActiveBinding], word: str = "Play") -> dict[str, ActiveBinding]:
    """Relabel Enter in lists where it plays, and hide `p` from the footer."""
    if "enter" in found and found["enter"].binding.id in ("list.open", "seasons.open"):
        found = with_enter(found, found["enter"].binding.id, word, f"{word} it")
        if "p" in found and word != "Open":
            found["p"] = found["p"]._replace(binding=replace(found["p"].binding, show=False))
    return found


def with_enter(found: dict[str, ActiveBinding], id: str, word: str, tooltip: str) -> dict[str, ActiveBinding]:
    """Relabel Enter where it is the binding with this id."""
    if "enter" in found and found["enter"].binding.id == id:
        enter = replace(found["enter"].binding, description=word, tooltip=tooltip)
        found["enter"] = found["enter"]._replace(binding=enter, tooltip=tooltip)
    return found


def framed(nav_bar: NavBar, body: ComposeResult, sync_bar: SyncBar) -> ComposeResult:
    """Compose a whole screen around its body, one container with the id `body`."""
    yield nav_bar
    yield from body
    yield Static("This terminal is too small.\nMake it 36×10 or larger.", id="too-small", markup=False)
    yield sync_bar
    yield KeyFooter(FIRST_KEYS)


def notify_error(
    node: App[Any] | Widget, error: XtreamTuiError, *, title: str = "", severity: SeverityLevel = "warning"
) -> None:
    """Notify about an expected error: what happened and what to do."""
    node.notify(error.sentence, title=title, severity=severity, markup=False)


class MainScreen(Screen[None]):
    """A screen of the navigation bar, or a page on top of one. It shows the library of one profile.

    Implement `compose_body`, `library_opened` and `library_changed`.
    """

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(STOP_KEY, "app.stop_playing", "Stop", tooltip="Stop the player", id="play.stop"),
        Binding("b", "app.player_controls", "Player", tooltip="Pause, seek, volume, next episode", id="play.controls"),
    ]

    def __init__(self, active: ActiveProfile, screen_id: str) -> None:
        """Create the screen. `screen_id` is in `SCREENS`; of a page it is that of the screen below."""
        super().__init__(classes="-framed")
        self.active = active
        self.screen_id = screen_id
        # Widgets are kept, not queried: an answer may arrive while the screen is being removed.
        self.nav_bar = NavBar(SCREENS, HOME if screen_id == "history" else screen_id)
        self.sync_bar = SyncBar(changes_key=key_of("changes"))
        self._shown_library: Library | None = None
        self._changed_parts: set[str] = set()

    @property
    def app_state(self) -> AppState:
        return cast(HasAppState, self.app).app_state

    @property
    def library(self) -> Library:
        """The library of the profile: keep it over an `await`, because it may be replaced."""
        return self.active.library

    @property
    def is_opened(self) -> bool:
        """True when this screen shows its library, not the one before."""
        return self.library is self._shown_library

    def compose(self) -> ComposeResult:
        yield from framed(self.nav_bar, self.compose_body(), self.sync_bar)

    def compose_body(self) -> ComposeResult:
        """Compose the screen's own part: one container with the id `body`."""
        raise NotImplementedError

    def on_mount(self) -> None:
        for found in self.query(PagedList):
            found.jump_scroll = self.app_state.scrolls_by_jumps
        self.allow_pictures()

    def allow_pictures(self) -> None:
        """Show pictures in the details, or not, as the settings say."""
        for details in self.query(Details):
            details.allow_pictures(self.app_state.shows_pictures)

    @work(exclusive=True, group="picture", exit_on_error=False)
    async def on_details_picture_wanted(self, event: Details.PictureWanted) -> None:
        """Show the picture of a title, once the cursor rests on it."""
        event.stop()
        await asyncio.sleep(_PICTURE_REST_S)
        ground = event.details.background_colors[1].rgb
        area = event.area
        picture = await self.library.pictures.draw(event.address, area.columns, area.rows, ground)
        event.details.set_picture(event.ref, area, picture)

    # ------------------------------------------------------------------------------------------ changes
    def library_opened(self) -> None:
        """Show a library for the first time."""

    def library_changed(self, parts: frozenset[str]) -> None:
        """Handle changes of these parts of the library."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Notify about expected errors of a worker; raise unexpected ones."""
        error = event.worker.error if event.state is WorkerState.ERROR else None
        if isinstance(error, XtreamTuiError):
            if not isinstance(error, LibraryClosed):
                notify_error(self, error)
        elif error is not None:
            raise error

    async def first_answer(self) -> None:
        """Wait until the first query's results are in the widgets."""

    # -------------------------------------------------------------------------------------- the saved state
    def state_to_save(self) -> str | None:
        """Return what to save for the next start, as JSON; None for nothing."""
        return None

    async def save_state(self) -> None:
        """Save the state of this screen."""
        if self.is_opened and (state := self.state_to_save()) is not None:
            await self.library.remembered.save_screen_state(self.screen_id, state)

    @work(exclusive=True, group="place", exit_on_error=False)
    async def save_state_soon(self) -> None:
        """Save the state of this screen after a pause."""
        await asyncio.sleep(KEEP_AFTER_S)
        await self.save_state()

    async def on_unmount(self) -> None:
        await self.save_state()

    # ----------------------------------------------------------------------------------------- what is shown
    def show_profile(self, active: ActiveProfile) -> None:
        """Show a profile, at once or as soon as the screen is visible."""
        self.active = active
        self.record_change("all")

    def record_change(self, part: str) -> None:
        """Record a changed part; a visible screen handles it at once, others when they are shown."""
        self._changed_parts.add(part)
        if self.is_current:
            self._catch_up()

    def refresh_status(self) -> None:
        """Show the profile's name and the state of its sync."""
        warning = account_warning(self.active.profile.account, time.time())
        self.nav_bar.show_profile(self.active.name, warning)
        show_sync(self.sync_bar, self.app_state, self.active, warning)

    def show_progress(self, progress: SyncProgress) -> None:
        """Show the progress of the profile's sync."""
        show_progress(self.sync_bar, self.app_state, self.active, progress)

    def on_screen_resume(self) -> None:
        self.refresh_bindings()
        self.refresh_status()
        self._catch_up()

    def _catch_up(self) -> None:
        parts, self._changed_parts = frozenset(self._changed_parts), set()
        if not self.is_opened:
            self._shown_library = self.library
            self.library_opened()
        elif parts:
            self.library_changed(parts)
