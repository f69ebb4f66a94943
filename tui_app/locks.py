"""Locks between processes, the operating system's own: a process that dies leaves nothing locked.

A lock file stays where it is after use, for deleting it lets two processes hold two different ones. Where one is
deleted together with what it guards, `take` notices.
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
#: Some network file systems know no locks: there one writes without, as everybody does.
_NO_LOCKS_HERE: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def take(path: Path, patience_s: float = 0.0) -> int | None:
    """Lock the file, made when it is missing: its descriptor, which the caller closes to let go. None while another
    process or thread has it longer than `patience_s`.

    Raises `OSError` when it can't be created or opened, with a sentence for a lock of another user.
    """
    deadline = time.monotonic() + patience_s
    while (descriptor := _try_to_take(path)) is None:
        if time.monotonic() >= deadline:
            return None
        time.sleep(_LOOK_AGAIN_S)
    return descriptor


@contextmanager
def held(path: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Keep every other process and thread that asks for `path` waiting meanwhile; the lock is a neighbour of the file.

    Raises `SettingsError` when another one holds it longer than `patience_s`, `OSError` when it can't be created.
    """
    descriptor = take(path.with_name(f".{path.name}.lock"), patience_s)
    if descriptor is None:
        raise SettingsError(f"Another process is changing {path} and does not finish.", hint="Try again in a moment.")
    try:
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a living process has this lock file. Asks the lock, for the blink of an eye, and not what it says.

    False for a lock that may not be opened: its owner is another user, whose work is not on our files.
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
        # it was deleted between opening and locking: another process may lock a new one by now


def _opened(path: Path) -> int:
    try:
        return open_regular(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except PermissionError as error:
        if not _is_there(path):  # then it is the folder that can't be written
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
    """Try to lock an open file; whether it is ours now."""
    from filelock import lock_descriptor  # imported late: 10 to 50 ms, and most commands take no lock

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
