"""Open and read regular files only; pipes, devices and folders are refused without blocking.

Folders are created with mode 0700. Errors are `OSError`s whose `strerror` completes a sentence: "… can't be read: it is
a pipe, not a file."
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

#: Modes of private files and folders.
PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
#: Size limit in bytes of settings, theme and profile files.
LARGEST_DOCUMENT: Final = 16 << 20

_NEVER_WAIT: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
_WORDS: Final = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NotAFile(OSError):
    """The path is not a regular file."""

    def __init__(self, path: Path, mode: int) -> None:
        what = _WORDS.get(stat.S_IFMT(mode), "something else")
        super().__init__(errno.EINVAL, f"it is {what}, not a file", str(path))


def refuse_irregular(path: Path) -> None:
    """Raise `NotAFile` unless `path` is a regular file or missing. Links are followed."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise NotAFile(path, mode)


def open_regular(path: Path, flags: int = os.O_RDONLY, mode: int = PRIVATE_FILE) -> int:
    """Open a regular file without blocking and return its descriptor. Raises `NotAFile`, `OSError`.

    The type is checked before opening, because opening a device may have effects, and again afterwards, because the
    file may have been replaced in between.
    """
    refuse_irregular(path)
    descriptor = os.open(path, flags | _NEVER_WAIT, mode)
    found = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(found):
        os.close(descriptor)
        raise NotAFile(path, found)
    return descriptor


def read_regular(path: Path, largest: int = LARGEST_DOCUMENT) -> bytes:
    """Return the content of a regular file.

    Raises `FileNotFoundError`, `NotAFile`, `OSError` also above `largest` bytes.
    """
    with os.fdopen(open_regular(path), "rb") as stream:
        content = stream.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, f"it is larger than {largest >> 20} MB", str(path))
    return content


def make_private_folder(folder: Path) -> None:
    """Create a folder and its missing parents with mode 0700, regardless of the umask. Raises `OSError`."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder == folder.parent:
            break
        folder = folder.parent
    for one in reversed(missing):
        try:
            one.mkdir(mode=PRIVATE_FOLDER)
            one.chmod(PRIVATE_FOLDER)  # the umask may remove the owner's bits
        except FileExistsError:
            if not one.is_dir():  # otherwise another process created it first
                raise NotADirectoryError(errno.ENOTDIR, f"{one} is not a folder", str(one)) from None
