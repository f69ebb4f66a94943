"""Migrations of the library database up to version 5, one function per version, oldest first."""

from __future__ import annotations

from sqlite3 import Connection

_ITEM = "id INTEGER PRIMARY KEY, name TEXT NOT NULL, fold TEXT NOT NULL, alias TEXT NOT NULL, added INTEGER NOT NULL, \
flags INTEGER NOT NULL, wire_id TEXT"
_LISTED = f"{_ITEM}, category INTEGER NOT NULL, position INTEGER NOT NULL, icon TEXT, language TEXT NOT NULL, \
quality TEXT NOT NULL"
_TITLE = f"{_LISTED}, year INTEGER NOT NULL, rating REAL NOT NULL, genres INTEGER NOT NULL, tmdb INTEGER, trailer TEXT"
_TEXT = "id INTEGER PRIMARY KEY, plot TEXT, cast TEXT, director TEXT, genre TEXT, released TEXT, duration_s INTEGER"
_DETAILS = "id INTEGER PRIMARY KEY, at INTEGER NOT NULL, stale INTEGER NOT NULL, facts TEXT NOT NULL"

_CREATE_LIBRARY = (
    f"CREATE TABLE channel({_LISTED}, number INTEGER, archive_days INTEGER NOT NULL, epg_id TEXT) STRICT",
    f"CREATE TABLE movie({_TITLE}, container TEXT) STRICT",
    f"CREATE TABLE series({_TITLE}) STRICT",
    f"CREATE TABLE episode({_ITEM}, series INTEGER NOT NULL, season INTEGER NOT NULL, number INTEGER NOT NULL, "
    "rating REAL NOT NULL, container TEXT, duration_s INTEGER, released TEXT, plot TEXT) STRICT",
    f"CREATE TABLE movie_text({_TEXT}) STRICT",
    f"CREATE TABLE series_text({_TEXT}) STRICT",
    f"CREATE TABLE movie_details({_DETAILS}) STRICT",
    f"CREATE TABLE series_details({_DETAILS}) STRICT",
    "CREATE TABLE season(series INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, overview TEXT, "
    "released TEXT, PRIMARY KEY(series, number)) STRICT, WITHOUT ROWID",
    "CREATE TABLE category(key INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, "
    "fold TEXT NOT NULL, parent TEXT, position INTEGER NOT NULL, listed INTEGER NOT NULL, UNIQUE(kind, id)) STRICT",
    # key columns first: integrity_check of SQLite 3.40 fails for WITHOUT ROWID tables whose key is out of order
    "CREATE TABLE item_category(category INTEGER NOT NULL, item INTEGER NOT NULL, kind TEXT NOT NULL, "
    "PRIMARY KEY(category, item)) STRICT, WITHOUT ROWID",
    "CREATE TABLE genre(kind TEXT NOT NULL, number INTEGER NOT NULL, fold TEXT NOT NULL, name TEXT NOT NULL, "
    "PRIMARY KEY(kind, number), UNIQUE(kind, fold)) STRICT, WITHOUT ROWID",
    "CREATE TABLE item_genre(kind TEXT NOT NULL, genre INTEGER NOT NULL, item INTEGER NOT NULL, "
    "PRIMARY KEY(kind, genre, item)) STRICT, WITHOUT ROWID",
    "CREATE TABLE id_map(kind TEXT NOT NULL, provider_id TEXT NOT NULL, key INTEGER NOT NULL, "
    "PRIMARY KEY(kind, provider_id), UNIQUE(kind, key)) STRICT, WITHOUT ROWID",
    "CREATE TABLE manifest(kind TEXT PRIMARY KEY, hashes BLOB NOT NULL, keys BLOB NOT NULL, "
    "numbers_digest INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE sync_state(part TEXT PRIMARY KEY, status TEXT NOT NULL, at INTEGER, completed_at INTEGER, "
    "reason TEXT NOT NULL, body_digest TEXT, held_back INTEGER NOT NULL, held_digest TEXT, held_keys BLOB, "
    "total INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE sync_run(id INTEGER PRIMARY KEY, mode TEXT NOT NULL, status TEXT NOT NULL, "
    "started_at INTEGER NOT NULL, finished_at INTEGER) STRICT",
    "CREATE TABLE sync_change(id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES sync_run(id) ON DELETE CASCADE, "
    "kind TEXT NOT NULL, item TEXT NOT NULL, name TEXT NOT NULL, change TEXT NOT NULL, fields TEXT NOT NULL) STRICT",
    "CREATE TABLE programme(channel INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, "
    "title TEXT NOT NULL, description TEXT NOT NULL, has_archive INTEGER, start_text TEXT, "
    "PRIMARY KEY(channel, start)) STRICT, WITHOUT ROWID",
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)

