"""Read items for pages, by keys, or completely."""

from __future__ import annotations

import json
import time
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from peewee import SQL

from tui_app.catalog import UNCATEGORISED, Category, Details, FullItem, Item, Kind, Page, Query
from tui_app.catalog.fields import LongFacts, ShortFacts, item_fields
from tui_app.errors import NotFound
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.categories import categories_of_items, listed_categories, with_counts
from tui_app.store.items.codec import (
    FULL_ITEM,
    ITEMS,
    MASK_BITS,
    item_of,
)
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.lists.lists import Lists, count_categories
from tui_app.store.lists.named_values import known_languages
from tui_app.store.models import Category as CategoryTable
from tui_app.store.models import Genre
from tui_app.store.query_cache import QueryCache
from tui_app.store.schema import TABLES
from tui_app.store.write.details import StoredDetails, stored_details

DETAILS_FRESH_S: Final = 86_400
_LONG_FACTS: Final = tuple(one.name for one in item_fields(LongFacts))
#: What details may say better than the list did.
_FACTS: Final = (*_LONG_FACTS, *(one.name for one in item_fields(ShortFacts)))
#: The keys of so many rows are read in a millisecond.
_READ_WHOLE: Final = 1_024


class Reads:
    """The queries of one library. Thread-safe; each thread uses its own connection."""

    def __init__(self, database: LibraryDatabase) -> None:
        self._database = database
        self.cache = QueryCache(database)
        #: Keys, counts and indexes of lists.
        self.lists = Lists(database, self.cache)

    # --------------------------------------------------------------------------------------------------- lists
    def page(self, query: Query, *, limit: int | None = 100, offset: int = 0) -> Page:
        """Return some rows of a list and the total count. `limit` None: all from `offset` on."""
        offset = max(offset, 0)
        with self.cache.snapshot():
            total = self.lists.count(query)
            stop = total if limit is None else min(total, offset + max(limit, 0))
            items = self.items_by_keys(query.kind, self.lists.keys(query, offset, stop))
        return Page(total, items, offset)

    def first_rows(self, query: Query, limit: int) -> tuple[int, array[int], tuple[Item, ...]]:
        """How many rows a list has, the keys of the first ones, and the items of at most `limit` rows.

        A short list is read whole at once: the keys of all its rows cost less than to ask a second time.
        """
        with self.cache.snapshot():
            total = self.lists.count(query)
            keys = self.lists.ids(query) if total <= _READ_WHOLE else array("q", self.lists.keys(query, 0, limit))
            return total, keys, self.items_by_keys(query.kind, keys[:limit])

    # --------------------------------------------------------------------------------------------------- items
    def items_by_keys(self, kind: Kind, keys: Sequence[int]) -> tuple[Item, ...]:
        """Return the items of keys in order, omitting removed ones."""
        if not keys:
            return ()
        rows = [ITEMS[kind].named(row) for row in self._database.rows(ITEMS[kind].sql, (json.dumps(list(keys)),))]
        ids = provider_ids(self._database, kind, [row["key"] for row in rows])
        owners = [row["owner"] for row in rows] if kind is Kind.EPISODE else []
        series = provider_ids(self._database, Kind.SERIES, owners)
        found = {row["key"]: self._item(kind, ids[row["key"]], row, series) for row in rows}
        return tuple(found[key] for key in keys if key in found)

    def _item(self, kind: Kind, id: str, row: dict[str, Any], series_ids: Mapping[int, str]) -> Item:
        """Build an item from the columns of `ITEMS`."""
        owner = row["owner"]
        if kind is Kind.EPISODE:
            return item_of(kind, id, row, None, series_ids[owner])
        primary, further = self._listed_categories(kind).get(owner), row.pop("category")
        return item_of(kind, id, row, (primary.name if primary is not None else further) or UNCATEGORISED)

    def prepare_items(self, kinds: Iterable[Kind]) -> None:
        """Read now what items of these kinds are made with."""
        for kind in kinds:
            self._listed_categories(kind)

    def _listed_categories(self, kind: Kind) -> dict[int, Category]:
        """Key → category, in the panel's order."""
        return self.cache.get_or_make(("categories", kind), lambda: _listed_categories(self._database, kind))

    def categories_of(self, kind: Kind, keys: Iterable[int]) -> dict[int, tuple[Category, ...]]:
        """Return the listed categories of items, primary first; items without any are omitted. Counts are 0."""
        if not TABLES[kind].has_column("category"):  # episodes
            return {}
        columns = (CategoryTable.id, CategoryTable.name, CategoryTable.parent)
        listed = categories_of_items(kind, keys, *columns).where(CategoryTable.listed == 1)
        rows = self._database.rows(listed.order_by(SQL("rank"), CategoryTable.position, CategoryTable.key))
        found: dict[int, tuple[Category, ...]] = {}
        for key, id, name, parent in rows:
            found[key] = (*found.get(key, ()), Category(kind, id, name, 0, parent))
        return found

    def full_item(self, kind: Kind, id: str, *, now: float | None = None) -> FullItem:
        """Return everything stored of a listed item. Raises `NotFound`."""
        with self.cache.snapshot():
            for key in known_keys(self._database, kind, (id,)):
                row = self._database.row(FULL_ITEM[kind].sql, (key,))
                if row is not None:
                    values = FULL_ITEM[kind].named(row)
                    return self._full_item(kind, id, values, time.time() if now is None else now)
        raise NotFound(f"There is no {kind.value} with the id {id} in the library.")

    def _full_item(self, kind: Kind, id: str, row: dict[str, Any], now: float) -> FullItem:
        key, owner, further = row["key"], row["owner"], json.loads(row.pop("further"))
        wire_id, icon = row.pop("wire_id"), row.pop("icon")
        categories = () if kind is Kind.EPISODE else self._categories_of_row(kind, owner, further)
        if kind is not Kind.EPISODE:
            row["category"] = categories[0].name if categories else None
        has_texts = TABLES[kind].has_texts
        said = [row.pop(name) for name in ("facts", "at", "stale")] if has_texts else (None, 0, 0)
        stored = stored_details(self._database, kind, key, said)
        details = stored.details if stored else Details()
        row |= {name: said for name in _FACTS if name in row and (said := getattr(details, name))}
        long = {name: row.pop(name) for name in _LONG_FACTS if name in row}
        series = provider_ids(self._database, Kind.SERIES, [owner]) if kind is Kind.EPISODE else {}
        item = self._item(kind, id, row, series)
        return FullItem(
            item,
            categories,
            wire_id=wire_id,
            icon=icon,
            details=stored.details if stored else None,
            details_at=stored.at if stored else None,
            details_stale=stored is not None and _is_stale(stored, item, now),
            seasons=details.seasons,
            **long,
        )

    def _categories_of_row(self, kind: Kind, primary: int, further: Sequence[int]) -> tuple[Category, ...]:
        """Return the listed categories of an item: the primary one, then the others in the panel's order."""
        listed = self._listed_categories(kind)
        first = (listed[primary],) if primary in listed else ()
        return first + tuple(category for key, category in listed.items() if key in further and key != primary)

    def counted_categories(
        self, query: Query, hidden: Collection[str], *, include_hidden: bool = True
    ) -> tuple[tuple[Category, ...], int]:
        """Return categories with their counts in a list, and the total; see `lists.count_categories`."""
        with self.cache.snapshot():
            counts = count_categories(self._database, self.cache, self.lists, query)
            found = with_counts(
                self._database,
                query.kind,
                counts.by_key,
                counts.uncategorised,
                hidden=hidden,
                include_hidden=include_hidden,
            )
        return found, counts.total

    # -------------------------------------------------------------------------------------------------- genres
    def genres(self, kind: Kind, within: Query | None = None) -> tuple[tuple[str, int], ...]:
        """Return (genre, number of items) by name, omitting unused genres; `within` counts a list alone."""
        asked = None if within is None else replace(within, genre=None, sort="name", descending=False)
        if asked in (None, Query(kind, sort="name")):
            return self.cache.get_or_make(("genres", kind), lambda: _genre_counts(self._database, kind))
        return self.cache.get_or_make(
            ("genres", asked), lambda: _genre_counts(self._database, kind, self.lists.ids(asked))
        )


