"""Translate the filters of a `Query` into SQL conditions and, for selective ones, into row sources.

`query_plan` decides which source is read and in which order. Statements of lists are by hand in this package: they name
their index (`INDEXED BY`), match search tables and join `json_each`, which Peewee has no words for.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
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
from tui_app.store.lists.named_values import (
    categories_tagged,
    categories_with_words,
    find_category_id,
    genres_with_words,
    tag_texts,
)
from tui_app.store.models import SEPARATOR, Category, ItemCategory
from tui_app.store.query_cache import QueryCache
from tui_app.store.schema import ALL_NAMES_SQL, TABLES, KindTable
from tui_app.text.title import QUALITIES, language_tags, languages_of, qualities_of, tags_of

#: Rows up to which a filter's matches are counted, and may be read and sorted as the source of a list.
FEW: Final = 20_000
_NOTHING: Final = "0"
_LAST_YEAR: Final = 9_999
_A_DAY_S: Final = 86_400
#: Filters that episodes inherit from their series.
_OF_SERIES: Final = ("category", "category_words", "genre", "language", "quality", "cast", "director")
_PARAMETER: Final = re.compile(r":(\w+)")


class Filtering:
    """The filters of one query, except `excluded_ids`. Rows are called `t`.

    `narrow` are filters whose rows may be the source, `conditions` the others, `params` the parameters of both.
    """

    def __init__(self, database: LibraryDatabase, query: Query, cache: QueryCache | None = None) -> None:
        """Look up what the filters name. Without a cache they are conditions only, so nothing is counted."""
        self._database = database
        self._query = query
        self._cache = cache
        self.table: KindTable = TABLES[query.kind]
        self.params: dict[str, Any] = {"kind": query.kind.value}
        self.conditions: list[str] = []
        self.narrow: list[Filter] = []
        #: Whether `conditions` need the table's row, not only the index.
        self.reads_rows = False
        self._category = find_category_id(database, query)
        self._filter_ids()
        self._filter_text()
        if query.kind is Kind.EPISODE:
            self._filter_series()
        else:
            self._filter_category()
            self._filter_genre()
            self._filter_tags()
            self._filter_people()
        self._filter_ranges()
        self._filter_nested()
        self._hide_categories()
        if _NOTHING in self.conditions:  # SQLite folds it, and then can't use a partial index that is named
            self.narrow, self.conditions = [], [_NOTHING]

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

    def _filter_series(self) -> None:
        """Filter episodes by what is said of their series."""
        said = {name: getattr(self._query, name) for name in _OF_SERIES}
        asked = Query(Kind.SERIES, **said)
        if asked != Query(Kind.SERIES):
            self.conditions.append(f"t.series IN (SELECT t.id FROM series t WHERE {self._nested(asked, 'series')})")

    def _filter_nested(self) -> None:
        for number, (asked, sign) in enumerate(
            [*((one, "") for one in self._query.also), *((one, "NOT ") for one in self._query.excluded)]
        ):
            self.conditions.append(f"{sign}({self._nested(asked, f'nested{number}')})")

    def _nested(self, asked: Query, prefix: str) -> str:
        """Return the condition for the filters of another query, with parameters of its own."""
        inner = Filtering(self._database, asked)
        self.reads_rows |= inner.reads_rows or any(offer.row_condition for offer in inner.narrow)
        self.params |= {f"{prefix}_{name}": value for name, value in inner.params.items()}
        return _PARAMETER.sub(rf":{prefix}_\1", " AND ".join(inner.conditions_along(None)) or "1")

    def _filter_category(self) -> None:
        if self._category is None:
            if self._query.category_words:
                self._filter_categories(categories_with_words(self._database, self._query))
            return
        condition = self._category_condition()
        if condition == _NOTHING:
            self.conditions.append(_NOTHING)
            return
        sources = self._category_sources()
        count = sum(self._count_few(rows_of(source)) for source in sources)
        # its index has the provider's order
        by_number = self._query.sort == "number"
        in_order, lacks = by_number and len(sources) == 1, not by_number and self._query.kind is not Kind.CHANNEL
        self.narrow.append(Filter(count, sources, condition, in_order=in_order, lacks_order=lacks))

    def _filter_categories(self, keys: Sequence[int]) -> None:
        listed = ", ".join(map(str, keys))
        primary, further = f"t.category IN ({listed})", f"SELECT item FROM item_category WHERE category IN ({listed})"
        if not keys or self._database.rows(f"{further} LIMIT 1"):
            self.conditions.append(f"({primary} OR t.id IN ({further}))" if keys else _NOTHING)
            return
        source = Source(self.indexed("category"), primary)
        self.narrow.append(Filter(self._count_few(rows_of(source)), [source], primary, lacks_order=True))

    def _category_condition(self) -> str:
        if self._category == UNCATEGORISED_ID:
            return self._uncategorised_condition()
        asked = {"kind": self._query.kind.value, "id": self._category}
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
        if self._category == UNCATEGORISED_ID:
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
            count, lacks = self._count_few(rows_of(source)), self._query.sort == "number"
            self.narrow.append(Filter(count, [source], condition, lacks_order=lacks))

    def _filter_genre(self) -> None:
        if self._query.genre is None:
            return
        numbers = genres_with_words(self._database, self._query.kind, self._query.genre)
        either = []
        if mask := sum(1 << number for number in numbers if number < MASK_BITS):
            self.params["genre"] = mask
            either.append("t.genres & :genre <> 0")
        if further := ", ".join(str(number) for number in numbers if number >= MASK_BITS):
            either.append(f"t.id IN (SELECT item FROM item_genre WHERE kind = :kind AND genre IN ({further}))")
        self.conditions.append(f"({' OR '.join(either)})" if either else _NOTHING)

    def _filter_tags(self) -> None:
        """Filter by the tags of the title, or of its category when the title has none.

        A library has few different texts of tags: those with a wanted tag are looked up first, so that indexes answer.
        """
        query, among = self._query, self._among
        if query.language is not None:
            wanted = frozenset(language_tags(query.language))
            tagged = {"language": among("language", lambda tags: bool(tags & wanted))}
            untagged = among("language", lambda tags: not (tags & wanted or languages_of(tags)), "")
            self._offer_tagged(tagged, untagged, categories_tagged(self._database, query.kind, languages=wanted))
        if query.quality is not None:
            wanted = frozenset(QUALITIES.get(query.quality, ()))
            in_name = among("quality", lambda tags: bool(tags & wanted))
            in_prefix = among("language", lambda tags: bool(tags & wanted))  # "4K-EN" is stored as the language
            tagged = {"quality": in_name, "language": f"{in_prefix} AND NOT {in_name}"}
            untagged = among("quality", lambda tags: not qualities_of(tags), "")
            untagged += f" AND NOT {among('language', lambda tags: bool(qualities_of(tags)))}"
            self._offer_tagged(tagged, untagged, categories_tagged(self._database, query.kind, quality=query.quality))

    def _among(self, column: str, matches: Callable[[frozenset[str]], bool], *others: str) -> str:
        """Return the condition that the tags in a column match, or the text is one of the `others`."""
        texts = [text for text in tag_texts(self._database, self._query.kind, column) if matches(tags_of(text))]
        name = f"tags{len(self.params)}"
        self.params[name] = json.dumps([*texts, *others])
        return f"t.{column} IN (SELECT value FROM json_each(:{name}))"

    def _offer_tagged(self, tagged: Mapping[str, str], untagged: str, categories: Sequence[int]) -> None:
        """Offer the titles that are tagged themselves, and the untagged ones of these categories."""
        # the indexes of tags leave out titles without one
        sources = [Source(self.indexed(column), f"t.{column} <> '' AND {found}") for column, found in tagged.items()]
        if categories:
            keys = ", ".join(map(str, categories))
            sources.append(Source(self.indexed("category"), f"t.category IN ({keys}) AND {untagged}"))
        count = sum(self._count_few(rows_of(source)) for source in sources)
        either = " OR ".join(f"({source.condition})" for source in sources)
        self.narrow.append(Filter(count, sources, f"({either})", lacks_order=True))

    def _filter_people(self) -> None:
        for column in ("cast", "director"):
            words = match_all_words(getattr(self._query, column) or "")
            if not words:
                continue
            if not self.table.has_texts:
                self.conditions.append(_NOTHING)
                continue
            fts = self.table.texts_fts
            self.params[column] = f'"{column}" : ({words})'
            matches = f"SELECT rowid FROM {fts} WHERE {fts} MATCH :{column}"
            rows = f"({matches}) m CROSS JOIN {self.table.table} t ON t.id = m.rowid"
            count, condition = self._count_few(f"({matches})"), f"t.id IN ({matches})"
            self.narrow.append(Filter(count, [Source(rows)], condition, LOOKED_UP_ROW, is_materialised=True))

    def _hide_categories(self) -> None:
        hidden = self._query.excluded_categories
        if self._category is not None and self._category not in hidden:
            return  # an item in a visible category is visible
        hiding = hiding_of(self._database, self._query.kind, hidden)
        if hiding is not None:
            self.params["owner_kind"] = hiding.owner.value
            self.conditions.append(hiding.visible)

    def _count_few(self, rows: str) -> int:
        """Return the number of rows, counting up to `FEW` + 1; once for all orders and further filters."""
        if self._cache is None:
            return FEW + 1
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT {FEW + 1})"
        named = tuple(self.params[name] for name in _PARAMETER.findall(sql))
        return self._cache.get_or_make(("few", sql, named), lambda: int(self._database.value(sql, self.params)))


@cache
def _category_key() -> Compiled:
    is_asked = (Category.kind == parameter("kind"), Category.id == parameter("id"), Category.listed == 1)
    return compiled(Category.select(Category.key).where(*is_asked))


@cache
def _further_member() -> Compiled:
    further = ItemCategory.select(SQL("1")).where(ItemCategory.category == parameter("category"))
    return compiled(further.limit(1))
