"""What the benchmarks share: a demo panel in a process of its own, programs measured from outside, percentiles.

CPU seconds are those of the measured process alone (`wait4`); peak memory is its own VmHWM, not `ru_maxrss`, which
also counts the process it was forked from. Programs run from compiled modules, as installed ones do.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.memory import peak_mb
from tui_app.paths import Paths

REPOSITORY: Final = Path(__file__).resolve().parent.parent.parent
USERNAME: Final = "demo"
PASSWORD: Final = "silent-era-1926"


@dataclass
class Measured:
    """One run of a program: seconds, megabytes, the JSON lines it printed, and its CPU seconds at each of them."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    code: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    cpu_at: list[float] = field(default_factory=list)

    @property
    def report(self) -> dict[str, Any]:
        """The sync report of an engine run."""
        return dict(self.lines[-1]["report"])

    @property
    def lists_cpu_s(self) -> float:
        """CPU seconds until the last list could be browsed and searched by name."""
        ended = [cpu for line, cpu in zip(self.lines, self.cpu_at, strict=True) if line.get("event") == "part_finished"]
        return ended[-1] if ended else self.cpu_s


def environment(home: Path) -> dict[str, str]:
    """The programs' environment: a home of their own, and compiled modules kept out of the working tree."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "XTREAM_TUI_HOME": str(home),
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "xtream-tui-bench-pyc"),
    }


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process so far, all its threads, those that have ended too."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # how Linux numbers the clocks of processes
    except OSError:
        return 0.0


def run_measured(arguments: Sequence[str], home: Path) -> Measured:
    """Run `python ARGUMENTS`, reading JSON lines from its stdout; stdin stays open, as the engine wants it."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(home)
    )
    assert process.stdout is not None
    peak, lines, cpu_at = 0.0, [], []
    for line in process.stdout:
        peak = max(peak, peak_mb(process.pid))
        cpu_at.append(cpu_seconds(process.pid))
        lines.append(json.loads(line))
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(wall, usage.ru_utime + usage.ru_stime, peak, process.returncode, lines, cpu_at)


def run_engine(home: Path, profile: str, *options: str) -> Measured:
    """The sync engine as the app starts it."""
    return run_measured(["-m", "tui_app", "sync", profile, "--events", *options], home)


class PanelProcess:
    """The demo panel in its own process; `serve` changes what it lists (see panel_process.py)."""

    def __init__(self, channels: int, movies: int, series: int) -> None:
        sizes = [f"--channels={channels}", f"--movies={movies}", f"--series={series}"]
        script = Path(__file__).with_name("panel_process.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), *sizes],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(Path("/nonexistent")),
        )  # fmt: skip
        self.url = self._answer()["url"]

    def serve(self, generation: int, variant: str = "plain") -> dict[str, Any]:
        """Lists of that generation from now on; answers {"bytes": size of the three lists}."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{generation} {variant}\n")
        self._process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))


def add_profile(home: Path, name: str, url: str, *options: str) -> None:
    """A profile on the panel, its password in the home's own file."""
    subprocess.run(
        [sys.executable, "-m", "tui_app", "profile", "add", name, "--url", url,
         "--username", USERNAME, "--password-stdin", *options],
        input=PASSWORD + "\n", text=True, env=environment(home), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def prepare_library(home: Path, name: str, url: str, library: Path | None) -> None:
    """A profile with a library: a copy of the one that is given, else one that is synced from the panel."""
    if library is None:
        add_profile(home, name, url)
        run_engine(home, name)
        return
    add_profile(home, name, url, "--no-test")
    target = Paths.under(home).library_db(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(library, target)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float]) -> str:
    """p50, p95 and worst, in milliseconds as given."""
    worst = max(values)
    return f"p50 {statistics.median(values):7.2f}  p95 {percentile(values, 0.95):7.2f}  max {worst:7.2f} ms"


def machine() -> str:
    """How busy the machine is: absolute figures mean little when it is."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
