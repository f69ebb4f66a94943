"""Files as earlier versions of the program left them: those that are kept, and the same with other rows."""

from __future__ import annotations

import gzip
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

from tests.support.rows import category, channel, load, movie, series
from tui_app.catalog import Details, Episode, Kind, Season
from tui_app.store.library_store import LibraryStore
from tui_app.store.schema import TABLES
from tui_app.store.write.differences import ItemChange

FOLDER: Final = Path(__file__).parents[1] / "store" / "old"
#: What version 4 put another table in the place of; nothing ever filled it.
_NEVER_FILLED: Final = frozenset({"programme"})
MARKS: Final = [("home", "movie", str(number), "favourite", f"Film {number}", 100 + number) for number in range(40)]


def kept(name: str, version: int) -> Path:
    """Return where the file of a version is kept, packed."""
    return FOLDER / f"{name}-v{version}.db.gz"


def unpack(name: str, version: int, path: Path) -> Path:
    """Write the file of a version to `path`, as it was when that version was the newest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(kept(name, version).read_bytes()))
    return path


def tables_of(file: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the tables that hold rows of their own, with their columns."""
    sql = "SELECT name FROM main.sqlite_master WHERE sql LIKE 'CREATE TABLE%STRICT%' ORDER BY name"
    return {
        table: [row[1] for row in file.execute(f"PRAGMA main.table_info({table})")]
        for (table,) in file.execute(sql).fetchall()
    }


def old_library(path: Path, movies: int = 30) -> Path:
    """Write a library of version 1 with channels, movies, series, an episode, texts, details, a run and its changes."""
    today = path.with_name("today.db")
    with LibraryStore.open(today) as store:
        fill(store, movies)
    unpack("library", 1, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("ATTACH ? AS today", (str(today),))
        for table, names in tables_of(old).items():
            old.execute(f"DELETE FROM main.{table}")
            if table not in _NEVER_FILLED:
                columns = ", ".join(_quoted(names))
                old.execute(f"INSERT INTO main.{table}({columns}) SELECT {columns} FROM today.{table}")
        for kind in Kind:
            name = TABLES[kind].names_fts
            old.execute(f"INSERT INTO main.{name}({name}) VALUES ('delete-all')")
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
    """Write a user's file of version 1 with marks."""
    unpack("user", 1, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        for table in tables_of(old):
            old.execute(f"DELETE FROM {table}")
        old.executemany("INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?)", MARKS)
        old.execute("INSERT INTO recent_search VALUES ('home', 'judex', 1)")
    return path


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of version 1's tables in a file of any version, with the columns of version 1."""
    with closing(sqlite3.connect(path)) as file:
        return {
            table: sorted(file.execute(f"SELECT {', '.join(_quoted(names))} FROM {table}").fetchall(), key=repr)
            for table, names in _first_tables().items()
            if table not in _NEVER_FILLED
        }


@cache
def _first_tables() -> dict[str, list[str]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(unpack("library", 1, Path(folder) / "first.db"))) as first,
    ):
        return tables_of(first)


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]
