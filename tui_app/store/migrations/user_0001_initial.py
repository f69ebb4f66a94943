"""Version 1 of the user's file: marks, recent searches, and where each screen was left."""

from __future__ import annotations

from sqlite3 import Connection

_TABLES = (
    "CREATE TABLE mark(profile TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, mark TEXT NOT NULL, "
    "name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(profile, kind, id, mark)) STRICT, WITHOUT ROWID",
    "CREATE TABLE recent_search(profile TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, "
    "PRIMARY KEY(profile, text)) STRICT, WITHOUT ROWID",
    "CREATE TABLE view_state(profile TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, "
    "PRIMARY KEY(profile, name)) STRICT, WITHOUT ROWID",
)


def apply(connection: Connection) -> None:
    """Create all tables."""
    for statement in _TABLES:
        connection.execute(statement)
