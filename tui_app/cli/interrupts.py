"""Handle Ctrl-C and SIGTERM during long work: the first one cancels it, the second ends the process."""

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
def cancelling_on_signals(cancel: Callable[[], object], on_cancel: Callable[[], object]) -> Iterator[None]:
    """Call `cancel` and `on_cancel` at the first SIGINT or SIGTERM; let the next one kill the process.

    Both run in threads, because a signal handler interrupts the very code whose locks they may need. The threads wake
    up by the byte that the interpreter writes for a signal (`set_wakeup_fd`), because Python's own handlers wait until
    a long SQL statement is over.
    """
    is_cancelled = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal is_cancelled
        if is_cancelled:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        is_cancelled = True

    def listen(receiver: socket.socket) -> None:
        while (received := receiver.recv(1)) and received[0] not in _SIGNALS:
            pass
        if received:
            threading.Thread(target=on_cancel, daemon=True).start()
            cancel()

    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    listener = threading.Thread(target=listen, args=(receiver,), daemon=True)
    listener.start()
    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    wakeup_before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        sender.close()  # ends the listener
        listener.join(1)
        receiver.close()
