"""Compare stored and listed items, and keep stored text that was damaged in transit. No I/O.

Not compared: position and number (written separately), host and query of a picture's URL, further decimals of a rating.
Unknown values compare like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from tui_app.catalog import ItemRow, Kind
from tui_app.catalog.fields import ROW_FIELDS
from tui_app.store.items.codec import text_values
from tui_app.store.models import ADULT, ADULT_KNOWN, RADIO, SEPARATOR
from tui_app.store.schema import INDEXED_COLUMNS, TABLES, TEXT_TABLE_COLUMNS

#: Columns written separately from items.
_APART: Final = frozenset({"id", "position", "number"})
#: Derived columns, not shown in change lists.
_DERIVED: Final = frozenset("fold sort_key spelled genres language quality flags category title_key title_year".split())
_PICTURES: Final = frozenset(one.name for one in ROW_FIELDS if one.read == "picture")
_SILENT: Final = frozenset(one.name for one in ROW_FIELDS if one.is_silent)
_FLAG_WORDS: Final = ((SEPARATOR, "is_separator"), (RADIO, "is_radio"), (ADULT_KNOWN | ADULT, "is_adult"))


class ItemChange(NamedTuple):
    """One entry of a change list. `fields` maps field names to (old, new) values."""

    kind: Kind
    id: str
    name: str
    change: str  # "added" | "changed" | "removed"
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(slots=True)
class Difference:
    """The columns of an item and of its texts to write; false if nothing differs."""

    columns: set[str] = field(default_factory=set)
    text: bool = False
    memberships: bool = False
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns) or self.text or self.memberships

    @property
    def is_silent(self) -> bool:
        """Whether only fields were filled that an earlier program did not read: that is no change of the item."""
        return self.text and not (self.columns or self.memberships or self.fields)

    @property
    def moves_in_an_index(self) -> bool:
        return not self.columns.isdisjoint(INDEXED_COLUMNS)


def compare_rows(kind: Kind, old: Sequence[Any], new: Sequence[Any]) -> Difference:
    """Compare two rows in column order."""
    found = Difference()
    if old == new:
        return found
    for column, before, after in zip(TABLES[kind].columns, old, new, strict=True):
        if before == after or column in _APART or _means_the_same(column, before, after):
            continue
        found.columns.add(column)
        if column == "flags":
            found.fields.update(_flag_changes(before, after))
        elif column == "alias":
            found.fields.setdefault("other_name", (before, after))
        elif column not in _DERIVED:
            found.fields[column] = (before or None, after or None)
    if "name" in found.fields:  # the alias changes with the name
        found.fields.pop("other_name", None)
    return found


def compare_texts(found: Difference, old: Sequence[Any] | None, new: Sequence[Any] | None) -> None:
    """Add the differences of text rows (None: no row) to `found`."""
    if old == new:
        return
    nothing = (None,) * len(TEXT_TABLE_COLUMNS)
    pairs = zip(TEXT_TABLE_COLUMNS[1:], (old or nothing)[1:], (new or nothing)[1:], strict=True)
    changed = {
        column: (before, after)
        for column, before, after in pairs
        if (before or None) != (after or None) and not _means_the_same(column, before, after)
    }
    found.text = bool(changed)
    found.fields |= {column: values for column, values in changed.items() if values[0] or column not in _SILENT}


def _means_the_same(column: str, before: Any, after: Any) -> bool:
    if column in _PICTURES:
        return url_path(before) == url_path(after)
    if column == "rating":
        return bool(round(before, 1) == round(after, 1))
    return False


def url_path(url: str | None) -> str:
    """Return the path of a URL: panels serve the same picture from changing hosts with changing signatures."""
    if not url:
        return ""
    _, _, behind_scheme = url.rpartition("://")
    return behind_scheme.partition("/")[2].partition("?")[0]


def _flag_changes(before: int, after: int) -> dict[str, tuple[Any, Any]]:
    changed = before ^ after
    fields: dict[str, tuple[Any, Any]] = {}
    for bits, word in _FLAG_WORDS:
        if changed & bits:
            fields[word] = (_flag_value(word, before, bits), _flag_value(word, after, bits))
    return fields


def _flag_value(word: str, flags: int, bits: int) -> bool | None:
    if word == "is_adult":
        return bool(flags & ADULT) if flags & ADULT_KNOWN else None
    return bool(flags & bits)


REPLACEMENT: Final = "\ufffd"


def is_mojibake(row: ItemRow) -> bool:
    """Whether a stored text of the row contains a replacement character."""
    if REPLACEMENT in row.name:
        return True
    return any(isinstance(value, str) and REPLACEMENT in value for value in text_values(row))


def restore_text(row: ItemRow, stored_name: str, stored_texts: Sequence[Any] | None) -> ItemRow:
    """Return the row with stored texts where the new ones differ only by replacement characters (U+FFFD).

    `stored_texts` is the item's row of the text table, None without one.
    """
    stored: dict[str, Any] = {"name": stored_name}
    if stored_texts is not None:
        stored |= dict(zip(TEXT_TABLE_COLUMNS[1:], stored_texts[1:], strict=True))
    restored = {
        name: text for name, text in stored.items() if text and _differs_by_replacements(getattr(row, name), text)
    }
    return replace(row, **restored) if restored else row


def _differs_by_replacements(damaged: Any, intact: Any) -> bool:
    """Whether both are texts, and equal if a replacement character matches any one character."""
    if not isinstance(damaged, str) or REPLACEMENT not in damaged or len(damaged) != len(intact):
        return False
    return all(sent in (REPLACEMENT, kept) for sent, kept in zip(damaged, intact, strict=True))
