"""The field for a provider's link: it is taken apart when it is pasted, when the field is left and on Enter, never
while it is being typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual import events
from textual.message import Message

from tui_app.errors import UsageError
from tui_app.text import redactor
from tui_app.widgets.command_entry import PlainInput
from tui_app.xtream.links import PanelLink, parse_link

_SCHEME_END: Final = "://"


class LinkField(PlainInput):
    """Holds the address alone once a link was taken apart; the login in it is handed on with `Taken`."""

    @dataclass
    class Taken(Message):
        """A link with a login, or a part of one, stood in the field."""

        link: PanelLink

    def take(self, text: str | None = None) -> None:
        """Take the text apart, else what the field holds. Raises `UsageError` when it is no link of a panel."""
        link = parse_link(_newest(self.value if text is None else text))
        redactor.learn(link.password)
        if text is not None or link.username or link.password:
            self.value = link.base_url
            self.cursor_position = len(self.value)
        if link.username or link.password:
            self.post_message(self.Taken(link))

    def take_if_link(self, text: str | None = None) -> bool:
        """The same; False, and nothing changed, when it is none."""
        try:
            self.take(text)
        except UsageError:
            return False
        return True

    def on_blur(self) -> None:
        if self.value.strip():
            self.take_if_link()

    def on_paste(self, event: events.Paste) -> None:
        """A whole link replaces what was there, also with a mail around it; a piece of one is inserted as ever."""
        is_whole = _SCHEME_END in event.text or not self.value
        if is_whole and self.take_if_link(event.text):
            event.stop()
            event.prevent_default()


def _newest(text: str) -> str:
    """Of two links one behind the other, without a blank between them, the second."""
    words = text.split()
    if len(words) != 1 or words[0].count(_SCHEME_END) < 2:
        return text
    head, end, tail = words[0].rpartition(_SCHEME_END)
    scheme = "https" if head.lower().endswith("https") else "http"
    return f"{scheme}{end}{tail}" if head.lower().endswith(scheme) else text
