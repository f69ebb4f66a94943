"""The dialog that renames a profile and changes how it connects. A changed login is tested before it is saved."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Checkbox, Input, Static

from tui_app.errors import PanelError, UsageError, XtreamTuiError
from tui_app.messages import ProfileWanted, SettingsChanged
from tui_app.screens.dialogs.add_profile import LinkField
from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.services.app_state import AppState
from tui_app.settings import Profile, ProfileStore, validate_name, validate_profile
from tui_app.settings.validation import refuse, same_name
from tui_app.text import redactor
from tui_app.widgets.command_entry import PlainInput
from tui_app.widgets.form_fields import Tick
from tui_app.xtream.http.errors import in_words
from tui_app.xtream.links import PanelLink, parse_link

_TIMES: Final = (
    ("connect_timeout_s", "Connect"),
    ("first_byte_timeout_s", "First answer"),
    ("read_timeout_s", "No data"),
)
_NAMES: Final = {
    "url": "The address",
    "also_urls": "The other addresses",
    "username": "The user name",
    "user_agent": "The user agent",
    "connect_timeout_s": "The connect time-out",
    "first_byte_timeout_s": "The time-out for the first answer",
    "read_timeout_s": "The time-out without data",
}


class EditProfileDialog(Dialog[str]):
    """Answers with the name the profile shall have. All other changes are saved by then."""

    DEFAULT_CSS = """
    EditProfileDialog {
        & > .box { width: 72; }
        .pair { height: auto; width: 100%; }
        .pair > Vertical { width: 1fr; height: auto; padding-right: 1; }
        Tick { width: auto; margin-bottom: 1; }
        #anyway { display: none; }
        #anyway.-shown { display: block; }
    }
    """

    def __init__(self, profiles: ProfileStore, profile: Profile) -> None:
        super().__init__()
        self._profiles = profiles
        self._profile = profile

    def compose(self) -> ComposeResult:
        profile = self._profile
        with Vertical(classes="box") as box:
            box.border_title = "Profile"
            box.border_subtitle = "Enter saves · Escape closes"
            yield from self._field("name", "Name", profile.name)
            yield Static("Server", classes="label", markup=False)
            yield LinkField(profile.url, id="url")
            yield from self._field(
                "also_urls", "Other addresses, used when it can't be reached", ", ".join(profile.also_urls)
            )
            yield from self._field("username", "User name", profile.username)
            if profile.password_source == "command":
                yield Static("The password comes from a command.", classes="hint", markup=False)
            else:
                yield Static("Password", classes="label", markup=False)
                yield PlainInput(placeholder="unchanged", password=True, id="password")
            yield from self._field("user_agent", "User agent (how this app identifies itself)", profile.user_agent)
            yield Static("Time-outs in seconds", classes="label", markup=False)
            with Horizontal(classes="pair"):
                for id_, label in _TIMES:
                    with Vertical():
                        yield from self._field(id_, label, f"{getattr(profile, id_):g}")
            yield Tick("Verify HTTPS certificates", profile.verify_tls, id="verify_tls", compact=True)
            yield from self.form_end(
                Choice("close", "Cancel"),
                Choice("anyway", "Save anyway", "warning"),
                Choice("save", "Save", "primary"),
            )

    def _field(self, id_: str, label: str, value: str) -> ComposeResult:
        yield Static(label, classes="label", markup=False)
        yield PlainInput(value, id=id_)

    # ------------------------------------------------------------------------------------------- messages
    def on_link_field_taken(self, event: LinkField.Taken) -> None:
        """Fill in the login of a link, replacing what was there."""
        event.stop()
        self._fill(event.link)

    def _fill(self, link: PanelLink) -> None:
        for id_, value in (("username", link.username), ("password", link.password)):
            if value and self.query(f"#{id_}"):
                self.query_one(f"#{id_}", Input).value = value

    def submit(self) -> None:
        self._save(untested=False)

    def pressed(self, button: str) -> None:
        self._save(untested=button == "anyway")

    # ---------------------------------------------------------------------------------------------- saving
    @work(exclusive=True, group="save")
    async def _save(self, *, untested: bool) -> None:
        self.show_problem("")
        try:
            profile, password = self._wanted()
            name = await asyncio.to_thread(self._new_name)
            if not untested and self._is_other_login(profile, password):
                self.show_problem("Testing the login …", failed=False)
                await self._test(profile, password)
            await asyncio.to_thread(self._profiles.update, profile, password)
        except PanelError as error:
            self.query_one("#anyway").add_class("-shown")
            self.show_problem(f"{error.sentence} Nothing was changed.")
        except XtreamTuiError as error:
            self.show_problem(error.sentence)
        else:
            self.dismiss(name)

    def _is_other_login(self, profile: Profile, password: str | None) -> bool:
        known = self._profile
        return password is not None or (profile.addresses, profile.username) != (known.addresses, known.username)

    async def _test(self, profile: Profile, password: str | None) -> None:
        from tui_app.sync import test_login  # noqa: PLC0415 - loads the HTTP client, 130 ms

        if password is None:
            password = await asyncio.to_thread(self._profiles.passwords.read, self._profile)
        account = await test_login(self._profiles.paths, profile, password, self._show_wait)
        await asyncio.to_thread(self._profiles.save_account, profile.name, account, int(time.time()))

    def _wanted(self) -> tuple[Profile, str | None]:
        """Return the profile in the fields and its new password. Raises `UsageError`."""
        link = parse_link(self._value("url"))
        self._fill(link)
        typed = self._value("password") if self.query("#password") else ""
        password = typed or link.password or None
        if password:
            redactor.learn(password)
        username = self._value("username") or link.username or ""
        others = [parse_link(other) for other in self._value("also_urls").replace(",", " ").split()]
        profile = replace(
            self._profile,
            url=link.completed(username, password).base_url,
            username=username,
            also_urls=tuple(other.completed(username, password).base_url for other in others),
            user_agent=self._value("user_agent"),
            verify_tls=self.query_one("#verify_tls", Checkbox).value,
            connect_timeout_s=self._seconds("connect_timeout_s"),
            first_byte_timeout_s=self._seconds("first_byte_timeout_s"),
            read_timeout_s=self._seconds("read_timeout_s"),
        )
        for problem in validate_profile(profile):
            key, _, words = problem.partition(" ")
            raise UsageError(f"{_NAMES.get(key, key)} {words}.", hint="Nothing was changed.")
        return profile, password

    def _new_name(self) -> str:
        """Return the name in its field. Raises `UsageError` when another profile has it, or none can."""
        name = self._value("name")
        if name != self._profile.name:
            refuse(validate_name(name))
            if any(same_name(name, known) for known in self._profiles.names() if known != self._profile.name):
                raise UsageError(f"There is already a profile named “{name}”.", hint="Choose another name.")
        return name

    def _value(self, id_: str) -> str:
        return self.query_one(f"#{id_}", Input).value.strip()

    def _seconds(self, id_: str) -> float:
        try:
            return float(self._value(id_).replace(",", "."))
        except ValueError:
            raise UsageError(f"{_NAMES[id_]} must be a number of seconds.", hint="Nothing was changed.") from None

    def _show_wait(self, seconds: float) -> None:
        self.show_problem(f"The server asks to wait {in_words(seconds)}; waiting. Escape stops.", failed=False)


async def edit_profile(screen: Screen[None], app_state: AppState, profile: Profile) -> bool:
    """Let the user change a profile; return True when something was saved. Raises what renaming raises."""
    name = await screen.app.push_screen_wait(EditProfileDialog(app_state.profiles, profile))
    if name is None:
        return False
    if name != profile.name:
        shown = profile.name if app_state.is_active(profile.name) else None
        try:
            await app_state.rename_profile(profile.name, name)
            shown = shown and name
        finally:
            if shown is not None:  # it was closed, also when renaming failed
                screen.post_message(ProfileWanted(shown, stays=True))
    await app_state.reload_profile()
    screen.post_message(SettingsChanged())
    return True
