"""What a key press costs in the guide grid: 10,000 channels, 14 days. By hand: python tests/benchmarks/bench_grid.py

The app runs on a pseudo-terminal of 120x40. A press counts from the key to the end of the frame that shows its effect;
the floor is the same key in the list of channels, which shows one programme a row. The target is a p95 of 20 ms. A
frame is "bare" if a visible channel was not read by then: it shows an ellipsis, and its programmes a frame later.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.measure import add_profile, environment, machine, spread
from tests.benchmarks.timed_app import Press, TimedApp
from tests.support.pty_app import DOWN, UP
from tests.support.rows import channel, load
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.settings import ProfileStore, SyncSettings
from tui_app.store.library_store import LibraryStore

PROFILE: Final = "bench"
PAGE_DOWN, PAGE_UP, RIGHT, LEFT = b"\x1b[6~", b"\x1b[5~", b"\x1b[C", b"\x1b[D"
_HOUR: Final = 3_600
_PAUSES_S: Final = (0.02, 0.06)
_MOST_ROWS: Final = 25  # painted by a key that changes all rows
_BARE: Final = re.compile(r"[^▏]*\s…\s*")


def programmes(channels: int, days: int) -> Iterator[tuple[int, int, int, int, str]]:
    """Hourly programmes from yesterday on: guide, start, stop, title, description."""
    rng, begin = random.Random(3), int(time.time()) // _HOUR * _HOUR - 24 * _HOUR
    for guide, hour in itertools.product(range(1, channels + 1), range(days * 24)):
        start = begin + hour * _HOUR + 900 * (guide % 4)
        yield guide, start, start + _HOUR, rng.randrange(1, 2_001), "What it is about."


def fill(path: Path, channels: int, days: int) -> None:
    """A library of channels that each have a guide of their own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with LibraryStore.open(path) as store:
        load(store, Kind.CHANNEL, *(channel(n, f"Channel {n}", number=n) for n in range(1, channels + 1)))
        database, later = store.database, int(time.time()) + 30 * 86_400
        with database.writing():
            keys = [key for (key,) in database.rows("SELECT id FROM channel ORDER BY number")]
            guides = ((number, key, later - 86_400, later, later) for number, key in enumerate(keys, 1))
            database.run_many("INSERT INTO guide(key, channel, at, fresh_until, day_until) VALUES (?,?,?,?,?)", guides)
            titles = ((n, f"The Programme Number {n}", f"programme {n}") for n in range(1, 2_001))
            database.run_many("INSERT INTO programme_title(id, title, fold) VALUES (?,?,?)", titles)
            insert = "INSERT INTO programme(guide, start, stop, title, description) VALUES (?,?,?,?,?)"
            database.run_many(insert, programmes(channels, days))


def press(app: TimedApp, key: bytes, is_shown: Callable[[], bool], rng: random.Random) -> tuple[Press, bool]:
    """Press a key; return what it cost, and whether its frame was bare."""
    found = app.press(key, is_shown)
    is_bare = any(_BARE.fullmatch(text) for row, text in app.painted.items() if 2 < row < 30)
    app.idle_for(rng.uniform(*_PAUSES_S))
    return found, is_bare


def measure(app: TimedApp, words: str, keys: tuple[bytes, ...], rows: int) -> None:
    """Press the keys; the frame of a press paints at least so many rows."""
    rng = random.Random(5)
    before = app.cpu_s
    found = [press(app, key, lambda: len(app.painted) >= rows, rng) for key in keys]
    cpu_ms = 1e3 * (app.cpu_s - before) / len(keys)
    size = statistics.median(one.bytes for one, _ in found)
    bare = sum(is_bare for _, is_bare in found)
    times = spread([one.ms for one, _ in found])
    print(f"  {words:24} {times}  CPU {cpu_ms:5.1f} ms  {size:6,.0f} B  {bare} of {len(keys)} bare", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=14)
    asked = parser.parse_args()
    pages = min(60, asked.channels // 40)
    with tempfile.TemporaryDirectory() as folder:
        home, begun = Path(folder), time.perf_counter()
        paths = Paths.under(home)
        add_profile(home, PROFILE, "http://127.0.0.1:9", "--no-test")
        ProfileStore(paths).save_sync_settings(PROFILE, SyncSettings(guide="off", automatic=False))
        fill(paths.library_db(PROFILE), asked.channels, asked.days)
        size = paths.library_db(PROFILE).stat().st_size / 1e6
        print(f"{asked.channels:,} channels x {asked.days} days: {size:.0f} MB in {time.perf_counter() - begun:.0f} s")
        env = environment(home) | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        with TimedApp([sys.executable, "-m", "tui_app"], columns=120, rows=40, env=env) as app:
            app.rest(1.0, 20.0)
            for screen, key in (("floor: list", b"1"), ("guide", b"5")):
                app.write(key)
                app.rest(1.0, 20.0)
                print(f"{screen}, {machine()}")
                measure(app, "down and up", (DOWN,) * 40 + (UP,) * 20, 1)
                measure(app, "page down and up", (PAGE_DOWN,) * pages + (PAGE_UP,) * (pages // 2), _MOST_ROWS)
                if screen == "guide":
                    measure(app, "right and left", (RIGHT,) * 40 + (LEFT,) * 20, 1)
                    measure(app, "next and previous day", (b"]",) * 12 + (b"[",) * 12, _MOST_ROWS)
                    measure(app, "hours on and back", (b">",) * 20 + (b"<",) * 20, _MOST_ROWS)


if __name__ == "__main__":
    main()
