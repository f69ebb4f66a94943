"""Locks between processes, released by the operating system when the process dies.

A lock file is never deleted on release: another process could then lock a new file of the same name at the same time.
If a file is deleted together with the data it guards, `take` detects it.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tui_app.errors import SettingsError
from tui_app.file_access import PRIVATE_FILE, open_regular

PATIENCE_S: Final = 5.0
_LOOK_AGAIN_S: Final = 0.02
#: Errors of (network) file systems without locks, where we write unlocked as other programs do.
_NO_LOCKS_HERE: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def take(path: Path, patience_s: float = 0.0) -> int | None:
    """Lock the file, creating it if missing, and return its descriptor, or None if it stays locked for `patience_s`.

    The caller closes the descriptor to release the lock. Raises `OSError` when the file can't be created or opened,
    with a sentence for a lock file of another user.
    """
    deadline = time.monotonic() + patience_s
    while (descriptor := _try_to_take(path)) is None:
        if time.monotonic() >= deadline:
            return None
        time.sleep(_LOOK_AGAIN_S)
    return descriptor


@contextmanager
def held(path: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the lock for `path` (a hidden file beside it) during the block.

    Raises `SettingsError` when another process holds it longer than `patience_s`, `OSError` when it can't be
    created.
    """
    descriptor = take(path.with_name(f".{path.name}.lock"), patience_s)
    if descriptor is None:
        raise SettingsError(f"Another process is changing {path} and does not finish.", hint="Try again in a moment.")
    try:
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a living process holds this lock, found by briefly taking it; the file's content is not read.

    False when the file can't be opened: it belongs to another user, who does not work on our files.
    """
    try:
        descriptor = open_regular(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)


def _try_to_take(path: Path) -> int | None:
    while True:
        descriptor = _opened(path)
        try:
            is_ours = _locked(descriptor)
            is_current = is_ours and _stands_at(descriptor, path)
        except BaseException:
            os.close(descriptor)
            raise
        if is_current:
            return descriptor
        os.close(descriptor)
        if not is_ours:
            return None
        # deleted between opening and locking: try again with the file that is there now


def _opened(path: Path) -> int:
    try:
        return open_regular(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except PermissionError as error:
        if not _is_there(path):  # the folder is not writable
            raise
        words = f"its lock file {path.name} can't be opened and may be another user's"
        raise PermissionError(error.errno, words, str(path)) from error


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def _locked(descriptor: int) -> bool:
    """Try to lock an open file without waiting; return whether it is locked by us now."""
    from filelock import lock_descriptor  # noqa: PLC0415 - start-up: 10 to 50 ms, and most commands take no lock

    try:
        return lock_descriptor(descriptor, blocking=False)
    except OSError as error:
        if error.errno in _NO_LOCKS_HERE:
            return True
        raise


def _stands_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
