"""Cache query results until the file's revision changes, and run several queries on one snapshot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

from peewee import EXCLUDED

from tui_app.errors import DamagedLibrary
from tui_app.store.database import Compiled, LibraryDatabase, compiled, insert_query, parameter
from tui_app.store.sync_models import Meta


def read_revision(database: LibraryDatabase) -> int:
    """Return the revision. Raises `DamagedLibrary` if it is missing, as no cached value could be trusted."""
    value = str(read_meta(database, "revision"))
    if not value.isdecimal():
        raise DamagedLibrary("The library file is damaged.", hint="Run: xtream-tui cache check")
    return int(value)


def raise_revision(database: LibraryDatabase) -> None:
    """Increment the revision; call it within the transaction that changes content."""
    database.run(_raise())


def read_meta(database: LibraryDatabase, name: str) -> str | None:
    value = database.value(_read(), {"name": name})
    return None if value is None else str(value)


def write_meta(database: LibraryDatabase, name: str, value: str) -> None:
    database.run_many(_write(), [(name, value)])


@cache
def _read() -> Compiled:
    return compiled(Meta.select(Meta.value).where(Meta.name == parameter("name")))


@cache
def _write() -> Compiled:
    differs = Meta.value != EXCLUDED.value
    row = insert_query(Meta, Meta.name, Meta.value)
    return compiled(row.on_conflict(conflict_target=[Meta.name], preserve=[Meta.value], where=differs))


@cache
def _raise() -> Compiled:
    return compiled(Meta.update(value=Meta.value.cast("INTEGER") + 1).where(Meta.name == "revision"))


T = TypeVar("T")

_REMEMBERED: Final = 512


class QueryCache:
    """A cache for one database. Thread-safe; each thread uses its own connection."""

    def __init__(self, database: LibraryDatabase) -> None:
        self._database = database
        self._answers: dict[Any, Any] = {}
        self._revision = -1
        self._lock = threading.Lock()
        self._thread = threading.local()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Run all queries of this thread within the block on one snapshot of the database."""
        if self._known_revision() is not None:
            yield
            return
        with self._database.reading():
            self._thread.revision = read_revision(self._database)
            try:
                yield
            finally:
                self._thread.revision = None

    def revision(self) -> int:
        known = self._known_revision()
        return read_revision(self._database) if known is None else known

    def get_or_make(self, key: Any, make: Callable[[], T]) -> T:
        """Return the cached value of `key` at this revision, or make it."""
        revision = self.revision()
        with self._lock:
            if revision != self._revision or len(self._answers) > _REMEMBERED:
                self._answers, self._revision = {}, revision
            answers = self._answers
            if key in answers:
                value: T = answers[key]
                return value
        value = make()
        answers[key] = value
        return value

    def _known_revision(self) -> int | None:
        return getattr(self._thread, "revision", None)
