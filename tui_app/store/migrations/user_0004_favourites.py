"""Version 4 of the user's file: favourites in folders of the user's own, in an order of the user's own."""

from __future__ import annotations

from sqlite3 import Connection

_TABLES = (
    "CREATE TABLE folder(profile TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, "
    "PRIMARY KEY(profile, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE favourite_place(profile TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, folder TEXT NOT NULL, "
    "position INTEGER NOT NULL, PRIMARY KEY(profile, kind, id)) STRICT, WITHOUT ROWID",
)


def apply(connection: Connection) -> None:
    """Add the tables. A favourite without a place is in no folder, behind those that have one."""
    for statement in _TABLES:
        connection.execute(statement)
