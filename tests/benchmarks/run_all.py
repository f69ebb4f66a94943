"""Runs every benchmark and writes what it printed to RESULTS.md: python tests/benchmarks/run_all.py [--sizes 15000]

One after the other, on a machine with nothing else to do: half an hour for 150,000 and 1,000,000 items with `--quick`
(less of what is long), two hours for all. Each size has two libraries, made once: one of wide vocabulary for
searches and lists, and the one that the syncs leave for the app. What stands in RESULTS.md above the line of dashes is
written by hand and kept; it is written after every benchmark, so that nothing is lost when one is interrupted. A single
benchmark finds the repository as it is installed by `pip install -e .`, or by `PYTHONPATH=.`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # it is run as a script, installed or not

from tests.benchmarks.measure import REPOSITORY, machine

FOLDER: Final = Path(__file__).parent
RESULTS: Final = FOLDER / "RESULTS.md"
_LINE: Final = "\n---\n"
_SMALL: Final = 150_000  # items; of larger libraries one round is enough


class Step(NamedTuple):
    """One benchmark with its arguments."""

    title: str
    script: str
    arguments: tuple[str, ...]


def steps_for(size: int, rounds: int, folder: Path, *, quick: bool) -> list[Step]:
    """What is run for a library of `size` items: two in fifteen are channels, three series, the others movies."""
    channels, series = size * 2 // 15, size * 3 // 15
    shape = ("--channels", str(channels), "--movies", str(size - channels - series), "--series", str(series))
    wide, synced = str(folder / f"wide-{size}.db"), str(folder / f"synced-{size}.db")
    few = str(rounds if size <= _SMALL else 1)
    short = ("--short",) if quick and size > _SMALL else ()
    key_rounds = "1" if quick else few
    return [
        Step("sync beside the floor", "bench_sync.py", (*shape, "--rounds", few, *short, "--keep", synced)),
        Step("a library of wide vocabulary", "wide_library.py", (wide, str(size))),
        Step("search: quality, and speed for what the app asks for", "bench_search.py", (wide,)),
        Step("lists: every filter and sort, every depth", "bench_reads.py", (wide, "--rounds", few)),
        Step(
            "key presses idle and beside a sync",
            "bench_latency.py",
            (*shape, "--rounds", key_rounds, "--library", synced),
        ),
        Step("a long list beside a short one", "bench_lists.py", (*shape, "--rounds", "5", "--library", synced)),
        Step("start beside a bare app", "bench_start.py", (*shape, "--rounds", "5", "--library", synced)),
    ]


def run(step: Step) -> str:
    """What it printed, as a section."""
    began = time.monotonic()
    command = [sys.executable, str(FOLDER / step.script), *step.arguments]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
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
    parser.add_argument(
        "--quick", action="store_true", help="one round of key presses, and of large syncs the steps that have a target"
    )
    parser.add_argument("--into", type=Path, default=RESULTS, help="the file that is written")
    given = parser.parse_args()
    sections = [f"Measured {time.strftime('%Y-%m-%d')}, commit {commit()}; {machine()}\n"]
    with tempfile.TemporaryDirectory(prefix="xtream-bench-") as folder:
        for size in map(int, given.sizes.split(",")):
            sections.append(f"## {size:,} items\n")
            for step in steps_for(size, given.rounds, Path(folder), quick=given.quick):
                sections.append(run(step).replace(folder, "made"))
                write(given.into, sections)


def write(file: Path, sections: list[str]) -> None:
    """What was printed so far, below what is written by hand."""
    by_hand = file.read_text().partition(_LINE)[0] if file.exists() else "# Results of the benchmarks\n"
    file.write_text(by_hand.rstrip() + "\n" + _LINE + "\n" + "\n".join(sections))


if __name__ == "__main__":
    main()
