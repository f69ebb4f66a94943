"""Allow one sync per profile at a time, across processes.

Uses an operating system lock, which a killed process releases. The file names the holder, for messages only.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Final, Self

from tui_app.errors import Busy, LibraryError
from tui_app.file_access import make_private_folder, read_regular
from tui_app.locks import take

#: Longer than a momentary `is_held` check by another process, too short to notice.
_PATIENCE_S: Final = 0.1


class SyncLock:
    """Lock a profile as a context manager.

    Entering raises `Busy`, naming the holder, instead of waiting, and `LibraryError` when the folder can't be
    written. `work` describes the operation to other processes.
    """

    def __init__(self, path: Path, profile: str, work: str = "sync") -> None:
        self._path = path
        self._profile = profile
        self._work = work
        self._fd = -1

    def __enter__(self) -> Self:
        try:
            make_private_folder(self._path.parent)
            descriptor = take(self._path, _PATIENCE_S)
            if descriptor is None:
                raise Busy(_describe(self._read_holder(), self._profile))
            self._fd = descriptor
            self._write_holder()
        except OSError as error:
            self._let_go()
            raise LibraryError(
                f"The library of “{self._profile}” can't be locked: {error.strerror or error}.",
                hint="Check the space and the permissions of its folder (xtream-tui where).",
            ) from error
        return self

    def _read_holder(self) -> bytes:
        """Return the holder's text, `b""` when it may not be read."""
        try:
            return read_regular(self._path)
        except OSError:
            return b""

    def _write_holder(self) -> None:
        os.ftruncate(self._fd, 0)
        facts = {"pid": os.getpid(), "since": int(time.time()), "work": self._work}
        os.pwrite(self._fd, json.dumps(facts).encode(), 0)

    def _let_go(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)  # closing releases the lock
            self._fd = -1

    def __exit__(self, *failure: object) -> None:
        try:
            os.ftruncate(self._fd, 0)
        finally:
            self._let_go()


def _describe(holder: bytes, profile: str) -> str:
    try:
        facts = json.loads(holder)
        since = time.strftime("%H:%M", time.localtime(facts["since"]))
        who = f" (process {int(facts['pid'])}, since {since})"
    except (ValueError, KeyError, TypeError):
        return f"Another sync of “{profile}” is running."  # the holder has not written its text yet
    if facts.get("work", "sync") != "sync":
        return f"The library of “{profile}” is being looked after: {facts['work']}{who}."
    return f"Another sync of “{profile}” is running{who}."
