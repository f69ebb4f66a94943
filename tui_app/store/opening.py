"""Open library and user databases: pragmas, migrations, damaged files set aside, disks that can't be written."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tui_app.errors import LibraryError
from tui_app.file_access import PRIVATE_FILE, NotAFile, make_private_folder, refuse_irregular
from tui_app.locks import held
from tui_app.store.connection import (
    FILE_ERRORS,
    Address,
    FoundDamage,
    address_without_writing,
    connect,
    connect_reading,
    error_name,
    is_about_writing,
    means_damage,
    pragma,
    why_unwritable,
)
from tui_app.store.database import BUSY_TIMEOUT_S, LibraryDatabase
from tui_app.store.migrations import LIBRARY, USER
from tui_app.store.migrations.runner import (
    Family,
    latest,
    migrate,
    names_in,
    refuse_newer,
    schema_fault,
    version_of,
)

_LIBRARY_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": "normal",  # safe on a kill; a power failure loses at most the last commit
    "cache_size": -16_384,
    "secure_delete": "off",
    "foreign_keys": "on",
}
#: A larger cache does not speed up a sync.
_WRITER_PRAGMAS: Final = {"cache_size": -8_192}
_USER_PRAGMAS: Final = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": "on"}
_SIDE_FILES: Final = ("-wal", "-shm")

_FOLDER_HINT: Final = "Check the space and the permissions of its folder (xtream-tui where)."

log = logging.getLogger(__name__)


def open_library(
    path: Path, *, readonly: bool = False, create: bool = True, family: Family | None = None
) -> LibraryDatabase:
    """Open or create one profile's library, migrated and connected for this thread.

    A damaged file is set aside and a new one started; see `LibraryDatabase.set_aside`. Raises `LibraryError` when
    there is no file and `create` is False, or when it can't be used; `NewerLibrary`.
    """
    pragmas = _LIBRARY_PRAGMAS if readonly else _LIBRARY_PRAGMAS | _WRITER_PRAGMAS
    return _open(path, family or LIBRARY, pragmas, readonly=readonly, create=create)


def open_user_file(path: Path) -> LibraryDatabase:
    """Open or create the user database, which is checked on each opening. Raises like `open_library`."""
    return _open(path, USER, _USER_PRAGMAS, readonly=False, create=True)


def _open(path: Path, family: Family, pragmas: dict[str, Any], *, readonly: bool, create: bool) -> LibraryDatabase:
    try:
        refuse_irregular(path)
        if not create and not path.exists():
            raise LibraryError(f"there is no library at {path.name} yet", hint="Run a sync first.")
        return _open_for_writing(path, family, pragmas, readonly)
    except FILE_ERRORS as error:
        if reason := _reason(error, path):
            return _open_without_writing(path, family, pragmas, reason, is_asked=readonly or family is USER)
        hint = _FOLDER_HINT if error_name(error).startswith("SQLITE_CANTOPEN") else "Try again in a moment."
        raise LibraryError(f"{path.name} can't be opened: {error}.", hint=hint) from error
    except OSError as error:  # the file could not be created or set aside
        if reason := _reason(error, path):
            return _open_without_writing(path, family, pragmas, reason, is_asked=readonly or family is USER)
        raise LibraryError(f"{path.name} can't be opened: {error.strerror or error}.", hint=_FOLDER_HINT) from error


def _reason(error: Exception, path: Path) -> str:
    """Return why the file must be opened without writing; "" if that would not help."""
    if isinstance(error, NotAFile) or means_damage(error):
        return ""
    cause = error if isinstance(error, OSError) else error.__cause__ or error
    return why_unwritable(path) if isinstance(error, OSError) or is_about_writing(cause) else ""


def _open_for_writing(path: Path, family: Family, pragmas: dict[str, Any], readonly: bool) -> LibraryDatabase:
    """Open the file normally; create it if missing, replace it if damaged."""
    database = LibraryDatabase(path, pragmas, readonly=readonly)
    checks_schema = family is USER or not readonly  # takes a tenth of the time to the first list
    try:
        try:
            database.backup = _prepare(path, family, checks_schema)
        except sqlite3.DatabaseError as error:
            if not means_damage(error):
                raise
            database.set_aside, database.backup = _replace_damaged(path, family, checks_schema)
        database.connect()
    except BaseException:
        database.close_all()
        raise
    return database


def _open_without_writing(
    path: Path, family: Family, pragmas: dict[str, Any], reason: str, *, is_asked: bool
) -> LibraryDatabase:
    """Open the file where nothing can be written; an empty database in memory if there is none.

    Raises `LibraryError` for a caller that needs to write, `NewerLibrary`.
    """
    if not is_asked:
        raise LibraryError(f"{path.name} can't be written: {reason}.", hint=_FOLDER_HINT)
    kept = {name: pragmas[name] for name in ("cache_size",) if name in pragmas}
    try:
        if not path.exists() or not path.stat().st_size:
            return _open_in_memory(path, family, kept, reason)
        with closing(connect_reading(path)) as connection:
            if refuse_newer(connection, path, family) < latest(family):
                raise LibraryError(f"{path.name} has to be brought up to date first, and {reason}.", hint=_FOLDER_HINT)
        address = address_without_writing(path)
        database = LibraryDatabase(path, address.pragmas | kept, readonly=True, address=address, unwritable=reason)
        database.connect()
    except (*FILE_ERRORS, OSError) as error:
        raise LibraryError(f"{path.name} can't be opened, and {reason}: {error}.", hint=_FOLDER_HINT) from error
    return database


def _open_in_memory(path: Path, family: Family, pragmas: dict[str, Any], reason: str) -> LibraryDatabase:
    address = Address(f"file:{path.name}-{os.urandom(6).hex()}?mode=memory&cache=shared", {})
    database = LibraryDatabase(path, pragmas, readonly=True, address=address, unwritable=reason)
    keeper = sqlite3.connect(address.uri, uri=True, isolation_level=None, check_same_thread=False)
    database.own(keeper)  # the in-memory database lives as long as a connection to it
    migrate(keeper, path, family)
    database.connect()
    return database


def _replace_damaged(path: Path, family: Family, checks_schema: bool) -> tuple[Path | None, Path | None]:
    """Set a damaged file aside and create a new one; return (path of the old one, path of a backup).

    Locked, because a second process must not set aside the new file.
    """
    with held(path):
        try:
            return None, _prepare(path, family, checks_schema)
        except sqlite3.DatabaseError as error:
            if not means_damage(error):
                raise
            set_aside = set_file_aside(path)
            log.warning("%s is damaged (%s); it is kept as %s", path.name, error, set_aside.name)
            return set_aside, _prepare(path, family, checks_schema)


def _prepare(path: Path, family: Family, checks_schema: bool) -> Path | None:
    """Create or migrate the file on a separate connection; return the backup's path, if any."""
    make_private_folder(path.parent)
    is_new = not path.exists() or path.stat().st_size == 0
    if is_new:  # private: viewing habits of the user
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
    with closing(connect(path, timeout=BUSY_TIMEOUT_S)) as connection:
        if is_new:
            pragma(connection, "auto_vacuum", "incremental")  # only possible before the first table
        try:
            tables = names_in(connection)  # damage is detected here
        except UnicodeDecodeError as error:  # the complaint quotes a schema that is no text any more
            raise FoundDamage("malformed database schema") from error
        if family is USER and (found := pragma(connection, "integrity_check(1)")) != "ok":
            raise FoundDamage(found)
        # before the file is changed
        if not refuse_newer(connection, path, family) and tables:
            raise FoundDamage("it is no file of xtream-tui")
        pragma(connection, "journal_mode", "wal")
        backup = migrate(connection, path, family)
        if checks_schema and (fault := schema_fault(connection, family)):
            raise FoundDamage(fault)
        return backup


def is_outdated(path: Path) -> bool:
    """Whether opening this library would migrate it. False if it can't be read."""
    try:
        if not path.exists():
            return False
        with closing(connect_reading(path)) as connection:
            return 0 < version_of(connection) < latest(LIBRARY)
    except (sqlite3.Error, OSError):
        return False


def set_file_aside(path: Path) -> Path:
    """Rename a file and its side files to `<file>.damaged-<time>`; return the new path. Nothing is deleted."""
    target = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    attempt = 1
    while target.exists():
        attempt += 1
        target = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{attempt}")
    path.rename(target)
    for suffix in _SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(target.with_name(target.name + suffix))
    return target


def merge_side_files(path: Path) -> None:
    """Merge the write-ahead log into the file, which then has no side files.

    Raises `sqlite3.DatabaseError` when another process has it open for longer than a second, or it is damaged.
    """
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        pragma(connection, "journal_mode", "delete")


def library_files(path: Path) -> list[Path]:
    """Return the existing ones of a database file and its side files."""
    candidates = [path, *(path.with_name(path.name + suffix) for suffix in _SIDE_FILES)]
    return [candidate for candidate in candidates if candidate.exists()]
