"""A filter that replaces special characters in everything that is painted: our widgets, Textual's own, and titles.

Letters are kept on UTF-8 terminals, else they lose their accents or become "?".
"""

from __future__ import annotations

import unicodedata
from dataclasses import fields
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui_app.text import cell_width
from tui_app.widgets.glyphs import PLAIN, PRETTY

#: ASCII → the signs it replaces.
_DRAWN_AS: Final = {
    "-": "─━╌╍┄┅┈┉╴╶╸╺═▔▀–—―·∙",
    "|": "│┃╎╏┆┇┊┋╵╷╹╻║▏▎▍▌▋▊▉▐▕",
    "+": "┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┠┣┤┥┨┫┬┯┰┳┴┷┸┻┼┿╂╋╔╗╚╝╠╣╦╩╬╭╮╯╰▖▗▘▝▛▜▙▟▚▞✔",
    "_": "▁▂▃▄",
    "#": "▅▆▇█▓▒■▪◆",
    ".": "░",
    '"': "“”„",
    "'": "‘’‚",
    "<": "‹«←◀◂◄≤⏎",
    ">": "›»→▶►≥",
    "^": "↑▲△",
    "v": "↓▼▽",
    "o": "●○◉•",
    "*": "★☆",
    "x": "×✗✘✖",
}
#: Names of keys that Textual shows as signs.
KEY_WORDS: Final = {"⏎": "enter", "⌫": "backspace", "↑": "up", "↓": "down", "←": "left", "→": "right"}
_TABLE: Final = str.maketrans(
    {sign: plain for plain, signs in _DRAWN_AS.items() for sign in signs}
    | {getattr(PRETTY, field.name): getattr(PLAIN, field.name) for field in fields(PRETTY)}
)


class AsciiFilter(LineFilter):
    """Replaces signs; with `letters_too` all characters that are not ASCII."""

    def __init__(self, *, letters_too: bool, enabled: bool = True) -> None:
        super().__init__(enabled)
        self._letters_too = letters_too

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(self._drawn(text), style, control) for text, style, control in segments]

    def _drawn(self, text: str) -> str:
        if text.isascii():
            return text
        return _in_ascii(text) if self._letters_too else text.translate(_TABLE)


@lru_cache(4096)
def _in_ascii(text: str) -> str:
    """Return ASCII text of the same width in cells."""
    drawn = "".join(_letter(char) for char in text.translate(_TABLE))
    # Joined characters take fewer cells than the sum of their widths.
    width = cell_width(text)
    return drawn[:width].ljust(width)


@lru_cache(4096)
def _letter(char: str) -> str:
    if char.isascii():
        return char
    base = unicodedata.normalize("NFKD", char)[0]
    width = cell_width(char)
    return base if width == 1 and base.isascii() and base.isprintable() else "?" * width
