"""Rows in every table of both files, and a file with them of every version of the program, never made anew.

`python -m tests.store.old_versions` writes those of today's version unless they are kept. Run it when a new version of
a file begins; the program's migrations must bring each of them up to date for ever, also after the code that made and
filled them has changed.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests.support.old_files import fill, kept, tables_of
from tui_app.store.library_store import LibraryStore
from tui_app.store.migrations import LIBRARY, USER, Family, latest
from tui_app.store.opening import open_library, open_user_file

FAMILIES: Final[dict[str, Family]] = {"library": LIBRARY, "user": USER}
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
    "reminder": [
        {"profile": PROFILE, "kind": "channel", "id": "3", "start": 70, "stop": 80, "title": "Late Show",
         "name": "Three", "at": 60}
    ],
    "edit": [{"profile": PROFILE, "part": "mark", "kind": "movie", "id": "41", "mark": "favourite", "at": 500}],
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


def earlier_versions() -> list[tuple[str, int]]:
    """Return every version before today's of both kinds of files."""
    return [(name, version) for name, family in FAMILIES.items() for version in range(1, latest(family))]


def make(name: str, path: Path) -> None:
    """Write a file of today's version with rows in every table."""
    if name == "library":
        with LibraryStore.open(path) as store:
            fill(store)
    (open_library if name == "library" else open_user_file)(path).close_all()
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        _insert(file, USER_ROWS if name == "user" else _LIBRARY_ROWS)


def _insert(file: sqlite3.Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    for table in tables_of(file):
        for row in rows.get(table, []):
            columns = ", ".join(f'"{column}"' for column in row)
            marks = ", ".join("?" for _ in row)
            file.execute(f"INSERT OR IGNORE INTO {table}({columns}) VALUES ({marks})", tuple(row.values()))


if __name__ == "__main__":
    for name, family in FAMILIES.items():
        packed = kept(name, latest(family))
        if not packed.exists():
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder) / "old.db"
                make(name, made)
                packed.write_bytes(gzip.compress(made.read_bytes(), 9, mtime=0))
            sys.stdout.write(f"{packed.name}: written\n")
