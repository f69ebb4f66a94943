"""Read a list row by row for an export: list row, all categories, pictures, and what its URL needs.

Memory is bounded by the keys of the list (8 bytes each) and one batch of rows.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from tui_app.catalog import Item, Kind, Query, category_names
from tui_app.catalog.fields import EXPORT_FIELDS
from tui_app.store.keys import provider_ids
from tui_app.store.library_store import LibraryStore

#: Rows per batch.
BATCH: Final = 500

# By hand, like the next one: with Peewee each batch would compile its query anew, and it can't join `json_each`.
_TABLES: Final = {
    Kind.CHANNEL: "channel t",
    Kind.MOVIE: "movie t LEFT JOIN movie_text x ON x.id = t.id "
    "LEFT JOIN movie_details d ON t.container IS NULL AND d.id = t.id",
    Kind.SERIES: "series t LEFT JOIN series_text x ON x.id = t.id",
    Kind.EPISODE: "episode t LEFT JOIN series s ON s.id = t.series LEFT JOIN series_text x ON x.id = t.series",
}
_CONTAINER: Final = "json_extract(d.facts, '$.container')"


def _statement(kind: Kind) -> str:
    """Return SQL for what lists don't show: key, id in URLs if different, container from the details, `EXPORT_FIELDS`.

    An episode has the fields of its series.
    """
    owner, alias = (Kind.SERIES, "s") if kind is Kind.EPISODE else (kind, "t")
    fields = (
        f'{alias if one.table == "item" else "x"}."{one.name}"' if owner in one.kinds else "NULL"
        for one in EXPORT_FIELDS
    )
    columns = ("t.id", "t.wire_id", _CONTAINER if kind is Kind.MOVIE else "NULL", *fields)
    return f"SELECT {', '.join(columns)} FROM {_TABLES[kind]} WHERE t.id IN (SELECT value FROM json_each(?))"


_NAMES: Final = tuple(one.name for one in EXPORT_FIELDS)
_MORE_SQL: Final = {kind: _statement(kind) for kind in Kind}


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One item with what lists don't show. An episode has the categories and the fields of its series."""

    item: Item
    categories: tuple[str, ...]  # names, primary first; empty if none is listed
    more: Mapping[str, Any]  # `EXPORT_FIELDS`, by name
    wire_id: str  # the id as sent, for URLs


def view_keys(store: LibraryStore, query: Query, limit: int | None = None, offset: int = 0) -> array[int]:
    """Return the keys of a list in order, at most `limit` from `offset` on."""
    return store.ids(query)[offset : None if limit is None else offset + limit]


def episode_keys(store: LibraryStore, series_keys: Sequence[int]) -> array[int]:
    """Return the keys of the stored episodes of these series, series by series in viewing order."""
    return store.database.integers(
        "SELECT e.id FROM json_each(?) j CROSS JOIN episode e ON e.series = j.value "
        "ORDER BY j.key, e.season, e.number, e.id",
        (json.dumps(list(series_keys)),),
    )


def export_rows(
    store: LibraryStore, kind: Kind, keys: Sequence[int], hidden: Collection[str] = ()
) -> Iterator[ExportRow]:
    """Yield the rows of keys in order, skipping removed items.

    Categories in `hidden` are not included.
    """
    waiting = iter(keys)
    while batch := list(islice(waiting, BATCH)):
        yield from _batch(store, kind, batch, hidden)


def _batch(store: LibraryStore, kind: Kind, keys: Sequence[int], hidden: Collection[str]) -> Iterator[ExportRow]:
    with store.database.reading():
        items = store.items_by_keys(kind, keys)
        more: dict[str, tuple[Any, ...]] = {}
        ids = provider_ids(store.database, kind, keys)
        for key, *values in store.database.rows(_MORE_SQL[kind], (json.dumps(list(keys)),)):
            more[ids[key]] = tuple(values)
        owner = Kind.SERIES if kind is Kind.EPISODE else kind
        placed = store.categories_of(owner, list({_owner_id(item) for item in items}))
    for item in items:
        wire_id, container, *fields = more[item.id]
        whole = replace(item, container=container) if container and not item.container else item
        names = category_names(placed.get(_owner_id(item), ()), hidden)
        yield ExportRow(whole, names, dict(zip(_NAMES, fields, strict=True)), wire_id or item.id)


def _owner_id(item: Item) -> str:
    """Return the id of the item that has the categories: for an episode, its series."""
    return (item.series_id or "") if item.kind is Kind.EPISODE else item.id
