"""A short hold on a file's neighbour, so that the app and a cron job do not write the same file at once.

The lock file stays where it is after use: deleting it would let two processes hold two different ones.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tui_app.errors import SettingsError

PATIENCE_S: Final = 5.0
_LOOK_AGAIN_S: Final = 0.02
#: Some network file systems know no locks: there one writes without, as everybody does.
_NO_LOCKS_HERE: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})

if sys.platform == "win32":
    import msvcrt

    def _try_to_hold(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_to_hold(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(path: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Keep every other process and thread that asks for `path` waiting meanwhile. The system frees it if we die.

    Raises `SettingsError` when another one holds it longer than `patience_s`, `OSError` when it can't be created.
    """
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait_for(descriptor, path, time.monotonic() + patience_s)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, path: Path, deadline: float) -> None:
    while not _is_held(descriptor):
        if time.monotonic() >= deadline:
            raise SettingsError(
                f"Another process is changing {path} and does not finish.", hint="Try again in a moment."
            )
        time.sleep(_LOOK_AGAIN_S)


def _is_held(descriptor: int) -> bool:
    try:
        _try_to_hold(descriptor)
    except OSError as error:
        return error.errno in _NO_LOCKS_HERE
    return True
