"""Brings stored rows in step with fetched details that came or went: what the list leaves open is theirs to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.codec import ItemValues
from tui_app.store.items.detail_layer import filled, read_facts, stored_item
from tui_app.store.items.genres import GenreKeys
from tui_app.store.query_cache import raise_revision, read_meta, write_meta
from tui_app.store.schema import TABLES
from tui_app.store.write.loading import add_memberships
from tui_app.store.write.row_writer import RowsByKey, RowWriter

_BLOCK: Final = 1_000


def refill(database: LibraryDatabase, kind: Kind, keys: Iterable[int]) -> None:
    """Make stored items say what their details say where the list is silent. No change for the change list."""
    if not TABLES[kind].has_texts:
        return
    with database.writing():
        waiting = iter(sorted(keys))
        while block := list(islice(waiting, _BLOCK)):
            _refill(database, kind, block)


def refill_once(database: LibraryDatabase, kind: Kind) -> None:
    """The same for all details of a library that was filled before they had this effect."""
    done = f"details_filled:{kind.value}"
    if read_meta(database, done) is None:
        with database.writing():
            refill(database, kind, database.integers(f"SELECT id FROM {TABLES[kind].details_table}"))
            write_meta(database, done, "yes")


def _refill(database: LibraryDatabase, kind: Kind, keys: Sequence[int]) -> None:
    writer, genres = RowWriter(database, kind), GenreKeys(database, kind)
    rows, texts, facts = writer.stored(keys), writer.texts(keys), read_facts(database, kind, keys)
    members = writer.memberships("item_genre", "genre", list(rows))
    changed: list[ItemValues] = []
    for key, row in rows.items():
        listed = stored_item(kind, row, texts.get(key), tuple(members.get(key, ())))
        item = filled(kind, listed, facts.get(key), genres)
        if (item.row, item.text) != (row, texts.get(key)):
            changed.append(item)
    if changed:
        _rewrite(database, kind, writer, changed, rows, texts)
        raise_revision(database)


def _rewrite(
    database: LibraryDatabase,
    kind: Kind,
    writer: RowWriter,
    items: Sequence[ItemValues],
    rows: RowsByKey,
    texts: RowsByKey,
) -> None:
    writer.update(items, TABLES[kind].columns)
    names = writer.names(rows.values())
    writer.write_texts(
        {item.key: texts[item.key] for item in items if item.key in texts},
        {item.key: item.text for item in items},
        names,
        names,
    )
    writer.forget_memberships([item.key for item in items], ("item_genre",))
    add_memberships(database, kind, items)
