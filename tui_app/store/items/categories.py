"""Categories of a kind: storage in the panel's order, counts, and hidden categories.

An item whose categories are all unlisted belongs to "Uncategorised", which exists only while it has items. An item is
hidden if none of its listed categories is visible; an episode is hidden with its series.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from peewee import SQL, Field

from tui_app.catalog import UNCATEGORISED, UNCATEGORISED_ID, Category, CategoryRow, Changes, Kind
from tui_app.store.database import Compiled, LibraryDatabase, compiled, in_json, insert_query, parameter
from tui_app.store.models import LISTED_MODELS, ItemCategory
from tui_app.store.models import Category as CategoryTable
from tui_app.store.query_cache import raise_revision
from tui_app.text import fold


def save_categories(database: LibraryDatabase, kind: Kind, rows: Sequence[CategoryRow]) -> Changes:
    """Replace the categories of a kind by `rows`, writing only differences.

    An unlisted category keeps its key, so that its items return to it when it is listed again. Changes of order
    count as `positions_written`.
    """
    added = changed = moved = 0
    with database.writing():
        stored = _stored(database, kind)
        listed: dict[str, CategoryRow] = {}
        for row in rows:
            listed.setdefault(row.id, row)  # the first of a repeated id counts
        for row in listed.values():
            old = stored.get(row.id)
            if old is None or not old[3]:
                added += 1
            elif old[:2] != (row.name, row.parent_id):
                changed += 1
            elif old[2] != row.position:
                moved += 1
        _write(database, kind, [row for row in listed.values() if stored.get(row.id) != _values(row)])
        gone = [id for id, old in stored.items() if old[3] and id not in listed]
        one = (CategoryTable.kind == parameter(), CategoryTable.id == parameter())
        unlist = CategoryTable.update(listed=SQL("0")).where(*one)
        database.run_many(unlist, [(kind.value, id) for id in gone])
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
    columns = (CategoryTable.id, CategoryTable.name, CategoryTable.parent, CategoryTable.position, CategoryTable.listed)
    rows = database.rows(CategoryTable.select(*columns).where(CategoryTable.kind == kind.value))
    return {row[0]: row[1:] for row in rows}


def _values(row: CategoryRow) -> tuple[str, str | None, int, int]:
    """Return what `_stored` returns of a listed category."""
    return row.name, row.parent_id, row.position, 1


def _write(database: LibraryDatabase, kind: Kind, rows: Iterable[CategoryRow]) -> None:
    key = (CategoryTable.kind, CategoryTable.id)
    said = (CategoryTable.name, CategoryTable.parent, CategoryTable.position, CategoryTable.listed)
    values = (*said, CategoryTable.fold)
    insert = insert_query(CategoryTable, *key, *values).on_conflict(conflict_target=key, preserve=values)
    database.run_many(insert, [(kind.value, row.id, *_values(row), fold(row.name)) for row in rows])


def with_counts(
    database: LibraryDatabase,
    kind: Kind,
    by_key: Mapping[int, int],
    uncategorised: int,
    *,
    hidden: Collection[str] = (),
    include_hidden: bool = True,
) -> tuple[Category, ...]:
    """Return the panel's categories in order with these counts, and "Uncategorised" last if not empty.

    `hidden` ids are marked, or omitted if `include_hidden` is False.
    """
    rows = database.rows(listed_categories(), {"kind": kind.value})
    categories = [Category(kind, id, name, by_key.get(key, 0), parent, id in hidden) for key, id, name, parent in rows]
    if uncategorised:
        is_hidden = UNCATEGORISED_ID in hidden
        categories.append(Category(kind, UNCATEGORISED_ID, UNCATEGORISED, uncategorised, None, is_hidden))
    return tuple(category for category in categories if include_hidden or not category.hidden)


@cache
def listed_categories() -> Compiled:
    """Return the query for (key, id, name, parent) of the listed categories of a `kind`, in the panel's order."""
    columns = (CategoryTable.key, CategoryTable.id, CategoryTable.name, CategoryTable.parent)
    listed = CategoryTable.select(*columns).where(CategoryTable.kind == parameter("kind"), CategoryTable.listed == 1)
    return compiled(listed.order_by(CategoryTable.position, CategoryTable.key))


