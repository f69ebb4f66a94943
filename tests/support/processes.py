"""What other users of the machine can see of a process, and what its owner can."""

from __future__ import annotations

import os
from pathlib import Path


def seen_of(words: str) -> str:
    """Command lines and environments of the other processes whose command line holds these words."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and words in _read(entry / "cmdline"):
            found += [_read(entry / "cmdline"), _read(entry / "environ")]
    return "\n".join(found)


def pid_of(words: str) -> int:
    """The process whose command line holds these words."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and words in _read(entry / "cmdline"):
            return int(entry.name)
    raise AssertionError(f"nothing runs {words}")


def _read(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:  # ended meanwhile
        return ""
