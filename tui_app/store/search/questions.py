"""The questions that a search asks, made once for each kind. Knows no connection and no score."""

from __future__ import annotations

from functools import cache
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.models import SEPARATOR
from tui_app.store.schema import TABLES

_HAS_ALIAS: Final = "AND t.alias <> ''"
_STARTS_SO: Final = "AND t.fold >= ?1 AND t.fold < ?2"  # the key of "film 01" starts as that of "film 1"


@cache
def names_sql(kind: Kind) -> str:
    fts = TABLES[kind].names_fts
    return f"SELECT rowid FROM {fts} WHERE {fts} MATCH ? LIMIT ?"


@cache
def texts_sql(kind: Kind) -> str:
    fts = TABLES[kind].texts_fts
    return f"SELECT rowid FROM {fts} WHERE {fts} MATCH ? LIMIT ?"


@cache
def starts_sql(kind: Kind, ranges: int) -> str:
    """For names whose displayed form starts so, and for those whose other form does.

    Parameters: from where and up to where (not included) folded names are, how many of a form are wanted, and the same
    bounds of `ranges` ranges of sort keys: names that start with a number lie in several.
    """
    table = TABLES[kind]

    def starts(column: str, bounds: str, serves: str, only: str) -> str:
        return (
            f"SELECT * FROM (SELECT t.id, t.fold, t.alias, {_rating_of(kind)} FROM {table.table} t "
            f"INDEXED BY {table.index_name(serves)} "
            f"WHERE {bounds} {only} AND t.flags & {SEPARATOR} = 0 ORDER BY t.{column} LIMIT ?3)"
        )

    displayed = [
        starts("sort_key", f"t.sort_key >= ?{at} AND t.sort_key < ?{at + 1}", "name", _STARTS_SO)
        for at in range(4, 4 + 2 * ranges, 2)
    ]
    return " UNION ALL ".join([*displayed, starts("alias", "t.alias >= ?1 AND t.alias < ?2", "alias", _HAS_ALIAS)])


@cache
def rows_sql(kind: Kind) -> str:
    return (
        f"SELECT t.id, t.fold, t.alias, {_rating_of(kind)} "
        f"FROM json_each(?) j CROSS JOIN {kind.value} t ON t.id = j.value WHERE t.flags & {SEPARATOR} = 0"
    )


def _rating_of(kind: Kind) -> str:
    return "t.rating" if TABLES[kind].has_column("rating") else "0.0"


@cache
def words_of_texts_sql(kind: Kind, *columns: str) -> str:
    """For key and words of what stands in these columns of the search table."""
    table = TABLES[kind]
    read = ", ".join("t.fold || ' ' || t.alias" if column == "name" else f'x."{column}"' for column in columns)
    return (
        f"SELECT t.id, {read} FROM json_each(?) j CROSS JOIN {table.table} t ON t.id = j.value "
        f"CROSS JOIN {table.text_table} x ON x.id = t.id"
    )
