"""The newest migration makes the tables and indexes that the models describe."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import Model, SqliteDatabase

from tui_app.store import models as library_models
from tui_app.store.database import open_library, open_user_file
from tui_app.store.schema import TABLES
from tui_app.store.user.models import USER_MODELS, table_name

_TABLE_NAMES = frozenset(re.findall(r'table_name = "(\w+)"', Path(library_models.__file__).read_text(encoding="utf-8")))
#: Those of tables: a model without a table of its own is the base of others.
LIBRARY_MODELS = [
    model
    for model in vars(library_models).values()
    if isinstance(model, type) and issubclass(model, Model) and model is not Model and table_name(model) in _TABLE_NAMES
]

Columns = list[tuple[Any, ...]]


def columns(connection: sqlite3.Connection, table: str) -> Columns:
    """(name, type, not null, place in the key) of each column. A default is the program's business, not compared."""
    rows = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    return sorted((row[1], row[2], bool(row[3] or row[5]), row[5]) for row in rows)


def indexes(connection: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    """(name, unique, partial, columns) of each index; those that a key makes have no name of ours."""
    found = set()
    for _, name, unique, origin, partial in connection.execute(f'PRAGMA index_list("{table}")').fetchall():
        parts = connection.execute(f'PRAGMA index_xinfo("{name}")').fetchall()
        of = tuple((part[2], part[3]) for part in parts if part[5])
        found.add((name if origin == "c" else origin, unique, partial, of))
    return found


def connection_of(database: Any) -> sqlite3.Connection:
    """The connection of this thread."""
    connection: sqlite3.Connection = database.connection()
    return connection


@contextmanager
def made_of(models: Iterable[type[Model]]) -> Iterator[sqlite3.Connection]:
    """A file in memory as Peewee makes it of the models alone."""
    database = SqliteDatabase(":memory:")
    models = list(models)
    with database.bind_ctx(models), database:
        database.create_tables(models, safe=False)
        yield connection_of(database)


def test_the_users_file_is_what_the_models_say(tmp_path: Path) -> None:
    user = open_user_file(tmp_path / "user.db")
    with made_of(USER_MODELS) as ours:
        for model in USER_MODELS:
            table = table_name(model)
            assert columns(connection_of(user), table) == columns(ours, table), table
            assert indexes(connection_of(user), table) == indexes(ours, table), table
    tables = {name for (name,) in user.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if not name.startswith("sqlite_")} == set(map(table_name, USER_MODELS))
    user.close_all()


def test_a_library_is_what_the_models_and_the_table_schema_say(tmp_path: Path) -> None:
    library = open_library(tmp_path / "library.db")
    with made_of(LIBRARY_MODELS) as ours:
        for kind_table in TABLES.values():
            for serves in kind_table.indexes:
                ours.execute(kind_table.create_index_sql(serves))
        for model in LIBRARY_MODELS:
            table = table_name(model)
            assert columns(connection_of(library), table) == columns(ours, table), table
            assert indexes(ours, table) <= indexes(connection_of(library), table), table
    library.close_all()
