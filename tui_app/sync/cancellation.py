"""A thread-safe flag that cancels a sync, set by a line on standard input, a signal or a key in the app."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from tui_app.errors import Cancelled


class Cancellation:
    """A thread-safe flag. Once cancelled, it stays cancelled."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # re-entrant: a signal handler may run in the thread that holds it
        self._flag = threading.Event()
        self._callbacks: list[Callable[[], object]] = []

    @property
    def is_cancelled(self) -> bool:
        return self._flag.is_set()

    def cancel(self) -> None:
        """Cancel and return at once. Safe to call from any thread and from signal handlers."""
        with self._lock:
            self._flag.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if the flag is set. Call it between batches of long work."""
        if self._flag.is_set():
            raise Cancelled("Cancelled.")

    def checked(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield `blocks` unchanged, raising `Cancelled` before a block if the flag is set."""
        for block in blocks:
            self.raise_if_cancelled()
            yield block

    @contextmanager
    def calling(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call `callback` on cancellation while the block runs, to interrupt a silent server or a long statement."""
        with self._lock:
            self._callbacks.append(callback)
        try:
            self.raise_if_cancelled()
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)
