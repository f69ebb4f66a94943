"""Version 3 of the user's file: filters of lists saved under a name."""

from __future__ import annotations

from sqlite3 import Connection


def apply(connection: Connection) -> None:
    """Add the table."""
    connection.execute(
        "CREATE TABLE saved_filter(profile TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, "
        "PRIMARY KEY(profile, kind, name)) STRICT, WITHOUT ROWID"
    )
