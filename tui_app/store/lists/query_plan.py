"""Plan the SQL of a `Query`: which index to read, which conditions, in which order.

Rows come from one index: that of the most selective filter if it matches at most `FEW` items (which are then sorted),
otherwise that of the sort order (no sorting). All conditions, except those for words in names, use columns contained in
the index, so no table row is read. The index is named explicitly (`INDEXED BY`), as SQLite's planner has no statistics
about combinations of filter and sort. Counting candidates is the only access to the database: O(FEW) per filter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tui_app.catalog import Kind, Query
from tui_app.store.database import LibraryDatabase
from tui_app.store.lists import filtering
from tui_app.store.lists.filtering import Filtering
from tui_app.store.lists.keyset import Filter, KeysetScan, QueryPlan, Source, rows_of
from tui_app.store.query_cache import QueryCache
from tui_app.text import fold, sort_key

_NAME: Final = "sort_key"


def plan_query(database: LibraryDatabase, query: Query, cache: QueryCache) -> QueryPlan:
    """Return the plan of a query, ignoring `excluded_ids`."""
    return _Builder(query, Filtering(database, query, cache)).build()


def plan_letter(database: LibraryDatabase, query: Query, cache: QueryCache, letter: str) -> QueryPlan:
    """Return the plan for the rows before the first name starting with `letter`."""
    query = replace(query, sort="name")
    filters = Filtering(database, query, cache)
    key = sort_key(fold(letter))
    filters.params["letter"] = key + "\U0010ffff" if query.descending else key
    filters.conditions.append("t.sort_key >= :letter" if query.descending else "t.sort_key < :letter")
    return _Builder(query, filters).build()


class _Builder:
    """Chooses the index and the order."""

    def __init__(self, query: Query, filters: Filtering) -> None:
        self._query = query
        self._table = filters.table
        self._filters = filters

    def build(self) -> QueryPlan:
        filters, beside = self._filters, self._filters.conditions_beside
        scan = self._scan()
        narrowest = min(filters.narrow, key=lambda offer: offer.count, default=None)
        gathers = (
            narrowest is not None and narrowest.count <= filtering.FEW and (scan is None or not narrowest.in_order)
        )
        along = self._filter_along()
        whole = along.sources[0] if scan and along else self._source_in_order()
        others = beside(along if scan else None)
        return QueryPlan(
            tuple(self._keys_sql(narrowest.sources, beside(narrowest))) if narrowest and gathers else (),
            tuple(self._keys_sql([whole], others)),
            self._count_sql(narrowest),
            f"SELECT count(*) FROM {rows_of(whole, [*others, scan.known])}" if scan and scan.known else "",
            scan,
            narrowest.count * narrowest.row_cost if narrowest else 0,
            narrowest is not None and narrowest.lacks_order,
            is_materialised=any(offer.is_materialised for offer in filters.narrow),
            reads_rows=filters.reads_rows or any(offer.row_condition for offer in filters.narrow),
            params=filters.params,
        )

    def _count_sql(self, narrowest: Filter | None) -> str:
        others = self._filters.conditions_beside(narrowest)
        if narrowest and narrowest.count_sql and not others:
            return narrowest.count_sql
        sources = narrowest.sources if narrowest else [self._source_in_order()]
        return f"SELECT {' + '.join(f'(SELECT count(*) FROM {rows_of(source, others)})' for source in sources)}"

    # ---------------------------------------------------------------------------------------------------- order
    def _filter_along(self) -> Filter | None:
        """Return the filter whose own index is in list order."""
        return next((offer for offer in self._filters.narrow if offer.in_order), None)

    def _scan(self) -> KeysetScan | None:
        """Return a scan of the category's index if in list order, otherwise of the sort's; None without an index."""
        column = self._sort_column()
        category = self._filter_along()
        source = category.sources[0] if category else self._source_in_order()
        if "INDEXED BY" not in source.rows or column == "series":
            return None
        conditions = [source.condition, *self._filters.conditions_along(category)]
        moved = self._unknown_to_the_end(column)
        return KeysetScan(
            source.rows,
            " AND ".join(conditions),
            column,
            ("id",) if column in (_NAME, "position") else (_NAME, "id"),
            index_descends=f"{column} DESC" in self._table.indexes.get(column, ""),
            descending=self._descends(column),
            known=moved and f"t.{column} {moved[0]}",
            unknown=moved and f"t.{column} {moved[1]}",
        )

    def _source_in_order(self) -> Source:
        """Return all rows of the kind in list order."""
        sort = self._sort_column()
        serves = "name" if sort == _NAME else sort
        return Source(self._filters.indexed(serves) if serves in self._table.indexes else f"{self._table.table} t")

    def _sort_column(self) -> str:
        if self._query.kind is Kind.EPISODE and self._query.sort == "number":
            return "series"
        # a kind without the field is ordered by name
        return self._table.sort_columns.get(self._query.sort, _NAME)

    def _descends(self, column: str) -> bool:
        # a kind without the field is listed by name, ascending
        return self._query.descending and (column != _NAME or self._query.sort == "name")

    def _unknown_to_the_end(self, column: str) -> tuple[str, str] | None:
        """Return conditions for known and unknown values, None if unknown ones sort last in the index."""
        if column == "number":  # unknown numbers are NULL, which no comparison matches
            return "IS NOT NULL", "IS NULL"
        return None if self._descends(column) or column in (_NAME, "position", "series") else ("> 0", "= 0")

    def _keys_sql(self, sources: list[Source], conditions: list[str]) -> Iterator[str]:
        column = self._sort_column()
        direction = "DESC" if self._descends(column) else "ASC"
        moved = self._unknown_to_the_end(column)
        if column == "series":
            yield _select(sources, conditions, ("series", "season", "number", "id"), direction)
        elif column in (_NAME, "position"):
            yield _select(sources, conditions, (column, "id"), direction)
        elif moved is None:
            yield _select(sources, conditions, (column, _NAME, "id"), direction)
        else:
            known, unknown = moved
            yield _select(sources, [*conditions, f"t.{column} {known}"], (column, _NAME, "id"), direction)
            yield _select(sources, [*conditions, f"t.{column} {unknown}"], (_NAME, "id"), "ASC")


# by hand, like all statements of lists: they name their index, see `filtering`
def _select(sources: list[Source], conditions: list[str], order: tuple[str, ...], direction: str) -> str:
    """Return the query for keys in order. `direction` applies to the first term; ties always ascend."""
    terms = [f"{column} {direction if number == 0 else 'ASC'}" for number, column in enumerate(order)]
    if len(sources) == 1:  # reading only the key is twice as fast
        return f"SELECT t.id FROM {rows_of(sources[0], conditions)} ORDER BY {', '.join(f't.{term}' for term in terms)}"
    columns = ", ".join(f"t.{column} AS {column}" for column in order)
    selects = " UNION ALL ".join(f"SELECT {columns} FROM {rows_of(source, conditions)}" for source in sources)
    return f"{selects} ORDER BY {', '.join(terms)}"
