"""Ctrl-C and SIGTERM during long work: the first asks it to stop, the second ends the process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cancelling_on_signals(cancel: Callable[[], object], tell: Callable[[], object]) -> Iterator[None]:
    """While inside, SIGINT and SIGTERM call `cancel` and `tell` once; another signal kills the process.

    Both run in a thread: a signal handler interrupts the very code whose locks they may need.
    """
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        asked = True
        threading.Thread(target=cancel, daemon=True).start()
        threading.Thread(target=tell, daemon=True).start()

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
