"""Run tests many times on a machine under load, and print which failed how often.

    python -m tests.support.steadiness 20                     # the whole suite, twenty times, as `pytest` runs it
    python -m tests.support.steadiness 50 --load 4 tests/screens -- -n 2 -k browse

`--load` is the number of processes that compute beside the tests; by default, one per core. What follows `--` goes to
pytest. Ends with exit code 1 if any test failed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

_BUSY = "while True: sum(range(10_000))"


def main(arguments: list[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="python -m tests.support.steadiness", description=__doc__.partition("\n")[0])
    parser.add_argument("times", type=int)
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--load", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_intermixed_args(arguments[:split])
    failures: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    with load(asked.load):
        for number in range(1, asked.times + 1):
            began = time.monotonic()
            failed = run_once([*asked.tests, *arguments[split + 1 :]])
            print(f"run {number} of {asked.times}: {time.monotonic() - began:.0f} s, {len(failed)} failed", flush=True)
            failures.update(failed.keys())
            reasons = failed | reasons
    print("\n".join(table(failures, reasons, asked.times)))
    return int(bool(failures))


def table(failures: Counter[str], reasons: dict[str, str], times: int) -> Iterator[str]:
    """The lines of the table of failures."""
    yield f"\n{sum(failures.values())} failures of {len(failures)} tests in {times} runs"
    for name, count in failures.most_common():
        yield f"{count:4} of {times}  {name}\n              {reasons[name]}"


def run_once(arguments: list[str]) -> dict[str, str]:
    """Run the tests; the failed ones, each with the first line of its reason."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not report.exists():
            return {"(the run itself)": done.stdout[-500:] + done.stderr[-500:]}
        return dict(failed_tests(report))


def failed_tests(report: Path) -> Iterator[tuple[str, str]]:
    """(test, reason) of each failure in a report in JUnit's format."""
    for case in ElementTree.parse(report).iter("testcase"):
        for problem in (*case.iter("failure"), *case.iter("error")):
            reason = " ".join(re.split(r"\s+", problem.get("message", "").strip()))
            yield f"{case.get('classname')}::{case.get('name')}"[:140], reason[:200]


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep this many processes computing for the length of a block."""
    busy = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
