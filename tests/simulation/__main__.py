"""Run seeds: `python -m tests.simulation --seed 7`, or `--seeds 0 1000`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.history import drawn, fails, run_seed, shrunk


def replay(seed: int) -> int:
    """Run one seed; if it fails, say with which steps, as few as possible."""
    error = fails(seed, drawn(seed))
    if error is None:
        print(f"seed {seed}: {run_seed(seed)} steps, nothing found")
        return 0
    steps = shrunk(seed, drawn(seed))
    found = fails(seed, steps) or error
    print(f"seed {seed}: {type(found).__name__}: {found}", *getattr(found, "__notes__", ()), sep="\n  ")
    print("steps:", ", ".join(f"{step.name} ({step.seed})" for step in steps))
    return 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="run one seed and shrink it if it fails")
    parser.add_argument("--seeds", type=int, nargs=2, metavar=("FIRST", "END"), default=(0, 100))
    given = parser.parse_args()
    if given.seed is not None:
        return replay(given.seed)
    began, steps = time.process_time(), 0
    for seed in range(*given.seeds):
        error = fails(seed, drawn(seed))
        if error is not None:
            print(f"seed {seed}: {type(error).__name__}: {error}", *getattr(error, "__notes__", ()))
            return 1
        steps += len(drawn(seed)) + 1
    print(f"{given.seeds[1] - given.seeds[0]} seeds, {steps} steps, {time.process_time() - began:.1f} CPU seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
