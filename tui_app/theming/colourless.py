"""Takes all colours out of what is painted, for `NO_COLOR`: what a theme sets off by its ground is shown in reverse."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_HIGHLIGHT: Final = RichColor.parse("white")  # the ground of cursors and the like in the theme without colours


class Colourless(LineFilter):
    """Leaves bold, underline and reverse. Made for the theme of `COLOURLESS_THEME`, whose highlights it knows."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, None if style is None else _without_colours(style)) for text, style, _ in segments]


@lru_cache(1024)
def _without_colours(style: Style) -> Style:
    is_set_off = style.bgcolor is not None and style.bgcolor.number == _HIGHLIGHT.number
    return Style(
        bold=style.bold,
        underline=style.underline,
        italic=style.italic,
        strike=style.strike,
        reverse=bool(style.reverse) != is_set_off,
        meta=style.meta or None,
    )
