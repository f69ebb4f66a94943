"""Reads and writes blocks of a kind's rows with their texts, further categories and genres, search tables included."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.codec import ItemValues
from tui_app.store.models import SEPARATOR
from tui_app.store.schema import TABLES, TEXT_TABLE_COLUMNS, quoted
from tui_app.store.write.loading import insert_sql
from tui_app.store.write.search_tables import (
    NameEntry,
    TextEntry,
    forget_texts,
    learn_texts,
    text_entry,
    texts_ready,
)

Row = tuple[Any, ...]
RowsByKey = Mapping[int, Row]


class RowWriter:
    """The rows of one kind. Use it inside one transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        self._table = TABLES[kind]
        self._texts_ready = self._table.has_texts and texts_ready(database, kind)
        columns = self._table.columns
        self._alias_at, self._flags_at = columns.index("alias"), columns.index("flags")

    # ------------------------------------------------------------------------------------------------- reading
    def stored(self, keys: Sequence[int]) -> dict[int, Row]:
        return self._by_key(self._table.table, self._table.columns, keys)

    def texts(self, keys: Sequence[int]) -> dict[int, Row]:
        """Rows of the text table; none for a kind without one."""
        return self._by_key(self._table.text_table, TEXT_TABLE_COLUMNS, keys) if self._table.has_texts else {}

    def memberships(self, table: str, column: str, keys: Sequence[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        rows = self._database.rows(
            f"SELECT item, {column} FROM {table} WHERE kind = ? AND item IN (SELECT value FROM json_each(?))",
            (self._kind.value, json.dumps(keys)),
        )
        for key, member in rows:
            found.setdefault(key, set()).add(member)
        return found

    def names(self, rows: Iterable[Sequence[Any]]) -> dict[int, str]:
        """Key → both forms of the name, as the search table of texts holds them."""
        return {row[0]: f"{row[2]} {row[self._alias_at]}" for row in rows}

    def name_entries(self, rows: Iterable[Sequence[Any]]) -> list[NameEntry]:
        return [(row[0], row[2], row[self._alias_at]) for row in rows if not row[self._flags_at] & SEPARATOR]

    def _by_key(self, table: str, columns: Sequence[str], keys: Sequence[int]) -> dict[int, Row]:
        rows = self._database.rows(
            f"SELECT {quoted(columns)} FROM {table} WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(keys),),
        )
        return {row[0]: row for row in rows}

    # ------------------------------------------------------------------------------------------------- writing
    def update(self, items: Sequence[ItemValues], columns: Sequence[str]) -> None:
        """Set `columns` of items, except the place in the list: that is written apart."""
        kept = [column for column in columns if column not in {"id", "position", "number"}]
        places = [self._table.columns.index(column) for column in kept]
        assignments = ", ".join(f"{column} = ?" for column in kept)
        rows = [(*(item.row[place] for place in places), item.key) for item in sorted(items)]
        if rows:
            self._database.run_many(f"UPDATE {self._table.table} SET {assignments} WHERE id = ?", rows)

    def write_texts(
        self,
        old: RowsByKey,
        new: Mapping[int, Row | None],
        names_before: dict[int, str],
        names_after: dict[int, str],
    ) -> None:
        """Replace the text rows `old` by `new`, in the table and, with the names, in its search table."""
        table = self._table.text_table
        if self._texts_ready:
            forget_texts(self._database, self._kind, _text_entries(old.values(), names_before))
        self._database.run_many(f"DELETE FROM {table} WHERE id = ?", [(key,) for key in old])
        rows = [row for row in new.values() if row is not None]
        self._database.run_many(insert_sql(table, TEXT_TABLE_COLUMNS), rows)
        if self._texts_ready:
            learn_texts(self._database, self._kind, _text_entries(rows, names_after))

    def forget_memberships(self, keys: Sequence[int], tables: Sequence[str] = ("item_category", "item_genre")) -> None:
        rows = [(self._kind.value, key) for key in keys]
        for table in tables:
            self._database.run_many(f"DELETE FROM {table} WHERE kind = ? AND item = ?", rows)


def _text_entries(rows: Iterable[Sequence[Any]], names: dict[int, str]) -> list[TextEntry]:
    entries = (
        text_entry((key, names[key], cast, director, genre, plot)) for key, plot, cast, director, genre, *_ in rows
    )
    return [entry for entry in entries if entry is not None]
