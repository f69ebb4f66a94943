"""Replaces a file as a whole: its content is on disk before it takes the file's place, or the file stays as it was."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from tui_app.file_access import PRIVATE_FILE, refuse_irregular

#: Bytes of the name of a file that its temporary neighbour keeps; file systems take 255 in all.
_KEPT_NAME: Final = 200
#: The mode of a file for everybody, as far as the umask lets it.
UMASK_DECIDES: Final = 0o666
_FRESH: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
#: A folder that can't be opened or synced: the file is in its place all the same.
_NO_FOLDER_SYNC: Final = frozenset({errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOTSUP, errno.EBADF})


@contextmanager
def replacing(
    path: Path, *, mode: int = PRIVATE_FILE, keeps_mode: bool = True, is_locked: bool = False
) -> Iterator[BinaryIO]:
    """A stream whose content becomes `path` when the block ends without an error. A link stays a link.

    `mode` is that of a new file, and of an old one unless `keeps_mode`. `is_locked`: the caller keeps other writers
    out, so what a crash left beside the file is cleared. Raises `NotAFile`, `OSError`.
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
    """Make `content` that of the file, 0600 when it is new; see `replacing`."""
    with replacing(path, keeps_mode=keeps_mode, is_locked=is_locked) as stream:
        stream.write(content)


def _neighbour(target: Path, ending: str) -> Path:
    """A hidden name in the same folder, so that one step of the file system replaces the other."""
    kept = os.fsdecode(os.fsencode(target.name)[:_KEPT_NAME])
    return target.with_name(f".{kept}{ending}.new")


def _mode_of(target: Path) -> int | None:
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where folders can be opened."""
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
