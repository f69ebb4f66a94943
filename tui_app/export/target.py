"""The file an export is written into: made beside its place and moved there when it is whole, or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tui_app.errors import UsageError


@contextmanager
def whole_file(path: Path, *, private: bool) -> Iterator[BinaryIO]:
    """A stream whose content becomes `path` when the block ends well; else `path` stays as it was.

    `private`: readable by the owner alone, also where a file stood that was not. What is no file (a pipe, a terminal)
    is written to directly. Raises `UsageError` for a folder that is not there or a path that is one, and `OSError`.
    """
    target = path.resolve()
    if target.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Name a file in it.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent}.", hint="Make it first, or name another place.")
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    with _beside(target) as fresh:
        with fresh.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        fresh.chmod(0o600 if private else _mode_of(target))
        fresh.replace(target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """An empty file of a name of its own in the same folder, 0600; gone at the end unless it was moved away."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:60]}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise UsageError(
            f"{target} can't be written: {error.strerror}.", hint="Name a folder in which you may make files."
        ) from error
    os.close(descriptor)
    fresh = Path(name)
    try:
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _mode_of(target: Path) -> int:
    """The mode of the file that is replaced, else what the user's mask leaves of 0666."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
