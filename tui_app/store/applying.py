"""The incremental write of one kind: compares what the panel lists with what is stored and writes only what differs.

Nothing differs: no row, no index entry, no search entry is written. Knows nothing of panels or of what may be removed:
the engine decides that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from tui_app.catalog import Changes, ItemRow, Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.details import forget_details
from tui_app.store.differences import Difference, ItemChange, compare_rows, compare_texts
from tui_app.store.keys import provider_ids
from tui_app.store.loading import add_memberships, insert_sql
from tui_app.store.models import SEPARATOR
from tui_app.store.revision import raise_revision
from tui_app.store.scars import is_scarred, unscarred
from tui_app.store.schema import TABLES, TEXT_TABLE_COLUMNS, quoted
from tui_app.store.search_tables import (
    NameEntry,
    TextEntry,
    forget_names,
    forget_texts,
    learn_names,
    learn_texts,
    text_entry,
    texts_ready,
)
from tui_app.store.values import MAKERS, Books, ItemValues

_BLOCK: Final = 1_000

ChangeListener = Callable[[Sequence[ItemChange]], None]


def apply(
    database: LibraryDatabase,
    kind: Kind,
    *,
    upserts: Iterable[tuple[ItemRow, int]] = (),
    removed: Iterable[int] = (),
    on_changes: ChangeListener | None = None,
) -> Changes:
    """Bring items up to date, in one transaction. `upserts` are rows with the position a new one gets, one row an
    item (who lists an item twice merges its categories first); `removed` are keys.

    `on_changes` hears what was added, changed and removed, in blocks.
    """
    with database.writing():
        applying = _Applying(database, kind, on_changes)
        applying.remove(removed)
        rows = iter(upserts)
        while block := list(islice(rows, _BLOCK)):
            applying.upsert(block)
        changes = applying.changes()
        if changes.rows_written:
            raise_revision(database)
    return changes


class _Applying:
    """One run of `apply`, inside its transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind, on_changes: ChangeListener | None) -> None:
        self._database = database
        self._kind = kind
        self._table = TABLES[kind]
        self._on_changes = on_changes
        self._books = Books.open(database, kind)
        self._texts_ready = self._table.has_texts and texts_ready(database, kind)
        self._added = self._changed = self._removed = self._unchanged = 0
        columns = self._table.columns
        self._alias_at, self._flags_at = columns.index("alias"), columns.index("flags")
        self._category_at = columns.index("category")

    def changes(self) -> Changes:
        total = int(self._database.value(f"SELECT count(*) FROM {self._table.table}"))
        written = self._added + self._changed + self._removed
        return Changes(
            total=total,
            added=self._added,
            changed=self._changed,
            removed=self._removed,
            unchanged=self._unchanged,
            rows_written=written,
        )

    # ------------------------------------------------------------------------------------------------- removal
    def remove(self, removed: Iterable[int]) -> None:
        keys = iter(sorted(removed))
        while block := list(islice(keys, _BLOCK)):
            self._remove_block(block)

    def _remove_block(self, keys: Sequence[int]) -> None:
        old_rows = self._stored(self._table.table, self._table.columns, keys)
        if not old_rows:
            return
        ids = provider_ids(self._database, self._kind, list(old_rows))
        forget_names(self._database, self._kind, self._name_entries(old_rows.values()))
        gone = [(key,) for key in sorted(old_rows)]
        self._database.run_many(f"DELETE FROM {self._table.table} WHERE id = ?", gone)
        self._forget_memberships(list(old_rows))
        if self._table.has_texts:
            texts = self._stored(self._table.text_table, TEXT_TABLE_COLUMNS, list(old_rows))
            self._write_texts(texts, {}, self._names(old_rows.values()), {})
            forget_details(self._database, self._kind, list(old_rows))
        self._removed += len(old_rows)
        self._tell(ItemChange(self._kind, ids[key], row[1], "removed", {}) for key, row in old_rows.items())

    # ------------------------------------------------------------------------------------------------ upserting
    def upsert(self, block: Sequence[tuple[ItemRow, int]]) -> None:
        make = MAKERS[self._kind]
        items = {item.key: item for item in (make(row, at, self._books) for row, at in self._unscarred(block))}
        keys = list(items)
        old_rows = self._stored(self._table.table, self._table.columns, keys)
        old_texts = self._stored(self._table.text_table, TEXT_TABLE_COLUMNS, keys) if self._table.has_texts else {}
        old_categories = self._memberships("item_category", "category", list(old_rows))
        old_genres = self._memberships("item_genre", "genre", list(old_rows))

        new = [item for key, item in items.items() if key not in old_rows]
        changed: list[tuple[ItemValues, Difference]] = []
        for key, old in old_rows.items():
            item = items[key]
            found = compare_rows(self._kind, old, item.row)
            compare_texts(found, old_texts.get(key), item.text)
            self._compare_memberships(found, old, item, old_categories.get(key, set()), old_genres.get(key, set()))
            if found:
                changed.append((item, found))
        self._unchanged += len(old_rows) - len(changed)
        self._add(new)
        self._change(changed, old_rows, old_texts)

    def _unscarred(self, block: Sequence[tuple[ItemRow, int]]) -> Sequence[tuple[ItemRow, int]]:
        """The block with letters that bad bytes replaced taken from what is stored."""
        keys = {row.id: self._books.keys.key(row.id) for row, _ in block if is_scarred(row)}
        if not keys:
            return block
        rows = self._stored(self._table.table, self._table.columns, list(keys.values()))
        has_texts = self._table.has_texts
        texts = self._stored(self._table.text_table, TEXT_TABLE_COLUMNS, list(rows)) if has_texts else {}
        return [
            (unscarred(row, rows[key][1], texts.get(key)) if (key := keys.get(row.id)) in rows else row, position)
            for row, position in block
        ]

    def _compare_memberships(
        self, found: Difference, old: Sequence[Any], item: ItemValues, categories: set[int], genres: set[int]
    ) -> None:
        found.memberships = categories != set(item.more_categories) or genres != set(item.more_genres)
        if "category" in found.columns or categories != set(item.more_categories):
            before = self._category_names(old[self._category_at], sorted(categories))
            after = self._category_names(item.row[self._category_at], sorted(item.more_categories))
            found.said["category"] = (before, after)

    def _category_names(self, primary: int, others: Sequence[int]) -> str:
        return ", ".join(filter(None, map(self._books.categories.name, (primary, *others))))

    def _add(self, items: Sequence[ItemValues]) -> None:
        if not items:
            return
        rows = sorted(item.row for item in items)
        self._database.run_many(insert_sql(self._table.table, self._table.columns), rows)
        learn_names(self._database, self._kind, self._name_entries(rows))
        if self._table.has_texts:
            self._write_texts({}, {item.key: item.text for item in items if item.text}, {}, self._names(rows))
        add_memberships(self._database, self._kind, items)
        self._added += len(items)
        ids = provider_ids(self._database, self._kind, [item.key for item in items])
        self._tell(ItemChange(self._kind, ids[item.key], item.row[1], "added", {}) for item in items)

    def _change(
        self,
        changed: Sequence[tuple[ItemValues, Difference]],
        old_rows: dict[int, tuple[Any, ...]],
        old_texts: dict[int, tuple[Any, ...]],
    ) -> None:
        if not changed:
            return
        before = self._name_entries(old_rows[item.key] for item, _ in changed)
        after = self._name_entries(item.row for item, _ in changed)
        forget_names(self._database, self._kind, set(before) - set(after))
        self._update([item for item, found in changed if found.moves_in_an_index], self._table.columns)
        light = [item for item, found in changed if found.columns and not found.moves_in_an_index]
        self._update(light, self._table.light_columns)
        learn_names(self._database, self._kind, set(after) - set(before))
        if self._table.has_texts:
            names_before = self._names(old_rows[item.key] for item, _ in changed)
            names_after = self._names(item.row for item, _ in changed)
            renamed = {key for key, name in names_after.items() if name != names_before[key]}
            of_text = [item for item, found in changed if found.text or (item.text and item.key in renamed)]
            old = {item.key: old_texts[item.key] for item in of_text if item.key in old_texts}
            new = {item.key: item.text for item in of_text if item.text}
            self._write_texts(old, new, names_before, names_after)
            stale = [(item.key,) for item, _ in changed]
            self._database.run_many(f"UPDATE {self._table.details_table} SET stale = 1 WHERE id = ?", stale)
        members = [item for item, found in changed if found.memberships]
        self._forget_memberships([item.key for item in members])
        add_memberships(self._database, self._kind, members)
        self._changed += len(changed)
        ids = provider_ids(self._database, self._kind, [item.key for item, _ in changed])
        self._tell(ItemChange(self._kind, ids[i.key], i.row[1], "changed", found.said) for i, found in changed)

    # --------------------------------------------------------------------------------------------------- pieces
    def _update(self, items: Sequence[ItemValues], columns: Sequence[str]) -> None:
        """Set `columns` of items, except the place in the list: that is written apart."""
        kept = [column for column in columns if column not in {"id", "position", "number"}]
        places = [self._table.columns.index(column) for column in kept]
        assignments = ", ".join(f"{column} = ?" for column in kept)
        rows = [(*(item.row[place] for place in places), item.key) for item in sorted(items)]
        if rows:
            self._database.run_many(f"UPDATE {self._table.table} SET {assignments} WHERE id = ?", rows)

    def _write_texts(
        self,
        old: dict[int, tuple[Any, ...]],
        new: Mapping[int, tuple[Any, ...] | None],
        names_before: dict[int, str],
        names_after: dict[int, str],
    ) -> None:
        """Replace the text rows `old` by `new`, in the table and, with the names, in its search table."""
        table = self._table.text_table
        if self._texts_ready:
            forget_texts(self._database, self._kind, self._text_entries(old.values(), names_before))
        self._database.run_many(f"DELETE FROM {table} WHERE id = ?", [(key,) for key in old])
        rows = [row for row in new.values() if row is not None]
        self._database.run_many(insert_sql(table, TEXT_TABLE_COLUMNS), rows)
        if self._texts_ready:
            learn_texts(self._database, self._kind, self._text_entries(rows, names_after))

    @staticmethod
    def _text_entries(rows: Iterable[Sequence[Any]], names: dict[int, str]) -> list[TextEntry]:
        entries = (
            text_entry((key, names[key], cast, director, genre, plot)) for key, plot, cast, director, genre, *_ in rows
        )
        return [entry for entry in entries if entry is not None]

    def _names(self, rows: Iterable[Sequence[Any]]) -> dict[int, str]:
        """Key → both forms of the name, as the search table of texts holds them."""
        return {row[0]: f"{row[2]} {row[self._alias_at]}" for row in rows}

    def _name_entries(self, rows: Iterable[Sequence[Any]]) -> list[NameEntry]:
        return [(row[0], row[2], row[self._alias_at]) for row in rows if not row[self._flags_at] & SEPARATOR]

    def _stored(self, table: str, columns: Sequence[str], keys: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        rows = self._database.rows(
            f"SELECT {quoted(columns)} FROM {table} WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(keys),),
        )
        return {row[0]: row for row in rows}

    def _memberships(self, table: str, column: str, keys: Sequence[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        rows = self._database.rows(
            f"SELECT item, {column} FROM {table} WHERE kind = ? AND item IN (SELECT value FROM json_each(?))",
            (self._kind.value, json.dumps(keys)),
        )
        for key, member in rows:
            found.setdefault(key, set()).add(member)
        return found

    def _forget_memberships(self, keys: Sequence[int]) -> None:
        rows = [(self._kind.value, key) for key in keys]
        for table in ("item_category", "item_genre"):
            self._database.run_many(f"DELETE FROM {table} WHERE kind = ? AND item = ?", rows)

    def _tell(self, changes: Iterator[ItemChange]) -> None:
        if self._on_changes is not None:
            self._on_changes(list(changes))
