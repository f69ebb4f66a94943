"""Opens a library or user file: pragmas, migrations, one connection a thread, damaged files set aside.

Knows no table. SQL on a thread that did not `connect()` raises: nothing connects by itself, so the UI's event loop
can't fall into a query by accident.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import peewee
from peewee import SqliteDatabase

from tui_app.errors import LibraryError
from tui_app.file_access import make_private_folder
from tui_app.locks import held
from tui_app.store.migrations import LIBRARY, USER, Family, latest, migrate
from tui_app.store.migrations.runner import is_damage, refuse_newer, version_of
from tui_app.store.upkeep.slow_queries import SLOW_S, note_slow

BUSY_TIMEOUT_S: Final = 5
_LIBRARY_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": "normal",  # a kill loses nothing, a power cut at most the last commit: right for a copy
    "cache_size": -16_384,
    "secure_delete": "off",
    "foreign_keys": "on",
}
#: A sync gains nothing from more, and is to stay small beside the app.
_WRITER_PRAGMAS: Final = {"cache_size": -8_192}
_USER_PRAGMAS: Final = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": "on"}
_SIDE_FILES: Final = ("-wal", "-shm")

_FOLDER_HINT: Final = "Check the space and the permissions of its folder (xtream-tui where)."

Params = Sequence[Any] | dict[str, Any]
_last_column = itemgetter(-1)

log = logging.getLogger(__name__)


class LibraryDatabase(SqliteDatabase):
    """One file, with a connection for each thread that called `connect()`.

    `set_aside` is the path a damaged predecessor was moved to while opening, `backup` the file as it was before it was
    brought up to date while opening; else None.
    """

    def __init__(self, path: Path, pragmas: dict[str, Any], *, readonly: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self.set_aside: Path | None = None
        self.backup: Path | None = None
        self._open_connections: dict[int, sqlite3.Connection] = {}
        self._open_lock = threading.Lock()
        all_pragmas = pragmas | ({"query_only": "on"} if readonly else {})
        super().__init__(
            str(path),
            pragmas=all_pragmas,
            timeout=BUSY_TIMEOUT_S,
            autoconnect=False,
            check_same_thread=False,  # so that `close_all` and `interrupt` may come from another thread
            cached_statements=256,
        )

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]  # the stubs leave it out
        with self._open_lock:
            self._open_connections[id(connection)] = connection
        return connection

    def _close(self, conn: sqlite3.Connection) -> None:
        with self._open_lock:
            self._open_connections.pop(id(conn), None)
        conn.close()

    def ensure_connected(self) -> None:
        """Open this thread's connection unless it is open."""
        self.connect(reuse_if_open=True)

    def close_all(self) -> None:
        """Close the connections of all threads. No query may be running."""
        if not self.is_closed():
            self.close()
        with self._open_lock:
            left, self._open_connections = self._open_connections, {}
        for connection in left.values():
            connection.close()

    def interrupt(self) -> None:
        """Abort whatever any thread's connection is executing; callable from any thread."""
        with self._open_lock:
            for connection in self._open_connections.values():
                connection.interrupt()

    # ------------------------------------------------------------------------------ raw SQL, for the hot paths
    # All but `run_many` is timed, which costs 0.2 µs a statement; `execute_sql` is also where Peewee's queries end.
    def execute_sql(self, sql: str, params: Params | None = None) -> sqlite3.Cursor:
        """Run one statement up to its first row."""
        started = perf_counter()
        cursor = self._begun(sql, params)
        if (seconds := perf_counter() - started) >= SLOW_S:
            note_slow(self.path, sql, params or (), seconds)
        return cursor

    def _begun(self, sql: str, params: Params | None) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = super().execute_sql(sql, params)  # type: ignore[no-untyped-call]
        return cursor

    def run(self, sql: str, params: Params = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self.execute_sql(sql, params)

    def rows(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """All rows of a question."""
        started = perf_counter()
        found = self._begun(sql, params).fetchall()
        if (seconds := perf_counter() - started) >= SLOW_S:
            note_slow(self.path, sql, params, seconds)
        return found

    def integers(self, sql: str, params: Params = ()) -> array[int]:
        """The last column of all rows, whole numbers, in 8 bytes each."""
        started = perf_counter()
        found = array("q", map(_last_column, self._begun(sql, params)))
        if (seconds := perf_counter() - started) >= SLOW_S:
            note_slow(self.path, sql, params, seconds)
        return found

    def row(self, sql: str, params: Params = ()) -> tuple[Any, ...] | None:
        """The first row, None without one."""
        row: tuple[Any, ...] | None = self.run(sql, params).fetchone()
        return row

    def value(self, sql: str, params: Params = ()) -> Any:
        """The first column of the first row, None without a row."""
        row = self.row(sql, params)
        return None if row is None else row[0]

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for many rows; how many rows it touched."""
        cursor: sqlite3.Cursor = self.cursor()  # type: ignore[no-untyped-call]
        return cursor.executemany(sql, rows).rowcount

    def rollback(self) -> None:
        """Undo the transaction, unless SQLite did so already: it does when the disk is full, and asking again is an
        error that would hide the first one."""
        if self.connection().in_transaction:  # type: ignore[no-untyped-call]
            super().rollback()

    def writing(self) -> AbstractContextManager[Any]:
        """A write transaction (a savepoint inside one): all or nothing, waits for other writers up to 5 s."""
        return self.atomic("IMMEDIATE") if not self.in_transaction() else self.atomic()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several questions answered from one state of the file."""
        if self.in_transaction():
            yield
            return
        with self.atomic("DEFERRED"):
            yield


def open_library(path: Path, *, readonly: bool = False, create: bool = True) -> LibraryDatabase:
    """Open (or create) one profile's library file, migrated and connected for this thread.

    A damaged file is set aside and a new one started; see `LibraryDatabase.set_aside`.
    Raises `LibraryError` when there is no file and `create` is False, or when it can't be used; `NewerLibrary`.
    """
    pragmas = _LIBRARY_PRAGMAS if readonly else _LIBRARY_PRAGMAS | _WRITER_PRAGMAS
    return _open(path, LIBRARY, pragmas, readonly=readonly, create=create)


def open_user_file(path: Path) -> LibraryDatabase:
    """Open (or create) the user's own file, small and dear enough to be checked each time. Raises like
    `open_library`."""
    return _open(path, USER, _USER_PRAGMAS, readonly=False, create=True, thorough=True)


class _FoundDamage(sqlite3.DatabaseError):
    """A check of the file found something."""


#: What running and reading a statement may raise: Peewee wraps what comes of running, not what comes of reading on.
FILE_ERRORS: Final = (peewee.DatabaseError, sqlite3.Error)


def error_name(error: BaseException) -> str:
    """SQLite's name of an error ("SQLITE_BUSY", ...), also through Peewee's wrapping; "" when it has none."""
    for one in (error, error.__cause__, error.__context__):
        if name := getattr(one, "sqlite_errorname", None):
            return str(name)
    return ""


def means_damage(error: Exception) -> bool:
    """Whether an error of a file, also through Peewee's wrapping, says that it is no sound database."""
    return any(
        isinstance(one, _FoundDamage) or (isinstance(one, sqlite3.Error) and is_damage(one))
        for one in (error, error.__cause__, error.__context__)
    )


def _open(
    path: Path, family: Family, pragmas: dict[str, Any], *, readonly: bool, create: bool, thorough: bool = False
) -> LibraryDatabase:
    database = LibraryDatabase(path, pragmas, readonly=readonly)
    try:
        if not path.exists() and not create:
            raise LibraryError(f"there is no library at {path.name} yet", hint="Run a sync first.")
        try:
            database.backup = _prepare(path, family, thorough)
        except sqlite3.DatabaseError as error:
            if not means_damage(error):
                raise
            database.set_aside, database.backup = _begin_anew(path, family, thorough)
        database.connect()
    except FILE_ERRORS as error:
        database.close_all()
        hint = _FOLDER_HINT if error_name(error).startswith("SQLITE_CANTOPEN") else "Try again in a moment."
        raise LibraryError(f"{path.name} can't be opened: {error}.", hint=hint) from error
    except OSError as error:  # the file could not be made, or not be moved aside
        raise LibraryError(f"{path.name} can't be opened: {error.strerror or error}.", hint=_FOLDER_HINT) from error
    return database


def _begin_anew(path: Path, family: Family, thorough: bool) -> tuple[Path | None, Path | None]:
    """Set a damaged file aside and make a new one; (where the old one is, backup). One process at a time: whoever
    comes second finds a sound file, which must not be moved away as well."""
    with held(path):
        try:
            return None, _prepare(path, family, thorough)
        except sqlite3.DatabaseError as error:
            if not means_damage(error):
                raise
            set_aside = set_file_aside(path)
            log.warning("%s is damaged (%s); it is kept as %s", path.name, error, set_aside.name)
            return set_aside, _prepare(path, family, thorough)


def _prepare(path: Path, family: Family, thorough: bool) -> Path | None:
    """Create or migrate the file, on a connection of its own; the backup's path, if one was made."""
    make_private_folder(path.parent)
    is_new = not path.exists() or path.stat().st_size == 0
    if is_new:  # the user's viewing habits are nobody else's business
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
        if is_new:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only possible before the first table
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # reads the schema: damage shows here
        except UnicodeDecodeError as error:  # the complaint quotes a schema that is no text any more
            raise _FoundDamage("malformed database schema") from error
        if thorough and (found := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise _FoundDamage(found)
        refuse_newer(connection, path, family)  # before anything of the file is changed
        connection.execute("PRAGMA journal_mode = wal")
        return migrate(connection, path, family)


def is_outdated(path: Path) -> bool:
    """Whether opening this library would first back it up and bring it up to date. False for what can't be read."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return 0 < version_of(connection) < latest(LIBRARY)
    except sqlite3.Error:
        return False


def set_file_aside(path: Path) -> Path:
    """Rename a file and its side files to `<file>.damaged-<time>`; the new path. Nothing is deleted."""
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


def library_files(path: Path) -> list[Path]:
    """The file and its side files, as far as they exist."""
    candidates = [path, *(path.with_name(path.name + suffix) for suffix in _SIDE_FILES)]
    return [candidate for candidate in candidates if candidate.exists()]
