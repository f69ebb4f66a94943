"""Open, read and replace regular files only; pipes, devices and folders are refused without blocking.

Folders are created with mode 0700. Errors are `OSError`s whose `strerror` completes a sentence: "… can't be read: it is
a pipe, not a file."
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

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


#: Bytes of the file name kept in the temporary name; file systems allow 255 in total.
_KEPT_NAME: Final = 200
#: Mode of a file for everyone, limited by the umask.
UMASK_DECIDES: Final = 0o666
_FRESH: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
#: Errors of folders that can't be synced; the rename has succeeded anyway.
_NO_FOLDER_SYNC: Final = frozenset({errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOTSUP, errno.EBADF})


@contextmanager
def replacing(
    path: Path, *, mode: int = PRIVATE_FILE, keeps_mode: bool = True, is_locked: bool = False
) -> Iterator[BinaryIO]:
    """Yield a stream whose content replaces `path` when the block ends without an error.

    A symbolic link stays a link. `mode` applies to a new file, and to an existing one unless `keeps_mode`.
    `is_locked`: the caller excludes other writers, so a temporary file left by a crash is removed. Raises
    `NotAFile`, `OSError`.
    """
    target = Path(os.path.realpath(path))
    refuse_irregular(target)
    old_mode = _mode_of(target) if keeps_mode else None
    fresh = _neighbour(target, "" if is_locked else f".{os.urandom(4).hex()}")
    if is_locked:
        fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, _FRESH, mode if old_mode is None else PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            if old_mode is not None or mode != UMASK_DECIDES:
                fresh.chmod(mode if old_mode is None else old_mode)
            os.fsync(stream.fileno())
        fresh.replace(target)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    _sync_folder(target.parent)


def replace_file(path: Path, content: bytes, *, keeps_mode: bool = True, is_locked: bool = False) -> None:
    """Replace the file's content, creating it with mode 0600; see `replacing`."""
    with replacing(path, keeps_mode=keeps_mode, is_locked=is_locked) as stream:
        stream.write(content)


def _neighbour(target: Path, ending: str) -> Path:
    """Return a hidden name in the same folder, so that the rename stays within one file system."""
    kept = os.fsdecode(os.fsencode(target.name)[:_KEPT_NAME])
    return target.with_name(f".{kept}{ending}.new")


def _mode_of(target: Path) -> int | None:
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    """Sync the folder, so that the rename survives a power failure."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
