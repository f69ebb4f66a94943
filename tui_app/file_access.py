"""Opens and reads regular files only: a pipe, a device or a folder in the place of a file is refused, never waited for.

Folders are made for the owner alone. Everything that is raised is an `OSError` whose `strerror` completes the sentence
"… can't be read: it is a pipe, not a file."
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

#: The mode of every file that may tell of the user, and of every folder.
PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
#: No settings, theme or profile file comes near this; a larger one would fill the memory.
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
    """Something else stands where a file should."""

    def __init__(self, path: Path, mode: int) -> None:
        what = _WORDS.get(stat.S_IFMT(mode), "something else")
        super().__init__(errno.EINVAL, f"it is {what}, not a file", str(path))


def refuse_irregular(path: Path) -> None:
    """Raise `NotAFile` for what is no regular file. A path where nothing stands is fine; links are followed."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise NotAFile(path, mode)


def open_regular(path: Path, flags: int = os.O_RDONLY, mode: int = PRIVATE_FILE) -> int:
    """The descriptor of a regular file, opened without waiting. Raises `NotAFile`, `OSError`.

    Looks before it opens, because opening a device may already do something, and afterwards, because another process
    may have put something else there in between.
    """
    refuse_irregular(path)
    descriptor = os.open(path, flags | _NEVER_WAIT, mode)
    found = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(found):
        os.close(descriptor)
        raise NotAFile(path, found)
    return descriptor


def read_regular(path: Path, largest: int = LARGEST_DOCUMENT) -> bytes:
    """The content of a regular file. Raises `FileNotFoundError`, `NotAFile`, `OSError` also for a larger one."""
    with os.fdopen(open_regular(path), "rb") as stream:
        content = stream.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, f"it is larger than {largest >> 20} MB", str(path))
    return content


def make_private_folder(folder: Path) -> None:
    """Create a folder and the missing ones above it, each 0700 whatever the umask says. Raises `OSError`."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder == folder.parent:
            break
        folder = folder.parent
    for one in reversed(missing):
        try:
            one.mkdir(mode=PRIVATE_FOLDER)
            one.chmod(PRIVATE_FOLDER)  # a umask may have taken the owner's bits away
        except FileExistsError:
            if not one.is_dir():  # else another process was quicker
                raise NotADirectoryError(errno.ENOTDIR, f"{one} is not a folder", str(one)) from None
