"""The dialog that adds an account from a pasted link or from fields, and the field that splits such a link.

The login is tested before it is saved. A link is split when it is pasted, when the field is left and on Enter, never
while it is typed.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tui_app.errors import LoginRefused, UsageError, XtreamTuiError
from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.settings import Profile, ProfileStore, validate_new_profile
from tui_app.text import redactor
from tui_app.widgets.command_entry import PlainInput
from tui_app.xtream.http.errors import in_words
from tui_app.xtream.links import PanelLink, parse_link
from tui_app.xtream.urls import host_of

_SCHEME_END: Final = "://"


class LinkField(PlainInput):
    """Keeps only the address of a link; posts its login with `Taken`."""

    @dataclass
    class Taken(Message):
        """The field contained a link with a login, or a part of one."""

        link: PanelLink

    def take(self, text: str | None = None) -> None:
        """Split the text, by default the field's. Raises `UsageError` when it is no link of a panel."""
        link = parse_link(_newest(self.value if text is None else text))
        redactor.learn(link.password)
        if text is not None or link.username or link.password:
            self.value = link.base_url
            self.cursor_position = len(self.value)
        if link.username or link.password:
            self.post_message(self.Taken(link))

    def take_if_link(self, text: str | None = None) -> bool:
        """Split the text if it is a link; else return False and change nothing."""
        try:
            self.take(text)
        except UsageError:
            return False
        return True

    def on_blur(self) -> None:
        if self.value.strip():
            self.take_if_link()

    def on_paste(self, event: events.Paste) -> None:
        """Replace the field by a whole link, also one inside a mail; insert a part of one as usual."""
        is_whole = _SCHEME_END in event.text or not self.value
        if is_whole and self.take_if_link(event.text):
            event.stop()
            event.prevent_default()


def _newest(text: str) -> str:
    """Return the second of two links that are joined without a blank."""
    words = text.split()
    if len(words) != 1 or words[0].count(_SCHEME_END) < 2:
        return text
    head, end, tail = words[0].rpartition(_SCHEME_END)
    scheme = "https" if head.lower().endswith("https") else "http"
    return f"{scheme}{end}{tail}" if head.lower().endswith(scheme) else text


_FIELDS: Final = (
    ("link", "Link from your provider, or the server's address", "http://panel.example:8080/get.php?username=…"),
    ("username", "User name", ""),
    ("password", "Password", ""),
    ("name", "Profile name", "home"),
)


class AddProfileDialog(Dialog[str]):
    """Answers with the name of the new profile, which is saved by then."""

    DEFAULT_CSS = """
    AddProfileDialog > .box { width: 72; }
    """

    def __init__(self, profiles: ProfileStore, pasted: str = "") -> None:
        """Create the dialog. `pasted` is a link to start with."""
        super().__init__()
        self._profiles = profiles
        self._pasted = pasted
        self._own_name = ""  # the suggested name

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Add a profile"
            box.border_subtitle = "Enter tests the login · Escape closes"
            for id_, label, placeholder in _FIELDS:
                yield Static(label, classes="label", markup=False)
                field = LinkField if id_ == "link" else PlainInput
                yield field(placeholder=placeholder, password=id_ == "password", id=id_)
            yield from self.form_end(Choice("close", "Cancel"), Choice("add", "Test and add", "primary"))

    def on_mount(self) -> None:
        link = self.query_one(LinkField)
        link.focus(scroll_visible=False)
        if self._pasted and not link.take_if_link(self._pasted):
            link.value = self._pasted.strip().partition("\n")[0]
            self.submit()  # shows what is wrong with it

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    # ------------------------------------------------------------------------------------------- messages
    def on_link_field_taken(self, event: LinkField.Taken) -> None:
        """Fill in the login of a link, replacing what was there."""
        event.stop()
        self._fill(event.link)

    def _fill(self, link: PanelLink) -> None:
        for id_, value in (("username", link.username), ("password", link.password)):
            if value:
                self._field(id_).value = value
        name = self._field("name")
        if name.value in ("", self._own_name):
            name.value = self._own_name = self._free_name(link)

    def _free_name(self, link: PanelLink) -> str:
        """Return a name from the host, with a number when it is taken."""
        host = host_of(link.base_url).partition(":")[0]
        parts = host.split(".")
        word = host if host.replace(".", "").isdigit() or len(parts) < 2 else parts[-2]
        try:
            taken = {profile.name.casefold() for profile in self._profiles.list()}
        except XtreamTuiError:
            taken = set()
        return next(name for name in (word, *(f"{word} {n}" for n in range(2, 1000))) if name.casefold() not in taken)

    # ---------------------------------------------------------------------------------------------- adding
    def submit(self) -> None:
        self._add()

    @work(exclusive=True, group="add")
    async def _add(self) -> None:
        self.show_problem("")
        try:
            self._take_link()
            profile, password = await asyncio.to_thread(self._wanted, *self._values())
            self.show_problem("Testing the login …", failed=False)
            await self._test_and_keep(profile, password)
        except XtreamTuiError as error:
            self.show_problem(error.sentence)
            if isinstance(error, LoginRefused):
                self._to_password()
        else:
            self.dismiss(profile.name)

    def _take_link(self) -> None:
        """Split the link as on leaving the field; Enter may come before that."""
        pasted = self._field("link").value.strip()
        if not pasted:
            raise UsageError("Paste the link first, or type the server's address.")
        self.query_one(LinkField).take()
        self._fill(parse_link(pasted))

    def _to_password(self) -> None:
        """Select the password: it is the most likely mistake, and typing replaces it."""
        password = self._field("password")
        password.focus()
        password.action_select_all()

    async def _test_and_keep(self, profile: Profile, password: str) -> None:
        from tui_app.sync import test_login  # noqa: PLC0415 - loads the HTTP client, 130 ms

        account = await test_login(self._profiles.paths, profile, password, self._show_wait)
        await asyncio.to_thread(self._profiles.add, profile, password)
        await asyncio.to_thread(self._profiles.save_account, profile.name, account, int(time.time()))

    def _values(self) -> tuple[str, str, str, str]:
        link, username, password, name = (self._field(id_).value.strip() for id_, _label, _placeholder in _FIELDS)
        return link, username, password, name

    def _wanted(self, pasted: str, username: str, password: str, name: str) -> tuple[Profile, str]:
        """Return the profile and password in the fields. Raises `UsageError`."""
        if not username or not password:
            raise UsageError(
                "User name and password are needed.", hint="You find them in the link or e-mail from your provider."
            )
        redactor.learn(password)
        link = parse_link(pasted).completed(username, password)
        source = self._profiles.passwords.best_source()
        profile = Profile(name or self._free_name(link), link.base_url, username, password_source=source)
        if any(known.name.casefold() == profile.name.casefold() for known in self._profiles.list()):
            raise UsageError(f"There is a profile named “{profile.name}” already.", hint="Choose another name.")
        if problems := validate_new_profile(profile):
            raise UsageError(f"{problems[0][0].upper()}{problems[0][1:]}.")
        return profile, password

    def _show_wait(self, seconds: float) -> None:
        self.show_problem(f"The server asks to wait {in_words(seconds)}; waiting. Escape stops.", failed=False)
