"""How wide text is on a terminal, and how to make it fit: measured in cells, not in characters."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len, set_cell_size

from tui_app.text.clean import LONGEST_TEXT

_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\ufffd")


def strip_controls(text: str) -> str:
    """The last net before the screen: no control byte passes, whatever was forgotten before, and no endless text."""
    text = text[:LONGEST_TEXT]
    return text if text.isprintable() and text.isascii() else text.translate(_CONTROLS)


def visible(text: str) -> str:
    """All of `text` on one line; what a terminal would act on, hide or reorder is spelt as <U+001B>."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


def cell_width(text: str) -> int:
    """Width in terminal cells of at most `LONGEST_TEXT` characters."""
    text = text[:LONGEST_TEXT]
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Exactly `width` cells of `text`: padded, or cut with an ellipsis. `right` aligns to the right."""
    if width <= 0:
        return ""
    text = text[:LONGEST_TEXT]
    have = cell_width(text)
    if have > width:
        return text[: width - 1] + "…" if text.isascii() else set_cell_size(text, width - 1) + "…"
    padding = " " * (width - have)
    return padding + text if right else text + padding
