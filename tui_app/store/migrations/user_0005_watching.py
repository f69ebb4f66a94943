"""Version 5 of the user's file: what was played, when last, and how far."""

from __future__ import annotations

from sqlite3 import Connection

_STATEMENTS = (
    "CREATE TABLE playing(profile TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, "
    "series TEXT NOT NULL DEFAULT '', series_name TEXT NOT NULL DEFAULT '', season INTEGER, episode INTEGER, "
    "position_s INTEGER NOT NULL, duration_s INTEGER, at INTEGER NOT NULL, "
    "PRIMARY KEY(profile, kind, id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX playing_at ON playing(profile, at)",
)


def apply(connection: Connection) -> None:
    """Add the table."""
    for statement in _STATEMENTS:
        connection.execute(statement)
