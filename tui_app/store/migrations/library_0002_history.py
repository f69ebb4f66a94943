"""Version 2 of a library file: runs say what came of them, and lists remember the validators their panel sent."""

from __future__ import annotations

from sqlite3 import Connection

_STATEMENTS = (
    "ALTER TABLE sync_run ADD COLUMN summary TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE sync_run ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sync_state ADD COLUMN etag TEXT",
    "ALTER TABLE sync_state ADD COLUMN last_modified TEXT",
    # which of the items on the screen are new: a few dozen look-ups a page
    "CREATE INDEX sync_change_added ON sync_change(kind, item, run) WHERE change = 'added'",
)


def apply(connection: Connection) -> None:
    """Add the columns and the index."""
    for statement in _STATEMENTS:
        connection.execute(statement)
