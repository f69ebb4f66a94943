"""Start this program again as another process: the sync, the demo panel, the app of a web session."""

from __future__ import annotations

import sys
from pathlib import Path


def relaunch_argv() -> tuple[str, ...]:
    """Return the command without arguments: interpreter, options and module.

    `-P` keeps the current folder out of the module search path, so that a stray `json.py` is not imported. It is
    omitted when the program runs from an uninstalled checkout in the current folder.
    """
    is_needed = Path(__file__).parents[1] == Path.cwd()
    return (sys.executable, *(() if is_needed else ("-P",)), "-m", "tui_app")
