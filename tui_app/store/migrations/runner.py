"""Brings a file to the newest version: backup first, one transaction, the backup put back if it fails.

The version is SQLite's `user_version`. Knows nothing of what the migrations do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tui_app.errors import LibraryError, NewerLibrary

Step = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Family:
    """The migrations of one kind of file, in order: the first one makes version 1."""

    name: str
    steps: tuple[Step, ...]


def latest(family: Family) -> int:
    return len(family.steps)


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, path: Path, family: Family) -> Path | None:
    """Bring the file behind `connection` (autocommit mode) to the newest version; the backup's path, if one was made.

    Raises `NewerLibrary` for a file of a newer program and `LibraryError` when a step fails; the file is then as
    it was.
    """
    found = version_of(connection)
    if found > latest(family):
        raise NewerLibrary(f"{path.name} was written by a newer xtream-tui (version {found} of the file)")
    if found == latest(family):
        return None
    backup = _back_up(connection, path, found) if found else None
    try:
        _run(connection, family)
    except sqlite3.Error as error:
        if backup is not None:
            _restore(connection, backup)
        raise LibraryError(f"{path.name} could not be brought up to date: {error}") from error
    return backup


def _run(connection: sqlite3.Connection, family: Family) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # asked again: another process may have done it while we waited for the lock
        for number in range(version_of(connection), latest(family)):
            family.steps[number](connection)
        connection.execute(f"PRAGMA user_version = {latest(family)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    backup = path.with_name(f"{path.name}.backup-v{version}")
    backup.unlink(missing_ok=True)
    with closing(sqlite3.connect(backup)) as target:
        connection.backup(target)
    backup.chmod(0o600)
    return backup


def _restore(connection: sqlite3.Connection, backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as source:
        source.backup(connection)
