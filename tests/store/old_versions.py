"""Files as every earlier version of the program left them, kept beside this module and never made anew.

`python -m tests.store.old_versions` writes those that are not there yet: made by that version's own migrations, with
rows in every table. Run it once when a new version of a file begins; the program's migrations must bring each of them
up to date for ever, also after today's code that filled them has changed.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests.support.old_files import fill
from tui_app.catalog import Kind
from tui_app.store.library_store import LibraryStore
from tui_app.store.migrations import LIBRARY, USER, Family, latest
from tui_app.store.schema import TABLES

FOLDER: Final = Path(__file__).parent / "old"
FAMILIES: Final = {"library": LIBRARY, "user": USER}
PROFILE: Final = "home"

#: Rows of the user's file, each in today's columns; a version takes the tables and columns it has.
USER_ROWS: Final[dict[str, list[dict[str, Any]]]] = {
    "mark": [
        {"profile": PROFILE, "kind": "movie", "id": str(n), "mark": mark, "name": f"Film {n}", "at": 100 + n}
        for n in range(40)
        for mark in ("favourite", "watched")
    ] + [{"profile": PROFILE, "kind": "category:movie", "id": "7", "mark": "hidden", "name": "Silent", "at": 90}],
    "recent_search": [{"profile": PROFILE, "text": "judex", "at": 1}, {"profile": "other", "text": "fan", "at": 2}],
    "view_state": [{"profile": PROFILE, "name": "movies", "value": '{"sort": "year"}'}],
    "seen_changes": [{"profile": PROFILE, "at": 1_700_000_000}],
    "saved_filter": [{"profile": PROFILE, "kind": "movie", "name": "old ones", "value": '{"year_to": 1930}'}],
    "folder": [{"profile": PROFILE, "name": "For Sundays", "position": 0}],
    "favourite_place": [{"profile": PROFILE, "kind": "movie", "id": "3", "folder": "For Sundays", "position": 5}],
    "playing": [{"profile": PROFILE, "kind": "movie", "id": "3", "name": "Film 3", "position_s": 61, "at": 400}],
}  # fmt: skip
#: Tables of the library that `fill` does not reach.
_LIBRARY_ROWS: Final[dict[str, list[dict[str, Any]]]] = {
    "item_category": [{"category": 1, "item": 3, "kind": "movie"}],
    "item_genre": [{"kind": "movie", "genre": 1, "item": 3}],
    "series_text": [{"id": 2, "plot": "a masked man"}],
    "manifest": [{"kind": "movie", "hashes": b"", "keys": b"", "numbers_digest": 0}],
    "sync_state": [
        {
            "part": "movies",
            "status": "completed",
            "at": 60,
            "completed_at": 60,
            "reason": "",
            "held_back": 0,
            "total": 30,
        }
    ],
    "moved_id": [{"kind": "movie", "at": 55, "old": "1003", "new": "3"}],
    "guide": [{"key": 1, "channel": 3, "at": 50, "fresh_until": 60, "day_until": 70}],
    "programme_title": [{"id": 1, "title": "Late Show", "fold": "late show"}],
    "programme": [{"id": 1, "guide": 1, "start": 40, "stop": 60, "title": 1, "description": "live"}],
    "former_episode": [
        {"series": 2, "id": "9", "season": 1, "number": 2, "fold": "night", "flags": 0, "named": "judex\n"}
    ],
}
#: Tables that no program of their time ever filled.
NEVER_FILLED: Final = {("library", version): {"programme"} for version in (1, 2, 3)}


def kept(name: str, version: int) -> Path:
    """Where the file of that version is kept, packed."""
    return FOLDER / f"{name}-v{version}.db.gz"


def earlier_versions() -> list[tuple[str, int]]:
    """Every version before today's of both kinds of files."""
    return [(name, version) for name, family in FAMILIES.items() for version in range(1, latest(family))]


def unpack(name: str, version: int, path: Path) -> Path:
    """A file of that version at `path`, as it was when that version was the newest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(kept(name, version).read_bytes()))
    return path


def make(name: str, version: int, path: Path) -> None:
    """A file of that version with rows, by that version's migrations."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA auto_vacuum = INCREMENTAL")
        file.execute("PRAGMA journal_mode = wal")
        begin(file, FAMILIES[name], version)
        if name == "library":
            _fill_library(file, path.with_name("today.db"))
        _insert(file, USER_ROWS if name == "user" else _LIBRARY_ROWS)


def begin(file: sqlite3.Connection, family: Family, version: int) -> None:
    """Make the tables of that version."""
    for step in family.steps[:version]:
        step(file)
    file.execute(f"PRAGMA user_version = {version}")


def columns_of(file: sqlite3.Connection) -> dict[str, list[str]]:
    """Every table that holds rows of its own → its columns."""
    sql = "SELECT name FROM main.sqlite_master WHERE sql LIKE 'CREATE TABLE%STRICT%' ORDER BY name"
    return {
        table: [row[1] for row in file.execute(f"PRAGMA main.table_info({table})")]
        for (table,) in file.execute(sql).fetchall()
    }


def _fill_library(file: sqlite3.Connection, today: Path) -> None:
    """Take the rows of a library that today's program filled, as far as the version has a place for them."""
    with LibraryStore.open(today) as store:
        fill(store)
    file.execute("ATTACH ? AS today", (str(today),))
    for table, columns in columns_of(file).items():
        known = {row[1] for row in file.execute(f"PRAGMA today.table_info({table})")}
        shared = ", ".join(f'"{column}"' for column in columns if column in known)
        if shared:
            file.execute(f"INSERT OR REPLACE INTO main.{table}({shared}) SELECT {shared} FROM today.{table}")
    for kind in Kind:
        names = TABLES[kind].names_fts
        file.execute(f"INSERT INTO {names}(rowid, fold, alias) SELECT id, fold, alias FROM main.{kind}_searchable")
    file.execute("UPDATE meta SET value = 'missing' WHERE name LIKE 'texts:%'")  # built anew when it is needed
    file.execute("DETACH today")
    today.unlink()


def _insert(file: sqlite3.Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    for table, columns in columns_of(file).items():
        if table == "programme" and "guide" not in columns:  # of another shape then, and never filled
            continue
        for row in rows.get(table, []):
            values = {column: value for column, value in row.items() if column in columns}
            marks = ", ".join("?" for _ in values)
            file.execute(f"INSERT INTO {table}({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, version in earlier_versions():
        if not kept(name, version).exists():
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder) / "old.db"
                make(name, version, made)
                kept(name, version).write_bytes(gzip.compress(made.read_bytes(), 9, mtime=0))
            sys.stdout.write(f"{kept(name, version).name}: written\n")
