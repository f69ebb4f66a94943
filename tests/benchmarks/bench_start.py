"""How long the app takes to its first painted frame, and the command line to its version, beside the least there is.

By hand: python tests/benchmarks/bench_start.py. Wall milliseconds and CPU seconds of whole starts, interleaved, medians
of `--rounds`; the programs run from compiled modules, as installed ones do. The app opens a synced library and counts
until the frame with its first titles has ended.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.measure import PanelProcess, environment, machine, prepare_library, spread
from tests.benchmarks.timed_app import TimedApp

#: The bare app paints one line and is as little of a Textual app as there can be.
BARE_APP: Final = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("First line of a bare app")
Bare().run()
"""
PROFILE: Final = "bench"


class Start(NamedTuple):
    """One start: wall milliseconds and CPU seconds."""

    ms: float
    cpu_s: float


def start_program(arguments: list[str], home: Path) -> Start:
    """A program from its beginning to its end."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment(home))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    return Start((time.perf_counter() - begun) * 1e3, usage.ru_utime + usage.ru_stime)


def start_app(arguments: list[str], home: Path, shows: str) -> Start:
    """An app from its beginning to the end of the frame in which a line matches the pattern `shows`."""
    plain = {name: value for name, value in environment(home).items() if not name.startswith("SSH_")}
    begun = time.perf_counter()
    with TimedApp([sys.executable, *arguments], columns=120, rows=40, env=plain) as app:
        if not app.wait_until(lambda: any(re.search(shows, text) for text in app.painted.values())):
            raise SystemExit(f"{shows!r} was never painted")
        return Start((time.perf_counter() - begun) * 1e3, app.cpu_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, size in (("channels", 20_000), ("movies", 100_000), ("series", 30_000), ("rounds", 11)):
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--library", type=Path, help="a synced library of these sizes, instead of syncing one")
    given = parser.parse_args()
    rounds, full_app = given.rounds, f"the app, {given.channels + given.movies + given.series:,} items"
    home = Path(tempfile.mkdtemp(prefix="xtream-bench-"))
    try:
        if given.library:
            prepare_library(home, PROFILE, "http://127.0.0.1:9", given.library)
        else:
            panel = PanelProcess(given.channels, given.movies, given.series)
            panel.serve(0)
            prepare_library(home, PROFILE, panel.url, None)
            panel.stop()
        starts: dict[str, list[Start]] = defaultdict(list)
        for number in range(rounds + 1):  # the first one compiles
            found = {
                "bare Python": start_program(["-c", "pass"], home),
                "--version": start_program(["-m", "tui_app", "--version"], home),
                "--help": start_program(["-m", "tui_app", "--help"], home),
                "bare Textual app": start_app(["-c", BARE_APP], home, "First line of"),
                full_app: start_app(["-m", "tui_app", "--profile", PROFILE], home, r"Home\s+1/\d"),
            }
            if number:
                for name, start in found.items():
                    starts[name].append(start)
    finally:
        shutil.rmtree(home)
    print(f"{machine()}; {rounds} rounds")
    for name, of_program in starts.items():
        cpu = statistics.median(start.cpu_s for start in of_program)
        print(f"  {name:28} {spread([start.ms for start in of_program])}   cpu {cpu:.3f} s")
    for name, base, target in (("--version", "bare Python", 3), (full_app, "bare Textual app", 2)):
        wall, cpu = ratios(starts[name], starts[base])
        print(f"  {name}: {wall:.2f} x {base} by the clock, {cpu:.2f} x by CPU (target ≤ {target})")


def ratios(starts: list[Start], bare: list[Start]) -> tuple[float, float]:
    """Medians of both, by wall time and by CPU."""
    wall = statistics.median(one.ms for one in starts) / statistics.median(one.ms for one in bare)
    return wall, statistics.median(one.cpu_s for one in starts) / statistics.median(one.cpu_s for one in bare)


if __name__ == "__main__":
    main()