def unlisted_keys(database: LibraryDatabase, kind: Kind) -> list[int]:
    """Return keys of categories that items name but the panel does not list, including 0 (no category)."""
    return [0, *database.integers(_unlisted(), {"kind": kind.value})]


@cache
def _unlisted() -> Compiled:
    of_kind = (CategoryTable.kind == parameter("kind"), CategoryTable.listed == 0)
    return compiled(CategoryTable.select(CategoryTable.key).where(*of_kind))


# By hand, like the SQL of `Hiding`: they are parts of the statements of lists, which name their indexes.
#: Items with a further category that is listed.
LISTED_FURTHER_MEMBERS = (
    "SELECT item FROM item_category JOIN category ON category.key = item_category.category "
    "WHERE item_category.kind = ? AND category.listed = 1"
)


NO_CATEGORY = 0


def category_kind(kind: Kind) -> str:
    """Return the kind under which marks and id changes of the categories of `kind` are stored."""
    return f"category:{kind.value}"


class CategoryKeys:
    """Category keys of one kind, for writing. Requires one transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        columns = (CategoryTable.id, CategoryTable.key, CategoryTable.name)
        rows = database.rows(CategoryTable.select(*columns).where(CategoryTable.kind == kind.value))
        self._keys: dict[str, int] = {row[0]: row[1] for row in rows}
        self._names: dict[int, str] = {row[1]: row[2] or row[0] for row in rows}

    def keys(self, ids: Sequence[str]) -> tuple[int, tuple[int, ...]]:
        """Return the key of the primary category (0: none) and the keys of the further ones."""
        if not ids:
            return NO_CATEGORY, ()
        if len(ids) == 1:
            return self._key(ids[0]), ()
        first, *others = dict.fromkeys(self._key(id) for id in ids)
        return first, tuple(others)

    def name(self, key: int) -> str:
        """Return the name, the id if there is no name, '' for no category."""
        return self._names.get(key, "")

    def _key(self, id: str) -> int:
        key = self._keys.get(id)
        if key is None:
            unlisted = CategoryTable.insert(kind=self._kind.value, id=id, name="", fold="", position=0, listed=0)
            cursor = self._database.run(unlisted)
            key = int(cursor.lastrowid or 0)
            self._keys[id] = key
            self._names[key] = id
        return key


def category_ids_of(database: LibraryDatabase, kind: Kind, keys: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the category ids of items, primary first; items without any are omitted."""
    found: dict[int, tuple[str, ...]] = {}
    for key, id_ in database.rows(
        categories_of_items(kind, keys, CategoryTable.id).order_by(SQL("rank"), CategoryTable.key)
    ):
        found[key] = (*found.get(key, ()), id_)
    return found


def categories_of_items(kind: Kind, keys: Iterable[int], *columns: Field) -> Any:
    """Return the query for these columns of the categories of items, behind the item's key; `rank` 0 is the primary."""
    item, wanted = LISTED_MODELS[kind], list(keys)
    primary = item.select(item.id.alias("item"), item.category.alias("category"), SQL("0 AS rank"))
    further = ItemCategory.select(ItemCategory.item, ItemCategory.category, SQL("1"))
    further = further.where(ItemCategory.kind == kind.value, in_json(ItemCategory.item, wanted))
    both = (primary.where(in_json(item.id, wanted)).union_all(further)).alias("m")
    return (
        CategoryTable.select(both.c.item, *columns)
        .from_(both)
        .join(CategoryTable, on=CategoryTable.key == both.c.category)
    )


def keys_in_categories(database: LibraryDatabase, kind: Kind, ids: Iterable[str]) -> set[int]:
    """Return the items that are in at least one of these categories."""
    return _members(database, kind, in_json(CategoryTable.id, ids))


def keys_only_in_categories(database: LibraryDatabase, kind: Kind, ids: Iterable[str]) -> set[int]:
    """Return the items that are in some of these categories and in no other."""
    wanted = list(ids)
    others = _members(database, kind, ~in_json(CategoryTable.id, wanted))
    return keys_in_categories(database, kind, wanted) - others


