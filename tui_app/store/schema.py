"""The columns, indexes and search tables of each kind, by name. Nothing is executed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tui_app.catalog import Kind, SortKey
from tui_app.store.database import columns_of, create_index_sql
from tui_app.store.models import ITEM_MODELS, MovieText

TEXT_COLUMNS: Final = ("cast", "director", "genre", "plot")
#: The forms of a name that are searched, of a table `t` in one text.
NAME_COLUMNS: Final = ("fold", "alias", "spelled")
ALL_NAMES_SQL: Final = " || ' ' || ".join(f"t.{column}" for column in NAME_COLUMNS)


#: Columns of listed kinds that are indexed or searched.
INDEXED_COLUMNS: Final = frozenset(
    (
        "fold sort_key alias spelled category position number added flags year rating genres archive_days "
        "language quality title_key title_year tmdb"
    ).split()
)


def quoted(columns: Sequence[str]) -> str:
    """Return a column list for SQL; quoted, because `cast` is a keyword."""
    return ", ".join(f'"{column}"' for column in columns)


@dataclass(frozen=True, slots=True)
class KindTable:
    """The table of one kind. `indexes` maps their use (a sort, "category", ...) to the statements that create them."""

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

    @property
    def light_columns(self) -> tuple[str, ...]:
        """Return the columns that are in no index."""
        return tuple(column for column in self.columns if column not in INDEXED_COLUMNS)

    def has_column(self, name: str) -> bool:
        return name in self.columns


def _table(kind: Kind, *, has_texts: bool = False, sort_columns: Mapping[SortKey, str]) -> KindTable:
    model = ITEM_MODELS[kind]
    indexes = {name.removeprefix(f"{kind.value}_"): sql for name, sql in create_index_sql(model).items()}
    return KindTable(kind, columns_of(model), indexes, has_texts, sort_columns)


_TITLE_SORTS: Final[dict[SortKey, str]] = {
    "name": "sort_key",
    "number": "position",
    "added": "added",
    "rating": "rating",
    "year": "year",
}

TABLES: Final[Mapping[Kind, KindTable]] = {
    table.kind: table
    for table in (
        _table(Kind.CHANNEL, sort_columns={"name": "sort_key", "number": "number", "added": "added"}),
        _table(Kind.MOVIE, has_texts=True, sort_columns=_TITLE_SORTS),
        _table(Kind.SERIES, has_texts=True, sort_columns=_TITLE_SORTS),
        _table(Kind.EPISODE, sort_columns={"name": "sort_key", "added": "added", "rating": "rating"}),
    )
}

TEXT_TABLE_COLUMNS: Final = columns_of(MovieText)
