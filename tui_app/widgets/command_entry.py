"""A plain one-line input, and the typed row numbers, letters and commands of lists."""

from __future__ import annotations

from functools import cache
from typing import Final

from textual import events
from textual.binding import Binding, BindingsMap
from textual.widget import Widget
from textual.widgets import Input

from tui_app.terminal.textual_compat import exchange_bindings, is_bound


class PlainInput(Input):
    """An `Input` of one line without a border; posts `Input.Changed` and `Input.Submitted`.

    `blink=False` saves 400 bytes a second on a slow line.
    """

    DEFAULT_CSS = """
    PlainInput { background: $surface; }
    """

    def __init__(  # noqa: PLR0913 - the options of Textual's widget
        self,
        value: str | None = None,
        *,
        placeholder: str = "",
        password: bool = False,
        restrict: str | None = None,
        max_length: int = 0,
        blink: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            value,
            placeholder,
            password=password,
            restrict=restrict,
            max_length=max_length,
            select_on_focus=False,
            compact=True,
            name=name,
            id=id,
            classes=classes,
            disabled=disabled,
        )
        self.cursor_blink = blink

    def validate_value(self, value: str) -> str:
        """Replace characters that are not printable: pasted text may contain any."""
        if value.isprintable():
            return value
        return "".join(char if char.isprintable() else " " if char.isspace() else "" for char in value)


_MOST_DIGITS: Final = 9


class CommandEntry(Widget):
    """A widget that takes row numbers, commands and letters.

    Bind `:` to `start_number` and `'` to `start_letter`; implement `take_number`, `take_command`, `take_letter` and
    `entry_changed`. `entry` is the typed text with the key that began it, None otherwise.
    """

    entry: str | None = None
    _own_bindings = BindingsMap()  # while `entry` replaces them

    def take_number(self, number: int) -> None:
        """Go to this row; the first one is 1."""

    def take_command(self, text: str) -> None:
        """Handle a letter with the digits before it as a command."""

    def take_letter(self, letter: str) -> None:
        """Go to this letter, folded to lower case; `#` stands for all other characters."""

    def entry_changed(self) -> None:
        """Show the changed `entry`."""

    def leave_entry(self) -> None:
        """Restore the widget's own keys."""
        if self.entry is not None:
            self._set_entry(None)

    def on_blur(self) -> None:
        self.leave_entry()

    def on_key(self, event: events.Key) -> None:
        """Take letters of any script; the other keys are bindings."""
        char = event.character or ""
        if self.entry is None or is_bound(self, event.key):
            return
        if char.isalpha() or (char == " " and self.entry != "'"):
            event.stop()
            event.prevent_default()
            self._take_typed(char.lower())

    def _take_typed(self, letter: str) -> None:
        typed, is_jump = self._typed, self.entry == "'"
        self._set_entry(None)
        if is_jump:
            self.take_letter(letter)
        else:
            self.take_command(typed + letter)

    # -------------------------------------------------------------------------------------------------- actions
    def action_start_number(self) -> None:
        self._set_entry(":")

    def action_start_letter(self) -> None:
        self._set_entry("'")

    def action_digit(self, digit: str) -> None:
        if len(self._typed) < _MOST_DIGITS:
            self._set_entry(f":{self._typed}{digit}")

    def action_take_back(self) -> None:
        self._set_entry(f":{self._typed[:-1]}")

    def action_end_number(self) -> None:
        number = self._typed
        self._set_entry(None)
        if number:
            self.take_number(int(number))

    def action_number_or_command(self) -> None:
        """Go to the row after a number; else `G` is a letter like others."""
        if self._typed:
            self.action_end_number()
        else:
            self._take_typed("g")

    def action_other(self) -> None:
        """Go to titles that begin with no letter."""
        self._take_typed("#")

    def action_stay(self) -> None:
        self._set_entry(None)

    @property
    def _typed(self) -> str:
        return (self.entry or "")[1:]

    def _set_entry(self, entry: str | None) -> None:
        wanted = self._own_bindings if entry is None else _letter_bindings() if entry == "'" else _number_bindings()
        before = exchange_bindings(self, wanted)
        if self.entry is None:
            self._own_bindings = before
        self.entry = entry
        self.entry_changed()


@cache
def _number_bindings() -> BindingsMap:
    """Return bindings: digits collect, `G` or Enter goes there, Backspace deletes, Escape or `:` leaves."""
    return BindingsMap(
        [
            *(Binding(digit, f"digit('{digit}')", show=False) for digit in "0123456789"),
            Binding("G", "number_or_command", "Go there"),
            Binding("enter", "end_number", "Go there", show=False),
            Binding("backspace", "take_back", show=False),
            Binding("escape,:", "stay", "Stay here"),
        ]
    )


@cache
def _letter_bindings() -> BindingsMap:
    """Return bindings: a digit or `#` goes to titles without a letter, Escape or `'` leaves."""
    others = ",".join((*"0123456789", "number_sign"))
    return BindingsMap([Binding(others, "other", show=False), Binding("escape,'", "stay", "Stay here")])
