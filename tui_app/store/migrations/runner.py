"""Create a database, or migrate it to the newest version: backup first, one transaction, restored on failure.

A new file is made of the models alone. An older one runs the steps behind its version (SQLite's `user_version`), then
gets what the models have and it lacks: tables, columns, indexes, search tables.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peewee import Field, Model

from tui_app.errors import LibraryError, NewerLibrary
from tui_app.store.connection import FoundDamage, is_damage, pragma
from tui_app.store.database import (
    add_column_sql,
    columns_of,
    create_index_sql,
    create_table_sql,
    fields_of,
    is_virtual,
    table_name,
)

#: Errors of a step that finds other tables than expected: wrong version number, or modified schema.
_OTHER_TABLES: Final = ("already exists", "duplicate column name", "no such table", "no such column")

Step = Callable[[sqlite3.Connection], None]

_BACKUP: Final = ".backup-v"
_UNFINISHED: Final = ".part"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Family:
    """One type of database: its tables, and the steps from version 1 to the newest, one for each version.

    `finish` creates what is no table of a model, in a new file and behind the last step; it must bear repetition.
    `patience_ms`: a second process waits that long while the first one migrates a file of some gigabytes.
    """

    name: str
    models: tuple[type[Model], ...]
    steps: tuple[Step, ...]
    finish: Step = lambda connection: None
    patience_ms: int = 300_000


def latest(family: Family) -> int:
    """Return the newest version: version 1 needed no step."""
    return len(family.steps) + 1


def version_of(connection: sqlite3.Connection) -> int:
    return int(pragma(connection, "user_version"))


def names_in(connection: sqlite3.Connection) -> set[str]:
    """Return the names of tables, indexes and views."""
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def create_missing(connection: sqlite3.Connection, models: Sequence[type[Model]]) -> None:
    """Create the tables of models that the file does not have."""
    names = names_in(connection)
    for model in models:
        if table_name(model) not in names:
            connection.execute(create_table_sql(model))


def add_missing(connection: sqlite3.Connection, fields: Iterable[Field]) -> None:
    """Add columns to tables of the file, each with its default, unless they are there."""
    columns = _columns(connection)
    for field in fields:
        if (table_name(field.model), field.column_name) not in columns:
            connection.execute(add_column_sql(field))


def complete(connection: sqlite3.Connection, family: Family) -> None:
    """Create whatever the models have and the file lacks: all of it in a new file."""
    create_missing(connection, family.models)
    add_missing(connection, (field for model in family.models if not is_virtual(model) for field in fields_of(model)))
    names = names_in(connection)
    for model in family.models:
        for index, statement in create_index_sql(model).items():
            if index not in names:
                connection.execute(statement)
    family.finish(connection)


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
    pragma(connection, "busy_timeout", family.patience_ms)
    connection.execute("BEGIN IMMEDIATE")  # by hand, as all here: before there is a database of Peewee's
    backup = None
    try:
        found = version_of(connection)
        if _is_current(connection, path, family):  # another process migrated it while we waited for the lock
            return None
        if found:
            # made under the lock, so that the backup has the version in its name
            backup = _back_up(path, found)
            for step in family.steps[found - 1 :]:
                step(connection)
        complete(connection, family)
        pragma(connection, "user_version", latest(family))
        connection.commit()
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
        connection.rollback()
    if backup is not None:
        _keep_only(backup, path)
        log.info("%s: version %d became %d; as it was it is kept as %s", path.name, found, latest(family), backup.name)
    return backup


def refuse_newer(connection: sqlite3.Connection, path: Path, family: Family) -> int:
    """Return the file's version. Raises `NewerLibrary` for an unknown one."""
    found = version_of(connection)
    if found > latest(family):
        raise NewerLibrary(f"{path.name} was written by a newer xtream-tui (version {found} of the file).")
    return found


def schema_fault(connection: sqlite3.Connection, family: Family) -> str:
    """Return what a file of the newest version lacks of its models, "" if it has every table and column."""
    wanted = {(table_name(model), column) for model in family.models for column in columns_of(model)}
    missing = wanted - _columns(connection) - {(table_name(model), "rowid") for model in family.models}
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
    connection.rollback()
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
