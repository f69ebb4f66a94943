"""How this program starts itself once more, as another process: the sync engine, the demo's panel, a browser's app."""

from __future__ import annotations

import sys
from pathlib import Path


def relaunch_argv() -> tuple[str, ...]:
    """The words before the arguments: this interpreter, this program.

    `-P` keeps the folder the user happens to be in from being searched for modules: a `json.py` among downloads is not
    ours. In a checkout that is not installed that folder is where we are, and stays.
    """
    is_needed = Path(__file__).parents[1] == Path.cwd()
    return (sys.executable, *(() if is_needed else ("-P",)), "-m", "tui_app")
