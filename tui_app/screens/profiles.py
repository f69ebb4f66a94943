"""The Profiles screen, and the Welcome screen that is shown while there is no profile."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar, Final, cast

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Button, Static

from tui_app.catalog import has_lapsed
from tui_app.errors import XtreamTuiError
from tui_app.messages import ConnectionChanged, DemoWanted, ProfileWanted
from tui_app.screens.dialogs.add_profile import AddProfileDialog
from tui_app.screens.dialogs.base import Choice, ChoiceDialog
from tui_app.screens.dialogs.edit_profile import edit_profile
from tui_app.screens.main_screen import HEIGHTS, WIDTHS, MainScreen, framed, notify_error
from tui_app.screens.registry import WELCOME
from tui_app.screens.status_words import account_status, account_warning
from tui_app.services.app_state import ActiveProfile, HasAppState
from tui_app.settings import Profile
from tui_app.widgets.footer import Piece
from tui_app.widgets.glyphs import PLAIN, glyphs
from tui_app.widgets.list_model import Column, ListRow, RowsSource
from tui_app.widgets.nav_bar import NavBar
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.sync_bar import SyncBar
from tui_app.widgets.words import date_words

_COLUMNS: Final = (
    Column("Profile", 14, main=True),
    Column("Server", 28, min_list_width=60),
    Column("Account", 14, min_list_width=38),
    Column("Until", 10, min_list_width=48),
    Column("Sync", 14, min_list_width=90),
)


class ProfilesScreen(MainScreen):
    """A list of profiles; the current one is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", tooltip="Add an account", id="profiles.add"),
        Binding("e", "edit", "Edit", tooltip="Edit name, address, login, user agent and time-outs", id="profiles.edit"),
        Binding("t", "test", "Test login", tooltip="Log in once and show the account's status", id="profiles.test"),
        Binding("delete", "remove", "Remove", tooltip="Remove the profile and its data", id="profiles.remove"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "profiles")
        self.names = PagedList(columns=_COLUMNS)

    def compose_body(self) -> ComposeResult:
        with Vertical(id="body"):
            yield self.names

    def on_mount(self) -> None:
        self.set_focus(self.names)

    def library_opened(self) -> None:
        self._read()

    def library_changed(self, parts: frozenset[str]) -> None:
        self._read()

    @work(exclusive=True, group="profiles", exit_on_error=False)
    async def _read(self) -> None:
        try:
            profiles = await asyncio.to_thread(self.app_state.profiles.list)
        except XtreamTuiError as error:
            self.names.show_empty("The profiles can't be read", error.message, error.hint)
            return
        if not profiles:
            self.names.show_empty("No profile yet", "A profile is one account at one provider.", "a adds one")
            return
        self.names.reload(RowsSource([_row(profile, self.active.name) for profile in profiles]))

    # ------------------------------------------------------------------------------------------- messages
    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.post_message(ProfileWanted(event.key))

    # --------------------------------------------------------------------------------------------- actions
    def on_paste(self, event: events.Paste) -> None:
        """Add the account of a pasted link."""
        event.stop()
        self._add_profile(event.text)

    def action_add(self) -> None:
        """Add an account."""
        self._add_profile()

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def _add_profile(self, pasted: str = "") -> None:
        await add_profile(self, pasted)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_edit(self) -> None:
        """Change how the profile connects."""
        if self.names.row is None:
            return
        name = self.names.row.key
        try:
            profile = await asyncio.to_thread(self.app_state.profiles.get, name)
        except XtreamTuiError as error:
            notify_error(self, error, title=name, severity="error")
            return
        if await edit_profile(self, self.app_state, profile):
            self._read()

    @work(exclusive=True, group="test", exit_on_error=False)
    async def action_test(self) -> None:
        """Log in once."""
        if self.names.row is None:
            return
        from tui_app.sync import test_login  # noqa: PLC0415 - loads the HTTP client, 130 ms

        name = self.names.row.key
        self.notify("Logging in …", title=name, timeout=3, markup=False)
        try:
            profile = self.app_state.profiles.get(name)
            password = await asyncio.to_thread(self.app_state.profiles.passwords.read, profile)
            account = await test_login(self.app_state.paths, profile, password)
            await asyncio.to_thread(self.app_state.profiles.save_account, name, account, int(time.time()))
        except XtreamTuiError as error:
            notify_error(self, error, title=name)
            if error.code == "unreachable":
                self.post_message(ConnectionChanged(name, online=False))
        else:
            until = f"until {date_words(account.expires)}" if account.expires else "without an end date"
            standing = f"{account.status}, {until}"
            if has_lapsed(account.status, account.expires, time.time()):
                standing = f"expired on {date_words(account.expires or 0)}"
            self.notify(f"The login works: {standing}.", title=name, markup=False)
            self.post_message(ConnectionChanged(name, online=True))
        self._read()

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_remove(self) -> None:
        """Remove a profile, after asking."""
        if self.names.row is None:
            return
        name = self.names.row.key
        if self.app_state.runner.is_busy(name):
            self.notify("A sync is running: cancel it first (x).", title=name, severity="warning", markup=False)
            return
        items = await self.app_state.item_count(name)
        dialog = ChoiceDialog(
            "Remove a profile",
            f"Remove “{name}”?",
            (
                f"This deletes the copy of {items:,} items, favourites, watched marks, settings and the password.",
                "The account at the provider is not touched.",
            ),
            (Choice("remove", "Remove", "error"), Choice("keep", "Cancel", "primary")),
        )
        if await self.app.push_screen_wait(dialog) != "remove":
            return
        try:
            left = await self.app_state.remove_profile(name)
        except XtreamTuiError as error:
            notify_error(self, error, title=name, severity="error")
            return
        if name == self.active.name:
            self.post_message(ProfileWanted(left))
        self._read()


