"""Runs every benchmark and writes what it printed to RESULTS.md: python tests/benchmarks/run_all.py [--sizes 15000]

One after the other, on a machine with nothing else to do: half an hour for two sizes, two hours with a million. What
stands in RESULTS.md above the line of dashes is written by hand and kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

from measure import machine

FOLDER: Final = Path(__file__).parent
RESULTS: Final = FOLDER / "RESULTS.md"
_LINE: Final = "\n---\n"


class Step(NamedTuple):
    """One benchmark with its arguments."""

    title: str
    script: str
    arguments: tuple[str, ...]


def steps_for(size: int, rounds: int) -> list[Step]:
    """What is run for a library of `size` items: two in fifteen are channels, three series, the others movies."""
    channels, series = size * 2 // 15, size * 3 // 15
    shape = ("--channels", str(channels), "--movies", str(size - channels - series), "--series", str(series))
    few = max(1, rounds if size <= 150_000 else 1)
    return [
        Step("sync beside the floor", "bench_sync.py", (*shape, "--rounds", str(few))),
        Step(
            "search: quality, and speed for what the app asks for",
            "bench_search.py",
            ("--size", str(size), "--limit", "50"),
        ),
        Step("lists: every filter and sort, every depth", "bench_reads.py", ("--size", str(size))),
        Step("key presses idle and beside a sync", "bench_latency.py", shape),
        Step("start beside a bare app", "bench_start.py", shape),
    ]


def run(step: Step) -> str:
    """What it printed, as a section."""
    began = time.monotonic()
    command = [sys.executable, str(FOLDER / step.script), *step.arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    print(f"{step.title}: exit code {done.returncode}, {took:.0f} s", file=sys.stderr, flush=True)
    shown = f"python tests/benchmarks/{step.script} {' '.join(step.arguments)}".strip()
    printed = done.stdout.rstrip() if done.returncode == 0 else f"{done.stdout}\n{done.stderr}".strip()
    return f"### {step.title}\n\n```console\n$ {shown}\n{printed}\n```\n"


def commit() -> str:
    """The commit that is measured, with a plus sign when files differ from it."""
    git = ("git", "-C", str(FOLDER))
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    dirty = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=False).stdout
    return head.strip() + ("+" if dirty.strip() else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="15000,150000,1000000", help="items of the libraries, comma separated")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    sections = [f"Measured {time.strftime('%Y-%m-%d')}, commit {commit()}; {machine()}\n", "## Start\n"]
    sections.append(run(Step("to the first painted frame", "bench_start.py", ())))
    for size in sizes:
        sections.append(f"## {size:,} items\n")
        sections += [run(step) for step in steps_for(size, given.rounds)]
    by_hand = RESULTS.read_text().partition(_LINE)[0] if RESULTS.exists() else "# Results of the benchmarks\n"
    RESULTS.write_text(by_hand.rstrip() + "\n" + _LINE + "\n" + "\n".join(sections))


if __name__ == "__main__":
    main()
