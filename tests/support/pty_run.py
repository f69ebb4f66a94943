"""Runs the program on a terminal of its own, as a person would: types what it waits for, gives back the screen."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

from tests.support.command_line import CommandLine

_ON_ITS_TERMINAL = (
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "from tui_app.__main__ import main\n"
    "sys.exit(main())"
)


def run_on_terminal(line: CommandLine, *arguments: str, typed: dict[str, str] | None = None) -> tuple[int, str]:
    """Run to the end; `typed` maps a text to wait for to what is typed then. Gives (exit code, all that was shown)."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _ON_ITS_TERMINAL, *arguments],
        stdin=slave, stdout=slave, stderr=slave, env=line.environment, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    shown, waiting, deadline = "", dict(typed or {}), time.monotonic() + 20
    while time.monotonic() < deadline:
        if not select.select([master], [], [], 0.1)[0]:
            continue
        try:
            block = os.read(master, 4096)
        except OSError:  # the other end is closed: the program has ended
            break
        if not block:
            break
        shown += block.decode(errors="replace")
        for prompt in [prompt for prompt in waiting if prompt in shown]:
            os.write(master, waiting.pop(prompt).encode())
    process.kill() if time.monotonic() >= deadline else process.wait()
    os.close(master)
    return process.wait(), shown
