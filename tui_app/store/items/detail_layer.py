"""Merge fetched details into stored rows where the list has no value: year, rating, genre and texts.

Rows contain both layers, so that lists, filters and search don't need the details. `flags` marks values from details;
without them, the row is what the list contained, which is what a sync compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tui_app.catalog import Kind
from tui_app.catalog.fields import ROW_FIELDS
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.codec import GenreKeys, ItemValues, read_json
from tui_app.store.schema import TABLES, TEXT_TABLE_COLUMNS

#: Column → bit of `flags` set if the value is from details: columns of the row, then of the texts.
_ROW_BITS: Final = {one.name: one.filled_bit for one in ROW_FIELDS if one.filled_bit and one.table == "item"}
_TEXT_BITS: Final = {one.name: one.filled_bit for one in ROW_FIELDS if one.filled_bit and one.table == "text"}
FILLED_YEAR: Final = _ROW_BITS["year"]
FILLED_GENRE: Final = _TEXT_BITS["genre"]
FILLED_FIELDS: Final = " ".join((*_ROW_BITS, *_TEXT_BITS))
_ALL_BITS: Final = sum((*_ROW_BITS.values(), *_TEXT_BITS.values()))

Row = tuple[Any, ...]
Facts = Mapping[str, Any]


def read_facts(database: LibraryDatabase, kind: Kind, keys: Iterable[int]) -> dict[int, Facts]:
    """Return key → stored details, for items that have some."""
    if not TABLES[kind].has_texts:
        return {}
    # by hand: it is executed for each block of a sync
    sql = f"SELECT id, facts FROM {TABLES[kind].details_table} WHERE id IN (SELECT value FROM json_each(?))"
    rows = database.rows(sql, (json.dumps(list(keys)),))
    return {key: read_json(facts, dict, "the stored details of a title") for key, facts in rows}


def is_filled(kind: Kind, row: Row) -> bool:
    """Whether a stored row contains values from details."""
    return bool(row[TABLES[kind].columns.index("flags")] & _ALL_BITS)


def list_layer(kind: Kind, row: Row, text: Row | None) -> tuple[Row, Row | None]:
    """Return a stored row and its texts without values from details."""
    if not is_filled(kind, row):
        return row, text
    values = dict(zip(TABLES[kind].columns, row, strict=True))
    flags = values["flags"]
    values.update({column: 0 for column, bit in _ROW_BITS.items() if flags & bit})
    if flags & FILLED_GENRE:
        values["genres"] = 0
    values["flags"] = flags & ~_ALL_BITS
    texts = dict(zip(TEXT_TABLE_COLUMNS, text or (), strict=False))
    texts.update({column: None for column, bit in _TEXT_BITS.items() if flags & bit})
    listed = tuple(texts.values())
    return tuple(values.values()), listed if any(listed[1:]) else None


def filled(kind: Kind, item: ItemValues, facts: Facts | None, genres: GenreKeys) -> ItemValues:
    """Return the values of a listed item supplemented with details."""
    if not facts:
        return item
    values = dict(zip(TABLES[kind].columns, item.row, strict=True))
    texts = dict(zip(TEXT_TABLE_COLUMNS, item.text or (item.key, *(None,) * len(_TEXT_BITS)), strict=True))
    more_genres = item.more_genres
    for column, bit in _ROW_BITS.items():
        if not values[column] and facts.get(column):
            values[column], values["flags"] = facts[column], values["flags"] | bit
    for column, bit in _TEXT_BITS.items():
        if not texts[column] and facts.get(column):
            texts[column], values["flags"] = facts[column], values["flags"] | bit
    if values["flags"] & FILLED_GENRE:
        values["genres"], more_genres = genres.mask_and_rest(texts["genre"])
    return item._replace(
        row=tuple(values.values()),
        text=tuple(texts.values()) if any(list(texts.values())[1:]) else None,
        more_genres=more_genres,
    )


def stored_item(kind: Kind, row: Row, text: Row | None, genres: Sequence[int]) -> ItemValues:
    """Return a stored item as listed, without its categories."""
    is_list_genre = not row[TABLES[kind].columns.index("flags")] & FILLED_GENRE
    listed, listed_text = list_layer(kind, row, text)
    return ItemValues(row[0], listed, listed_text, (), tuple(genres) if is_list_genre else ())
