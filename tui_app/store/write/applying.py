"""Write the differences between listed and stored items of one kind.

An unchanged item causes no write to rows, indexes or search tables. What may be removed is decided by the sync.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from peewee import SQL

from tui_app.catalog import Changes, ItemRow, Kind
from tui_app.store.database import COUNT, LibraryDatabase, deleting, inserting, parameter
from tui_app.store.items.codec import ItemValues, KeyMaps, values_of
from tui_app.store.items.detail_layer import Facts, filled, read_facts, stored_item
from tui_app.store.keys import provider_ids
from tui_app.store.models import DETAILS_MODELS, ITEM_MODELS, ItemCategory, ItemGenre
from tui_app.store.query_cache import raise_revision
from tui_app.store.schema import TABLES
from tui_app.store.write.details import forget_details
from tui_app.store.write.differences import (
    Difference,
    ItemChange,
    compare_rows,
    compare_texts,
    is_mojibake,
    restore_text,
)
from tui_app.store.write.loading import add_memberships
from tui_app.store.write.row_writer import RowWriter
from tui_app.store.write.search_tables import add_names, remove_names

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
    """Write changed items in one transaction.

    `upserts` are (row, position of a new item), one per item; callers merge repeated items first. `removed` are
    keys. `on_changes` is called with blocks of changes.
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
    """One run of `apply`, within its transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind, on_changes: ChangeListener | None) -> None:
        self._database = database
        self._kind = kind
        self._table = TABLES[kind]
        self._model = ITEM_MODELS[kind]
        self._on_changes = on_changes
        self._key_maps = KeyMaps.open(database, kind)
        self._rows = RowWriter(database, kind)
        self._added = self._changed = self._removed = self._unchanged = 0
        columns = self._table.columns
        self._flags_at = columns.index("flags")
        self._category_at = columns.index("category")

    def changes(self) -> Changes:
        total = int(self._database.value(self._model.select(COUNT)))
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
        old_rows = self._rows.stored(keys)
        if not old_rows:
            return
        ids = provider_ids(self._database, self._kind, list(old_rows))
        remove_names(self._database, self._kind, self._rows.name_entries(old_rows.values()))
        gone = [(key,) for key in sorted(old_rows)]
        self._database.run_many(deleting(self._model), gone)
        self._rows.forget_memberships(list(old_rows))
        if self._table.has_texts:
            texts = self._rows.texts(list(old_rows))
            self._rows.write_texts(texts, {}, self._rows.names(old_rows.values()), {})
            forget_details(self._database, self._kind, list(old_rows))
        self._removed += len(old_rows)
        self._tell(ItemChange(self._kind, ids[key], row[1], "removed", {}) for key, row in old_rows.items())

    # ------------------------------------------------------------------------------------------------ upserting
    def upsert(self, block: Sequence[tuple[ItemRow, int]]) -> None:
        rows = self._restore_text(block)
        made = (values_of(row, position, self._key_maps) for row, position in rows)
        items = {item.key: item for item in made}
        keys = list(items)
        old_rows = self._rows.stored(keys)
        old_texts = self._rows.texts(keys)
        old_categories = self._rows.memberships(ItemCategory.category, list(old_rows))
        old_genres = self._rows.memberships(ItemGenre.genre, list(old_rows))

        facts = read_facts(self._database, self._kind, keys)
        new = [self._filled(item, facts) for key, item in items.items() if key not in old_rows]
        changed: list[tuple[ItemValues, Difference]] = []
        for key, old in old_rows.items():
            item = items[key]
            before = stored_item(self._kind, old, old_texts.get(key), tuple(old_genres.get(key, ())))
            found = compare_rows(self._kind, before.row, item.row)
            compare_texts(found, before.text, item.text)
            self._compare_memberships(found, old, item, old_categories.get(key, set()), set(before.more_genres))
            if found:
                changed.append((self._refilled(item, old, found, facts), found))
        self._unchanged += len(old_rows) - len(changed)
        self._add(new)
        self._change(changed, old_rows, old_texts)

    def _filled(self, item: ItemValues, facts: Mapping[int, Facts]) -> ItemValues:
        return filled(self._kind, item, facts.get(item.key), self._key_maps.genres)

    def _refilled(
        self, item: ItemValues, old: tuple[Any, ...], found: Difference, facts: Mapping[int, Facts]
    ) -> ItemValues:
        """Return a changed item with values from its details, and mark differences in them as changed."""
        whole = self._filled(item, facts)
        if whole.row[self._flags_at] != old[self._flags_at]:
            found.columns.add("flags")
        return whole

    def _restore_text(self, block: Sequence[tuple[ItemRow, int]]) -> Sequence[tuple[ItemRow, int]]:
        """Return the block with texts restored that differ from stored ones only by replacement characters."""
        keys = {row.id: self._key_maps.keys.key(row.id) for row, _ in block if is_mojibake(row)}
        if not keys:
            return block
        rows = self._rows.stored(list(keys.values()))
        has_texts = self._table.has_texts
        texts = self._rows.texts(list(rows)) if has_texts else {}
        return [
            (restore_text(row, rows[key][1], texts.get(key)) if (key := keys.get(row.id)) in rows else row, position)
            for row, position in block
        ]

    def _compare_memberships(
        self, found: Difference, old: Sequence[Any], item: ItemValues, categories: set[int], genres: set[int]
    ) -> None:
        found.memberships = categories != set(item.more_categories) or genres != set(item.more_genres)
        if "category" in found.columns or categories != set(item.more_categories):
            before = self._category_names(old[self._category_at], sorted(categories))
            after = self._category_names(item.row[self._category_at], sorted(item.more_categories))
            found.fields["category"] = (before, after)

    def _category_names(self, primary: int, others: Sequence[int]) -> str:
        return ", ".join(filter(None, map(self._key_maps.categories.name, (primary, *others))))

    def _add(self, items: Sequence[ItemValues]) -> None:
        if not items:
            return
        rows = sorted(item.row for item in items)
        self._database.run_many(inserting(self._model), rows)
        add_names(self._database, self._kind, self._rows.name_entries(rows))
        if self._table.has_texts:
            self._rows.write_texts({}, {item.key: item.text for item in items if item.text}, {}, self._rows.names(rows))
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
        before = self._rows.name_entries(old_rows[item.key] for item, _ in changed)
        after = self._rows.name_entries(item.row for item, _ in changed)
        remove_names(self._database, self._kind, set(before) - set(after))
        self._rows.update([item for item, found in changed if found.moves_in_an_index], self._table.columns)
        light = [item for item, found in changed if found.columns and not found.moves_in_an_index]
        self._rows.update(light, self._table.light_columns)
        add_names(self._database, self._kind, set(after) - set(before))
        if self._table.has_texts:
            names_before = self._rows.names(old_rows[item.key] for item, _ in changed)
            names_after = self._rows.names(item.row for item, _ in changed)
            renamed = {key for key, name in names_after.items() if name != names_before[key]}
            of_text = [item for item, found in changed if found.text or (item.text and item.key in renamed)]
            old = {item.key: old_texts[item.key] for item in of_text if item.key in old_texts}
            new = {item.key: item.text for item in of_text if item.text}
            self._rows.write_texts(old, new, names_before, names_after)
            stored = DETAILS_MODELS[self._kind]
            stale = stored.update(stale=SQL("1")).where(stored.id == parameter())
            self._database.run_many(stale, [(item.key,) for item, found in changed if not found.is_silent])
        members = [item for item, found in changed if found.memberships]
        self._rows.forget_memberships([item.key for item in members])
        add_memberships(self._database, self._kind, members)
        told = [(item, found) for item, found in changed if not found.is_silent]
        self._changed += len(told)
        self._unchanged += len(changed) - len(told)
        ids = provider_ids(self._database, self._kind, [item.key for item, _ in told])
        self._tell(ItemChange(self._kind, ids[i.key], i.row[1], "changed", found.fields) for i, found in told)

    def _tell(self, changes: Iterator[ItemChange]) -> None:
        if self._on_changes is not None:
            self._on_changes(list(changes))
