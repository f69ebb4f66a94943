"""Centred text in an empty list: what is the case, why, and which key helps."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, Literal, NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_app.text import strip_controls
from tui_app.widgets.row_painter import strip_of

EmptyPart = Literal["title", "reason", "hint"]
EMPTY_PARTS: Final[tuple[EmptyPart, ...]] = ("title", "reason", "hint")
_WIDEST: Final = 60  # cells of a line: longer ones are hard to read
_LONGEST: Final = 500  # characters: these are sentences, not texts


class Emptiness(NamedTuple):
    """The text of an empty list: one sentence, a reason, and a key ("r starts a sync")."""

    title: str
    reason: str = ""
    hint: str = ""


@cache
def _console() -> Console:
    return Console(width=_WIDEST, force_terminal=False)  # wrapping asks it for its defaults, nothing is printed


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines of at most `width` cells, between words where possible.

    Control characters are replaced.
    """
    if width < 1:
        return []
    lines: list[str] = []
    for paragraph in text.split("\n"):
        plain = strip_controls(paragraph)
        wrapped = Text(plain).wrap(_console(), width, tab_size=1) if cell_len(plain) > width else [Text(plain)]
        lines += [line.plain.rstrip() for line in wrapped]
    return lines


def paint_emptiness(
    said: Emptiness, y: int, width: int, height: int, style_of: Callable[[EmptyPart], Style], ground: Style
) -> Strip:
    """Paint line `y` of the text, centred in `width` x `height` cells."""
    lines: list[tuple[str, EmptyPart]] = []
    for part, text in zip(EMPTY_PARTS, said, strict=True):
        lines += [(line, part) for line in wrap(text[:_LONGEST], min(width - 2, _WIDEST))] if text else []
    number = y - max(0, (height - len(lines)) // 2)
    if not 0 <= number < len(lines):
        return strip_of([], width, ground)
    text, part = lines[number]
    return strip_of([(" " * max(0, (width - cell_len(text)) // 2), ground), (text, style_of(part))], width, ground)
