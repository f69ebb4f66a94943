"""Version 4 of a library file: the programme guide. Version 1 had a table for it that nothing ever filled."""

from __future__ import annotations

from sqlite3 import Connection

_STATEMENTS = (
    "DROP TABLE programme",
    # one guide belongs either to one channel, asked for by itself, or to all channels with a guide id
    "CREATE TABLE guide(key INTEGER PRIMARY KEY, channel INTEGER UNIQUE, epg TEXT UNIQUE, at INTEGER NOT NULL, "
    "fresh_until INTEGER NOT NULL, day_until INTEGER NOT NULL) STRICT",
    # programmes repeat: a tenth of them has a title of its own, and only those are searched
    "CREATE TABLE programme_title(id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, fold TEXT NOT NULL) STRICT",
    "CREATE TABLE programme(id INTEGER PRIMARY KEY, guide INTEGER NOT NULL, start INTEGER NOT NULL, "
    "stop INTEGER NOT NULL, title INTEGER NOT NULL, description TEXT NOT NULL, has_archive INTEGER, "
    "start_text TEXT) STRICT",
    "CREATE UNIQUE INDEX programme_start ON programme(guide, start)",
    "CREATE INDEX programme_title_start ON programme(title, start, stop, guide)",
    "CREATE INDEX channel_epg ON channel(lower(epg_id)) WHERE epg_id IS NOT NULL",
    "CREATE VIRTUAL TABLE programme_names USING fts5(fold, content='programme_title', content_rowid='id', "
    "prefix='1 2 3', detail=none, columnsize=0, tokenize='ascii')",
    "CREATE VIRTUAL TABLE programme_words USING fts5vocab(programme_names, row)",
)


def apply(connection: Connection) -> None:
    """Put the tables in place of the old one."""
    for statement in _STATEMENTS:
        connection.execute(statement)
