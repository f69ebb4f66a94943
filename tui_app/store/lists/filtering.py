"""Translate the filters of a `Query` into SQL conditions and, for selective ones, into row sources.

`query_plan` decides which source is read and in which order. Statements of lists are by hand in this package: they name
their index (`INDEXED BY`), match search tables and join `json_each`, which Peewee has no words for.
"""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any, Final

from peewee import SQL

from tui_app.catalog import UNCATEGORISED_ID, Kind, Query
from tui_app.store.database import Compiled, LibraryDatabase, compiled, parameter
from tui_app.store.fts_terms import match_all_words, words_of
from tui_app.store.items.categories import LISTED_FURTHER_MEMBERS, hiding_of, unlisted_keys
from tui_app.store.items.codec import MASK_BITS
from tui_app.store.keys import known_keys
from tui_app.store.lists.keyset import LOOKED_UP_ROW, Filter, Source, rows_of
from tui_app.store.models import SEPARATOR, Category, Genre, ItemCategory
from tui_app.store.schema import ALL_NAMES_SQL, TABLES, KindTable
from tui_app.text import fold

#: Rows up to which a filter's matches are counted, and may be read and sorted as the source of a list.
FEW: Final = 20_000
_NOTHING: Final = "0"
_LAST_YEAR: Final = 9_999
_A_DAY_S: Final = 86_400


