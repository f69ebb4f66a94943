"""Version 5 of a library file: what episodes were, so that marks follow when a panel gives them other ids."""

from __future__ import annotations

from sqlite3 import Connection

_STATEMENTS = (
    # the folded names a series had when its details were fetched: under the same id, another series may come
    "ALTER TABLE series_details ADD COLUMN named TEXT NOT NULL DEFAULT ''",
    "UPDATE series_details SET named = coalesce("
    "(SELECT s.fold || char(10) || s.alias FROM series s WHERE s.id = series_details.id), '')",
    # episodes that left with their details; `id` is the one that the user's marks are under
    "CREATE TABLE former_episode(series INTEGER NOT NULL, id TEXT NOT NULL, season INTEGER NOT NULL, "
    "number INTEGER NOT NULL, fold TEXT NOT NULL, flags INTEGER NOT NULL, named TEXT NOT NULL, "
    "PRIMARY KEY(series, id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX former_episode_id ON former_episode(id)",
)


def apply(connection: Connection) -> None:
    """Add the column and the table."""
    for statement in _STATEMENTS:
        connection.execute(statement)
