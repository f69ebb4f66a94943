"""Interact with a person at the terminal: ask questions and passwords, heed Ctrl-C, start the app.

Questions go to stderr; stdout is for answers.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import click

from tui_app.cli.session import Session
from tui_app.errors import UsageError
from tui_app.paths import Paths
from tui_app.text import strip_controls


def can_ask() -> bool:
    """Return whether stdin and stderr are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, yes: bool) -> bool:
    """Ask a yes/no question. Raises `UsageError` without a terminal, unless `yes` is set."""
    if yes:
        return True
    if not can_ask():
        raise UsageError("This needs confirmation, and there is no terminal to ask on.", hint="Add --yes to confirm.")
    return click.confirm(strip_controls(question), err=True)


def ask_hidden(prompt: str) -> str:
    """Ask for a password, or a link that contains one, without echo."""
    return str(click.prompt(prompt, hide_input=True, err=True))


def ask_passphrase(*, from_stdin: bool, twice: bool) -> str:
    """Ask for the passphrase, `twice` for a new one. Raises `UsageError` without a terminal."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not can_ask():
        raise UsageError("There is no terminal to ask for the passphrase on.", hint="Add --passphrase-stdin.")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))


def require_terminal() -> None:
    """Raise `UsageError` when there is no terminal: the app would wait for keys forever."""
    if os.environ.get("TEXTUAL_DRIVER"):  # for instance in a browser
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("The app needs a terminal.", hint="In scripts, use the commands listed by xtream-tui --help.")


def open_app(session: Session) -> int:
    """Open the app on the selected profile and return its exit code."""
    require_terminal()
    profile = session.profile().name if session.wanted else None
    return start_app(session.paths, profile=profile)


def start_app(paths: Paths, *, profile: str | None, demo: bool = False) -> int:
    """Open the app on these folders, once the terminal was checked."""
    from tui_app.tui.run import run_app

    return run_app(paths, profile=profile, demo=demo)


_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cancelling_on_signals(cancel: Callable[[], object], on_cancel: Callable[[], object]) -> Iterator[None]:
    """Call `cancel` and `on_cancel` at the first SIGINT or SIGTERM; let the next one kill the process.

    Both run in threads, because a signal handler interrupts the very code whose locks they may need. The threads wake
    up by the byte that the interpreter writes for a signal (`set_wakeup_fd`), because Python's own handlers wait until
    a long SQL statement is over.
    """
    is_cancelled = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal is_cancelled
        if is_cancelled:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        is_cancelled = True

    def listen(receiver: socket.socket) -> None:
        while (received := receiver.recv(1)) and received[0] not in _SIGNALS:
            pass
        if received:
            threading.Thread(target=on_cancel, daemon=True).start()
            cancel()

    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    listener = threading.Thread(target=listen, args=(receiver,), daemon=True)
    listener.start()
    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    wakeup_before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        sender.close()  # ends the listener
        listener.join(1)
        receiver.close()
