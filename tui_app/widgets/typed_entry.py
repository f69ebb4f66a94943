"""The two moments in which a list takes what is typed: a row number or a command after `:`, a letter after `'`.

Each has a table of keys that stands in for the list's own while it lasts. Tables, because Textual runs bindings in the
order of the keys: anything cleverer gets keys of one burst (a stall, a slow line) in the wrong order.
"""

from __future__ import annotations

from functools import cache

from textual.binding import Binding, BindingsMap
from textual.keys import _character_to_key as key_name
from textual.widget import Widget

_LETTERS = (
    "abcdefghijklmnopqrstuvwxyz"
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ"
    "αβγδεζηθικλμνξοπρστυφχψω"
    "אבגדהוזחטיכלמנסעפצקרשת"
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    "åäöæøüßéèçñąćęłńśźżčďěňřšťůžğış"
)


_MOST_DIGITS = 9


class TypedEntry(Widget):
    """A widget that takes row numbers, commands and letters: bind `:` to `start_number` and `'` to `start_letter`.

    Fill `take_number`, `take_command`, `take_letter` and `entry_changed`. `entry` is what was typed so far, with the
    key that began it; None outside these moments.
    """

    entry: str | None = None

    def take_number(self, number: int) -> None:
        """Go to this row; the first one is 1."""

    def take_command(self, text: str) -> None:
        """A letter, with the digits before it: no row, but a command. Each further letter comes likewise, until
        `leave_entry` says that keys go elsewhere."""

    def take_letter(self, letter: str) -> None:
        """Go to this letter, folded to lower case; `#` is all but letters."""

    def entry_changed(self) -> None:
        """Show it."""

    def leave_entry(self) -> None:
        """Keys are the widget's own again."""
        if self.entry is not None:
            self._set_entry(None)

    def on_blur(self) -> None:
        self.leave_entry()

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

    def action_command(self, letter: str) -> None:
        """No row, then. What was typed is handed on, and so is each letter of the same burst."""
        typed = self._typed
        self._set_entry(":")
        self.take_command(typed + letter)

    def action_number_or_command(self, letter: str) -> None:
        """`G` goes to the row, where there is a number; else it is a letter like others."""
        if self._typed:
            self.action_end_number()
        else:
            self.action_command(letter)

    def action_letter(self, letter: str) -> None:
        self._set_entry(None)
        self.take_letter(letter)

    def action_stay(self) -> None:
        self._set_entry(None)

    @property
    def _typed(self) -> str:
        return (self.entry or "")[1:]

    def _set_entry(self, entry: str | None) -> None:
        if self.entry is None:
            self._own_bindings = self._bindings
        self.entry = entry
        self._bindings = (
            self._own_bindings if entry is None else _letter_bindings() if entry == "'" else _number_bindings()
        )
        self.entry_changed()


@cache
def _number_bindings() -> BindingsMap:
    """Digits collect, `G` or Enter goes there, Backspace takes one back, Escape or `:` leaves. Letters: a command."""
    letters = [(name, letter) for letter in _LETTERS for name in _keys_of(letter) if name != "G"]
    return BindingsMap(
        [
            *(Binding(name, f"command('{letter}')", show=False) for name, letter in (*letters, ("space", " "))),
            *(Binding(digit, f"digit('{digit}')", show=False) for digit in "0123456789"),
            Binding("G", "number_or_command('g')", "Go there"),
            Binding("enter", "end_number", "Go there", show=False),
            Binding("backspace", "take_back", show=False),
            Binding("escape,:", "stay", "Stay here"),
        ]
    )


@cache
def _letter_bindings() -> BindingsMap:
    """A letter goes there, a digit or `#` to titles that begin with no letter, Escape leaves."""
    bindings = [Binding(name, f"letter('{letter}')", show=False) for letter in _LETTERS for name in _keys_of(letter)]
    bindings += [Binding(key_name(other), "letter('#')", show=False) for other in "0123456789#"]
    return BindingsMap([*bindings, Binding("escape,'", "stay", "Stay here")])


def _keys_of(letter: str) -> tuple[str, ...]:
    upper = letter.upper()
    return (key_name(letter), key_name(upper)) if len(upper) == 1 and upper != letter else (key_name(letter),)
