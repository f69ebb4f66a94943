"""Version 2 of the user's file: up to when the changes of each profile have been seen."""

from __future__ import annotations

from sqlite3 import Connection


def apply(connection: Connection) -> None:
    """Add the table."""
    connection.execute("CREATE TABLE seen_changes(profile TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID")
