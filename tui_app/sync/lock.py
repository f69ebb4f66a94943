"""One sync per profile at a time, also across processes: the app, a cron job, a second terminal.

The operating system's own file lock, so a killed process never leaves a profile locked. The file holds who has it.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from types import TracebackType

from tui_app.errors import Busy, LibraryError


class SyncLock:
    """Held as a context manager. Entering raises `Busy`, saying who holds it, instead of waiting; `LibraryError` where
    the folder can't be written.

    `work` is what others are told we do.
    """

    def __init__(self, path: Path, profile: str, work: str = "sync") -> None:
        self._path = path
        self._profile = profile
        self._work = work
        self._fd = -1

    def __enter__(self) -> SyncLock:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._take()
        except BaseException as error:
            self._let_go()
            if isinstance(error, OSError):
                raise LibraryError(
                    f"The folder of the library can't be written: {error.strerror or error}.",
                    hint="Check its space and permissions (xtream-tui where).",
                ) from error
            raise
        return self

    def _take(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(_describe(os.pread(self._fd, 200, 0), self._profile)) from None
        os.ftruncate(self._fd, 0)
        facts = {"pid": os.getpid(), "since": int(time.time()), "work": self._work}
        os.pwrite(self._fd, json.dumps(facts).encode(), 0)

    def _let_go(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)  # closing releases the lock
            self._fd = -1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.ftruncate(self._fd, 0)
        self._let_go()


def _describe(holder: bytes, profile: str) -> str:
    try:
        facts = json.loads(holder)
        since = time.strftime("%H:%M", time.localtime(facts["since"]))
        who = f" (process {int(facts['pid'])}, since {since})"
    except (ValueError, KeyError, TypeError):
        return f"Another sync of “{profile}” is running."  # the holder has not written its line yet
    if facts.get("work", "sync") != "sync":
        return f"The library of “{profile}” is being looked after: {facts['work']}{who}."
    return f"Another sync of “{profile}” is running{who}."
