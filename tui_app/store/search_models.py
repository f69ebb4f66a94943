"""Peewee models of the search tables (FTS5) of the library database, and of the word lists SQLite derives from them.

Reading does not need them: they are imported when a file is created or written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from peewee import Model
from playhouse.sqlite_ext import FTS5Model, SearchField, VirtualModel

from tui_app.catalog import Kind
from tui_app.store.database import columns_of, table_name


def _names(kind: Kind) -> type[Model]:
    """Return the index of the names of a kind: filled from its table, not kept by triggers (4 times slower)."""

    class Names(FTS5Model):  # type: ignore[misc]  # playhouse has no types
        fold = SearchField()
        other = SearchField(column_name="alias")
        spelled = SearchField()

        class Meta:
            table_name = f"{kind}_names"
            options = _NAMES | {"content": f"'{kind}_searchable'"}

    return Names


def _texts(kind: Kind) -> type[Model]:
    """Return the index of the folded texts of a kind, without content: the texts are in `<kind>_text`."""

    class Texts(FTS5Model):  # type: ignore[misc]
        name = SearchField()
        cast = SearchField()
        director = SearchField()
        genre = SearchField()
        plot = SearchField()

        class Meta:
            table_name = f"{kind}_texts"
            options = {"content": "''", "prefix": [3], "detail": "column", "columnsize": 0, "tokenize": "ascii"}

    return Texts


def _vocabulary(index: type[Model], name: str, by: str = "row") -> type[Model]:
    """Return the table of an index's words, for spelling corrections. It costs nothing until it is read."""

    of = (table_name(index), by)

    class Words(VirtualModel):  # type: ignore[misc]
        class Meta:
            table_name = name
            extension_module = "fts5vocab"
            arguments = of

    return Words


_NAMES: Final[dict[str, Any]] = {
    "content_rowid": "'id'", "prefix": [1, 2, 3], "detail": "none", "columnsize": 0, "tokenize": "ascii",
}  # fmt: skip


class ProgrammeNames(FTS5Model):  # type: ignore[misc]
    """The index of programme titles."""

    fold = SearchField()

    class Meta:
        table_name = "programme_names"
        options = _NAMES | {"content": "'programme_title'"}


NAME_INDEXES: Final[Mapping[Kind, type[Model]]] = {kind: _names(kind) for kind in Kind}
TEXT_INDEXES: Final[Mapping[Kind, type[Model]]] = {kind: _texts(kind) for kind in (Kind.MOVIE, Kind.SERIES)}
SEARCH_INDEXES: Final = (*NAME_INDEXES.values(), *TEXT_INDEXES.values(), ProgrammeNames)
SEARCH_MODELS: Final[tuple[type[Model], ...]] = (
    *SEARCH_INDEXES,
    *(_vocabulary(index, f"{kind}_words") for kind, index in NAME_INDEXES.items()),
    *(_vocabulary(index, f"{kind}_text_words", "col") for kind, index in TEXT_INDEXES.items()),
    _vocabulary(ProgrammeNames, "programme_words"),
)


# By hand: FTS5 takes commands as rows with a column named like the table, which no model has.
def search_command(index: type[Model], command: str, value: int | None = None) -> tuple[str, tuple[str, int | None]]:
    """Return the statement and parameters that give a command to a search table ("optimize", "delete-all", ...)."""
    table = table_name(index)
    return f"INSERT INTO {table}({table}, rank) VALUES (?, ?)", (command, value)


def removal_sql(index: type[Model]) -> str:
    """Return the statement that removes one entry: its parameters are the row id and the exact old values."""
    table, columns = table_name(index), columns_of(index)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table}({table}, {names}) VALUES ('delete'{', ?' * len(columns)})"
