"""Asking the person at the keyboard, where there is one. Questions go to stderr: stdout is for answers."""

from __future__ import annotations

import os
import sys

import click

from tui_app.cli.session import Session
from tui_app.errors import UsageError
from tui_app.paths import Paths
from tui_app.text import strip_controls


def can_ask() -> bool:
    """Whether somebody can read a question and type an answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, yes: bool) -> bool:
    """The answer to a yes/no question; `UsageError` without a terminal unless `--yes` answered already."""
    if yes:
        return True
    if not can_ask():
        raise UsageError("This needs a yes, and there is no terminal to ask on.", hint="Add --yes to go ahead.")
    return click.confirm(strip_controls(question), err=True)


def ask_hidden(prompt: str) -> str:
    """A password, or a link that holds one, typed without echo."""
    return str(click.prompt(prompt, hide_input=True, err=True))


def ask_passphrase(*, from_stdin: bool, twice: bool) -> str:
    """The passphrase; `twice` when a new one is chosen. `UsageError` when there is nowhere to get it from."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not can_ask():
        raise UsageError("There is no terminal to ask for the passphrase on.", hint="Add --passphrase-stdin.")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))


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
