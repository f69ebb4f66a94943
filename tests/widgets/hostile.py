"""Titles as no decent provider would send them, and what must not come of them."""

from __future__ import annotations

from collections.abc import Iterable

from textual.strip import Strip
from textual.widget import Widget

HOSTILE_TITLES = (
    "[/]",
    "[/bold] [link=http://x]y",
    "Film [HD] (2020) [@click=app.quit]now[/]",
    "\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07",
    "\x9b2J C1 \x00 NUL \x7f",
    "two\nlines\r\tand a tab",
    "فيلم عربي قديم \u202e reversed",
    "七人の侍 黒澤明 全角",
    "👨‍👩‍👧‍👦 family 🇫🇷 ☎️ e\u0301\u0301\u0301",
    "lone \ud800 surrogate",
    "x" * 20_000,
    "界" * 15_000,  # 30,000 cells; texts are measured up to 32,000 characters
    "\u0301" * 500,
    "",
)


def assert_clean(strips: Iterable[Strip], width: int) -> None:
    """No control byte reaches the terminal, and every line is exactly as wide as the widget."""
    for strip in strips:
        assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in strip.text), repr(strip.text)
        strip.text.encode("utf-8")  # a lone surrogate would fail here, and in the driver
        assert strip.cell_length == width
        assert sum(segment.cell_length for segment in strip) == width


def lines_of(widget: Widget) -> list[Strip]:
    """All lines a line-API widget paints at its present size."""
    return [widget.render_line(y) for y in range(widget.size.height)]


def text_of(widget: Widget) -> str:
    """What it shows, line by line, without the blanks at the ends."""
    return "\n".join(strip.text.rstrip() for strip in lines_of(widget))
