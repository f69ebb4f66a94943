"""Names of categories and genres for a shell that waits at a Tab key: read-only, no Peewee, nothing is put right.

A file that is missing, damaged or of another version has no names; commands that open it say why.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tui_app.catalog import Kind
from tui_app.store.connection import connect_reading


def category_names(path: Path, kinds: Sequence[Kind]) -> list[str]:
    """The names of the listed categories of these kinds in a library file, each once, in the panel's order."""
    marks = ", ".join("?" for _ in kinds)
    sql = f"SELECT name FROM category WHERE listed = 1 AND kind IN ({marks}) ORDER BY kind, position"
    return _names(path, sql, kinds)


def genre_names(path: Path, kinds: Sequence[Kind]) -> list[str]:
    """The genres of these kinds in a library file, each once, by name."""
    marks = ", ".join("?" for _ in kinds)
    return _names(path, f"SELECT name FROM genre WHERE kind IN ({marks}) ORDER BY name", kinds)


def _names(path: Path, sql: str, kinds: Sequence[Kind]) -> list[str]:
    try:
        with closing(connect_reading(path, timeout=0.1)) as connection:
            rows = connection.execute(sql, [kind.value for kind in kinds]).fetchall()
    except (sqlite3.Error, OSError):
        return []
    return list(dict.fromkeys(row[0] for row in rows if isinstance(row[0], str) and row[0].isprintable()))
