"""Connections to SQLite files: text that is no UTF-8 is read all the same, and so is a file on a full disk.

SQLite keeps two files beside one in WAL mode, and refuses to read without them. On a full disk or a read-only medium
they can't be made. Then the file is opened as immutable or, when its log holds commits that are not in it yet, with the
log's index in memory, which needs the connection to lock the file for itself: so by a VFS without locks. Others could
write meanwhile, but can't either, for the same reason; `why_unwritable` is asked again before long.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from tui_app.file_access import PRIVATE_FILE, refuse_irregular
from tui_app.store.statement_trace import trace

DISK_FULL: Final = "the disk is full"
READ_ONLY: Final = "the folder is read-only"
FILE_READ_ONLY: Final = "the file is read-only"
#: What SQLite takes at once beside a file: the index of its log. A disk with less counts as full.
_NEEDED: Final = 64 << 10
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_LOG_HEADER: Final = 32


class Address(NamedTuple):
    """What to give to `sqlite3.connect(uri=True)`, and the pragmas that have to come first."""

    uri: str
    pragmas: dict[str, str]


def tolerant_text(raw: bytes) -> str:
    """Text of a cell; a damaged letter becomes U+FFFD instead of an error that hides all rows."""
    return raw.decode("utf-8", "replace")


def connect(path: Path, *, timeout: float) -> sqlite3.Connection:
    """A connection in autocommit mode, that may write. Raises `sqlite3.Error`, `NotAFile`."""
    refuse_irregular(path)
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    connection.text_factory = tolerant_text
    trace(connection)
    return connection


def connect_reading(path: Path, *, timeout: float = 5.0, check_same_thread: bool = True) -> sqlite3.Connection:
    """A connection that writes nothing and makes no file; the schema was read. Raises `sqlite3.Error`, `OSError`."""
    refuse_irregular(path)
    try:
        return _opened(Address(_uri(path, "mode=ro"), {}), timeout, check_same_thread)
    except sqlite3.OperationalError as error:
        if not is_about_writing(error) or not why_unwritable(path):
            raise
        return _opened(address_without_writing(path), timeout, check_same_thread)


def address_without_writing(path: Path) -> Address:
    """How to read a file beside which nothing can be made."""
    log = path.with_name(f"{path.name}-wal")
    with suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_HEADER:
            return Address(_uri(path, "mode=ro&vfs=unix-none"), {"locking_mode": "exclusive"})
    return Address(_uri(path, "immutable=1"), {})


def why_unwritable(path: Path) -> str:
    """Why SQLite can't write a file or beside it, as the end of a sentence; "" when it can."""
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
    """Whether an error of SQLite may come of a disk where nothing can be written."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_PERM"))


def _uri(path: Path, options: str) -> str:
    return f"{path.absolute().as_uri()}?{options}"


def _opened(address: Address, timeout: float, check_same_thread: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address.uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=check_same_thread
    )
    try:
        connection.text_factory = tolerant_text
        trace(connection)
        for name, value in address.pragmas.items():
            connection.execute(f"PRAGMA {name} = {value}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
