"""Read and write blocks of rows of a kind with texts, further categories, genres and search tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase, fields_of, in_json, inserting, parameter
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
        model = column.model
        rows = model.select(model.item, column).where(model.kind == self._kind.value, in_json(model.item, keys))
        for key, member in self._database.rows(rows):
            found.setdefault(key, set()).add(member)
        return found

    def names(self, rows: Iterable[Sequence[Any]]) -> dict[int, str]:
        """Return key → all forms of the name, as indexed in the search table of texts."""
        return {row[0]: " ".join(self._names_of(row)) for row in rows}

    def name_entries(self, rows: Iterable[Sequence[Any]]) -> list[NameEntry]:
        return [(row[0], *self._names_of(row)) for row in rows if not row[self._flags_at] & SEPARATOR]

    def _by_key(self, model: Any, keys: Sequence[int]) -> dict[int, Row]:
        rows = self._database.rows(model.select(*fields_of(model)).where(in_json(model.id, keys)))
        return {row[0]: row for row in rows}

    # ------------------------------------------------------------------------------------------------- writing
    def update(self, items: Sequence[ItemValues], columns: Sequence[str]) -> None:
        """Set `columns` of items, except list positions, which are written separately."""
        kept = [column for column in columns if column not in {"id", "position", "number"}]
        places = [self._table.columns.index(column) for column in kept]
        rows = [(*(item.row[place] for place in places), item.key) for item in sorted(items)]
        if rows:
            changes = {field: parameter() for field in fields_of(self._model) if field.column_name in kept}
            self._database.run_many(self._model.update(changes).where(self._model.id == parameter()), rows)

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
        self._database.run_many(text.delete().where(text.id == parameter()), [(key,) for key in old])
        rows = [row for row in new.values() if row is not None]
        self._database.run_many(inserting(text), rows)
        if self._texts_ready:
            add_texts(self._database, self._kind, _text_entries(rows, names_after))

    def forget_memberships(self, keys: Sequence[int], tables: Sequence[Any] = (ItemCategory, ItemGenre)) -> None:
        rows = [(self._kind.value, key) for key in keys]
        for table in tables:
            one = (table.kind == parameter(), table.item == parameter())
            self._database.run_many(table.delete().where(*one), rows)


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
