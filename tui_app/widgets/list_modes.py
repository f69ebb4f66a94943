"""The two moments in which a list takes whole words: a row number or a command after `:`, a letter after `'`.

Each is a table of keys that stands in for the list's own while it lasts. Tables, because Textual runs bindings in the
order of the keys: anything cleverer gets keys of one burst (a stall, a slow line) in the wrong order.
"""

from __future__ import annotations

from functools import cache

from textual.binding import Binding, BindingsMap
from textual.keys import _character_to_key as key_name

_LETTERS = (
    "abcdefghijklmnopqrstuvwxyz"
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ"
    "αβγδεζηθικλμνξοπρστυφχψω"
    "אבגדהוזחטיכלמנסעפצקרשת"
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    "åäöæøüßéèçñąćęłńśźżčďěňřšťůžğış"
)


@cache
def number_bindings() -> BindingsMap:
    """Digits collect, `G` or Enter goes there, Backspace takes one back, Escape or `:` leaves. Letters: a command."""
    letters = [(name, letter) for letter in _LETTERS for name in _keys_of(letter) if name != "G"]
    return BindingsMap(
        [
            *(Binding(name, f"command('{letter}')", show=False) for name, letter in (*letters, ("space", " "))),
            *(Binding(digit, f"digit('{digit}')", show=False) for digit in "0123456789"),
            Binding("G,enter", "end_number(True)", "Go there"),
            Binding("backspace", "digit('')", show=False),
            Binding("escape,:", "end_number(False)", "Stay here"),
        ]
    )


@cache
def letter_bindings() -> BindingsMap:
    """A letter goes there, a digit or `#` to titles that begin with no letter, Escape leaves."""
    bindings = [Binding(name, f"letter('{letter}')", show=False) for letter in _LETTERS for name in _keys_of(letter)]
    bindings += [Binding(key_name(other), "letter('#')", show=False) for other in "0123456789#"]
    return BindingsMap([*bindings, Binding("escape,'", "letter('')", "Stay here")])


def _keys_of(letter: str) -> tuple[str, ...]:
    upper = letter.upper()
    return (key_name(letter), key_name(upper)) if len(upper) == 1 and upper != letter else (key_name(letter),)
