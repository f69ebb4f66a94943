"""Whether somebody is at work on a profile's library, by what the lock file says of its holder (`sync.lock` writes it).

Takes no lock, so that a sync that starts never meets us; and loads nothing of the engine, so that reading stays quick.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


def is_held(lock: Path) -> bool:
    """Whether a process that still lives has this lock file."""
    try:
        os.kill(int(json.loads(lock.read_bytes())["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True
