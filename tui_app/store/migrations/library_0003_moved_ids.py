"""Version 3 of a library file: which ids a panel re-issued, so that the user's marks can follow."""

from __future__ import annotations

from sqlite3 import Connection


def apply(connection: Connection) -> None:
    """Add the table."""
    # one batch a sync and kind, named by its time: marks that followed up to then are done with it
    connection.execute(
        "CREATE TABLE moved_id(kind TEXT NOT NULL, at INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, "
        "PRIMARY KEY(kind, at, old)) STRICT, WITHOUT ROWID"
    )
