"""The real app on a pseudo-terminal, its keys timed: from the press to the end of the frame that shows what it did.

Plays a terminal that knows synchronised output, so that frames have ends. What a frame shows is read by its place: the
rows that are painted, not the bytes that happen to come.
"""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.measure import cpu_seconds
from tests.support.pty_app import _ESCAPES, PtyApp

FRAME_END: Final = b"\x1b[?2026l"
_ASKS_FOR_FRAMES: Final = b"\x1b[?2026$p"
_HAS_FRAMES: Final = b"\x1b[?2026;2$y"
_PLACE: Final = re.compile(rb"\x1b\[(\d+);\d+H")
#: Nothing shown after this long is as bad as it gets, and no reason to wait on.
GIVE_UP_S: Final = 10.0


@dataclass(frozen=True)
class Press:
    """One key: when it was pressed, how long until its frame had ended, how many bytes came meanwhile."""

    at: float
    ms: float
    bytes: int


class TimedApp(PtyApp):
    """A program whose output is kept with its times."""

    def __init__(self, argv: Sequence[str], *, columns: int, rows: int, env: Mapping[str, str]) -> None:
        super().__init__(argv, columns=columns, rows=rows, env=env)
        self.started = time.perf_counter()
        self.received = 0
        self.painted: dict[int, str] = {}  # row → what the newest frame painted on it
        self._rest = b""

    def _read(self, timeout: float) -> bool:
        if not select.select([self._terminal], [], [], max(0.0, timeout))[0]:
            return False
        try:
            data = os.read(self._terminal, 1 << 18)
        except OSError:
            return False
        self.received += len(data)
        if _ASKS_FOR_FRAMES in self._rest + data:
            self.write(_HAS_FRAMES)
        self._rest += data
        return bool(data)

    def frame(self, timeout: float) -> bool:
        """Read until a frame has ended and take in what it painted; False when none did in time."""
        deadline = time.perf_counter() + timeout
        while FRAME_END not in self._rest:
            left = deadline - time.perf_counter()
            if left <= 0 or (not self._read(left) and self._process.poll() is not None):
                return False
        frame, _end, self._rest = self._rest.partition(FRAME_END)
        places = list(_PLACE.finditer(frame))
        ends = [place.start() for place in places[1:]] + [len(frame)]
        painted: dict[int, list[str]] = {}
        for place, stop in zip(places, ends, strict=True):
            text = _ESCAPES.sub("", frame[place.end() : stop].decode("utf-8", "replace"))
            painted.setdefault(int(place[1]), []).append(text)
        self.painted = {row: " ".join(texts) for row, texts in painted.items()}
        return True

    def wait_until(self, is_shown: Callable[[], bool], timeout: float = GIVE_UP_S) -> bool:
        """Take in frames until one shows it."""
        deadline = time.perf_counter() + timeout
        while not is_shown():
            left = deadline - time.perf_counter()
            if left <= 0 or not self.frame(left):
                return False
        return True

    def rest(self, quiet_s: float, at_most_s: float = 5.0) -> None:
        """Take in frames until none comes for a while."""
        deadline = time.perf_counter() + at_most_s
        while time.perf_counter() < deadline and self.frame(quiet_s):
            pass

    def idle_for(self, seconds: float) -> None:
        """Take in what comes for exactly this long."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self.frame(left)

    def press(self, key: bytes, is_shown: Callable[[], bool]) -> Press:
        """Press a key and wait for the frame that shows its effect; `GIVE_UP_S` when none does."""
        while self.frame(0):
            pass
        before, at = self.received, time.perf_counter()
        self.write(key)
        while self.frame(GIVE_UP_S - (time.perf_counter() - at)):
            if is_shown():
                break
        return Press(at, (time.perf_counter() - at) * 1e3, self.received - before)

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the app so far, without its engines."""
        return cpu_seconds(self.pid)

    @property
    def has_engine(self) -> bool:
        """Whether the app has a sync engine running: its only children."""
        return any(_parent(stat) == self.pid for stat in Path("/proc").glob("[0-9]*/stat"))


def _parent(stat: Path) -> int:
    """The parent of the process of a `/proc/<pid>/stat`; 0 when it is gone."""
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
