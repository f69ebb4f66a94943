"""Which items are in which categories, by the provider's ids of categories; listed or not. For the sync."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase


def category_ids_of(database: LibraryDatabase, kind: Kind, keys: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The category ids of items, the primary one first; items without any are left out."""
    rows = database.rows(
        "SELECT m.item, c.id FROM ("
        f"SELECT id AS item, category, 0 AS rank FROM {kind.value} WHERE id IN (SELECT value FROM json_each(:keys)) "
        "UNION ALL SELECT item, category, 1 FROM item_category WHERE kind = :kind "
        "AND item IN (SELECT value FROM json_each(:keys))"
        ") m JOIN category c ON c.key = m.category ORDER BY m.rank, c.key",
        {"keys": json.dumps(list(keys)), "kind": kind.value},
    )
    found: dict[int, tuple[str, ...]] = {}
    for key, id_ in rows:
        found[key] = (*found.get(key, ()), id_)
    return found


def keys_in_categories(database: LibraryDatabase, kind: Kind, ids: Iterable[str]) -> set[int]:
    """The items that are in at least one of these categories."""
    return _members(database, kind, ids, "IN")


def keys_only_in_categories(database: LibraryDatabase, kind: Kind, ids: Iterable[str]) -> set[int]:
    """The items that are in some of these categories and in no other."""
    wanted = list(ids)
    return keys_in_categories(database, kind, wanted) - _members(database, kind, wanted, "NOT IN")


def _members(database: LibraryDatabase, kind: Kind, ids: Iterable[str], operator: str) -> set[int]:
    chosen = f"SELECT key FROM category WHERE kind = :kind AND id {operator} (SELECT value FROM json_each(:ids))"
    rows = database.rows(
        f"SELECT id FROM {kind.value} WHERE category IN ({chosen}) "
        f"UNION SELECT item FROM item_category WHERE kind = :kind AND category IN ({chosen})",
        {"ids": json.dumps(list(ids)), "kind": kind.value},
    )
    return {row[0] for row in rows}
