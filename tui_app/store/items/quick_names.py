"""Names of categories and genres for shell completion: read-only, without migration or repair.

A missing, damaged or outdated file yields no names; commands that open it report the problem.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tui_app.catalog import Kind
from tui_app.store.connection import connect_reading

# Both statements are by hand: the models would take a third of the time until a shell shows the names.


def category_names(path: Path, kinds: Sequence[Kind]) -> list[str]:
    """Return the names of listed categories of these kinds, without duplicates, in the panel's order."""
    marks = ", ".join("?" for _ in kinds)
    sql = f"SELECT name FROM category WHERE listed = 1 AND kind IN ({marks}) ORDER BY kind, position"
    return _names(path, sql, kinds)


def genre_names(path: Path, kinds: Sequence[Kind]) -> list[str]:
    """Return the genres of these kinds, without duplicates, sorted."""
    marks = ", ".join("?" for _ in kinds)
    return _names(path, f"SELECT name FROM genre WHERE kind IN ({marks}) ORDER BY name", kinds)


def _names(path: Path, sql: str, kinds: Sequence[Kind]) -> list[str]:
    try:
        with closing(connect_reading(path, timeout=0.1)) as connection:
            rows = connection.execute(sql, [kind.value for kind in kinds]).fetchall()
    except (sqlite3.Error, OSError):
        return []
    return list(dict.fromkeys(row[0] for row in rows if isinstance(row[0], str) and row[0].isprintable()))
