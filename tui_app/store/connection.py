"""Open SQLite connections, also on full disks, and translate SQLite errors.

In WAL mode SQLite needs two side files and can't open a database where they can't be created (full disk, read-only
medium). The file is then opened as immutable, or, if its log has unmerged commits, with the log index in memory. The
latter requires exclusive locking, hence a VFS without locks; other processes can't write for the same reason, and
`why_unwritable` is checked again periodically.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import peewee

from tui_app.catalog import Kind
from tui_app.errors import Busy, LibraryError, XtreamTuiError
from tui_app.file_access import PRIVATE_FILE, refuse_irregular

DISK_FULL: Final = "the disk is full"
READ_ONLY: Final = "the folder is read-only"
FILE_READ_ONLY: Final = "the file is read-only"
#: Bytes SQLite allocates at once beside a file (log index). A disk with less free space counts as full.
_NEEDED: Final = 64 << 10
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_LOG_HEADER: Final = 32


class FoundDamage(sqlite3.DatabaseError):
    """A check found the file damaged."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite reports a damaged database."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return name.startswith("SQLITE_CORRUPT") or name == "SQLITE_NOTADB" or "unsupported file format" in str(error)


class Address(NamedTuple):
    """The URI for `sqlite3.connect(uri=True)`, and the pragmas to execute first."""

    uri: str
    pragmas: dict[str, str]


def decode_text(raw: bytes) -> str:
    """Decode the text of a cell; invalid UTF-8 becomes U+FFFD instead of an error that would hide all rows."""
    return raw.decode("utf-8", "replace")


def pragma_rows(connection: sqlite3.Connection, text: str) -> list[tuple[Any, ...]]:
    """Execute a pragma and return its rows."""
    return connection.execute(f"PRAGMA {text}").fetchall()  # by hand: it has no parameters, and no Peewee database here


def pragma(connection: sqlite3.Connection, name: str, value: object = None) -> Any:
    """Read a pragma, or set it; return the first column of its first row, None without one."""
    rows = pragma_rows(connection, name if value is None else f"{name} = {value}")
    return rows[0][0] if rows else None


def connect(path: Path, *, timeout: float) -> sqlite3.Connection:
    """Return a writing connection in autocommit mode. Raises `sqlite3.Error`, `NotAFile`."""
    refuse_irregular(path)
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    connection.text_factory = decode_text
    trace(connection)
    return connection


def connect_reading(path: Path, *, timeout: float = 5.0, check_same_thread: bool = True) -> sqlite3.Connection:
    """Return a connection that creates no files, with the schema read. Raises `sqlite3.Error`, `OSError`."""
    refuse_irregular(path)
    try:
        return _opened(Address(_uri(path, "mode=ro"), {}), timeout, check_same_thread)
    except sqlite3.OperationalError as error:
        if not is_about_writing(error) or not why_unwritable(path):
            raise
        return _opened(address_without_writing(path), timeout, check_same_thread)


def address_without_writing(path: Path) -> Address:
    """Return how to read a file beside which no file can be created."""
    log = path.with_name(f"{path.name}-wal")
    with suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_HEADER:
            return Address(_uri(path, "mode=ro&vfs=unix-none"), {"locking_mode": "exclusive"})
    return Address(_uri(path, "immutable=1"), {})


def why_unwritable(path: Path) -> str:
    """Return why SQLite can't write a file or beside it, as the end of a sentence; "" if it can."""
    probe = path.with_name(f".{path.name}.{os.getpid()}.probe")
    try:
        descriptor = os.open(probe, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, PRIVATE_FILE)
        try:
            os.write(descriptor, bytes(_NEEDED))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            probe.unlink()
        if path.exists() and not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            return FILE_READ_ONLY
    except OSError as error:
        if error.errno in _FULL:
            return DISK_FULL
        return READ_ONLY if error.errno in _FORBIDDEN else ""
    return ""


def is_about_writing(error: BaseException) -> bool:
    """Whether an SQLite error may be caused by an unwritable disk."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_PERM"))


def _uri(path: Path, options: str) -> str:
    return f"{path.absolute().as_uri()}?{options}"


def _opened(address: Address, timeout: float, check_same_thread: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address.uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=check_same_thread
    )
    try:
        connection.text_factory = decode_text
        trace(connection)
        for name, value in address.pragmas.items():
            pragma(connection, name, value)
        # reads the schema, where damage shows; a pragma would not
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


#: Errors of executing and fetching: Peewee wraps those of executing only.
FILE_ERRORS: Final = (peewee.PeeweeException, sqlite3.Error)
CHECK_HINT: Final = "Run: xtream-tui cache check"


def error_name(error: BaseException) -> str:
    """Return SQLite's name of an error ("SQLITE_BUSY", ...), "" if it has none."""
    for one in _chain(error):
        if name := getattr(one, "sqlite_errorname", None):
            return str(name)
    return ""


