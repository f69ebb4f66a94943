"""Takes back what bad bytes did to a row's texts, where the library holds the same texts unharmed.

A panel that sends Latin-1 today in place of yesterday's UTF-8 changed no title: each letter it spoilt arrives as one
U+FFFD. Texts the library does not hold keep their scars. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tui_app.catalog import ChannelRow, ItemRow

SCAR: Final = "\ufffd"
_TEXTS: Final = ("plot", "cast", "director", "genre")  # as they follow each other in the text table, after the key


def is_scarred(row: ItemRow) -> bool:
    """Whether a text of the row that the library keeps shows a replaced letter."""
    if SCAR in row.name:
        return True
    if isinstance(row, ChannelRow):
        return False
    return any(text is not None and SCAR in text for text in (row.plot, row.cast, row.director, row.genre))


def unscarred(row: ItemRow, stored_name: str, stored_texts: Sequence[Any] | None) -> ItemRow:
    """The row with stored texts in place of those that differ from them by scars alone.

    `stored_texts` is the item's row of the text table, None without one.
    """
    stored = {"name": stored_name}
    if stored_texts is not None:
        stored |= dict(zip(_TEXTS, stored_texts[1:], strict=False))
    healed = {field: text for field, text in stored.items() if text and _is_the_same(getattr(row, field), text)}
    return row._replace(**healed) if healed else row  # type: ignore[arg-type]


def _is_the_same(scarred: str | None, sound: str) -> bool:
    """Letter for letter, where a scar may stand for any one letter."""
    if scarred is None or SCAR not in scarred or len(scarred) != len(sound):
        return False
    return all(sent in (SCAR, kept) for sent, kept in zip(scarred, sound, strict=True))
