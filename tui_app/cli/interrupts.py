"""Ctrl-C and SIGTERM during long work: the first asks it to stop, the second ends the process."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cancelling_on_signals(cancel: Callable[[], object], tell: Callable[[], object]) -> Iterator[None]:
    """While inside, SIGINT and SIGTERM call `cancel` and `tell` once; another signal kills the process.

    Both run in threads: a signal handler interrupts the very code whose locks they may need. And they are woken by the
    byte the interpreter sends for a signal, because Python's own handlers wait until a long SQL statement is over.
    """
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        asked = True

    def listen(ear: socket.socket) -> None:
        while (heard := ear.recv(1)) and heard[0] not in _SIGNALS:
            pass
        if heard:
            threading.Thread(target=tell, daemon=True).start()
            cancel()

    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    listener = threading.Thread(target=listen, args=(ear,), daemon=True)
    listener.start()
    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    woken_before = signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        mouth.close()  # the listener hears the end
        listener.join(1)
        ear.close()
