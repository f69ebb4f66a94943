"""Brings a file to the newest version: backup first, then one transaction, and the backup put back if need be.

The version is SQLite's `user_version`. Knows nothing of what the migrations do.
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

#: A step finds other tables than its version has: the version is wrong, or somebody changed them.
_OTHER_TABLES: Final = ("already exists", "duplicate column name", "no such table", "no such column")

Step = Callable[[sqlite3.Connection], None]

#: How long a second process waits while the first one backs up and changes a file of some gigabytes.
_PATIENCE_MS: Final = 300_000
_BACKUP: Final = ".backup-v"
_UNFINISHED: Final = ".part"

log = logging.getLogger(__name__)


class FoundDamage(sqlite3.DatabaseError):
    """A check of the file found something."""


@dataclass(frozen=True, slots=True)
class Family:
    """The migrations of one kind of file, in order: the first one makes version 1."""

    name: str
    steps: tuple[Step, ...]


def latest(family: Family) -> int:
    return len(family.steps)


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def backups_of(path: Path) -> list[Path]:
    """The backups that migrations of this file made, also unfinished ones."""
    return sorted(path.parent.glob(f"{path.name}{_BACKUP}*"))


def backup_share(path: Path) -> float | None:
    """How much of the backup of this file is written, 0 to 1; None while none is being made."""
    unfinished = next(iter(path.parent.glob(f"{path.name}{_BACKUP}*{_UNFINISHED}")), None)
    try:
        return None if unfinished is None else min(1.0, unfinished.stat().st_size / max(1, path.stat().st_size))
    except OSError:  # it got its name this very moment
        return None


def migrate(connection: sqlite3.Connection, path: Path, family: Family) -> Path | None:
    """Bring the file behind `connection` (autocommit mode) to the newest version; the backup's path, if one was made.

    Of several processes one does it and the others wait. Raises `NewerLibrary` for a file of a newer program,
    `LibraryError` when a step fails or there is no room for the backup (the file is then as it was), and
    `sqlite3.DatabaseError` as it came when the file is damaged.
    """
    if _is_current(connection, path, family):
        return None
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    connection.execute("BEGIN IMMEDIATE")
    backup = None
    try:
        found = version_of(connection)
        if _is_current(connection, path, family):  # another process did it while we waited for the lock
            return None
        if found:
            # made while we hold the lock: a backup of version 1 never holds what another process made of it
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
    """Whether SQLite says that the file is no sound database."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return name.startswith("SQLITE_CORRUPT") or name == "SQLITE_NOTADB" or "unsupported file format" in str(error)


def refuse_newer(connection: sqlite3.Connection, path: Path, family: Family) -> int:
    """The file's version; raises `NewerLibrary` when it is one we can't know."""
    found = version_of(connection)
    if found > latest(family):
        raise NewerLibrary(f"{path.name} was written by a newer xtream-tui (version {found} of the file).")
    return found


def schema_fault(connection: sqlite3.Connection, family: Family) -> str:
    """What a file of the newest version lacks, in words; "" when it has every table and column. 1 ms for the user's
    file, 10 ms for a library: what is wanted is read from an empty file that the migrations make in memory."""
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
    """Copy what is committed. The name is given last, so that a copy that was cut short is never taken for a backup."""
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
    """Roll back; should the file not be what it was even then, put the backup's pages back."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    if backup is None:
        return
    with closing(sqlite3.connect(backup)) as source:
        if version_of(source) != version_of(connection):
            log.warning("%s was not as before after a failed update; %s was put back", path.name, backup.name)
            source.backup(connection)


def _keep_only(backup: Path, path: Path) -> None:
    """The newest backup is enough: the one before is of a file that this one was made from."""
    for other in backups_of(path):
        if other != backup:
            other.unlink(missing_ok=True)
