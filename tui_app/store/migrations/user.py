"""Migrations of the user database, one function per version, oldest first."""

from __future__ import annotations

from sqlite3 import Connection

_CREATE_MARKS = (
    "CREATE TABLE mark(profile TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, mark TEXT NOT NULL, "
    "name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(profile, kind, id, mark)) STRICT, WITHOUT ROWID",
    "CREATE TABLE recent_search(profile TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, "
    "PRIMARY KEY(profile, text)) STRICT, WITHOUT ROWID",
    "CREATE TABLE view_state(profile TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, "
    "PRIMARY KEY(profile, name)) STRICT, WITHOUT ROWID",
)


def create_marks(connection: Connection) -> None:
    """Version 1: marks, recent searches, and the last state of each screen."""
    for statement in _CREATE_MARKS:
        connection.execute(statement)


def add_seen_changes(connection: Connection) -> None:
    """Version 2: the time up to which the changes of each profile have been seen."""
    connection.execute("CREATE TABLE seen_changes(profile TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID")


def add_saved_filters(connection: Connection) -> None:
    """Version 3: list filters saved under a name."""
    connection.execute(
        "CREATE TABLE saved_filter(profile TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, "
        "PRIMARY KEY(profile, kind, name)) STRICT, WITHOUT ROWID"
    )


_ADD_FOLDERS = (
    "CREATE TABLE folder(profile TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, "
    "PRIMARY KEY(profile, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE favourite_place(profile TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, folder TEXT NOT NULL, "
    "position INTEGER NOT NULL, PRIMARY KEY(profile, kind, id)) STRICT, WITHOUT ROWID",
)


def add_folders(connection: Connection) -> None:
    """Version 4: folders and order of favourites.

    A favourite without a row in `favourite_place` is in no folder and sorts after those that have one.
    """
    for statement in _ADD_FOLDERS:
        connection.execute(statement)


_ADD_PLAYING = (
    "CREATE TABLE playing(profile TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, "
    "series TEXT NOT NULL DEFAULT '', series_name TEXT NOT NULL DEFAULT '', season INTEGER, episode INTEGER, "
    "position_s INTEGER NOT NULL, duration_s INTEGER, at INTEGER NOT NULL, "
    "PRIMARY KEY(profile, kind, id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX playing_at ON playing(profile, at)",
)


def add_playing(connection: Connection) -> None:
    """Version 5: what was played, when last, and how far."""
    for statement in _ADD_PLAYING:
        connection.execute(statement)
