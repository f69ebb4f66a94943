"""Tells what differs between a stored item and the one the panel lists now, and what of that matters. Pure.

No differences: an item's position and number (written apart), the host and query of an icon, a rating beyond its first
decimal. Values that are not known compare like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from tui_app.catalog import ChannelRow, ItemRow, Kind
from tui_app.store.models import ADULT, ADULT_KNOWN, RADIO, SEPARATOR
from tui_app.store.schema import INDEXED_COLUMNS, TABLES, TEXT_TABLE_COLUMNS

#: Columns written apart from the items.
_APART: Final = frozenset({"id", "position", "number"})
#: Columns that only follow from others, and say nothing to people.
_DERIVED: Final = frozenset({"fold", "sort_key", "genres", "language", "quality", "flags", "category"})
_FLAG_WORDS: Final = ((SEPARATOR, "is_separator"), (RADIO, "is_radio"), (ADULT_KNOWN | ADULT, "is_adult"))


class ItemChange(NamedTuple):
    """One line of a change list. `fields` maps a field's name to its old and new value."""

    kind: Kind
    id: str
    name: str
    change: str  # "added" | "changed" | "removed"
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(slots=True)
class Difference:
    """The columns of the item and of its text that have to be written; both empty when nothing differs."""

    columns: set[str] = field(default_factory=set)
    text: bool = False
    memberships: bool = False
    said: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns) or self.text or self.memberships

    @property
    def moves_in_an_index(self) -> bool:
        return not self.columns.isdisjoint(INDEXED_COLUMNS)


def compare_rows(kind: Kind, old: Sequence[Any], new: Sequence[Any]) -> Difference:
    """Compare two rows in the order of the kind's columns."""
    found = Difference()
    if old == new:
        return found
    for column, before, after in zip(TABLES[kind].columns, old, new, strict=True):
        if before == after or column in _APART or _means_the_same(column, before, after):
            continue
        found.columns.add(column)
        if column == "flags":
            found.said.update(_flag_changes(before, after))
        elif column == "alias":
            found.said.setdefault("other_name", (before, after))
        elif column not in _DERIVED:
            found.said[column] = (before or None, after or None)
    if "name" in found.said:  # the alias follows the name
        found.said.pop("other_name", None)
    return found


def compare_texts(found: Difference, old: Sequence[Any] | None, new: Sequence[Any] | None) -> None:
    """Add the difference of the text rows (None: no row) to `found`."""
    if old == new:
        return
    nothing = (None,) * len(TEXT_TABLE_COLUMNS)
    pairs = zip(TEXT_TABLE_COLUMNS[1:], (old or nothing)[1:], (new or nothing)[1:], strict=True)
    changed = {column: (before, after) for column, before, after in pairs if (before or None) != (after or None)}
    found.text = bool(changed)
    found.said.update(changed)


def _means_the_same(column: str, before: Any, after: Any) -> bool:
    if column == "icon":
        return url_path(before) == url_path(after)
    if column == "rating":
        return bool(round(before, 1) == round(after, 1))
    return False


def url_path(url: str | None) -> str:
    """The path of a URL: panels hand out one picture from changing hosts, with changing signatures."""
    if not url:
        return ""
    _, _, behind_scheme = url.rpartition("://")
    return behind_scheme.partition("/")[2].partition("?")[0]


def _flag_changes(before: int, after: int) -> dict[str, tuple[Any, Any]]:
    changed = before ^ after
    said: dict[str, tuple[Any, Any]] = {}
    for bits, word in _FLAG_WORDS:
        if changed & bits:
            said[word] = (_flag_value(word, before, bits), _flag_value(word, after, bits))
    return said


def _flag_value(word: str, flags: int, bits: int) -> bool | None:
    if word == "is_adult":
        return bool(flags & ADULT) if flags & ADULT_KNOWN else None
    return bool(flags & bits)


SCAR: Final = "\ufffd"
_TEXTS: Final = ("plot", "cast", "director", "genre")  # as they follow each other in the text table, after the key


def is_mojibake(row: ItemRow) -> bool:
    """Whether a text of the row that the library keeps shows a replaced letter."""
    if SCAR in row.name:
        return True
    if isinstance(row, ChannelRow):
        return False
    return any(text is not None and SCAR in text for text in (row.plot, row.cast, row.director, row.genre))


def restore_text(row: ItemRow, stored_name: str, stored_texts: Sequence[Any] | None) -> ItemRow:
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
