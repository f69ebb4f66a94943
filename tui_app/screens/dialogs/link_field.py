"""The field for a provider's link.

The link is split when it is pasted, when the field is left and on Enter, never while it is typed.
"""

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
