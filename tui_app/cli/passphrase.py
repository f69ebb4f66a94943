"""The passphrase of a backup: from standard input, or typed without echo; never from the command line."""

from __future__ import annotations

import sys

import click

from tui_app.cli.terminal import can_ask
from tui_app.errors import UsageError


def ask_passphrase(*, from_stdin: bool, twice: bool) -> str:
    """The passphrase; `twice` when a new one is chosen. `UsageError` when there is nowhere to get it from."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not can_ask():
        raise UsageError("There is no terminal to ask for the passphrase on.", hint="Add --passphrase-stdin.")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))
