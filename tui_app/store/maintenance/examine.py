"""Looks at a file as it is, for a diagnosis: nothing is migrated, set aside, repaired or made on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tui_app.store.connection import connect_reading
from tui_app.store.migrations import LIBRARY, USER, Family, latest
from tui_app.store.migrations.runner import version_of
from tui_app.store.schema import TABLES

_MOST_PROBLEMS: Final = 5


@dataclass(frozen=True, slots=True)
class Examined:
    """What was seen. `trouble` is why the file can't be read at all, in SQLite's words; then the rest is empty."""

    version: int = 0
    latest: int = 0
    trouble: str = ""
    problems: tuple[str, ...] = ()  # of SQLite's quick check
    missing_indexes: tuple[str, ...] = ()
    missing_search: tuple[str, ...] = ()
    unbuilt_search: tuple[str, ...] = ()  # search tables over plots and people that the next sync completes
    odd_ids: int = 0  # items whose id is no number: they are kept in a table of their own

    @property
    def is_sound(self) -> bool:
        return not (self.trouble or self.problems)

    @property
    def is_current(self) -> bool:
        return self.is_sound and self.version == self.latest


def examine_library(path: Path) -> Examined:
    """Look at a library: pages, version, indexes, search tables. Half a second for 140 MB."""
    return _examine(path, LIBRARY, _library_parts)


def examine_user_file(path: Path) -> Examined:
    """Look at the user's file."""
    return _examine(path, USER, lambda connection: {})


def _examine(path: Path, family: Family, parts: Any) -> Examined:
    try:
        with closing(connect_reading(path)) as connection:
            version = version_of(connection)
            told = (str(row[0]) for row in connection.execute("PRAGMA quick_check"))
            problems = tuple(islice((line for line in told if line != "ok"), _MOST_PROBLEMS))
            more = parts(connection) if not problems and version == latest(family) else {}
    except (sqlite3.Error, UnicodeDecodeError, OSError) as error:
        return Examined(latest=latest(family), trouble=str(error))
    return Examined(version, latest(family), problems=problems, **more)


def _library_parts(connection: sqlite3.Connection) -> dict[str, Any]:
    names = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master")}
    ready = {str(row[0]) for row in connection.execute("SELECT name FROM meta WHERE value = 'ready'")}
    texts = [table for table in TABLES.values() if table.has_texts]
    return {
        "missing_indexes": _missing(
            [table.index_name(serves) for table in TABLES.values() for serves in table.indexes], names
        ),
        "missing_search": _missing(
            [table.names_fts for table in TABLES.values()] + [table.texts_fts for table in texts], names
        ),
        "unbuilt_search": tuple(
            table.texts_fts
            for table in texts
            if f"texts:{table.kind.value}" not in ready and _holds_rows(connection, table.table)
        ),
        "odd_ids": int(connection.execute("SELECT count(*) FROM id_map").fetchone()[0]),
    }


def _missing(wanted: Sequence[str], names: set[str]) -> tuple[str, ...]:
    return tuple(name for name in wanted if name not in names)


def _holds_rows(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None
