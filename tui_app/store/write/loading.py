"""Full load of one kind: replace all rows in one transaction and build the indexes last.

Building six indexes and a search table after the rows costs half of maintaining them row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from peewee import Model

from tui_app.catalog import ItemRow, Kind
from tui_app.store.database import (
    Compiled,
    LibraryDatabase,
    compiled,
    drop_index_sql,
    has_rows,
    in_json,
    insert_query,
    inserting,
    key_fields_of,
)
from tui_app.store.items.categories import NO_CATEGORY
from tui_app.store.items.codec import ItemValues, KeyMaps, values_of
from tui_app.store.items.detail_layer import filled, read_facts
from tui_app.store.models import DETAILS_MODELS, ITEM_MODELS, LISTED_MODELS, TEXT_MODELS, ItemCategory, ItemGenre
from tui_app.store.query_cache import raise_revision
from tui_app.store.schema import TABLES
from tui_app.store.write.details import forget_details
from tui_app.store.write.search_tables import clear_names, clear_texts, fill_names


class Load:
    """Rows being loaded. `count` counts items: a row with a repeated id only adds its categories."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self.count = 0
        self._database = database
        self._kind = kind
        self._key_maps = KeyMaps.open(database, kind)
        table = TABLES[kind]
        self._has_details = table.has_texts and has_rows(database, DETAILS_MODELS[kind])
        self._insert = _unless_there(ITEM_MODELS[kind])
        self._insert_text = _unless_there(TEXT_MODELS[kind]) if table.has_texts else self._insert

    def key(self, provider_id: str) -> int:
        """Return the key of a provider id."""
        return self._key_maps.keys.key(provider_id)

    def add(self, rows: Sequence[ItemRow], positions: Sequence[int]) -> list[int]:
        """Add rows with their (distinct) positions; return their keys in order."""
        key_maps = self._key_maps
        items = [values_of(row, position, key_maps) for row, position in zip(rows, positions, strict=True)]
        if self._has_details:
            facts = read_facts(self._database, self._kind, [item.key for item in items])
            items = [filled(self._kind, item, facts.get(item.key), key_maps.genres) for item in items]
        inserted = self._database.run_many(self._insert, [item.row for item in items])
        fresh = items if inserted == len(items) else self._merge_repeated(items)
        texts = [item.text for item in fresh if item.text is not None]
        if texts:
            self._database.run_many(self._insert_text, texts)
        add_memberships(self._database, self._kind, fresh)
        self.count += inserted
        return [item.key for item in items]

    def _merge_repeated(self, items: Sequence[ItemValues]) -> list[ItemValues]:
        """Add the categories of rows with a repeated id to their items; return the other rows."""
        fresh: list[ItemValues] = []
        columns = TABLES[self._kind].columns
        position_at, category_at = columns.index("position"), columns.index("category")
        listed = LISTED_MODELS[self._kind]
        found = listed.select(listed.id, listed.position, listed.category)
        found = found.where(in_json(listed.id, [item.key for item in items]))
        stored = {row[0]: row[1:] for row in self._database.rows(found)}
        for item in items:
            position, category = stored[item.key]
            if position == item.row[position_at]:
                fresh.append(item)
                continue
            others = {item.row[category_at], *item.more_categories} - {category, NO_CATEGORY}
            self._database.run_many(
                inserting(ItemCategory, on_conflict="ignore"),
                [(other, item.key, self._kind.value) for other in sorted(others)],
            )
        return fresh


def add_memberships(database: LibraryDatabase, kind: Kind, items: Sequence[ItemValues]) -> None:
    """Write the further categories and genres of new items."""
    categories = [(category, item.key, kind.value) for item in items for category in item.more_categories]
    if categories:
        database.run_many(inserting(ItemCategory, on_conflict="ignore"), categories)
    genres = [(kind.value, genre, item.key) for item in items for genre in item.more_genres]
    if genres:
        database.run_many(inserting(ItemGenre, on_conflict="ignore"), genres)


@contextmanager
def rewriting(database: LibraryDatabase, kind: Kind) -> Iterator[Load]:
    """Replace all rows of a listed kind. On an exception the old ones stay; readers see them until the commit.

    Details are kept but marked stale; those of removed items are deleted. Texts are searchable again after
    `index_texts`.
    """
    with database.writing():
        _empty(database, kind)
        load = Load(database, kind)
        yield load
        table = TABLES[kind]
        for statement in table.indexes.values():
            database.run(statement)
        fill_names(database, kind)
        _settle_details(database, kind)
        raise_revision(database)


def _empty(database: LibraryDatabase, kind: Kind) -> None:
    table = TABLES[kind]
    for statement in drop_index_sql(ITEM_MODELS[kind]):
        database.run(statement)
    clear_names(database, kind)
    clear_texts(database, kind)
    database.run(ITEM_MODELS[kind].delete())
    if table.has_texts:
        database.run(TEXT_MODELS[kind].delete())
    for membership in (ItemCategory, ItemGenre):
        database.run(membership.delete().where(membership.kind == kind.value))


def _settle_details(database: LibraryDatabase, kind: Kind) -> None:
    if not TABLES[kind].has_texts:
        return
    stored, listed = DETAILS_MODELS[kind], ITEM_MODELS[kind]
    database.run(stored.update(stale=1).where(stored.stale == 0))
    gone = stored.select(stored.id).where(stored.id.not_in(listed.select(listed.id)))
    forget_details(database, kind, database.integers(gone))


def _unless_there(model: type[Model]) -> Compiled:
    return compiled(insert_query(model).on_conflict(action="NOTHING", conflict_target=key_fields_of(model)))
