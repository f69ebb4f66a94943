"""Runs a full-screen program on a real pseudo-terminal, writes bursts of keys to it and waits for what it shows.

Pilots wait between keys, so they can't show what a burst does; this can. Standard library only; it draws no screen:
ask for text that stands on one line and is painted whole.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent.parent
BACKSPACE, ENTER, ESCAPE, CTRL_U = b"\x7f", b"\r", b"\x1b", b"\x15"
UP, DOWN, RIGHT, LEFT, F2 = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1bOQ"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|[@-Z\\-_a-z=>])", re.S)


class PtyApp:
    """A program and its terminal. Use as a context manager: the program is ended when the block is left."""

    def __init__(
        self, argv: Sequence[str], *, columns: int = 80, rows: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "LINES", "COLUMNS")}
        self.output = b""
        self._terminal, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._process = subprocess.Popen(
            argv,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=ROOT,
            start_new_session=True,
            env={**plain, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **(env or {})},
        )
        os.close(inner)

    @classmethod
    def python(cls, script: Path, *arguments: str, columns: int = 80, rows: int = 24) -> Self:
        """Run a script with this interpreter."""
        return cls([sys.executable, str(script), *arguments], columns=columns, rows=rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def text(self) -> str:
        """All that was written so far, without escape sequences."""
        return _ESCAPES.sub("", self.output.decode("utf-8", "replace"))

    @property
    def pid(self) -> int:
        return self._process.pid

    def write(self, keys: bytes) -> None:
        """Press keys, all in one burst."""
        os.write(self._terminal, keys)

    def wait_for(self, text: str, timeout: float = 60.0) -> None:
        """Read until this text was painted since the last `forget`. Raises `TimeoutError` with what was."""
        deadline = time.monotonic() + timeout
        while text not in self.text:
            if time.monotonic() > deadline or not self._read(deadline - time.monotonic()):
                raise TimeoutError(f"{text!r} was not shown; shown was: {self.text[-2000:]!r}")

    def forget(self) -> None:
        """Forget what was written, so that the next `wait_for` waits for something new."""
        self.output = b""

    def settle(self, quiet: float = 0.3) -> None:
        """Read until nothing comes for `quiet` seconds, and the program waits for something else than a processor."""
        while select.select([self._terminal], [], [], quiet)[0] or not self._is_resting():
            if not self._read(0) and self._process.poll() is not None:
                return

    def _is_resting(self) -> bool:
        """Whether all threads of the program sleep, looked at three times; True where the system does not tell."""
        for _look in range(3):
            for thread in Path(f"/proc/{self.pid}/task").glob("*/stat"):
                with suppress(OSError):  # it ended
                    if thread.read_text().rpartition(")")[2].split()[0] == "R":
                        return False
            time.sleep(0.005)
        return True

    def _read(self, timeout: float) -> bool:
        if not select.select([self._terminal], [], [], max(0.0, timeout))[0]:
            return False
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Linux says so when the program is gone
            return False
        self.output += data
        return bool(data)

    def hang_up(self, timeout: float = 60.0) -> int:
        """Take the terminal away without a signal; the exit code. Raises `TimeoutExpired` when the program stays."""
        os.close(self._terminal)
        self._terminal = os.open(os.devnull, os.O_RDWR)
        return self._process.wait(timeout)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        os.close(self._terminal)
