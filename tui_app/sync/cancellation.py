"""One flag that stops a sync, whoever asks: a line on standard input, a signal, a key in the app."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from tui_app.errors import Cancelled


class Cancellation:
    """Thread-safe and final: once cancelled, it stays so."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may cancel while its own thread is in here
        self._flag = threading.Event()
        self._callbacks: list[Callable[[], object]] = []

    @property
    def is_cancelled(self) -> bool:
        return self._flag.is_set()

    def cancel(self) -> None:
        """Ask to stop. Returns at once; may be called from a signal handler's thread or any other."""
        with self._lock:
            self._flag.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` when someone asked to stop; called between batches of long work."""
        if self._flag.is_set():
            raise Cancelled("Cancelled.")

    def checked(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same blocks, raising `Cancelled` before one when someone asked to stop: for work that yields nothing."""
        for block in blocks:
            self.raise_if_cancelled()
            yield block

    @contextmanager
    def calling(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call `callback` when cancelled while inside: how a silent server or a long statement is interrupted."""
        with self._lock:
            self._callbacks.append(callback)
        try:
            self.raise_if_cancelled()
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)
