"""Makes a `Query` into SQL: which index to walk, which conditions to ask, in which order. Asks the file only to choose.

Rows come along one index: that of the narrowest filter if it leaves few items (they are sorted then), else that of the
sort (no sorting at all). All conditions look at columns the index carries, but those for words in a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tui_app.catalog import Kind, Query
from tui_app.store.database import LibraryDatabase
from tui_app.store.lists import filtering
from tui_app.store.lists.access_path import Filter, Source, View, rows_of
from tui_app.store.lists.filtering import Filtering
from tui_app.store.lists.keyset import KeysetScan
from tui_app.text import fold, sort_key

_NAME: Final = "sort_key"


def build_view(database: LibraryDatabase, query: Query) -> View:
    """The view of a query, without heeding its `without_ids`."""
    return _Builder(query, Filtering(database, query)).build()


def letter_view(database: LibraryDatabase, query: Query, letter: str) -> View:
    """The rows that stand before the first name starting with `letter`, for a query sorted by name."""
    query = replace(query, sort="name")
    filters = Filtering(database, query)
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

    def build(self) -> View:
        filters, beside = self._filters, self._filters.conditions_beside
        walk = self._walk()
        narrowest = min(filters.narrow, key=lambda offer: offer.count, default=None)
        gathers = (
            narrowest is not None and narrowest.count <= filtering.FEW and (walk is None or not narrowest.in_order)
        )
        along = self._filter_along()
        whole = along.sources[0] if walk and along else self._source_in_order()
        others = beside(along if walk else None)
        return View(
            tuple(self._keys_sql(narrowest.sources, beside(narrowest))) if narrowest and gathers else (),
            tuple(self._keys_sql([whole], others)),
            self._count_sql(narrowest),
            f"SELECT count(*) FROM {rows_of(whole, [*others, walk.known])}" if walk and walk.known else "",
            walk,
            narrowest.count * narrowest.row_cost if narrowest else 0,
            asks_dearly=any(offer.asks_dearly for offer in filters.narrow),
            reads_rows=any(offer.row_condition for offer in filters.narrow),
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
        """The filter whose own index has the order that is asked for."""
        return next((offer for offer in self._filters.narrow if offer.in_order), None)

    def _walk(self) -> KeysetScan | None:
        """Along the category's own index if that has the order, else along the sort's; None without such an index."""
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
        """The whole kind, in the order asked for."""
        sort = self._sort_column()
        serves = "name" if sort == _NAME else sort
        return Source(self._filters.indexed(serves) if serves in self._table.indexes else f"{self._table.table} t")

    def _sort_column(self) -> str:
        if self._query.kind is Kind.EPISODE and self._query.sort == "number":
            return "series"
        # a kind that lacks the field knows no value of it: what remains is the order of ties
        return self._table.sort_columns.get(self._query.sort, _NAME)

    def _descends(self, column: str) -> bool:
        # a kind that lacks the field is listed by name, always upwards
        return self._query.descending and (column != _NAME or self._query.sort == "name")

    def _unknown_to_the_end(self, column: str) -> tuple[str, str] | None:
        """The conditions for known and unknown values, None where the unknown ones come last by themselves."""
        if column == "number":  # NULL when it is not known: greater and less than nothing
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


def _select(sources: list[Source], conditions: list[str], order: tuple[str, ...], direction: str) -> str:
    """The keys in order; `direction` is that of the first term, ties always ascend."""
    terms = [f"{column} {direction if place == 0 else 'ASC'}" for place, column in enumerate(order)]
    if len(sources) == 1:  # no column but the key is read: twice as fast
        return f"SELECT t.id FROM {rows_of(sources[0], conditions)} ORDER BY {', '.join(f't.{term}' for term in terms)}"
    columns = ", ".join(f"t.{column} AS {column}" for column in order)
    selects = " UNION ALL ".join(f"SELECT {columns} FROM {rows_of(source, conditions)}" for source in sources)
    return f"{selects} ORDER BY {', '.join(terms)}"
