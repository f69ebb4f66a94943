"""Cache what was read from the user's file until this program or another process changes it.

A revision is the connection, its `PRAGMA data_version` (which tells what other connections committed) and how many rows
the connection itself changed. Where a list was left is written after nearly every key and no mark depends on it:
such writes are made `aside` and leave the revision as it is.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from tui_app.store.database import LibraryDatabase

Answer = TypeVar("Answer")


class UserRevision(NamedTuple):
    """A revision, comparable within one connection; it holds the connection so that its identity is not reused."""

    connection: sqlite3.Connection | None
    data_version: int
    changes: int


class _ThreadState(threading.local):
    """The state of this thread's connection."""

    def __init__(self) -> None:
        self.data_version: int | None = None  # while several questions are answered from one look
        self.aside = 0  # rows that were changed aside
        self.revision = UserRevision(None, 0, 0)
        self.answers: dict[Hashable, Any] = {}


class MarkCache:
    """Answers from one user's file, cached for each thread, which has its own connection."""

    def __init__(self, database: LibraryDatabase) -> None:
        self._database = database
        self._state = _ThreadState()

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Check for changes by other processes only once, for all queries of this thread in the block."""
        if self._state.data_version is not None:
            yield
            return
        self._state.data_version = self._read_data_version()
        try:
            yield
        finally:
            self._state.data_version = None

    def revision(self) -> UserRevision:
        """Return the revision; it differs when marks, positions, folders or seen changes may have changed."""
        known = self._state.data_version
        connection: sqlite3.Connection = self._database.connection()  # type: ignore[no-untyped-call]
        version = self._read_data_version() if known is None else known
        return UserRevision(connection, version, connection.total_changes - self._state.aside)

    def remember(self, key: Hashable, read: Callable[[], Answer]) -> Answer:
        """Return the answer of `read` at this revision; in a transaction, which may roll back, always a new one."""
        if self._database.in_transaction():
            return read()
        state, revision = self._state, self.revision()
        if revision != state.revision:
            state.answers, state.revision = {}, revision
        if key not in state.answers:
            state.answers[key] = read()
        known: Answer = state.answers[key]
        return known

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Open a write transaction for rows that no cached answer depends on."""
        with self._database.writing():
            connection: sqlite3.Connection = self._database.connection()  # type: ignore[no-untyped-call]
            before = connection.total_changes
            try:
                yield
            finally:
                self._state.aside += connection.total_changes - before

    def _read_data_version(self) -> int:
        return int(self._database.pragma("data_version"))