def means_damage(error: BaseException) -> bool:
    """Whether an error means that the file is no intact database."""
    return any(
        isinstance(one, FoundDamage) or (isinstance(one, sqlite3.Error) and is_damage(one)) for one in _chain(error)
    )


def in_words(error: BaseException, what: str = "The library") -> XtreamTuiError:
    """Translate an error into one with a message. `what` starts the sentence."""
    name = error_name(error)
    if means_damage(error):
        return LibraryError(f"{what} is damaged: {error}.", hint=CHECK_HINT)
    if name.startswith("SQLITE_FULL"):
        return LibraryError("The disk is full, so nothing could be kept.", hint="Free some space; reading goes on.")
    if name.startswith("SQLITE_READONLY"):
        return LibraryError(f"{what} can't be written: it is read-only.", hint="Check its folder (xtream-tui where).")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy(f"{what} is locked by another program.", hint="Close it, or try again in a moment.")
    return LibraryError(f"{what} can't be read: {error}.", hint=CHECK_HINT)


#: Errors our code raises on impossible values from a damaged page.
STUMBLES: Final = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


def explain_damage(error: BaseException, *paths: Path) -> LibraryError | None:
    """Return the error to show for an unexpected exception if one of these files is damaged.

    Returns None if all are intact, which means a bug in the program. Reads the files completely.
    """
    for path in paths:
        try:
            if not path.exists():
                continue
            with closing(connect_reading(path)) as connection:
                found = str(pragma(connection, "integrity_check(1)"))
        except (*FILE_ERRORS, UnicodeDecodeError, OSError) as trouble:
            found = str(trouble)
        if found != "ok":
            words = " ".join(line for line in found.splitlines() if not line.startswith("***"))
            return LibraryError(f"{path.name} is damaged: {words}.", hint=CHECK_HINT)
    return None


def _chain(error: BaseException) -> tuple[BaseException | None, ...]:
    return error, error.__cause__, error.__context__


# --------------------------------------------------------------------------------------------------- statements
#: Called with each SQL statement: for tests and benchmarks that count them. A statement is reported with its
#: parameters filled in, so that it may hold what the user typed: never log it.
Listener = Callable[[str], object]

_listeners: Final[list[Listener]] = []


@contextmanager
def tracing(listener: Listener) -> Iterator[None]:
    """Call `listener` with each statement of the connections opened inside, from the thread that executes it."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def trace(connection: sqlite3.Connection) -> None:
    """Report the statements of a new connection, if anyone listens: an untraced connection pays nothing."""
    if _listeners:
        connection.set_trace_callback(_report)


def _report(statement: str) -> None:
    for listener in tuple(_listeners):
        listener(statement)


# ------------------------------------------------------------------------------------- names for shell completion
# Read-only, without migration or repair: a missing, damaged or outdated file yields no names. Both statements are by
# hand: the models would take a third of the time until a shell shows the names.


def category_names(path: Path, kinds: Sequence[Kind]) -> list[str]:
    """Return the names of listed categories of these kinds, without duplicates, in the panel's order."""
    marks = ", ".join("?" for _ in kinds)
    sql = f"SELECT name FROM category WHERE listed = 1 AND kind IN ({marks}) ORDER BY kind, position"
    return _names(path, sql, map(str, kinds))


def genre_names(path: Path, kinds: Sequence[Kind]) -> list[str]:
    """Return the genres of these kinds, without duplicates, sorted."""
    marks = ", ".join("?" for _ in kinds)
    return _names(path, f"SELECT name FROM genre WHERE kind IN ({marks}) ORDER BY name", map(str, kinds))


def saved_filter_names(path: Path, profile: str, kinds: Sequence[Kind]) -> list[str]:
    """Return the names of the saved filters of a profile for lists of these kinds, from the user's file."""
    marks = ", ".join("?" for _ in kinds)
    sql = f"SELECT name FROM saved_filter WHERE profile = ? AND kind IN ({marks}) ORDER BY name"
    return _names(path, sql, (profile, *map(str, kinds)))


def _names(path: Path, sql: str, params: Iterable[str]) -> list[str]:
    try:
        with closing(connect_reading(path, timeout=0.1)) as connection:
            rows = connection.execute(sql, tuple(params)).fetchall()
    except (sqlite3.Error, OSError):
        return []
    return list(dict.fromkeys(row[0] for row in rows if isinstance(row[0], str) and row[0].isprintable()))
