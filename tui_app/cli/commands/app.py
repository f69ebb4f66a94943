"""Opens the app, where there is a terminal to open it on."""

from __future__ import annotations

import os
import sys

from tui_app.cli.session import Session
from tui_app.errors import UsageError
from tui_app.paths import Paths


def require_terminal() -> None:
    """`UsageError` when input or output is not a terminal: the app would wait for keys that never come."""
    if os.environ.get("TEXTUAL_DRIVER"):  # a browser, or whatever else stands in for one
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("The app needs a terminal.", hint="In scripts use the commands: xtream-tui --help lists them.")


def open_app(session: Session) -> int:
    """The app on the profile that was asked for; returns its exit code."""
    require_terminal()
    profile = session.profile().name if session.wanted else None
    return start_app(session.paths, profile=profile)


def start_app(paths: Paths, *, profile: str | None, demo: bool = False) -> int:
    """The app on these folders; the terminal has been checked."""
    from tui_app.tui.run import run_app

    return run_app(paths, profile=profile, demo=demo)
