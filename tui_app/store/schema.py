"""Columns, covering indexes and search tables of each kind. Nothing is executed here.

Every index of a listed kind contains the columns used by filters, so that the ids of a list are read from one index
alone. Queries name their index, as SQLite's planner chooses badly for a filter combined with a sort order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from peewee import Model

from tui_app.catalog import Kind, SortKey
from tui_app.store.models import ITEM_MODELS, MovieText

TEXT_COLUMNS: Final = ("cast", "director", "genre", "plot")


#: Columns of listed kinds that are indexed or searched.
INDEXED_COLUMNS: Final = frozenset(
    "fold sort_key alias category position number added flags year rating genres archive_days".split()
)


def column_names(model: type[Model]) -> tuple[str, ...]:
    """Return column names in table order."""
    return tuple(str(field.column_name) for field in model._meta.sorted_fields)


def quoted(columns: Sequence[str]) -> str:
    """Return a column list for SQL; quoted, because `cast` is a keyword."""
    return ", ".join(f'"{column}"' for column in columns)


@dataclass(frozen=True, slots=True)
class KindTable:
    """The table of one kind. `indexes` maps their use (a sort, "category", ...) to column lists."""

    kind: Kind
    columns: tuple[str, ...]
    indexes: Mapping[str, str]
    #: Sort → column.
    has_texts: bool = False
    sort_columns: Mapping[SortKey, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.kind.value

    @property
    def names_fts(self) -> str:
        return f"{self.table}_names"

    @property
    def texts_fts(self) -> str:
        return f"{self.table}_texts"

    @property
    def text_table(self) -> str:
        return f"{self.table}_text"

    @property
    def details_table(self) -> str:
        return f"{self.table}_details"

    def index_name(self, serves: str) -> str:
        return f"{self.table}_{serves}"

    def create_index_sql(self, serves: str) -> str:
        where = " WHERE alias <> ''" if serves == "alias" else ""
        return f"CREATE INDEX {self.index_name(serves)} ON {self.table}({self.indexes[serves]}){where}"

    @property
    def light_columns(self) -> tuple[str, ...]:
        """Return the columns that are in no index."""
        return tuple(column for column in self.columns if column not in INDEXED_COLUMNS)

    def has_column(self, name: str) -> bool:
        return name in self.columns


def _columns(kind: Kind) -> tuple[str, ...]:
    return column_names(ITEM_MODELS[kind])


_TITLE_INDEXES: Final = {
    "name": "sort_key, id, category, year, rating, genres, added",
    "alias": "alias, id",
    "position": "position, id, category, year, rating, genres, added",  # positions are unique
    "category": "category, position, id, year, rating, genres, added",
    "added": "added DESC, sort_key, id, category, year, rating, genres",
    "rating": "rating DESC, sort_key, id, category, year, genres, added",
    "year": "year DESC, sort_key, id, category, rating, genres, added",
}
_TITLE_SORTS: Final[dict[SortKey, str]] = {
    "name": "sort_key",
    "number": "position",
    "added": "added",
    "rating": "rating",
    "year": "year",
}

TABLES: Final[Mapping[Kind, KindTable]] = {
    Kind.CHANNEL: KindTable(
        Kind.CHANNEL,
        _columns(Kind.CHANNEL),
        {
            "name": "sort_key, id, category, archive_days, added",
            "alias": "alias, id",
            "number": "number, sort_key, id, category, archive_days, added",
            "category": "category, number, sort_key, id, archive_days, added",
            "position": "position, id",  # used by the sync only
            "added": "added DESC, sort_key, id, category, archive_days",
        },
        sort_columns={"name": "sort_key", "number": "number", "added": "added"},
    ),
    Kind.MOVIE: KindTable(Kind.MOVIE, _columns(Kind.MOVIE), _TITLE_INDEXES, True, _TITLE_SORTS),
    Kind.SERIES: KindTable(Kind.SERIES, _columns(Kind.SERIES), _TITLE_INDEXES, True, _TITLE_SORTS),
    Kind.EPISODE: KindTable(
        Kind.EPISODE,
        _columns(Kind.EPISODE),
        {
            "name": "sort_key, id",
            "alias": "alias, id",
            "series": "series, season, number, id",
            "added": "added DESC, sort_key, id",
        },
        sort_columns={"name": "sort_key", "added": "added", "rating": "rating"},
    ),
}

TEXT_TABLE_COLUMNS: Final = column_names(MovieText)
