"""The categories of a kind: written as the panel lists them, read in its order with their counts.

An item none of whose categories is listed belongs to "Uncategorised", which exists only while it holds something.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tui_app.catalog import UNCATEGORISED, UNCATEGORISED_ID, Category, CategoryRow, Changes, Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.revision import raise_revision
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
