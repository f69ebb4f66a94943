"""`sync NAME --events`: the engine as the app runs it. Events go out on stdout, `cancel` comes in on stdin."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable
from typing import Final, Unpack

from tui_app.cli.interrupts import cancelling_on_signals
from tui_app.cli.params import SyncRequest
from tui_app.events import SyncEvent, to_line
from tui_app.paths import Paths

_NICENESS: Final = 10  # browsing goes first (limits: a key press is as quick as with no sync)


def run_engine(paths: Paths, profile_name: str, **wishes: Unpack[SyncRequest]) -> int:
    """Sync and say every event as one JSON line. The end of stdin cancels: the app that started us is gone."""
    if hasattr(os, "nice"):  # before the imports, which take a quarter of a second themselves
        os.nice(_NICENESS)
    gc.disable()  # loading leaves nothing to collect, but a tenth of its time is spent looking
    from tui_app.sync import Cancellation, run_sync

    gc.enable()
    cancellation = Cancellation()
    threading.Thread(target=_obey, args=(cancellation.cancel,), daemon=True).start()
    with cancelling_on_signals(cancellation.cancel, lambda: None):
        finished = asyncio.run(
            run_sync(paths, profile_name, emit=_Emitter(cancellation.cancel), cancellation=cancellation, **wishes)
        )
    return finished.exit_code


class _Emitter:
    """Writes events; when nobody reads them any more, asks the sync to stop and is silent from then on."""

    def __init__(self, cancel: Callable[[], object]) -> None:
        self._cancel = cancel
        self._is_heard = True

    def __call__(self, event: SyncEvent) -> None:
        if not self._is_heard:
            return
        try:
            sys.stdout.write(to_line(event))
            sys.stdout.flush()
        except BrokenPipeError:
            self._is_heard = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._cancel()


def _obey(cancel: Callable[[], object]) -> None:
    # straight from the descriptor: a buffered reader's lock, held by a sleeping thread, aborts Python at exit
    descriptor, heard = sys.stdin.fileno(), b""
    while block := os.read(descriptor, 4096):
        heard = (heard + block)[-4096:]
        if b"cancel" in heard.split(b"\n")[:-1]:
            break
    cancel()
