"""Damage in the midst of a library file, as a bad disk does it: opening the file does not show it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def spoil_table(library: Path, name: str) -> None:
    """Overwrite the page where a table begins; the schema at the head of the file stays readable."""
    with closing(sqlite3.connect(library)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    with library.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
