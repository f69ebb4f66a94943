"""The search box: an input with recent searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui_app.widgets.command_entry import PlainInput


class SearchEntry(PlainInput):
    """The input inside, whose extra keys the surrounding box handles."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "older", "Recent", tooltip="Recall an earlier search", id="search.older"),
        Binding("down", "newer", "Results", tooltip="Go to the results", id="search.results"),
        Binding("escape", "leave", "Back", tooltip="Leave the search box", id="search.leave"),
    ]

    def __init__(self, box: SearchBox, placeholder: str, blink: bool) -> None:
        super().__init__(placeholder=placeholder, blink=blink)
        self._box = box

    def action_older(self) -> None:
        self._box.recall(1)

    def action_newer(self) -> None:
        self._box.recall(-1)

    def action_leave(self) -> None:
        self._box.leave("escape")

    def action_delete_right(self) -> None:
        """Delete a letter; at the end of the text, where there is none, search every kind again."""
        if self.cursor_position < len(self.value) or not self.selection.is_empty:
            super().action_delete_right()
        else:
            self._box.leave("delete")


class SearchBox(Horizontal):
    """A prompt and an input; call `take_focus()` when the search key is pressed.

    `text` gets and sets the typed text (setting it posts `Changed` too); `set_recent` sets earlier searches, newest
    first, which the up key recalls.
    """

    DEFAULT_CSS = """
    SearchBox {
        height: 1; background: $surface;
        & > Static { width: 3; height: 1; padding: 0 1; color: $text-accent; background: $surface; }
        & > PlainInput { width: 1fr; }
    }
    """

    @dataclass
    class Changed(Message):
        """The typed text changed. Replaces an older, unhandled message."""

        box: SearchBox
        text: str

        @property
        def control(self) -> SearchBox:
            return self.box

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SearchBox.Changed) and message.box is self.box

    @dataclass
    class Submitted(Message):
        """The user pressed Enter: the search can be remembered as a recent one."""

        box: SearchBox
        text: str

        @property
        def control(self) -> SearchBox:
            return self.box

    @dataclass
    class Left(Message):
        """The user leaves the box: "down" to the results, "escape" to the screen before; or "delete"s the kind."""

        box: SearchBox
        by: Literal["down", "escape", "delete"]

        @property
        def control(self) -> SearchBox:
            return self.box

    def __init__(
        self,
        *,
        placeholder: str = "Search",
        blink: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._entry = SearchEntry(self, placeholder, blink)
        self._recent: tuple[str, ...] = ()
        self._recalled = -1  # index in the recent searches; -1 is the typed text
        self._typed = ""

    def compose(self) -> ComposeResult:
        yield Static("/", markup=False)
        yield self._entry

    @property
    def text(self) -> str:
        return self._entry.value

    @text.setter
    def text(self, text: str) -> None:
        self._entry.value = text
        self._entry.cursor_position = len(self._entry.value)

    def set_recent(self, searches: Sequence[str]) -> None:
        """Set earlier searches, newest first."""
        self._recent = tuple(searches)
        self._recalled = -1

    def take_focus(self) -> None:
        """Focus the input."""
        self.screen.set_focus(self._entry)

    def select_all(self) -> None:
        """Select the text, so that typing replaces it."""
        self._entry.select_all()

    def recall(self, step: int) -> None:
        """Recall an older (1) or newer (-1) search.

        Below the newest one is the typed text, and below that are the results.
        """
        if step < 0 and self._recalled < 0:
            self.leave("down")
            return
        if self._recalled < 0:
            self._typed = self.text
        self._recalled = min(len(self._recent) - 1, self._recalled + step)
        recalled = self._recalled
        self.text = self._typed if recalled < 0 else self._recent[recalled]
        self._recalled = recalled

    def leave(self, by: Literal["down", "escape", "delete"]) -> None:
        """Post that the user leaves the box."""
        self.post_message(self.Left(self, by))

    @on(Input.Changed)
    def _post_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))

    @on(Input.Submitted)
    def _post_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._recalled = -1
        self.post_message(self.Submitted(self, event.value))
