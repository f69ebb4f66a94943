"""Replace a file atomically: the new content is on disk before the rename, or the old file stays unchanged."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from tui_app.file_access import PRIVATE_FILE, refuse_irregular

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