class Filtering:
    """The filters of one query, except `excluded_ids`. Rows are called `t`.

    `narrow` are filters whose rows may be the source, `conditions` the others, `params` the parameters of both.
    """

    def __init__(self, database: LibraryDatabase, query: Query) -> None:
        self._database = database
        self._query = query
        self.table: KindTable = TABLES[query.kind]
        self.params: dict[str, Any] = {"kind": query.kind.value}
        self.conditions: list[str] = []
        self.narrow: list[Filter] = []
        self._filter_ids()
        self._filter_text()
        self._filter_category()
        self._filter_ranges()
        self._filter_genre()
        self._hide_categories()

    def conditions_beside(self, chosen: Filter | None) -> list[str]:
        """Return all conditions except that of one filter."""
        return self.conditions + [offer.condition for offer in self.narrow if offer is not chosen]

    def conditions_along(self, chosen: Filter | None) -> list[str]:
        """Return the same conditions in the form that is cheapest per row."""
        return self.conditions + [
            offer.row_condition or offer.condition for offer in self.narrow if offer is not chosen
        ]

    def indexed(self, serves: str) -> str:
        """Return the kind's table with one of its indexes."""
        return f"{self.table.table} t INDEXED BY {self.table.index_name(serves)}"

    # ------------------------------------------------------------------------------------------------- filters
    def _filter_ids(self) -> None:
        query, kind = self._query, self._query.kind
        if query.only_ids is not None:
            keys = sorted(set(known_keys(self._database, kind, query.only_ids)))
            self.params["only_keys"] = json.dumps(keys)
            source = Source(f"json_each(:only_keys) j CROSS JOIN {self.table.table} t ON t.id = j.value")
            condition = "t.id IN (SELECT value FROM json_each(:only_keys))"
            self.narrow.append(Filter(len(keys), [source], condition, LOOKED_UP_ROW, is_materialised=True))

    def _filter_text(self) -> None:
        match = match_all_words(self._query.text)
        if not match:
            return
        self.params["match"] = match
        fts = self.table.names_fts
        matches = f"SELECT rowid FROM {fts} WHERE {fts} MATCH :match"
        rows = f"({matches}) m CROSS JOIN {self.table.table} t ON t.id = m.rowid"
        count = self._count_few(f"({matches})")
        condition = f"t.id IN ({matches})"
        alone = f"SELECT count(*) FROM {fts} WHERE {fts} MATCH :match"
        self.narrow.append(
            Filter(count, [Source(rows)], condition, LOOKED_UP_ROW, row_condition=self._has_words(), count_sql=alone)
        )

    def _has_words(self) -> str:
        """Return the condition that a row has the words, evaluated per row.

        The search table would first list all matches, which for common words costs more than testing each row
        on the way. Folded names are words separated by single spaces, so `instr` finds the same prefixes.
        """
        words = dict.fromkeys(words_of(self._query.text))
        self.params |= {f"word{number}": f" {word}" for number, word in enumerate(words)}
        found = [f"instr(' ' || {ALL_NAMES_SQL}, :word{number})" for number in range(len(words))]
        return f"({' AND '.join(found)} AND t.flags & {SEPARATOR} = 0)"

    def _filter_category(self) -> None:
        id = self._query.category
        if id is None:
            return
        if self._query.kind is Kind.EPISODE:
            inner = Filtering(self._database, Query(Kind.SERIES, category=id))
            condition = " AND ".join(inner.conditions_beside(None))
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
        count = sum(self._count_few(rows_of(source)) for source in sources)
        # its index has the provider's order
        by_number = self._query.sort == "number"
        # the titles' index has no names: another order needs each row
        row_cost = 1 if by_number or self._query.kind is Kind.CHANNEL else LOOKED_UP_ROW
        self.narrow.append(Filter(count, sources, condition, row_cost, in_order=by_number and len(sources) == 1))

    def _category_condition(self) -> str:
        if self._query.category == UNCATEGORISED_ID:
            return self._uncategorised_condition()
        asked = {"kind": self._query.kind.value, "id": self._query.category}
        key = self._database.value(_category_key(), asked)
        if key is None:
            return _NOTHING
        self.params["category"] = key
        return "(t.category = :category OR t.id IN (SELECT item FROM item_category WHERE category = :category))"

    def _uncategorised_condition(self) -> str:
        marks = ", ".join(map(str, unlisted_keys(self._database, self._query.kind)))
        return f"(t.category IN ({marks}) AND t.id NOT IN ({LISTED_FURTHER_MEMBERS.replace('?', ':kind')}))"

    def _category_sources(self) -> list[Source]:
        indexed = self.indexed("category")
        if self._query.category == UNCATEGORISED_ID:
            return [Source(indexed, self._uncategorised_condition())]
        sources = [Source(indexed, "t.category = :category")]
        if self._database.value(_further_member(), self.params):
            members = f"item_category m CROSS JOIN {self.table.table} t ON t.id = m.item"
            sources.append(Source(members, "m.category = :category"))
        return sources

    def _filter_ranges(self) -> None:
        query = self._query
        if query.year_from is not None or query.year_to is not None:
            self.params["year_from"] = max(query.year_from or 1, 1)  # 0 means unknown
            self.params["year_to"] = _LAST_YEAR if query.year_to is None else query.year_to
            self._range("year", "t.year BETWEEN :year_from AND :year_to")
        if query.min_rating is not None and query.min_rating > 0:
            self.params["min_rating"] = query.min_rating
            self._range("rating", "t.rating >= :min_rating")
        if query.added_since is not None:
            self.params["added_since"] = max(query.added_since, 1)
            self.params["added_until"] = int(time.time()) + _A_DAY_S  # later dates are errors
            self._range("added", "t.added BETWEEN :added_since AND :added_until")
        if query.catchup:
            self.conditions.append("t.archive_days > 0" if self.table.has_column("archive_days") else _NOTHING)

    def _range(self, column: str, condition: str) -> None:
        if not self.table.has_column(column):
            self.conditions.append(_NOTHING)
        elif column not in self.table.indexes:
            self.conditions.append(condition)
        else:
            source = Source(self.indexed(column), condition)
            self.narrow.append(Filter(self._count_few(rows_of(source)), [source], condition))

    def _filter_genre(self) -> None:
        if self._query.genre is None:
            return
        asked = {"kind": self._query.kind.value, "fold": fold(self._query.genre)}
        number = self._database.value(_genre_number(), asked)
        if number is None:
            self.conditions.append(_NOTHING)
        elif number < MASK_BITS:
            self.params["genre"] = 1 << number
            self.conditions.append("t.genres & :genre <> 0")
        else:
            self.params["genre"] = number
            self.conditions.append("t.id IN (SELECT item FROM item_genre WHERE kind = :kind AND genre = :genre)")

    def _hide_categories(self) -> None:
        hidden = self._query.excluded_categories
        if self._query.category is not None and self._query.category not in hidden:
            return  # an item in a visible category is visible
        hiding = hiding_of(self._database, self._query.kind, hidden)
        if hiding is not None:
            self.params["owner_kind"] = hiding.owner.value
            self.conditions.append(hiding.visible)

    def _count_few(self, rows: str) -> int:
        """Return the number of rows, counting up to `FEW` + 1."""
        limited = f"SELECT 1 FROM {rows} LIMIT {FEW + 1}"
        return int(self._database.value(f"SELECT count(*) FROM ({limited})", self.params))


@cache
def _category_key() -> Compiled:
    is_asked = (Category.kind == parameter("kind"), Category.id == parameter("id"), Category.listed == 1)
    return compiled(Category.select(Category.key).where(*is_asked))


@cache
def _further_member() -> Compiled:
    further = ItemCategory.select(SQL("1")).where(ItemCategory.category == parameter("category"))
    return compiled(further.limit(1))


@cache
def _genre_number() -> Compiled:
    return compiled(Genre.select(Genre.number).where(Genre.kind == parameter("kind"), Genre.fold == parameter("fold")))