def _members(database: LibraryDatabase, kind: Kind, condition: Any) -> set[int]:
    chosen = CategoryTable.select(CategoryTable.key).where(CategoryTable.kind == kind.value, condition)
    item = LISTED_MODELS[kind]
    first = item.select(item.id).where(item.category.in_(chosen))
    further = ItemCategory.select(ItemCategory.item)
    further = further.where(ItemCategory.kind == kind.value, ItemCategory.category.in_(chosen))
    return {*database.integers(first), *database.integers(further)}


#: Maximum range of keys stored as a byte array; a set takes 60 bytes per key.
_BYTES_A_KEY: Final = 16


@dataclass(frozen=True, slots=True)
class Hiding:
    """The hidden categories of a kind.

    `first` are keys that hide items with that primary category; `listed` are those of listed categories.
    """

    kind: Kind  # of the items
    owner: Kind
    first: tuple[int, ...]
    listed: tuple[int, ...]

    @property
    def visible(self) -> str:
        """Return the SQL condition for a row `t`; it uses the parameter `:owner_kind`."""
        shown = f"(t.category NOT IN ({_list(self.first)}) OR t.id IN ({self._shown_elsewhere(':owner_kind')}))"
        return shown if self.kind is self.owner else f"t.series IN (SELECT t.id FROM {self.owner} t WHERE {shown})"

    @property
    def hidden_sql(self) -> str:
        """Return the query for hidden keys. Its parameter is the owner's kind."""
        hidden = (
            f"SELECT t.id FROM {self.owner} t INDEXED BY {self.owner}_category "
            f"WHERE t.category IN ({_list(self.first)}) AND t.id NOT IN ({self._shown_elsewhere('?')})"
        )
        if self.kind is self.owner:
            return hidden
        return f"SELECT e.id FROM episode e INDEXED BY episode_series WHERE e.series IN ({hidden})"

    def _shown_elsewhere(self, kind: str) -> str:
        members = LISTED_FURTHER_MEMBERS.replace("?", kind)
        return f"{members} AND category.key NOT IN ({_list(self.listed)})"


def hiding_of(database: LibraryDatabase, kind: Kind, hidden: Collection[str]) -> Hiding | None:
    """Return what hidden categories (provider ids) hide of a kind; None if nothing."""
    if not hidden:
        return None
    owner = Kind.SERIES if kind is Kind.EPISODE else kind
    found = CategoryTable.select(CategoryTable.key).where(CategoryTable.kind == owner.value, CategoryTable.listed == 1)
    listed = tuple(database.integers(found.where(in_json(CategoryTable.id, sorted(hidden)))))
    first = (*listed, *(unlisted_keys(database, owner) if UNCATEGORISED_ID in hidden else ()))
    return Hiding(kind, owner, first, listed) if first else None


class Shown(Container[int]):
    """The visible keys of a kind."""

    def __init__(self, hidden: array[int]) -> None:
        self._low, high = (min(hidden), max(hidden)) if hidden else (0, -1)
        self._span = high - self._low + 1
        self._set: frozenset[int] | None = None
        self._flags = bytearray()
        if self._span > _BYTES_A_KEY * len(hidden):
            self._set = frozenset(hidden)
            return
        self._flags = bytearray(self._span)
        for key in hidden:
            self._flags[key - self._low] = 1

    def __contains__(self, key: object) -> bool:
        if self._set is not None:
            return key not in self._set
        place = key - self._low  # type: ignore[operator]
        return not (0 <= place < self._span and self._flags[place])


def shown_keys(database: LibraryDatabase, kind: Kind, hidden: Collection[str]) -> Shown | None:
    """Return the keys not hidden by these categories; None for all."""
    hiding = hiding_of(database, kind, hidden)
    if hiding is None:
        return None
    keys = database.integers(hiding.hidden_sql, (hiding.owner.value,))
    return Shown(keys) if keys else None


def _list(numbers: Collection[int]) -> str:
    return ", ".join(map(str, numbers))
