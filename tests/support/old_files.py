"""Files as the first release left them, with real rows: made by version 1's own migrations."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.rows import category, channel, load, movie, series
from tui_app.catalog import Details, Episode, Kind, Season
from tui_app.store.library_store import LibraryStore
from tui_app.store.migrations import library, user
from tui_app.store.schema import TABLES
from tui_app.store.write.differences import ItemChange

#: What version 4 put another table in the place of; nothing ever filled it.
_NEVER_FILLED = frozenset({"programme"})
MARKS = [("home", "movie", str(number), "favourite", f"Film {number}", 100 + number) for number in range(40)]


def old_library(path: Path, movies: int = 30) -> Path:
    """A library of version 1 with channels, movies, series, an episode, texts, details, a run and its changes."""
    today = path.with_name("today.db")
    with LibraryStore.open(today) as store:
        fill(store, movies)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("PRAGMA auto_vacuum = INCREMENTAL")
        old.execute("PRAGMA journal_mode = wal")
        library.create_library(old)
        old.execute("PRAGMA user_version = 1")
        old.execute("ATTACH ? AS today", (str(today),))
        for (table,) in old.execute(
            "SELECT name FROM main.sqlite_master WHERE sql LIKE 'CREATE TABLE%STRICT%'"
        ).fetchall():
            if table in _NEVER_FILLED:
                continue
            columns = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA main.table_info({table})"))
            old.execute(f"INSERT OR REPLACE INTO main.{table}({columns}) SELECT {columns} FROM today.{table}")
        for kind in Kind:
            name = TABLES[kind].names_fts
            old.execute(f"INSERT INTO {name}(rowid, fold, alias) SELECT id, fold, alias FROM main.{kind}_searchable")
        old.execute("UPDATE main.meta SET value = 'missing' WHERE name LIKE 'texts:%'")
    today.unlink()
    return path


def fill(store: LibraryStore, movies: int = 30) -> None:
    """Some of everything."""
    store.save_categories(Kind.MOVIE, [category("7", "Silent")])
    load(store, Kind.CHANNEL, *(channel(number, f"Channel {number}", number=number) for number in range(9)))
    films = (movie(number, f"Film {number}", "7", plot=f"plot {number}", genre="Drama") for number in range(movies))
    load(store, Kind.MOVIE, *films)
    load(store, Kind.SERIES, series("x1", "Judex"), series(2, "Fantômas"))
    episode = Episode("11", 1, 1, "The Mysterious Shadow")
    store.save_series_details("2", Details(plot="told", seasons=(Season(1, "One", episodes=(episode,)),)), 50)
    store.save_movie_details("3", Details(country="FR"), 50)
    run = store.start_run("incremental", 60)
    store.record_changes(run, [ItemChange(Kind.MOVIE, "3", "Film 3", "added", {})])
    store.finish_run(run, "completed", 61)


def old_user_file(path: Path) -> Path:
    """A user's file of version 1 with marks."""
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        user.create_marks(old)
        old.execute("PRAGMA user_version = 1")
        old.executemany("INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?)", MARKS)
        old.execute("INSERT INTO recent_search VALUES ('home', 'judex', 1)")
    return path


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of version 1's tables in a file of any version, the columns of version 1."""
    with closing(sqlite3.connect(":memory:")) as pattern, closing(sqlite3.connect(path)) as file:
        library.create_library(pattern)
        tables = pattern.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%STRICT%'").fetchall()
        found = {}
        for (table,) in tables:
            if table in _NEVER_FILLED:
                continue
            columns = ", ".join(f'"{row[1]}"' for row in pattern.execute(f"PRAGMA table_info({table})"))
            found[table] = sorted(file.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)
    return found
