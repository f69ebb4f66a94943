"""Looks after a library file: what it holds, whether it is sound, making it small, deleting it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from peewee import DatabaseError

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind
from tui_app.paths import Paths
from tui_app.store.database import LibraryDatabase, library_files
from tui_app.store.history import last_runs
from tui_app.store.schema import TABLES
from tui_app.store.state import get_sync_status


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is wrong with a file, in SQLite's words; sound when nothing is."""

    problems: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.problems


def cache_stats(database: LibraryDatabase, profile: str) -> CacheStats:
    """Sizes, counts and last syncs of one profile's library."""
    with database.reading():
        counts = {kind: int(database.value(f"SELECT count(*) FROM {kind.value}")) for kind in Kind}
        category_sql = "SELECT count(*) FROM category WHERE kind = ? AND listed = 1"
        categories = {kind: int(database.value(category_sql, (kind.value,))) for kind in LISTED_KINDS}
        states, runs = get_sync_status(database), last_runs(database)
    size = sum(file.stat().st_size for file in library_files(database.path))
    return CacheStats(profile, size, counts, categories, states, runs)


def check(database: LibraryDatabase) -> CheckReport:
    """Read the whole file: pages, indexes, and the search tables against the items. Needs a writing connection."""
    problems = [str(row[0]) for row in database.rows("PRAGMA integrity_check") if row[0] != "ok"]
    for fts in _search_tables():
        try:  # rank 1 compares with the items as well; a table without content ignores it
            database.run(f"INSERT INTO {fts}({fts}, rank) VALUES ('integrity-check', 1)")
        except DatabaseError as error:
            problems.append(f"{fts}: {error}")
    return CheckReport(tuple(problems))


def optimize(database: LibraryDatabase) -> None:
    """Merge the search tables, give free pages back to the file system, empty the write-ahead log."""
    for fts in _search_tables():
        database.run(f"INSERT INTO {fts}({fts}) VALUES ('optimize')")
    database.run("PRAGMA optimize")
    connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
    connection.executescript("PRAGMA incremental_vacuum")  # by `execute` it would free a single page
    database.run("PRAGMA wal_checkpoint(TRUNCATE)")


def clear_content_cache(paths: Paths, profile: str) -> int:
    """Delete a profile's library; marks, settings and secrets stay. How many bytes that freed.

    Asks nobody. Whoever has the file open keeps reading the deleted one until they open it anew.
    """
    freed = 0
    for file in library_files(paths.library_db(profile)):
        freed += file.stat().st_size
        file.unlink(missing_ok=True)
    return freed


def _search_tables() -> list[str]:
    names = [table.names_fts for table in TABLES.values()]
    return names + [table.texts_fts for table in TABLES.values() if table.has_texts]
