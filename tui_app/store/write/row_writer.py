"""Read and write blocks of rows of a kind with texts, further categories, genres and search tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from tui_app.catalog import Kind
from tui_app.store.database import (
    Compiled,
    LibraryDatabase,
    compiled,
    deleting,
    fields_of,
    in_json,
    inserting,
    parameter,
    rows_with,
)
from tui_app.store.items.codec import GenreKeys, ItemValues
from tui_app.store.items.detail_layer import FILLED_FIELDS, filled, read_facts, stored_item
from tui_app.store.models import DETAILS_MODELS, ITEM_MODELS, SEPARATOR, TEXT_MODELS, ItemCategory, ItemGenre
from tui_app.store.query_cache import raise_revision, read_meta, write_meta
from tui_app.store.schema import NAME_COLUMNS, TABLES, TEXT_COLUMNS, TEXT_TABLE_COLUMNS
from tui_app.store.write.loading import add_memberships
from tui_app.store.write.search_tables import (
    NameEntry,
    TextEntry,
    add_texts,
    remove_texts,
    text_entry,
    texts_ready,
)

Row = tuple[Any, ...]
RowsByKey = Mapping[int, Row]


class RowWriter:
    """The rows of one kind. Requires one transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        self._table = TABLES[kind]
        self._model = ITEM_MODELS[kind]
        self._texts_ready = self._table.has_texts and texts_ready(database, kind)
        columns = self._table.columns
        self._names_of = itemgetter(*map(columns.index, NAME_COLUMNS))
        self._flags_at = columns.index("flags")

    # ------------------------------------------------------------------------------------------------- reading
    def stored(self, keys: Sequence[int]) -> dict[int, Row]:
        return self._by_key(self._model, keys)

    def texts(self, keys: Sequence[int]) -> dict[int, Row]:
        """Return rows of the text table; empty for a kind without one."""
        return self._by_key(TEXT_MODELS[self._kind], keys) if self._table.has_texts else {}

    def memberships(self, column: Any, keys: Sequence[int]) -> dict[int, set[int]]:
        """Return key → further categories or genres, by their column."""
        found: dict[int, set[int]] = {}
        asked = {"kind": self._kind.value, "keys": json.dumps(list(keys))}
        for key, member in self._database.rows(_members(column), asked):
            found.setdefault(key, set()).add(member)
        return found

    def names(self, rows: Iterable[Sequence[Any]]) -> dict[int, str]:
        """Return key → all forms of the name, as indexed in the search table of texts."""
        return {row[0]: " ".join(self._names_of(row)) for row in rows}

    def name_entries(self, rows: Iterable[Sequence[Any]]) -> list[NameEntry]:
        return [(row[0], *self._names_of(row)) for row in rows if not row[self._flags_at] & SEPARATOR]

    def _by_key(self, model: Any, keys: Sequence[int]) -> dict[int, Row]:
        return {row[0]: row for row in rows_with(self._database, model.id, keys)}

    # ------------------------------------------------------------------------------------------------- writing
    def update(self, items: Sequence[ItemValues], columns: Sequence[str]) -> None:
        """Set `columns` of items, except list positions, which are written separately."""
        kept = [column for column in columns if column not in {"id", "position", "number"}]
        places = [self._table.columns.index(column) for column in kept]
        rows = [(*(item.row[place] for place in places), item.key) for item in sorted(items)]
        if rows:
            self._database.run_many(_updating(self._kind, frozenset(kept)), rows)

    def write_texts(
        self,
        old: RowsByKey,
        new: Mapping[int, Row | None],
        names_before: dict[int, str],
        names_after: dict[int, str],
    ) -> None:
        """Replace text rows `old` by `new`, in the table and, with the names, in its search table."""
        text = TEXT_MODELS[self._kind]
        if self._texts_ready:
            remove_texts(self._database, self._kind, _text_entries(old.values(), names_before))
        self._database.run_many(deleting(text), [(key,) for key in old])
        rows = [row for row in new.values() if row is not None]
        self._database.run_many(inserting(text), rows)
        if self._texts_ready:
            add_texts(self._database, self._kind, _text_entries(rows, names_after))

    def forget_memberships(self, keys: Sequence[int], tables: Sequence[Any] = (ItemCategory, ItemGenre)) -> None:
        rows = [(self._kind.value, key) for key in keys]
        for table in tables:
            self._database.run_many(deleting(table, table.kind, table.item), rows)


@cache
def _members(column: Any) -> Compiled:
    model = column.model
    of_items = (model.kind == parameter("kind"), in_json(model.item, parameter("keys")))
    return compiled(model.select(model.item, column).where(*of_items))


@cache
def _updating(kind: Kind, columns: frozenset[str]) -> Compiled:
    model = ITEM_MODELS[kind]
    changes = {field: parameter() for field in fields_of(model) if field.column_name in columns}
    return compiled(model.update(changes).where(model.id == parameter()))


#: The columns that are searched, of a row of the text table.
_searched: Final = itemgetter(*map(TEXT_TABLE_COLUMNS.index, TEXT_COLUMNS))


def _text_entries(rows: Iterable[Sequence[Any]], names: dict[int, str]) -> list[TextEntry]:
    entries = (text_entry((row[0], names[row[0]], *_searched(row))) for row in rows)
    return [entry for entry in entries if entry is not None]


_BLOCK: Final = 1_000


def refill(database: LibraryDatabase, kind: Kind, keys: Iterable[int]) -> None:
    """Update stored items with values from their details where the list has none. Not recorded as a change."""
    if not TABLES[kind].has_texts:
        return
    with database.writing():
        waiting = iter(sorted(keys))
        while block := list(islice(waiting, _BLOCK)):
            _refill(database, kind, block)


def refill_once(database: LibraryDatabase, kind: Kind) -> None:
    """Do the same for all details of a library, once for the fields that are filled by this version."""
    done = f"details_filled:{kind.value}"
    if read_meta(database, done) != FILLED_FIELDS:
        with database.writing():
            refill(database, kind, database.integers(DETAILS_MODELS[kind].select(DETAILS_MODELS[kind].id)))
            write_meta(database, done, FILLED_FIELDS)


def _refill(database: LibraryDatabase, kind: Kind, keys: Sequence[int]) -> None:
    writer, genres = RowWriter(database, kind), GenreKeys(database, kind)
    rows, texts, facts = writer.stored(keys), writer.texts(keys), read_facts(database, kind, keys)
    members = writer.memberships(ItemGenre.genre, list(rows))
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
    writer.forget_memberships([item.key for item in items], (ItemGenre,))
    add_memberships(database, kind, items)
