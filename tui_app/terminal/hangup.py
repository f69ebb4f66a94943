"""Leaves the app on signals, and when the terminal is gone even without SIGHUP: `tmux kill-server`, a closed pty.

Textual keeps reading at the end of its input without a pause, which would keep one core busy.
"""

from __future__ import annotations

import asyncio
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

_HUNG_UP: Final = 129  # the shell's exit code for SIGHUP


def leave_on_signals(leave: Callable[[int], object]) -> None:
    """Call `leave` with an exit code on SIGHUP, SIGTERM and a hang-up, from the running event loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, leave, 128 + number)
    with suppress(AttributeError, OSError, ValueError):  # a driver without a terminal
        on_hangup(sys.__stdin__.fileno(), loop, partial(leave, _HUNG_UP))  # type: ignore[union-attr]


def on_hangup(fileno: int, loop: asyncio.AbstractEventLoop, leave: Callable[[], object]) -> None:
    """Call `leave` in the loop once the terminal behind `fileno` has hung up. A thread sleeps until then.

    On systems without poll(2) nothing happens; SIGHUP still works there.
    """
    if not hasattr(select, "poll"):
        return
    waiting = select.poll()
    waiting.register(fileno, 0)  # errors and hang-ups are always reported

    def wait() -> None:
        if any(events & (select.POLLHUP | select.POLLERR) for _, events in waiting.poll()):
            with suppress(RuntimeError):  # the loop has ended by itself
                loop.call_soon_threadsafe(leave)

    threading.Thread(target=wait, name="hang-up", daemon=True).start()
