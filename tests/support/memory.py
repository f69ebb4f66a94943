"""Memory of other processes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_PEAK: Final = re.compile(rb"VmHWM:\s+(\d+) kB")


def peak_mb(pid: int) -> float:
    try:
        found = _PEAK.search(Path(f"/proc/{pid}/status").read_bytes())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
