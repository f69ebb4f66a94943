"""Keys of lists: all or a page, number of rows, index of a letter or item, counts per category.

Plans, counts and the last whole list are cached until the file's revision changes. A list with `excluded_ids` is
derived from the whole list in Python, because a condition per row would cost more than the rest of the query.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import filterfalse
from typing import Final

from tui_app.catalog import UNCATEGORISED_ID, Kind, Query
from tui_app.store.database import LibraryDatabase
from tui_app.store.keys import known_keys
from tui_app.store.lists import filtering
from tui_app.store.lists.filtering import Filtering
from tui_app.store.lists.keyset import QueryPlan, Source, rows_of
from tui_app.store.lists.query_plan import plan_letter, plan_query
from tui_app.store.query_cache import QueryCache

#: Rows from the start up to which a list with exclusions is read partially.
_NEAR: Final = 1_000
_CHUNK: Final = 16_384  # characters of a list of keys, parsed in 0.5 ms


class Lists:
    """The lists of one library. Thread-safe; each thread uses its own connection."""

    def __init__(self, database: LibraryDatabase, cache: QueryCache) -> None:
        self._database = database
        self._cache = cache

    def ids(self, query: Query) -> array[int]:
        """Return the keys of a whole list in order, 8 bytes per row. Cached: callers must not modify the array."""
        with self._cache.snapshot():
            lists: dict[Query, array[int]] = self._cache.get_or_make("whole lists", dict)
            keys = lists.get(query)
            if keys is None:
                keys = self._read_whole(query)
                lists.clear()
                lists[query] = keys
            return keys

    def count(self, query: Query) -> int:
        with self._cache.snapshot():
            return self._count_all(_with_all(query)) - self._count_excluded(query)

    def keys(self, query: Query, start: int, stop: int) -> Sequence[int]:
        """Return the keys of rows `start` to `stop` (exclusive), both within the list."""
        if start >= stop:
            return ()
        with self._cache.snapshot():
            known: dict[Query, array[int]] = self._cache.get_or_make("whole lists", dict)
            whole = known.get(query)
            if whole is not None:
                return whole[start:stop]
            if not query.excluded_ids:
                return self._some(query, start, stop)
            return self._first_left(query, stop)[start:] if stop <= _NEAR else self.ids(query)[start:stop]

    def index_of_letter(self, query: Query, letter: str) -> int | None:
        """Return the row index where names starting with `letter` begin, or would; None unless sorted by name."""
        if query.sort != "name":
            return None
        with self._cache.snapshot():
            before = self._count_before(_with_all(query), letter)
            return before - self._count_before(_only_excluded(query), letter) if query.excluded_ids else before

    def index_of(self, query: Query, id: str) -> int | None:
        """Return the row index of an item, None if it is not in the list."""
        keys = known_keys(self._database, query.kind, (id,))
        try:
            return self.ids(query).index(keys[0]) if keys else None
        except ValueError:
            return None

    # ---------------------------------------------------------------------------------------- lists of SQL alone
    def _plan(self, query: Query) -> QueryPlan:
        return self._cache.get_or_make(("view", query), lambda: plan_query(self._database, query, self._cache))

    def _count_all(self, query: Query) -> int:
        """Count the rows of a list without `excluded_ids`."""
        asked = replace(query, sort="name", descending=False)

        def counted() -> int:
            plan = self._plan(query)
            return int(self._database.value(plan.count_sql, plan.params))

        return self._cache.get_or_make(("count", asked), counted)

    def _count_before(self, query: Query, letter: str) -> int:
        plan = plan_letter(self._database, query, self._cache, letter)
        return int(self._database.value(plan.count_sql, plan.params))

    def _some(self, query: Query, start: int, stop: int) -> Sequence[int]:
        plan, total = self._plan(query), self._count_all(query)
        if plan.scan is None or plan.is_better_read_whole(start, stop, total, self._size(query.kind)):
            return self.ids(query)[start:stop]

        def count_known() -> int:
            return int(self._database.value(plan.known_sql, plan.params))

        return plan.scan.keys(
            self._database,
            plan.params,
            start,
            stop,
            total,
            lambda: self._cache.get_or_make(("known", query), count_known),
        )

    def _size(self, kind: Kind) -> int:
        return self._count_all(Query(kind))

    def _read_whole(self, query: Query) -> array[int]:
        if query.excluded_ids:
            return array("q", filterfalse(self._excluded(query).__contains__, self._read_whole(_with_all(query))))
        keys = array("q")
        plan = self._plan(query)
        for sql in plan.whole_sql(self._count_all(query), self._size(query.kind)):
            # by hand, like all statements of lists (see `filtering`);
            # one concatenated value instead of rows: a third faster, and the GIL is free while SQLite runs
            text = self._database.value(f"SELECT group_concat(id) FROM ({sql})", plan.params)
            for numbers in _chunks(text or ""):
                keys.extend(json.loads(f"[{numbers}]"))
        return keys

    # -------------------------------------------------------------------------------------- lists with some left out
    def _excluded(self, query: Query) -> frozenset[int]:
        """Return the keys to exclude from the list."""
        asked = ("left out", query.kind, query.excluded_ids)
        return self._cache.get_or_make(
            asked, lambda: frozenset(known_keys(self._database, query.kind, query.excluded_ids))
        )

    def _count_excluded(self, query: Query) -> int:
        """Count the excluded items that are in the library and match the filters."""
        return self._count_all(_only_excluded(query)) if query.excluded_ids else 0

    def _first_left(self, query: Query, stop: int) -> list[int]:
        """Return the first keys after exclusions, reading only as many rows as needed."""
        everything, excluded = _with_all(query), self._excluded(query)
        total = self._count_all(everything)
        keys: list[int] = []
        at, block = 0, stop
        while len(keys) < stop and at < total:
            keys.extend(filterfalse(excluded.__contains__, self._some(everything, at, min(total, at + block))))
            at, block = at + block, block * 2
        return keys[:stop]


def _chunks(text: str) -> Iterator[str]:
    """Split a list of numbers into chunks, so that the GIL is released between them."""
    at = 0
    while at < len(text):
        end = text.find(",", at + _CHUNK)
        end = len(text) if end < 0 else end
        yield text[at:end]
        at = end + 1


def _with_all(query: Query) -> Query:
    return replace(query, excluded_ids=()) if query.excluded_ids else query


def _only_excluded(query: Query) -> Query:
    """Return the query for what `excluded_ids` excludes from another."""
    excluded = query.excluded_ids
    only = excluded if query.only_ids is None else tuple(set(excluded).intersection(query.only_ids))
    return replace(query, only_ids=only, excluded_ids=())


@dataclass(frozen=True, slots=True)
class CategoryCounts:
    """Counts by category key, of uncategorised items, and of all items."""

    by_key: Mapping[int, int]
    uncategorised: int
    total: int


def count_categories(database: LibraryDatabase, cache: QueryCache, lists: Lists, query: Query) -> CategoryCounts:
    """Count the items of a list by category, ignoring its own category and order.

    An item in several categories counts in each.
    """
    asked = replace(query, category=None, sort="name", descending=False)
    with cache.snapshot():
        return cache.get_or_make(("category counts", asked), lambda: _count(database, cache, lists, asked))


def _count(database: LibraryDatabase, cache: QueryCache, lists: Lists, query: Query) -> CategoryCounts:
    # a category shows all its items, also those that other categories hide
    whole = replace(query, excluded_categories=(), excluded_ids=())
    counts = dict(_by_key(database, cache, whole))
    if query.excluded_ids:
        excluded = query.excluded_ids
        only = excluded if query.only_ids is None else tuple(set(excluded).intersection(query.only_ids))
        for key, count in _by_key(database, cache, replace(whole, only_ids=only)).items():
            counts[key] = counts.get(key, 0) - count
    uncategorised = lists.count(replace(query, category=UNCATEGORISED_ID, excluded_categories=()))
    return CategoryCounts(counts, uncategorised, lists.count(query))


def _by_key(database: LibraryDatabase, cache: QueryCache, query: Query) -> dict[int, int]:
    """Count along the most selective filter of one source, or the category index, which has most filter columns."""
    filters = Filtering(database, query, cache)
    alone = [offer for offer in filters.narrow if len(offer.sources) == 1]
    narrowest = min(alone, key=lambda offer: offer.count, default=None)
    if narrowest is not None and narrowest.count > filtering.FEW:
        narrowest = None
    source = narrowest.sources[0] if narrowest else Source(filters.indexed("category"))
    conditions = filters.conditions_beside(narrowest)
    firsts = f"SELECT t.category, count(*) FROM {rows_of(source, conditions)} GROUP BY t.category"
    counts: dict[int, int] = dict(database.rows(firsts, filters.params))
    if narrowest:
        further = Source(
            f"{source.rows} CROSS JOIN item_category m ON m.kind = :kind AND m.item = t.id", source.condition
        )
    else:
        joined = f" CROSS JOIN {query.kind} t ON t.id = m.item" if conditions else ""
        further = Source(f"item_category m{joined}", "m.kind = :kind")
    seconds = f"SELECT m.category, count(*) FROM {rows_of(further, conditions)} GROUP BY m.category"
    for key, count in database.rows(seconds, filters.params):
        counts[key] = counts.get(key, 0) + count
    return counts
