"""How many items of a list each category has: what is shown when it is chosen. Asked of indexes, and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui_app.catalog import UNCATEGORISED_ID, Query
from tui_app.store.database import LibraryDatabase
from tui_app.store.lists import filtering
from tui_app.store.lists.access_path import Source, rows_of
from tui_app.store.lists.filtering import Filtering
from tui_app.store.lists.lists import Lists
from tui_app.store.query_cache import Memory


@dataclass(frozen=True, slots=True)
class CategoryCounts:
    """Key of a category → how many items, those of no listed category, and how many there are in all."""

    by_key: Mapping[int, int]
    uncategorised: int
    total: int


def count_categories(database: LibraryDatabase, memory: Memory, lists: Lists, query: Query) -> CategoryCounts:
    """The counts of a list, whatever its category and order. An item of several categories counts in each."""
    asked = replace(query, category=None, sort="name", descending=False)
    with memory.one_state():
        return memory.remember(("category counts", asked), lambda: _count(database, lists, asked))


def _count(database: LibraryDatabase, lists: Lists, query: Query) -> CategoryCounts:
    # whoever looks into a category sees all of it: what others hide plays no part
    whole = replace(query, without_categories=(), without_ids=())
    counts = dict(_by_key(database, whole))
    if query.without_ids:
        excluded = query.without_ids
        only = excluded if query.only_ids is None else tuple(set(excluded).intersection(query.only_ids))
        for key, count in _by_key(database, replace(whole, only_ids=only)).items():
            counts[key] = counts.get(key, 0) - count
    uncategorised = lists.count(replace(query, category=UNCATEGORISED_ID, without_categories=()))
    return CategoryCounts(counts, uncategorised, lists.count(query))


def _by_key(database: LibraryDatabase, query: Query) -> dict[int, int]:
    """Along the rows of the narrowest filter, or along the index of categories, which has what most filters look at."""
    filters = Filtering(database, query)
    narrowest = min(filters.narrow, key=lambda offer: offer.count, default=None)
    if narrowest is not None and narrowest.count > filtering.FEW:
        narrowest = None
    # without a category among the filters each of them has one source of rows
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
