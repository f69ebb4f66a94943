"""The models are all that a new file is made of: tables, indexes, search tables, and nothing else but the views."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from peewee import Model, SqliteDatabase

from tui_app.catalog import Kind
from tui_app.store.database import table_name
from tui_app.store.migrations import LIBRARY, USER, Family
from tui_app.store.opening import open_library, open_user_file

Structure = dict[str, Any]


def structure(path: Path) -> Structure:
    """Return what a file holds, by name: columns and indexes of tables, declarations of search tables and views.

    The order of columns and the spelling of declarations are left out: both differ between versions.
    """
    with closing(sqlite3.connect(path)) as file:
        return _structure(file)


def _structure(file: sqlite3.Connection) -> Structure:
    names = file.execute("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    found: Structure = {}
    for name, kind, sql in names:
        if kind == "view" or sql.startswith("CREATE VIRTUAL"):
            found[name] = sorted(re.split(r"[(), ]+", re.sub(r"[\"']", "", sql).replace("1 2 3", "1,2,3")))
        elif kind == "table":
            found[name] = (_columns(file, name), _indexes(file, name), _options(sql))
    return found


def _columns(file: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """Return (name, type, not null, default, place in the key) of each column."""
    rows = file.execute(f'PRAGMA table_info("{table}")').fetchall()
    return sorted((row[1], row[2], bool(row[3] or row[5]), row[4] or "", row[5]) for row in rows)


def _indexes(file: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    """Return (name, unique, condition, columns) of each index; one that a key makes has no name of ours."""
    found = set()
    for _, name, unique, origin, _ in file.execute(f'PRAGMA index_list("{table}")').fetchall():
        parts = file.execute(f'PRAGMA index_xinfo("{name}")').fetchall()
        made = file.execute("SELECT coalesce(sql, '') FROM sqlite_master WHERE name = ?", (name,)).fetchone() or ("",)
        condition = re.sub(r'["() ]', "", made[0].partition(" WHERE ")[2]).replace("<>", "!=")
        of = tuple((part[2], part[3]) for part in parts if part[5])
        found.add((name if origin == "c" else origin, unique, condition, of))
    return found


def _options(sql: str) -> tuple[bool, bool, bool]:
    """Whether a table is strict, without row ids, and refers to another one."""
    return "STRICT" in sql, "WITHOUT ROWID" in sql, "REFERENCES sync_run(id) ON DELETE CASCADE" in sql


def made_by_peewee(models: Iterable[type[Model]]) -> Structure:
    """Return what a file holds that Peewee makes of the models alone, by its own means."""
    database = SqliteDatabase(":memory:")
    models = list(models)
    with database.bind_ctx(models), database:
        database.create_tables(models, safe=False)
        return _structure(database.connection())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("family", "opener"), [(LIBRARY, open_library), (USER, open_user_file)])
def test_a_new_file_is_what_the_models_say(family: Family, opener: Any, tmp_path: Path) -> None:
    opener(tmp_path / "new.db").close_all()
    expected = made_by_peewee(family.models)
    found = structure(tmp_path / "new.db")
    views = {f"{kind}_searchable" for kind in Kind} if family is LIBRARY else set()
    assert {name: what for name, what in found.items() if name not in views} == expected
    assert set(found) - set(expected) == views
    assert {table_name(model) for model in family.models} <= set(found)
