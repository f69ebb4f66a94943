"""A full-screen program on a pseudo-terminal whose screen is drawn: what it shows is asked for, not what it wrote."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

from tests.support.pty_app import PtyApp

PATIENCE_S = 60.0
KITTY_ESCAPE = b"\x1b[27u"  # an Escape that the letter behind it can't turn into Alt


class DrawnApp(PtyApp):
    """A program and its screen as a terminal shows it."""

    def __init__(
        self, argv: Sequence[str], *, columns: int = 100, rows: int = 30, env: Mapping[str, str] | None = None
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        super().__init__(argv, columns=columns, rows=rows, env=env)

    @classmethod
    def on(cls, home: Path, *, columns: int = 100, rows: int = 30) -> Self:
        """Our app on the folders under `home`."""
        code = (
            "import sys; from pathlib import Path\n"
            "from tui_app.paths import Paths; from tui_app.tui.run import run_app\n"
            f"sys.exit(run_app(Paths.under(Path({str(home)!r}))))"
        )
        return cls([sys.executable, "-c", code], columns=columns, rows=rows)

    @property
    def shown(self) -> str:
        """The screen, line by line."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_until(self, condition: Callable[[str], object], what: str) -> str:
        """Read until the screen is so; the screen. Raises `TimeoutError` with it when it never is."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition(self.shown):
            if time.monotonic() > deadline or not self._read(deadline - time.monotonic()):
                raise TimeoutError(f"never: {what}\n{self.shown}")
        return self.shown

    def sees(self, *words: str) -> str:
        """Wait until all of these stand on the screen."""
        return self.wait_until(lambda shown: all(word in shown for word in words), f"{words} on the screen")

    def _read(self, timeout: float) -> bool:
        before = len(self.output)
        alive = super()._read(timeout)
        self._stream.feed(self.output[before:])
        return alive