_TITLE_INDEXES = (
    ("name", "fold, id, category, year, rating, genres, added"),
    ("position", "position, id, fold, category, year, rating, genres, added"),
    ("category", "category, position, id, fold, year, rating, genres, added"),
    ("added", "added DESC, fold, id, category, year, rating, genres"),
    ("rating", "rating DESC, fold, id, category, year, genres, added"),
    ("year", "year DESC, fold, id, category, rating, genres, added"),
)
_INDEXES = (
    "CREATE INDEX channel_name ON channel(fold, id, category, archive_days, added)",
    "CREATE INDEX channel_number ON channel(number, fold, id, category, archive_days, added)",
    "CREATE INDEX channel_category ON channel(category, number, fold, id, archive_days, added)",
    "CREATE INDEX channel_position ON channel(position, id)",
    "CREATE INDEX channel_added ON channel(added DESC, fold, id, category, archive_days)",
    *(f"CREATE INDEX {t}_{name} ON {t}({columns})" for t in ("movie", "series") for name, columns in _TITLE_INDEXES),
    "CREATE INDEX episode_name ON episode(fold, id)",
    "CREATE INDEX episode_series ON episode(series, season, number, id)",
    "CREATE INDEX episode_added ON episode(added DESC, fold, id)",
    *(f"CREATE INDEX {t}_alias ON {t}(alias, id) WHERE alias <> ''" for t in ("channel", "movie", "series", "episode")),
    "CREATE INDEX item_category_item ON item_category(kind, item)",
    "CREATE INDEX sync_change_run ON sync_change(run)",
)

# filled from the item tables, not kept by triggers (4x slower)
_NAMES = "prefix='1 2 3', detail=none, columnsize=0, tokenize='ascii'"
# holds folded text and no content: the text itself is in the `_text` table
_TEXTS = "content='', prefix='3', detail=column, columnsize=0, tokenize='ascii'"


#: FTS5 hash size in bytes: four times the default builds the table a third faster.
_GATHERED = 4 * 1024 * 1024


def create_library(connection: Connection) -> None:
    """Version 1: the tables and indexes of the first release."""
    for statement in (*_CREATE_LIBRARY, *_INDEXES):
        connection.execute(statement)
    for table in ("channel", "movie", "series", "episode"):
        # separators (flag 1) are excluded from search by the content view
        connection.execute(
            f"CREATE VIEW {table}_searchable AS SELECT id, fold, alias FROM {table} NOT INDEXED WHERE flags & 1 = 0"
        )
        connection.execute(
            f"CREATE VIRTUAL TABLE {table}_names USING "
            f"fts5(fold, alias, content='{table}_searchable', content_rowid='id', {_NAMES})"
        )
        connection.execute(f"INSERT INTO {table}_names({table}_names, rank) VALUES ('hashsize', {_GATHERED})")
        # vocabulary for spelling correction; costs nothing until it is read
        connection.execute(f"CREATE VIRTUAL TABLE {table}_words USING fts5vocab({table}_names, row)")
    for table in ("movie", "series"):
        connection.execute(
            f"CREATE VIRTUAL TABLE {table}_texts USING fts5(name, cast, director, genre, plot, {_TEXTS})"
        )
        connection.execute(f"INSERT INTO {table}_texts({table}_texts, rank) VALUES ('hashsize', {_GATHERED})")
        connection.execute(f"CREATE VIRTUAL TABLE {table}_text_words USING fts5vocab({table}_texts, col)")
    connection.execute("INSERT INTO meta(name, value) VALUES ('revision', '0')")


_ADD_RUN_SUMMARIES = (
    "ALTER TABLE sync_run ADD COLUMN summary TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE sync_run ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sync_state ADD COLUMN etag TEXT",
    "ALTER TABLE sync_state ADD COLUMN last_modified TEXT",
    # marks new items on screen: a few dozen look-ups per page
    "CREATE INDEX sync_change_added ON sync_change(kind, item, run) WHERE change = 'added'",
)


def add_run_summaries(connection: Connection) -> None:
    """Version 2: summaries of sync runs, and the HTTP validators of lists."""
    for statement in _ADD_RUN_SUMMARIES:
        connection.execute(statement)


def add_moved_ids(connection: Connection) -> None:
    """Version 3: ids that a panel re-issued, so that user marks can follow."""
    # one batch per sync and kind, identified by its time, up to which marks have been updated
    connection.execute(
        "CREATE TABLE moved_id(kind TEXT NOT NULL, at INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, "
        "PRIMARY KEY(kind, at, old)) STRICT, WITHOUT ROWID"
    )


_REPLACE_GUIDE = (
    "DROP TABLE programme",
    # a guide belongs either to one channel or to all channels with an EPG id
    "CREATE TABLE guide(key INTEGER PRIMARY KEY, channel INTEGER UNIQUE, epg TEXT UNIQUE, at INTEGER NOT NULL, "
    "fresh_until INTEGER NOT NULL, day_until INTEGER NOT NULL) STRICT",
    # titles repeat: distinct ones are a tenth of the programmes, and only they are searched
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


def replace_guide(connection: Connection) -> None:
    """Version 4: the programme guide. The table of version 1 was never filled and is dropped."""
    for statement in _REPLACE_GUIDE:
        connection.execute(statement)


_ADD_FORMER_EPISODES = (
    # folded names of the series when its details were fetched: an id may be reused for another series
    "ALTER TABLE series_details ADD COLUMN named TEXT NOT NULL DEFAULT ''",
    "UPDATE series_details SET named = coalesce("
    "(SELECT s.fold || char(10) || s.alias FROM series s WHERE s.id = series_details.id), '')",
    # removed episodes; `id` is the one used by the user's marks
    "CREATE TABLE former_episode(series INTEGER NOT NULL, id TEXT NOT NULL, season INTEGER NOT NULL, "
    "number INTEGER NOT NULL, fold TEXT NOT NULL, flags INTEGER NOT NULL, named TEXT NOT NULL, "
    "PRIMARY KEY(series, id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX former_episode_id ON former_episode(id)",
)


def add_former_episodes(connection: Connection) -> None:
    """Version 5: identities of removed episodes, so that marks follow when their ids change."""
    for statement in _ADD_FORMER_EPISODES:
        connection.execute(statement)
