"""The file of an export: written beside its path and renamed when complete, or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tui_app.errors import NotFound, UsageError
from tui_app.file_access import PRIVATE_FILE, UMASK_DECIDES, NotAFile, replacing


@contextmanager
def whole_file(path: Path, *, private: bool) -> Iterator[BinaryIO]:
    """Yield a stream whose content becomes `path` when the block succeeds; else `path` is unchanged.

    With `private` only the owner can read it, even if an existing file was readable by others. A pipe with a reader and
    a character device are written directly. Raises `NotFound` for a missing folder, `UsageError` for a path that can't
    be written, and `OSError`.
    """
    mode = _mode_of(path)
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        with _open_special(path) as stream:
            yield stream
        return
    if mode and not stat.S_ISREG(mode):
        raise UsageError(f"{path} can't be written: {NotAFile(path, mode).strerror}.", hint="Give the path of a file.")
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise NotFound(f"There is no folder {target.parent}.", hint="Create it first, or choose another folder.")
    with _replacing(target, private) as stream:
        yield stream


@contextmanager
def _replacing(target: Path, private: bool) -> Iterator[BinaryIO]:
    is_open = False
    try:
        with replacing(target, mode=PRIVATE_FILE if private else UMASK_DECIDES, keeps_mode=not private) as stream:
            is_open = True
            yield stream
    except OSError as error:
        if is_open:
            raise
        raise UsageError(
            f"{target} can't be written: {error.strerror}.", hint="Choose a folder that you can write to."
        ) from error


def _open_special(path: Path) -> BinaryIO:
    """Open a pipe or device, without waiting for a reader."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        raise UsageError(
            f"{path} can't be written: no process reads from it.", hint="Give the path of a file."
        ) from error
    os.set_blocking(descriptor, True)  # wait for a slow reader
    return os.fdopen(descriptor, "wb")


def _mode_of(path: Path) -> int:
    """Return the file mode, 0 when there is no file."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0
