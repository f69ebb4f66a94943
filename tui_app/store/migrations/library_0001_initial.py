"""Version 1 of a library file: everything the first release stores of one panel."""

from __future__ import annotations

from sqlite3 import Connection

_ITEM = "id INTEGER PRIMARY KEY, name TEXT NOT NULL, fold TEXT NOT NULL, alias TEXT NOT NULL, added INTEGER NOT NULL, \
flags INTEGER NOT NULL, wire_id TEXT"
_LISTED = f"{_ITEM}, category INTEGER NOT NULL, position INTEGER NOT NULL, icon TEXT, language TEXT NOT NULL, \
quality TEXT NOT NULL"
_TITLE = f"{_LISTED}, year INTEGER NOT NULL, rating REAL NOT NULL, genres INTEGER NOT NULL, tmdb INTEGER, trailer TEXT"
_TEXT = "id INTEGER PRIMARY KEY, plot TEXT, cast TEXT, director TEXT, genre TEXT, released TEXT, duration_s INTEGER"
_DETAILS = "id INTEGER PRIMARY KEY, at INTEGER NOT NULL, stale INTEGER NOT NULL, facts TEXT NOT NULL"

_TABLES = (
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
    # key columns first: integrity_check of SQLite 3.40 misreads a table without rowid whose key is out of order
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


#: Bytes of words a search table gathers before it writes them: four times the default builds it a third faster.
_GATHERED = 4 * 1024 * 1024


def apply(connection: Connection) -> None:
    """Create all tables, indexes and search tables."""
    for statement in (*_TABLES, *_INDEXES):
        connection.execute(statement)
    for table in ("channel", "movie", "series", "episode"):
        # separators (flag 1) are never found by search: the search table's content leaves them out
        connection.execute(
            f"CREATE VIEW {table}_searchable AS SELECT id, fold, alias FROM {table} NOT INDEXED WHERE flags & 1 = 0"
        )
        connection.execute(
            f"CREATE VIRTUAL TABLE {table}_names USING "
            f"fts5(fold, alias, content='{table}_searchable', content_rowid='id', {_NAMES})"
        )
        connection.execute(f"INSERT INTO {table}_names({table}_names, rank) VALUES ('hashsize', {_GATHERED})")
        # an external vocabulary table costs nothing until it is read: typing errors are corrected against it
        connection.execute(f"CREATE VIRTUAL TABLE {table}_words USING fts5vocab({table}_names, row)")
    for table in ("movie", "series"):
        connection.execute(
            f"CREATE VIRTUAL TABLE {table}_texts USING fts5(name, cast, director, genre, plot, {_TEXTS})"
        )
        connection.execute(f"INSERT INTO {table}_texts({table}_texts, rank) VALUES ('hashsize', {_GATHERED})")
        connection.execute(f"CREATE VIRTUAL TABLE {table}_text_words USING fts5vocab({table}_texts, col)")
    connection.execute("INSERT INTO meta(name, value) VALUES ('revision', '0')")
