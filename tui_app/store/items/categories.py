"""The categories of a kind: written as the panel lists them, read in its order with their counts.

An item none of whose categories is listed belongs to "Uncategorised", which exists only while it holds something.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from tui_app.catalog import UNCATEGORISED, UNCATEGORISED_ID, Category, CategoryRow, Changes, Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.query_cache import raise_revision
from tui_app.text import fold


def save_categories(database: LibraryDatabase, kind: Kind, rows: Sequence[CategoryRow]) -> Changes:
    """Make `rows` the panel's categories of a kind, writing only what differs.

    A category that is no longer listed keeps its key: its items come back to it when it does. Moves within the list
    count as `positions_written`, not as changes.
    """
    added = changed = moved = 0
    with database.writing():
        stored = _stored(database, kind)
        listed: dict[str, CategoryRow] = {}
        for row in rows:
            listed.setdefault(row.id, row)  # of two with one id the first counts
        for row in listed.values():
            old = stored.get(row.id)
            if old is None or not old[3]:
                _write(database, kind, row)
                added += 1
            elif old[:2] != (row.name, row.parent_id):
                _write(database, kind, row)
                changed += 1
            elif old[2] != row.position:
                _write(database, kind, row)
                moved += 1
        gone = [id for id, old in stored.items() if old[3] and id not in listed]
        database.run_many("UPDATE category SET listed = 0 WHERE kind = ? AND id = ?", [(kind.value, id) for id in gone])
        written = added + changed + len(gone)
        if written or moved:
            raise_revision(database)
    return Changes(
        total=len(listed),
        added=added,
        changed=changed,
        removed=len(gone),
        unchanged=len(listed) - added - changed,
        rows_written=written,
        positions_written=moved,
    )


def _stored(database: LibraryDatabase, kind: Kind) -> dict[str, tuple[str, str | None, int, int]]:
    rows = database.rows("SELECT id, name, parent, position, listed FROM category WHERE kind = ?", (kind.value,))
    return {row[0]: row[1:] for row in rows}


def _write(database: LibraryDatabase, kind: Kind, row: CategoryRow) -> None:
    database.run(
        "INSERT INTO category(kind, id, name, fold, parent, position, listed) VALUES (?, ?, ?, ?, ?, ?, 1) "
        "ON CONFLICT(kind, id) DO UPDATE SET name = excluded.name, fold = excluded.fold, parent = excluded.parent, "
        "position = excluded.position, listed = 1",
        (kind.value, row.id, row.name, fold(row.name), row.parent_id, row.position),
    )


def with_counts(
    database: LibraryDatabase,
    kind: Kind,
    by_key: Mapping[int, int],
    uncategorised: int,
    *,
    hidden: Collection[str] = (),
    include_hidden: bool = True,
) -> tuple[Category, ...]:
    """The panel's categories in its order with these counts, and "Uncategorised" last when it holds anything.

    `hidden` are ids the user hid: marked, or left out when `include_hidden` is False.
    """
    rows = database.rows(
        "SELECT key, id, name, parent FROM category WHERE kind = ? AND listed = 1 ORDER BY position, key",
        (kind.value,),
    )
    categories = [Category(kind, id, name, by_key.get(key, 0), parent, id in hidden) for key, id, name, parent in rows]
    if uncategorised:
        is_hidden = UNCATEGORISED_ID in hidden
        categories.append(Category(kind, UNCATEGORISED_ID, UNCATEGORISED, uncategorised, None, is_hidden))
    return tuple(category for category in categories if include_hidden or not category.hidden)


def find_category(categories: Sequence[Category], id_or_name: str) -> Category | None:
    """The category with this id, else with this whole name (any case, accents aside); None when there is none."""
    folded = fold(id_or_name)
    for category in categories:
        if category.id == id_or_name:
            return category
    same = [category for category in categories if category.name.casefold() == id_or_name.casefold()]
    alike = same or [category for category in categories if folded and fold(category.name) == folded]
    return alike[0] if alike else None


def unlisted_keys(database: LibraryDatabase, kind: Kind) -> list[int]:
    """Keys of categories that items name but the panel does not list; 0 (no category) included."""
    rows = database.rows("SELECT key FROM category WHERE kind = ? AND listed = 0", (kind.value,))
    return [0, *(row[0] for row in rows)]


#: Items that have a further category which is listed.
LISTED_FURTHER_MEMBERS = (
    "SELECT item FROM item_category JOIN category ON category.key = item_category.category "
    "WHERE item_category.kind = ? AND category.listed = 1"
)


NO_CATEGORY = 0


def category_kind(kind: Kind) -> str:
    """The kind that marks on the categories of `kind` are kept under, and moves of their ids are recorded under."""
    return f"category:{kind.value}"


class CategoryKeys:
    """Category keys of one kind, for writing. Use it inside one transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        rows = database.rows("SELECT id, key, name FROM category WHERE kind = ?", (kind.value,))
        self._keys: dict[str, int] = {row[0]: row[1] for row in rows}
        self._names: dict[int, str] = {row[1]: row[2] or row[0] for row in rows}

    def keys(self, ids: Sequence[str]) -> tuple[int, tuple[int, ...]]:
        """The key of the primary category (0 = none) and the keys of the further ones."""
        if not ids:
            return NO_CATEGORY, ()
        if len(ids) == 1:
            return self._key(ids[0]), ()
        first, *others = dict.fromkeys(self._key(id) for id in ids)
        return first, tuple(others)

    def name(self, key: int) -> str:
        """The name, or the id where no name is known; '' for no category."""
        return self._names.get(key, "")

    def _key(self, id: str) -> int:
        key = self._keys.get(id)
        if key is None:
            cursor = self._database.run(
                "INSERT INTO category(kind, id, name, fold, position, listed) VALUES (?, ?, '', '', 0, 0)",
                (self._kind.value, id),
            )
            key = int(cursor.lastrowid or 0)
            self._keys[id] = key
            self._names[key] = id
        return key


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
