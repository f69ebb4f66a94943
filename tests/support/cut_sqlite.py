"""The app's SQLite on a file layer that tells of each write, sync and truncation before it happens (apsw).

`cutting(...)` puts `sqlite3.connect` of this process on apsw, whose connections take a file layer (VFS) written in
Python. What the app executes, and in which order SQLite writes, stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, Literal, Self
from unittest import mock

import apsw

Step = Literal["write", "half", "sync", "synced", "truncate", "delete"]
#: Called before a step with its kind and file; "half" is in the middle of a write, "synced" behind a sync.
Listener = Callable[[Step, str], None]

_VFS: Final = "telling"
_CODES: Final = {code: name for name, code in apsw.mapping_result_codes.items() if isinstance(name, str)}
_ERRORS: Final = {
    "SQLITE_CONSTRAINT": sqlite3.IntegrityError,
    "SQLITE_NOTADB": sqlite3.DatabaseError,
    "SQLITE_CORRUPT": sqlite3.DatabaseError,
    "SQLITE_MISUSE": sqlite3.ProgrammingError,
}


class _File(apsw.VFSFile):
    """A file of the default layer that tells of its steps."""

    def __init__(self, listener: Listener, name: Any, flags: list[int]) -> None:
        self._listener = listener
        self._name = "" if name is None else str(name if isinstance(name, str) else name.filename())
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._listener("write", self._name)
        half = len(data) // 2
        super().xWrite(data[:half], offset)
        self._listener("half", self._name)
        super().xWrite(data[half:], offset + half)

    def xSync(self, flags: int) -> None:
        self._listener("sync", self._name)
        super().xSync(flags)
        self._listener("synced", self._name)

    def xTruncate(self, size: int) -> None:
        self._listener("truncate", self._name)
        super().xTruncate(size)


class _Layer(apsw.VFS):
    """The default file layer, with files that tell."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        super().__init__(_VFS, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return _File(self._listener, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self._listener("delete", name)
        super().xDelete(name, sync_folder)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        code = getattr(error, "extendedresult", 0) or 0
        name = next((_CODES[one] for one in (code, code & 0xFF) if one in _CODES), "SQLITE_ERROR")
        general = _CODES.get(code & 0xFF, name)
        raised = _ERRORS.get(general, sqlite3.OperationalError)(str(error).partition(": ")[2] or str(error))
        raised.sqlite_errorname, raised.sqlite_errorcode = name, code
        raise raised from None


class _Cursor:
    """A cursor like those of `sqlite3`."""

    def __init__(self, connection: _Connection) -> None:
        self.connection = connection
        self._inner: Any = connection.inner.cursor()
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    def execute(self, sql: str, params: Any = ()) -> Self:
        return self._run(sql, lambda: self._inner.execute(sql, params or None))

    def executemany(self, sql: str, rows: Iterable[Any]) -> Self:
        return self._run(sql, lambda: self._inner.executemany(sql, rows))

    def executescript(self, sql: str) -> Self:
        return self._run(sql, lambda: self._inner.execute(sql).fetchall())

    def _run(self, sql: str, call: Callable[[], Any]) -> Self:
        inner = self.connection.inner
        before = inner.total_changes()
        with _translated():
            call()
        changes = sql.lstrip()[:7].upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE"))
        self.rowcount = inner.total_changes() - before if changes else -1
        self.lastrowid = inner.last_insert_rowid()
        return self

    @property
    def description(self) -> Any:
        try:
            return self._inner.description
        except apsw.ExecutionCompleteError:
            return None

    def fetchone(self) -> Any:
        with _translated():
            return self._inner.fetchone()

    def fetchall(self) -> list[Any]:
        with _translated():
            return list(self._inner.fetchall())

    def fetchmany(self, size: int = 1) -> list[Any]:
        return [row for row in (self.fetchone() for _ in range(size)) if row is not None]

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row

    def close(self) -> None:
        self._inner.close(True)


class _Connection:
    """A connection like those of `sqlite3` in autocommit mode, which is the only one that the app uses."""

    def __init__(self, database: Any, timeout: float = 5.0, *, uri: bool = False, **ignored: object) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | (apsw.SQLITE_OPEN_URI if uri else 0)
        with _translated():
            self.inner = apsw.Connection(str(database), flags=flags, vfs=_VFS)
        self.inner.set_busy_timeout(int(timeout * 1000))
        self.text_factory: Any = str
        self.row_factory: Any = None
        self.isolation_level: str | None = None

    def cursor(self, *ignored: object) -> _Cursor:
        return _Cursor(self)

    def execute(self, sql: str, params: Any = ()) -> _Cursor:
        return self.cursor().execute(sql, params)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> _Cursor:
        return self.cursor().executemany(sql, rows)

    def executescript(self, sql: str) -> _Cursor:
        return self.cursor().executescript(sql)

    @property
    def in_transaction(self) -> bool:
        return bool(self.inner.in_transaction)

    @property
    def total_changes(self) -> int:
        return int(self.inner.total_changes())

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def interrupt(self) -> None:
        self.inner.interrupt()

    def close(self) -> None:
        with suppress(apsw.IOError):  # like sqlite3, which is not told that a reader could not delete the log
            self.inner.close(True)

    def backup(self, target: _Connection) -> None:
        with _translated(), target.inner.backup("main", self.inner, "main") as copying:
            while not copying.done:
                copying.step(100)

    def serialize(self) -> bytes:
        return bytes(self.inner.serialize("main"))

    def create_function(self, name: str, count: int, function: Any, *, deterministic: bool = False) -> None:
        self.inner.create_scalar_function(name, function, count, deterministic=deterministic)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self.rollback() if kind else self.commit()


@contextmanager
def cutting(listener: Listener) -> Iterator[None]:
    """Tell the listener of each step of the databases that this process opens inside the block."""
    layer = _Layer(listener)
    try:
        with mock.patch("sqlite3.connect", _Connection), mock.patch("sqlite3.dbapi2.connect", _Connection):
            yield
    finally:
        layer.unregister()
