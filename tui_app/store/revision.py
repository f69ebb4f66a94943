"""The file's revision: a counter that each change of content raises, so that caches know when to forget.

Unlike SQLite's `data_version` it can be compared between connections, and an unchanged sync leaves it alone.
"""

from __future__ import annotations

from tui_app.errors import DamagedLibrary
from tui_app.store.database import LibraryDatabase


def read_revision(database: LibraryDatabase) -> int:
    """Raises `DamagedLibrary` when the file has lost it: nothing that is remembered of the file could be trusted."""
    value = str(read_meta(database, "revision"))
    if not value.isdecimal():
        raise DamagedLibrary("The library file is damaged.", hint="Run: xtream-tui cache check")
    return int(value)


def raise_revision(database: LibraryDatabase) -> None:
    """To be called inside the transaction that changes content."""
    database.run("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'revision'")


def read_meta(database: LibraryDatabase, name: str) -> str | None:
    value = database.value("SELECT value FROM meta WHERE name = ?", (name,))
    return None if value is None else str(value)


def write_meta(database: LibraryDatabase, name: str, value: str) -> None:
    database.run(
        "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value "
        "WHERE value <> excluded.value",
        (name, value),
    )
