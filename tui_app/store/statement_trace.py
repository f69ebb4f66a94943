"""Reports each SQL statement to a listener: for tests and benchmarks that count statements. Off by default.

A statement is reported with its parameters filled in, so that it may hold what the user typed: never log it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

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
