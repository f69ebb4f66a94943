"""The file an export is written into: made beside its place and moved there when it is whole, or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tui_app.atomic import UMASK_DECIDES, replacing
from tui_app.errors import NotFound, UsageError
from tui_app.file_access import PRIVATE_FILE, NotAFile


@contextmanager
def whole_file(path: Path, *, private: bool) -> Iterator[BinaryIO]:
    """A stream whose content becomes `path` when the block ends well; else `path` stays as it was.

    `private`: readable by the owner alone, also where a file stood that was not. A pipe that somebody reads and a
    character device are written to directly. Raises `NotFound` for a folder that is not there,
    `UsageError` for a path where nothing can be written, and `OSError`.
    """
    mode = _mode_of(path)
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        with _opened_as_it_is(path) as stream:
            yield stream
        return
    if mode and not stat.S_ISREG(mode):
        raise UsageError(f"{path} can't be written: {NotAFile(path, mode).strerror}.", hint="Name a file.")
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise NotFound(f"There is no folder {target.parent}.", hint="Make it first, or name another place.")
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
            f"{target} can't be written: {error.strerror}.", hint="Name a folder in which you may make files."
        ) from error


def _opened_as_it_is(path: Path) -> BinaryIO:
    """A pipe or device, opened without waiting for who reads it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        raise UsageError(f"{path} can't be written: nobody reads from it.", hint="Name a file.") from error
    os.set_blocking(descriptor, True)  # a slow reader is waited for
    return os.fdopen(descriptor, "wb")


def _mode_of(path: Path) -> int:
    """0 where nothing stands."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0
