"""The Welcome screen of a new installation."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Button, Static

from tui_app.messages import DemoWanted, ProfileWanted
from tui_app.screens.dialogs.add_profile import AddProfileDialog
from tui_app.screens.main_screen import MainScreen
from tui_app.screens.registry import WELCOME

_WORDS: Final = (
    "Browse what your IPTV provider offers, without waiting: the whole library is copied once, kept fresh in the "
    "background, and searched on this machine, also offline.\n\n"
    "Paste the link your provider sent now; or add an account with its server, user name and password."
)
_DEMO: Final = (
    "Just looking? The demo is a made-up provider on this machine: no account needed, your data stay untouched."
)


class WelcomeScreen(MainScreen):
    """The screen that is shown while there is no profile."""

    PLACE = WELCOME
    DEFAULT_CSS = """
    WelcomeScreen {
        #body { align: center middle; }
        #welcome { width: 64; max-width: 100%; height: auto; padding: 0 2; }
        #welcome > Static { height: auto; width: 100%; margin-bottom: 1; }
        #title { text-style: bold; color: $text-primary; }
        #only-looking { color: $text-muted; margin: 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add a profile", tooltip="Add your account", id="welcome.add"),
        Binding("d", "demo", "Demo", tooltip="Look around in a made-up library", id="welcome.demo"),
    ]

    def compose_body(self) -> ComposeResult:
        with Container(id="body"), Vertical(id="welcome"):
            yield Static("Welcome to xtream-tui", id="title", markup=False)
            yield Static(_WORDS, markup=False)
            yield Button("Add a profile", id="add", variant="primary", compact=True)
            yield Static(_DEMO, id="only-looking", markup=False)
            yield Button("Open the demo", id="demo", compact=True)

    def on_mount(self) -> None:
        self.query_one(Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "demo":
            self.action_demo()
        else:
            self.action_add()

    def action_demo(self) -> None:
        """Open the app on the demo panel."""
        self.post_message(DemoWanted())

    def on_paste(self, event: events.Paste) -> None:
        """Add the account of a pasted link."""
        event.stop()
        self._add_profile(event.text)

    def action_add(self) -> None:
        """Add an account."""
        self._add_profile()

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def _add_profile(self, pasted: str = "") -> None:
        name = await self.app.push_screen_wait(AddProfileDialog(self.app_state.profiles, pasted))
        if name is not None:
            self.post_message(ProfileWanted(name, then_sync=True))
