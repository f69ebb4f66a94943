"""Migrate a database to the newest version: backup first, one transaction, the backup restored on failure.

The version is SQLite's `user_version`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui_app.errors import LibraryError, NewerLibrary

#: Errors of a step that finds other tables than expected: wrong version number, or modified schema.
_OTHER_TABLES: Final = ("already exists", "duplicate column name", "no such table", "no such column")

Step = Callable[[sqlite3.Connection], None]

#: Wait of a second process while the first one migrates a file of some gigabytes.
_PATIENCE_MS: Final = 300_000
_BACKUP: Final = ".backup-v"
_UNFINISHED: Final = ".part"

log = logging.getLogger(__name__)


class FoundDamage(sqlite3.DatabaseError):
    """A check found the file damaged."""


@dataclass(frozen=True, slots=True)
class Family:
    """The migrations of one type of database, in order; the first one creates version 1."""

    name: str
    steps: tuple[Step, ...]


def latest(family: Family) -> int:
    return len(family.steps)


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def backups_of(path: Path) -> list[Path]:
    """Return the backups made by migrations of this file, including unfinished ones."""
    return sorted(path.parent.glob(f"{path.name}{_BACKUP}*"))


def backup_share(path: Path) -> float | None:
    """Return the progress of a running backup of this file, 0 to 1; None if none is running."""
    unfinished = next(iter(path.parent.glob(f"{path.name}{_BACKUP}*{_UNFINISHED}")), None)
    try:
        return None if unfinished is None else min(1.0, unfinished.stat().st_size / max(1, path.stat().st_size))
    except OSError:  # renamed to its final name at this moment
        return None


def migrate(connection: sqlite3.Connection, path: Path, family: Family) -> Path | None:
    """Migrate the file behind `connection` (autocommit mode); return the backup's path, if any.

    Only one process migrates, others wait. Raises `NewerLibrary` for a newer version, `LibraryError` when a step
    fails or there is no space for the backup (the file is then unchanged), and `sqlite3.DatabaseError` when the
    file is damaged.
    """
    if _is_current(connection, path, family):
        return None
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    connection.execute("BEGIN IMMEDIATE")
    backup = None
    try:
        found = version_of(connection)
        if _is_current(connection, path, family):  # another process migrated it while we waited for the lock
            return None
        if found:
            # made under the lock, so that the backup has the version in its name
            backup = _back_up(path, found)
        for number in range(found, latest(family)):
            family.steps[number](connection)
        connection.execute(f"PRAGMA user_version = {latest(family)}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _undo(connection, path, backup)
        if is_damage(error):
            raise
        if any(words in str(error) for words in _OTHER_TABLES):
            raise FoundDamage(str(error)) from error
        raise LibraryError(
            f"{path.name} could not be brought up to date and is as it was: {error}.",
            hint="Free some space if the disk is full, then try again.",
        ) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    if backup is not None:
        _keep_only(backup, path)
        log.info("%s: version %d became %d; as it was it is kept as %s", path.name, found, latest(family), backup.name)
    return backup


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite reports a damaged database."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return name.startswith("SQLITE_CORRUPT") or name == "SQLITE_NOTADB" or "unsupported file format" in str(error)


def refuse_newer(connection: sqlite3.Connection, path: Path, family: Family) -> int:
    """Return the file's version. Raises `NewerLibrary` for an unknown one."""
    found = version_of(connection)
    if found > latest(family):
        raise NewerLibrary(f"{path.name} was written by a newer xtream-tui (version {found} of the file).")
    return found


def schema_fault(connection: sqlite3.Connection, family: Family) -> str:
    """Return what a file of the newest version lacks, "" if it has every table and column.

    Takes 1 ms for the user database, 10 ms for a library: compared with a database migrated in memory.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        empty.execute("BEGIN")
        for step in family.steps:
            step(empty)
        missing = _columns(empty) - _columns(connection)
    return f"the column {' of '.join(reversed(min(missing)))} is missing" if missing else ""


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    rows = connection.execute(
        "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
    )
    return {(str(table), str(column)) for table, column in rows}


def _is_current(connection: sqlite3.Connection, path: Path, family: Family) -> bool:
    return refuse_newer(connection, path, family) == latest(family)


def _back_up(path: Path, version: int) -> Path:
    """Copy committed data. The final name is given last, so that an interrupted copy is never taken for a backup."""
    backup = path.with_name(f"{path.name}{_BACKUP}{version}")
    unfinished = backup.with_name(backup.name + _UNFINISHED)
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.replace(backup)
    except (sqlite3.Error, OSError) as error:
        unfinished.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error) and is_damage(error):
            raise
        size = path.stat().st_size / 1e6
        raise LibraryError(
            f"{path.name} has to be brought up to date, but no backup of it could be made: {error}. It is as it was.",
            hint=f"Make sure that its folder can be written and has {size:,.0f} MB free, then try again.",
        ) from error
    return backup


def _undo(connection: sqlite3.Connection, path: Path, backup: Path | None) -> None:
    """Roll back; if the file differs from the backup even then, restore its pages."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    if backup is None:
        return
    with closing(sqlite3.connect(backup)) as source:
        if version_of(source) != version_of(connection):
            log.warning("%s was not as before after a failed update; %s was put back", path.name, backup.name)
            source.backup(connection)


def _keep_only(backup: Path, path: Path) -> None:
    """Delete older backups: the newest one contains everything."""
    for other in backups_of(path):
        if other != backup:
            other.unlink(missing_ok=True)