def known_values(database: LibraryDatabase, reads: Reads, key: str, kinds: Iterable[Kind]) -> tuple[str, ...]:
    """Return the values of a key of the query language that the library has, the usual ones first."""
    owners = dict.fromkeys(Kind.SERIES if kind is Kind.EPISODE else kind for kind in kinds)
    counts = Counter[str]()
    for kind in owners:
        if key == "genre":
            counts.update(dict(reads.genres(kind)))
        elif key == "cat":
            counts.update(name for _, _, name, _ in database.rows(listed_categories(), {"kind": kind.value}))
        elif key == "lang":
            counts.update(known_languages(database, kind))
        elif key == "year" and TABLES[kind].has_column("year"):
            # by hand: Peewee has no INDEXED BY
            counts.update(dict(database.rows(f"SELECT year, 1 FROM {kind} INDEXED BY {kind}_year GROUP BY year")))
    if key == "year":
        return tuple(str(year) for year in sorted(counts, reverse=True) if year)
    return tuple(counts) if key == "cat" else tuple(value for value, _ in counts.most_common())


def _is_stale(stored: StoredDetails, item: Item, now: float) -> bool:
    return stored.stale or abs(now - stored.at) > DETAILS_FRESH_S or stored.at < (item.added or 0) <= now


def _listed_categories(database: LibraryDatabase, kind: Kind) -> dict[int, Category]:
    rows = database.rows(listed_categories(), {"kind": kind.value})
    return {key: Category(kind, id, name, 0, parent) for key, id, name, parent in rows}


def _genre_counts(database: LibraryDatabase, kind: Kind, keys: array[int] | None = None) -> tuple[tuple[str, int], ...]:
    """Count the items of each genre, or the items of these keys."""
    if not TABLES[kind].has_column("genres"):
        return ()
    only = "" if keys is None else "{} IN (SELECT value FROM json_each(:keys))"
    params = {"kind": kind.value} | ({} if keys is None else {"keys": json.dumps(list(keys))})
    # by hand: Peewee has no INDEXED BY, and this index has the column and no more than others
    further = f"kind = :kind AND {only.format('item')}" if only else "kind = :kind"
    sql = f"SELECT genre, count(*) FROM item_genre WHERE {further} GROUP BY genre"
    counts: dict[int, int] = dict(database.rows(sql, params))
    source = f"{kind.value} INDEXED BY {kind.value}_name" if keys is None else f"{kind.value} WHERE {only.format('id')}"
    for mask, count in database.rows(f"SELECT genres, count(*) FROM {source} GROUP BY genres", params):
        for number in range(MASK_BITS):
            if mask >> number & 1:
                counts[number] = counts.get(number, 0) + count
    names = database.rows(Genre.select(Genre.name, Genre.number).where(Genre.kind == kind.value).order_by(Genre.fold))
    return tuple((name, counts[number]) for name, number in names if number in counts)