def _row(profile: Profile, here: str) -> ListRow:
    account = profile.account
    until = "" if account is None else date_words(account.expires) if account.expires else "no end"
    if profile.sync.automatic and profile.sync.interval_hours is not None:
        sync = f"every {profile.sync.interval_hours} h"
    else:
        sync = "manual"
    server = profile.url.partition("://")[2]
    now = time.time()
    status = (account_warning(account, now) or account_status(account, now)) if account else "untested"
    mark = glyphs().new if profile.name == here else ""
    return ListRow(profile.name, (profile.name, server, status, until, sync), mark)


async def add_profile(screen: Screen[None], pasted: str) -> None:
    """Ask for a new account and show its library. `pasted`: a link to start with."""
    profiles = cast(HasAppState, screen.app).app_state.profiles
    name = await screen.app.push_screen_wait(AddProfileDialog(profiles, pasted))
    if name is not None:
        screen.post_message(ProfileWanted(name, then_sync=True))


_WORDMARK: Final = """\
█ █ ▀█▀ █▀▄ █▀▀ ▄▀▄ █▄ ▄█   ▀█▀ █ █ █
▄▀▄  █  █▀▄ █▀  █▀█ █ ▀ █    █  █ █ █
▀ ▀  ▀  ▀ ▀ ▀▀▀ ▀ ▀ ▀   ▀    ▀  ▀▀▀ ▀"""
_WORDS: Final = (
    "Channels, movies and series of your IPTV provider, without waiting: the whole library is copied once, kept fresh "
    "in the background, and searched on this machine, also offline."
)
_PASTE: Final = "Paste the link from your provider now, or press a to add your account."
_DEMO: Final = (
    "Just looking? The demo is a made-up provider on this machine: no account needed, your data stay untouched."
)


class WelcomeScreen(Screen[None]):
    """The screen that is shown while there is no profile."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    WelcomeScreen {
        #body { align: center middle; }
        #welcome { width: 64; max-width: 100%; height: auto; padding: 0 2; }
        #welcome > Static { height: auto; width: 100%; margin-bottom: 1; }
        #title { text-style: bold; color: $text-primary; }
        #welcome > #wordmark { width: auto; color: $text-accent; display: none; }
        &.-tall #welcome > #wordmark { display: block; }
        &.-short.-narrow #words { display: none; }
        #buttons { height: 1; margin-bottom: 1; }
        Button { margin-right: 2; }
        #paste { text-style: bold; }
        #only-looking { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add a profile", tooltip="Add your account", id="welcome.add"),
        Binding("d", "demo", "Demo", tooltip="Look around in a made-up library", id="welcome.demo"),
    ]

    def __init__(self) -> None:
        super().__init__(classes="-framed")

    def compose(self) -> ComposeResult:
        sync_bar = SyncBar()
        sync_bar.set_pieces([Piece("no profile yet", "muted")])
        yield from framed(NavBar((), WELCOME), self._compose_body(), sync_bar)

    def _compose_body(self) -> ComposeResult:
        with Container(id="body"), Vertical(id="welcome"):
            if glyphs() is not PLAIN:
                yield Static(_WORDMARK, id="wordmark", markup=False)
            yield Static("Welcome to xtream-tui", id="title", markup=False)
            yield Static(_WORDS, id="words", markup=False)
            yield Static(_PASTE, id="paste", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Add a profile", id="add", variant="primary", compact=True)
                yield Button("Open the demo", id="demo", compact=True)
            yield Static(_DEMO, id="only-looking", markup=False)

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
        await add_profile(self, pasted)
