"""Makes a `Query` into SQL: which index to walk, which conditions to ask, in which order. Asks the file only to choose.

Rows come along one index: that of the narrowest filter if it leaves few items (they are sorted then), else that of the
sort (no sorting at all). All conditions look at columns the index carries.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from tui_app.catalog import UNCATEGORISED_ID, Kind, Query
from tui_app.store.categories import LISTED_FURTHER_MEMBERS, unlisted_keys
from tui_app.store.database import LibraryDatabase
from tui_app.store.genres import MASK_BITS
from tui_app.store.keys import known_keys
from tui_app.store.schema import TABLES, KindTable
from tui_app.store.search.match import match_all_words
from tui_app.store.view import LOOKED_UP_ROW, Filter, Source, View
from tui_app.store.walking import Walk
from tui_app.text import fold

#: So far the rows of a filter are counted; one that leaves more is no way to gather a view.
FEW: Final = 20_000
_MANY_IDS: Final = 500
_NOTHING: Final = "0"
_LAST_YEAR: Final = 9_999
_A_DAY_S: Final = 86_400


def build_view(database: LibraryDatabase, query: Query) -> View:
    """The view of a query."""
    return _Builder(database, query).build()


def letter_view(database: LibraryDatabase, query: Query, letter: str) -> View:
    """The rows that stand before the first name starting with `letter`, for a query sorted by name."""
    builder = _Builder(database, replace(query, sort="name"))
    folded = fold(letter)
    builder.params["letter"] = folded + "\U0010ffff" if query.descending else folded
    builder.conditions.append("t.fold >= :letter" if query.descending else "t.fold < :letter")
    return builder.build()


class _Builder:
    def __init__(self, database: LibraryDatabase, query: Query) -> None:
        self._database = database
        self._query = query
        self._table: KindTable = TABLES[query.kind]
        self.params: dict[str, Any] = {"kind": query.kind.value}
        self.conditions: list[str] = []
        self._narrow: list[Filter] = []
        self._asks_dearly = False

    def build(self) -> View:
        self._filter_ids()
        self._filter_text()
        self._filter_category()
        self._filter_ranges()
        self._filter_genre()
        self._hide_categories()
        walk = self._walk()
        narrowest = min(self._narrow, key=lambda offer: offer.count, default=None)
        beside = self._conditions_beside
        gathers = narrowest is not None and narrowest.count <= FEW and (walk is None or not narrowest.in_order)
        whole = Source(walk.rows, walk.condition) if walk else self._source_in_order()
        counting = narrowest.sources if narrowest else [self._source_in_order()]
        selects = (f"(SELECT count(*) FROM {_rows(source, beside(narrowest))})" for source in counting)
        return View(
            tuple(self._keys_sql(narrowest.sources, beside(narrowest))) if narrowest and gathers else (),
            tuple(self._keys_sql([whole], [] if walk else beside(None))),
            f"SELECT {' + '.join(selects)}",
            f"SELECT count(*) FROM {walk.rows} WHERE {walk.condition} AND {walk.known}" if walk else "",
            walk,
            narrowest.count * narrowest.row_cost if narrowest else 0,
            self._asks_dearly or any(offer.asks_dearly for offer in self._narrow),
            self.params,
        )

    def _walk(self) -> Walk | None:
        """Along the category's own index if that has the order, else along the sort's; None without such an index."""
        column = self._sort_column()
        category = next((offer for offer in self._narrow if offer.in_order), None)
        source = category.sources[0] if category else self._source_in_order()
        if "INDEXED BY" not in source.rows or column == "series":
            return None
        conditions = [source.condition, *self._conditions_beside(category)]
        moved = self._unknown_to_the_end(column)
        return Walk(
            source.rows,
            " AND ".join(conditions),
            column,
            ("id",) if column in ("fold", "position") else ("fold", "id"),
            index_descends=f"{column} DESC" in self._table.indexes.get(column, ""),
            descending=self._descends(column),
            known=moved and f"t.{column} {moved[0]}",
            unknown=moved and f"t.{column} {moved[1]}",
        )

    def _descends(self, column: str) -> bool:
        # a kind that lacks the field is listed by name, always upwards
        return self._query.descending and (column != "fold" or self._query.sort == "name")

    def _unknown_to_the_end(self, column: str) -> tuple[str, str] | None:
        """The conditions for known and unknown values, None where the unknown ones come last by themselves."""
        if column == "number":  # NULL when it is not known: greater and less than nothing
            return "IS NOT NULL", "IS NULL"
        return None if self._descends(column) or column in ("fold", "position", "series") else ("> 0", "= 0")

    # ------------------------------------------------------------------------------------------------- filters
    def _filter_ids(self) -> None:
        query, kind = self._query, self._query.kind
        if query.only_ids is not None:
            keys = sorted(set(known_keys(self._database, kind, query.only_ids)))
            self.params["only_keys"] = json.dumps(keys)
            source = Source(f"json_each(:only_keys) j CROSS JOIN {self._table.table} t ON t.id = j.value")
            condition = "t.id IN (SELECT value FROM json_each(:only_keys))"
            self._narrow.append(Filter(len(keys), [source], condition, LOOKED_UP_ROW, asks_dearly=True))
        if query.without_ids:
            self.params["without_keys"] = json.dumps(known_keys(self._database, kind, query.without_ids))
            self.conditions.append("t.id NOT IN (SELECT value FROM json_each(:without_keys))")
            self._asks_dearly = len(query.without_ids) > _MANY_IDS

    def _filter_text(self) -> None:
        match = match_all_words(self._query.text)
        if not match:
            return
        self.params["match"] = match
        fts = self._table.names_fts
        matches = f"SELECT rowid FROM {fts} WHERE {fts} MATCH :match"
        rows = f"({matches}) m CROSS JOIN {self._table.table} t ON t.id = m.rowid"
        count = self._count_few(f"({matches})")
        self._narrow.append(Filter(count, [Source(rows)], f"t.id IN ({matches})", LOOKED_UP_ROW, asks_dearly=True))

    def _filter_category(self) -> None:
        id = self._query.category
        if id is None:
            return
        if self._query.kind is Kind.EPISODE:
            inner = _Builder(self._database, Query(Kind.SERIES, category=id))
            condition = inner._category_condition()
            self.params |= {name: value for name, value in inner.params.items() if name != "kind"}
            self.params["series_kind"] = Kind.SERIES.value
            condition = condition.replace(":kind", ":series_kind")
            self.conditions.append(f"t.series IN (SELECT t.id FROM series t WHERE {condition})")
            return
        condition = self._category_condition()
        if condition == _NOTHING:
            self.conditions.append(_NOTHING)
            return
        sources = self._category_sources()
        count = sum(self._count_few(_rows(source)) for source in sources)
        # its index has the provider's order
        in_order = self._query.sort == "number" and len(sources) == 1
        self._narrow.append(Filter(count, sources, condition, in_order=in_order))

    def _category_condition(self) -> str:
        if self._query.category == UNCATEGORISED_ID:
            return self._uncategorised_condition()
        key = self._database.value(
            "SELECT key FROM category WHERE kind = ? AND id = ? AND listed = 1",
            (self._query.kind.value, self._query.category),
        )
        if key is None:
            return _NOTHING
        self.params["category"] = key
        return "(t.category = :category OR t.id IN (SELECT item FROM item_category WHERE category = :category))"

    def _uncategorised_condition(self) -> str:
        marks = ", ".join(map(str, unlisted_keys(self._database, self._query.kind)))
        return f"(t.category IN ({marks}) AND t.id NOT IN ({LISTED_FURTHER_MEMBERS.replace('?', ':kind')}))"

    def _category_sources(self) -> list[Source]:
        indexed = self._indexed("category")
        if self._query.category == UNCATEGORISED_ID:
            return [Source(indexed, self._uncategorised_condition())]
        sources = [Source(indexed, "t.category = :category")]
        if self._database.value("SELECT 1 FROM item_category WHERE category = :category LIMIT 1", self.params):
            members = f"item_category m CROSS JOIN {self._table.table} t ON t.id = m.item"
            sources.append(Source(members, "m.category = :category"))
        return sources

    def _filter_ranges(self) -> None:
        query = self._query
        if query.year_from is not None or query.year_to is not None:
            self.params["year_from"] = max(query.year_from or 1, 1)  # 0 is "not known"
            self.params["year_to"] = _LAST_YEAR if query.year_to is None else query.year_to
            self._range("year", "t.year BETWEEN :year_from AND :year_to")
        if query.min_rating is not None and query.min_rating > 0:
            self.params["min_rating"] = query.min_rating
            self._range("rating", "t.rating >= :min_rating")
        if query.added_since is not None:
            self.params["added_since"] = max(query.added_since, 1)
            self.params["added_until"] = int(time.time()) + _A_DAY_S  # what bears a later date is no news
            self._range("added", "t.added BETWEEN :added_since AND :added_until")
        if query.catchup:
            self.conditions.append("t.archive_days > 0" if self._table.has_column("archive_days") else _NOTHING)

    def _range(self, column: str, condition: str) -> None:
        if not self._table.has_column(column):
            self.conditions.append(_NOTHING)
        elif column not in self._table.indexes:
            self.conditions.append(condition)
        else:
            source = Source(self._indexed(column), condition)
            self._narrow.append(Filter(self._count_few(_rows(source)), [source], condition))

    def _filter_genre(self) -> None:
        if self._query.genre is None:
            return
        number = self._database.value(
            "SELECT number FROM genre WHERE kind = ? AND fold = ?", (self._query.kind.value, fold(self._query.genre))
        )
        if number is None:
            self.conditions.append(_NOTHING)
        elif number < MASK_BITS:
            self.params["genre"] = 1 << number
            self.conditions.append("t.genres & :genre <> 0")
        else:
            self.params["genre"] = number
            self.conditions.append("t.id IN (SELECT item FROM item_genre WHERE kind = :kind AND genre = :genre)")

    def _hide_categories(self) -> None:
        """An item is hidden when its first category is and no further, listed one is visible."""
        hidden = self._query.without_categories
        if not hidden:
            return
        owner = Kind.SERIES if self._query.kind is Kind.EPISODE else self._query.kind
        rows = self._database.rows(
            "SELECT key FROM category WHERE kind = ? AND listed = 1 AND id IN (SELECT value FROM json_each(?))",
            (owner.value, json.dumps(hidden)),
        )
        keys = [row[0] for row in rows]
        primary = keys + (unlisted_keys(self._database, owner) if UNCATEGORISED_ID in hidden else [])
        if not primary:
            return
        self.params["owner_kind"] = owner.value
        further = f"{LISTED_FURTHER_MEMBERS.replace('?', ':owner_kind')} AND category.key NOT IN ({_list(keys)})"
        visible = f"(t.category NOT IN ({_list(primary)}) OR t.id IN ({further}))"
        if self._query.kind is Kind.EPISODE:
            visible = f"t.series IN (SELECT t.id FROM series t WHERE {visible})"
        self.conditions.append(visible)

    # ------------------------------------------------------------------------------------------ choosing, order
    def _conditions_beside(self, chosen: Filter | None) -> list[str]:
        return self.conditions + [offer.condition for offer in self._narrow if offer is not chosen]

    def _source_in_order(self) -> Source:
        """The whole kind, in the order asked for."""
        sort = self._sort_column()
        serves = "name" if sort == "fold" else sort
        return Source(self._indexed(serves) if serves in self._table.indexes else f"{self._table.table} t")

    def _sort_column(self) -> str:
        if self._query.kind is Kind.EPISODE and self._query.sort == "number":
            return "series"
        # a kind that lacks the field knows no value of it: what remains is the order of ties
        return self._table.sort_columns.get(self._query.sort, "fold")

    def _keys_sql(self, sources: list[Source], conditions: list[str]) -> Iterator[str]:
        column = self._sort_column()
        direction = "DESC" if self._descends(column) else "ASC"
        moved = self._unknown_to_the_end(column)
        if column == "series":
            yield _select(sources, conditions, ("series", "season", "number", "id"), direction)
        elif column in ("fold", "position"):
            yield _select(sources, conditions, (column, "id"), direction)
        elif moved is None:
            yield _select(sources, conditions, (column, "fold", "id"), direction)
        else:
            known, unknown = moved
            yield _select(sources, [*conditions, f"t.{column} {known}"], (column, "fold", "id"), direction)
            yield _select(sources, [*conditions, f"t.{column} {unknown}"], ("fold", "id"), "ASC")

    # --------------------------------------------------------------------------------------------------- pieces
    def _indexed(self, serves: str) -> str:
        return f"{self._table.table} t INDEXED BY {self._table.index_name(serves)}"

    def _count_few(self, rows: str) -> int:
        """How many rows there are, but no further than `FEW` + 1."""
        limited = f"SELECT 1 FROM {rows} LIMIT {FEW + 1}"
        return int(self._database.value(f"SELECT count(*) FROM ({limited})", self.params))


def _rows(source: Source, conditions: Iterable[str] = ()) -> str:
    return f"{source.rows} WHERE {' AND '.join([source.condition, *conditions])}"


def _select(sources: list[Source], conditions: list[str], order: tuple[str, ...], direction: str) -> str:
    """The keys in order; `direction` is that of the first term, ties always ascend."""
    terms = [f"{column} {direction if place == 0 else 'ASC'}" for place, column in enumerate(order)]
    if len(sources) == 1:  # no column but the key is read: twice as fast
        return f"SELECT t.id FROM {_rows(sources[0], conditions)} ORDER BY {', '.join(f't.{term}' for term in terms)}"
    columns = ", ".join(f"t.{column} AS {column}" for column in order)
    selects = " UNION ALL ".join(f"SELECT {columns} FROM {_rows(source, conditions)}" for source in sources)
    return f"{selects} ORDER BY {', '.join(terms)}"


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
