"""Notices that the terminal is gone, also where no signal says so: `tmux kill-server`, a closed pty, a dropped console.

Textual reads on at the end of its input, without a pause: one core would be busy until somebody found out.
"""

from __future__ import annotations

import asyncio
import select
import threading
from collections.abc import Callable
from contextlib import suppress


def on_hangup(fileno: int, loop: asyncio.AbstractEventLoop, leave: Callable[[], object]) -> None:
    """Call `leave` in the loop once the terminal behind `fileno` has hung up. A thread sleeps until then.

    Where the system has no poll(2), nothing happens: a hang-up signal is all there is.
    """
    if not hasattr(select, "poll"):
        return
    waiting = select.poll()
    waiting.register(fileno, 0)  # no event asked for: an error or a hang-up is told all the same

    def wait() -> None:
        if any(events & (select.POLLHUP | select.POLLERR) for _, events in waiting.poll()):
            with suppress(RuntimeError):  # the loop has ended by itself
                loop.call_soon_threadsafe(leave)

    threading.Thread(target=wait, name="hang-up", daemon=True).start()
