"""What a key press costs in the real app, idle and while its library is synced. By hand: python
tests/benchmarks/bench_latency.py

The app runs on a real pseudo-terminal of 120x40, its engine is started with its own keys, the panel is a process of its
own. A press counts from the key to the end of the frame that shows its effect: the counter of the list for moves, the
text in the box for typing (15 keys a second). A key that is held comes thirty times a second, whatever the screen
does, and counts until the first frame that is as far down as it leads. Rounds of idle, full sync, idle, incremental
syncs alternate, so that all see the same machine; a sync's presses go on for a second after it, because that is when
the lists are read anew.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.benchmarks.measure import PanelProcess, environment, machine, percentile, prepare_library
from tests.benchmarks.timed_app import GIVE_UP_S, Press, TimedApp
from tests.support.pty_app import CTRL_U, DOWN, ESCAPE, UP

PROFILE: Final = "bench"
PAGE_DOWN, PAGE_UP = b"\x1b[6~", b"\x1b[5~"
STALL_MS: Final = 150
#: Phase → what it is compared with.
IDLE, FULL, INCREMENTAL = "idle", "full sync", "incremental"
ACTIONS: Final = ("move", "scroll", "page", "ends", "page held", "typing")
KEYS_A_SECOND: Final = 15
REPEATS_A_SECOND: Final = 30
HELD_S: Final = 10.0
LONG_SYNC_ITEMS: Final = 500_000  # from here on a sync lasts longer than a key is held
PAUSES_S: Final = (0.02, 0.06)  # between two presses in a list
AFTER_SYNC_S: Final = 1.0
QUERIES: Final = ("silent comedy", "nosferatu", "the general", "trip to moon", "metropolis", "charlie chaplin")
_COUNTER = re.compile(r"Title\s+([\d,]+)/([\d,]+)")


@dataclass
class Hands:
    """Presses keys on the app as people do, and keeps what each cost."""

    app: TimedApp
    held_s: float = HELD_S
    until: float = 0.0  # nothing is pressed after this moment
    counter: str = ""
    presses: dict[str, list[Press]] = field(default_factory=lambda: defaultdict(list))
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    _total: int = 0

    def go_to_movies(self) -> None:
        for key in (ESCAPE, ESCAPE, b"2", b"g"):
            self.app.write(key)
            self.app.rest(0.3)
        self._key("", DOWN)
        self._key("", b"g")

    def browse(self) -> None:
        """Some moves, scrolls, pages and jumps, from the first row to the first row."""
        if self.counter != "1":  # time was up in the middle
            self._key("", b"g")
        for key in (DOWN,) * 6 + (UP,) * 6:
            self._key("move", key)
        for key in (PAGE_DOWN,) * 5 + (PAGE_UP,) * 2:
            self._key("page", key)
        for _ in range(8):
            self._key("scroll", UP)  # the cursor stands on the first line
        for key in (b"G", b"g", b"G", b"g"):
            self._key("ends", key)

    def hold_page_down(self) -> None:
        """Hold the key from the first row on; once more where a sync changes the list meanwhile."""
        begun = time.perf_counter()
        while self.has_time and time.perf_counter() < begun + self.held_s:
            self._hold_page_down(begun + self.held_s)

    def _hold_page_down(self, held_until: float) -> None:
        if self._row != 1:
            self._key("", b"g")
        self._key("", PAGE_DOWN)
        first = self._row
        self._key("", PAGE_DOWN)
        page, place, total = self._row - first, self._row, self._total
        sent: list[float] = []  # when each repeat came
        shown, begun = 0, time.perf_counter()
        until = min(held_until, self.until)
        while time.perf_counter() < held_until + GIVE_UP_S:
            now, due = time.perf_counter(), begun + len(sent) / REPEATS_A_SECOND
            held = now < until and place + page * (len(sent) + 1) < total
            if held and now >= due:
                sent.append(now)
                self.app.write(PAGE_DOWN)
            elif not held and shown == len(sent):
                break
            elif self.app.frame(max(0.0, due - now) if held else 0.1):
                self._has_moved()
                now, reached = time.perf_counter(), (self._row - place) // page
                if self._total != total:  # rows came or went above the cursor: its place says nothing any more
                    self.presses["page held"] += (Press(at, (now - at) * 1e3, 0) for at in sent[shown:])
                    self.app.rest(0.3)
                    return
                self.presses["page held"] += (Press(at, (now - at) * 1e3, 0) for at in sent[shown:reached])
                shown = max(shown, min(reached, len(sent)))
        self.presses["page held"] += (Press(at, GIVE_UP_S * 1e3, 0) for at in sent[shown:])
        self._key("", b"g")

    def search(self) -> None:
        """Type two queries."""
        if not self.has_time:
            return
        self.app.write(b"/")
        self.app.rest(0.2, 1.0)
        for query in self.rng.sample(QUERIES, 2):
            self._type(query)
            self.app.idle_for(0.3)
            self.app.write(CTRL_U)
            self.app.idle_for(0.3)
        self.app.write(ESCAPE)
        self.app.wait_until(lambda: _COUNTER.search(self.app.painted.get(2, "")) is not None, 3)
        self.app.rest(0.15, 0.5)

    @property
    def has_time(self) -> bool:
        return time.perf_counter() < self.until

    def _key(self, action: str, key: bytes) -> None:
        if action and not self.has_time:
            return
        press = self.app.press(key, self._has_moved)
        if action:
            self.presses[action].append(press)
        self.app.idle_for(self.rng.uniform(*PAUSES_S))

    def _has_moved(self) -> bool:
        found = _COUNTER.search(self.app.painted.get(2, ""))
        if found is None:
            return False
        before, self.counter = self.counter, found[1]
        self._total = int(found[2].replace(",", ""))
        return self.counter != before

    @property
    def _row(self) -> int:
        return int(self.counter.replace(",", "") or 0)

    @property
    def _box(self) -> str:
        """What the search box holds, as far as the newest frame painted it, without blanks."""
        painted = self.app.painted.get(2, "").partition("│")[0].lstrip(" /")
        return painted.partition("  ")[0].replace(" ", "")

    def _type(self, query: str) -> None:
        """A key each 67 ms, whatever the screen does. A key counts until the first frame whose box holds its letter."""
        letters = query.replace(" ", "")
        begun = time.perf_counter()
        sent: list[float] = []  # when each letter was pressed; blanks at an end can't be seen
        echoed = number = 0
        while echoed < len(letters) and time.perf_counter() < begun + GIVE_UP_S:
            due = begun + number / KEYS_A_SECOND
            if number < len(query) and time.perf_counter() >= due:
                if query[number] != " ":
                    sent.append(time.perf_counter())
                self.app.write(query[number].encode())
                number += 1
            elif self.app.frame(max(0.0, due - time.perf_counter()) if number < len(query) else 0.1):
                now, in_box = time.perf_counter(), len(self._box) if letters.startswith(self._box) else 0
                self.presses["typing"] += (Press(at, (now - at) * 1e3, 0) for at in sent[echoed:in_box])
                echoed = max(echoed, in_box)
        self.presses["typing"] += (Press(at, GIVE_UP_S * 1e3, 0) for at in sent[echoed:])


@dataclass
class Bench:
    """The app on one library, and what its keys cost in each phase."""

    app: TimedApp
    panel: PanelProcess
    hands: Hands
    found: dict[str, dict[str, list[Press]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    sync_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def idle(self, seconds: float) -> None:
        self.hands.until = time.perf_counter() + seconds
        while self.hands.has_time:
            self._use_all_keys()
        self._keep(IDLE)

    def sync(self, phase: str, key: bytes) -> None:
        """Start a sync with its key and press the other keys until it is over, and a moment longer."""
        self.app.write(key)
        begun = time.perf_counter()
        while not self.app.has_engine:
            self.app.idle_for(0.02)
            if time.perf_counter() > begun + GIVE_UP_S:
                raise TimeoutError("the app started no sync engine")
        self.hands.until = float("inf")
        while self.hands.until == float("inf"):
            self._use_all_keys(watching=True)
        self.sync_s[phase].append(self.hands.until - AFTER_SYNC_S - begun)
        self._keep(phase)

    def _use_all_keys(self, *, watching: bool = False) -> None:
        for use in (self.hands.browse, self.hands.search, self.hands.hold_page_down):
            use()
            if watching and not self.app.has_engine:
                self.hands.until = time.perf_counter() + AFTER_SYNC_S
                watching = False

    def _keep(self, phase: str) -> None:
        for action, presses in self.hands.presses.items():
            self.found[phase][action] += presses
        self.hands.presses.clear()
        self.app.rest(0.5)


# ----------------------------------------------------------------------------------------------------- what is shown
def show(bench: Bench, idle_cpu: float, idle_bytes: int, steal: float) -> None:
    for phase, seconds in bench.sync_s.items():
        print(f"  {len(seconds)} x {phase}: {statistics.median(seconds):.1f} s wall each, beside the keys")
    print(f"  idle app: {idle_cpu:.2f} % CPU, {idle_bytes} bytes a second (target ≤ 0.5, 0); CPU stolen {steal:.1f} %")
    head = "".join(f"{phase:>34}" for phase in bench.found)
    print(
        f"\n  {'key to painted frame, ms':26}{head}\n  {'':26}"
        + f"{'n   p50   p95    max  x p95':>34}" * len(bench.found)
    )
    for action in (*ACTIONS, "all"):
        print(f"  {action:26}" + "".join(f"{cell(bench, phase, action):>34}" for phase in bench.found))
    stalls = {phase: sum(press.ms > STALL_MS for press in pressed(bench, phase, "all")) for phase in bench.found}
    print(f"  {f'stalls over {STALL_MS} ms':26}" + "".join(f"{count:>34}" for count in stalls.values()))
    sizes = ((action, [press.bytes for press in pressed(bench, IDLE, action)]) for action in ACTIONS[:-2])
    print("  bytes a key, idle: " + ", ".join(f"{action} {statistics.median(size):,.0f}" for action, size in sizes))
    print("  targets: p95 ≤ 1.5 x idle, no stall beyond idle's own; bytes: move ≤ 500, scroll ≤ 2,000, page ≤ 7,000")


def pressed(bench: Bench, phase: str, action: str) -> list[Press]:
    by_action = bench.found[phase]
    return [press for one in ACTIONS for press in by_action[one]] if action == "all" else by_action[action]


def cell(bench: Bench, phase: str, action: str) -> str:
    times = [press.ms for press in pressed(bench, phase, action)]
    idle = [press.ms for press in pressed(bench, IDLE, action)]
    if not times or not idle:
        return "-"
    ratio = percentile(times, 0.95) / percentile(idle, 0.95)
    return f"{len(times)} {statistics.median(times):5.1f} {percentile(times, 0.95):5.1f} {max(times):6.1f} {ratio:6.2f}"


def stolen() -> tuple[int, int]:
    """Ticks another guest of this host got in our place, and all ticks."""
    ticks = [int(number) for number in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[7], sum(ticks)


def run(app: TimedApp, panel: PanelProcess, rounds: int, idle_s: float, held_s: float) -> None:
    steal_before, ticks_before = stolen()
    bench = Bench(app, panel, Hands(app, held_s))
    app.rest(2.0)
    bench.hands.go_to_movies()
    app.rest(1.5)
    cpu, received = app.cpu_s, app.received
    app.idle_for(5)
    idle_cpu, idle_bytes = (app.cpu_s - cpu) / 5 * 100, (app.received - received) // 5
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}; {machine()}", file=sys.stderr)
        bench.idle(idle_s + held_s)
        bench.sync(FULL, b"R")
        bench.idle(idle_s + held_s)
        for generation in (1, 0):
            panel.serve(generation, "calm")
            app.rest(0.5)
            bench.sync(INCREMENTAL, b"r")
    steal, ticks = stolen()
    show(bench, idle_cpu, idle_bytes, 100 * (steal - steal_before) / max(ticks - ticks_before, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, size in (("channels", 20_000), ("movies", 100_000), ("series", 30_000), ("rounds", 3), ("idle", 10)):
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--library", type=Path, help="a synced library of these sizes, instead of syncing one")
    given = parser.parse_args()
    panel = PanelProcess(given.channels, given.movies, given.series)
    home = Path(tempfile.mkdtemp(prefix="xtream-bench-"))
    try:
        panel.serve(0)
        prepare_library(home, PROFILE, panel.url, given.library)
        argv = [sys.executable, "-m", "tui_app", "--profile", PROFILE]
        plain = {name: value for name, value in environment(home).items() if not name.startswith("SSH_")}
        with TimedApp(argv, columns=120, rows=40, env=plain) as app:
            items = f"{given.channels:,} channels + {given.movies:,} movies + {given.series:,} series"
            print(f"{items}; {machine()}; 120x40", flush=True)
            is_long = given.channels + given.movies + given.series >= LONG_SYNC_ITEMS
            run(app, panel, given.rounds, given.idle, HELD_S if is_long else HELD_S / 4)
    finally:
        panel.stop()
        shutil.rmtree(home)
    print(f"  at the end: {machine()}")


if __name__ == "__main__":
    main()
