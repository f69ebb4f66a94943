"""What a sync costs, beside the floor of the same run and the targets. By hand: python tests/benchmarks/bench_sync.py

Every figure is of the engine's own process. Each step is run `--rounds` times and the median by CPU is shown; the floor
is measured before each round, so that both see the same machine. What every sync costs before its lists (imports, the
file, the login, the pauses between calls) is measured on a panel of 150 items. Exits 1 when a count is wrong, whatever
the times.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import (
    PASSWORD,
    USERNAME,
    Measured,
    PanelProcess,
    add_profile,
    machine,
    run_engine,
    run_measured,
)
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.demo import DemoLibrary
from tui_app.paths import Paths

PROFILE = "bench"
TINY = "tiny"


@dataclass
class Bench:
    """One panel, one home, the figures collected so far."""

    panel: PanelProcess
    tiny_panel: PanelProcess
    library: DemoLibrary
    home: Path
    floors: list[dict[str, dict[str, float]]] = field(default_factory=list)
    starts: list[Measured] = field(default_factory=list)
    tiny_runs: list[Measured] = field(default_factory=list)
    first_sizes: list[int] = field(default_factory=list)
    runs: dict[str, list[Measured]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return Paths.under(self.home).library_db(PROFILE)

    def measure_floor(self) -> None:
        address = f"{self.panel.url}/player_api.php?username={USERNAME}&password={PASSWORD}"
        script = str(Path(__file__).with_name("floor.py"))
        with tempfile.TemporaryDirectory() as folder:
            self.floors.append(run_measured([script, address, f"{folder}/floor.db"], self.home).lines[0])

    def measure_start(self) -> None:
        """What the engine costs before it does anything: the interpreter and what it imports; and before its lists."""
        self.starts.append(
            run_measured(["-c", "import tui_app.cli.sync_output, tui_app.sync.engine, click"], self.home)
        )
        self.tiny_runs.append(run_engine(self.home, TINY))

    def sync(self, step: str, check: Callable[[dict[str, Any]], list[str]], *options: str) -> None:
        ran = run_engine(self.home, PROFILE, *options)
        self.runs.setdefault(step, []).append(ran)
        report = ran.report
        wrong = [] if report["status"] == "completed" else [f"{report['status']}: {report['errors']}"]
        self.wrong += [f"{step}: {what}" for what in wrong + check(report)]

    def start_over(self) -> None:
        shutil.rmtree(self.home)
        add_profile(self.home, PROFILE, self.panel.url)
        add_profile(self.home, TINY, self.tiny_panel.url)
        run_engine(self.home, TINY)


def nothing_written(report: dict[str, Any]) -> list[str]:
    return [] if report["rows_written"] == 0 else [f"{report['rows_written']} rows written, not 0"]


def all_added(library: DemoLibrary) -> Callable[[dict[str, Any]], list[str]]:
    def check(report: dict[str, Any]) -> list[str]:
        totals = {kind.plural: library.count(kind) for kind in LISTED_KINDS}
        return [f"{part}: {report[part]['total']}, not {n}" for part, n in totals.items() if report[part]["total"] != n]

    return check


def churned(library: DemoLibrary, start: int, end: int) -> Callable[[dict[str, Any]], list[str]]:
    def check(report: dict[str, Any]) -> list[str]:
        return [wrong for kind in LISTED_KINDS for wrong in _compare(report, kind)]

    def _compare(report: dict[str, Any], kind: Kind) -> list[str]:
        wanted = library.expected_changes(kind, start, end)._asdict()
        got = {name: report[kind.plural][name] for name in wanted}
        return [] if got == wanted else [f"{kind.plural}: {got}, not {wanted}"]

    return check


def run(bench: Bench, *, short: bool) -> None:
    """One round: first sync, the three ways of "nothing new", calm and noisy churn there and back, full rewrite.

    `short`: only the steps that have a target.
    """
    bench.start_over()
    bench.panel.serve(0)
    bench.measure_floor()
    bench.measure_start()
    bench.sync("first sync", all_added(bench.library))
    bench.first_sizes.append(bench.database.stat().st_size)
    bench.sync("unchanged, same body", nothing_written)
    bench.panel.serve(0, "renumbered")
    bench.sync("unchanged, rows compared", nothing_written)
    if not short:
        bench.panel.serve(0, "requoted")
        bench.sync("unchanged, every row's bytes differ", nothing_written)
        bench.panel.serve(0)
        bench.sync("(back to plain)", nothing_written)
    bench.panel.serve(1, "calm")
    bench.sync("1 % churn", churned(bench.library, 0, 1))
    if not short:
        bench.panel.serve(2)
        bench.sync("1 % churn, every row's bytes differ", churned(bench.library, 1, 2))
    bench.sync("full sync over a library", lambda report: [], "--full")


#: Step → its target in limits.md.
TARGETS = {
    "first sync": "≤ 4.5, ≤ 80 MB",
    "… until lists and names are there": "≤ 3.5",
    "unchanged, same body": "≤ 0.1, ≤ 80 MB",
    "unchanged, rows compared": "≤ 0.4, 0 rows, ≤ 2x download, ≤ 80 MB",
    "1 % churn": "≤ 1.0, ≤ 80 MB",
}


def show(bench: Bench, channels: int, movies: int, series: int) -> None:
    floor = {
        name: {clock: statistics.median(f[name][clock] for f in bench.floors) for clock in ("cpu", "wall")}
        for name in bench.floors[0]
    }
    strict = {clock: floor["msgspec"][clock] + floor["insert"][clock] for clock in ("cpu", "wall")}
    plain = {clock: floor["json"][clock] + floor["insert"][clock] for clock in ("cpu", "wall")}
    start = statistics.median(one.cpu_s for one in bench.starts)
    tiny = {
        "cpu": statistics.median(one.cpu_s for one in bench.tiny_runs),
        "wall": statistics.median(one.wall_s for one in bench.tiny_runs),
    }
    print(f"\n{channels:,} channels + {movies:,} movies + {series:,} series; {machine()}; {len(bench.floors)} rounds")
    for name, figure in [
        *floor.items(), ("FLOOR msgspec + insert", strict), ("FLOOR json + insert", plain), ("sync of 150 items", tiny)
    ]:  # fmt: skip
        print(f"  {name:24} cpu {figure['cpu']:6.2f} s   wall {figure['wall']:6.2f} s")
    print(f"  {'imports of the engine':24} cpu {start:6.2f} s")
    waited = tiny["wall"] - tiny["cpu"]
    print(f"  {'pauses between calls':24} {waited:17.2f} s wall of every step; net: without the sync of 150 items\n")
    print(
        f"  {'step':38}{'cpu s':>7}{'wall s':>8}{'x msgspec':>11}{'x json':>8}{'net':>7}{'net wall/dl':>13}"
        f"{'peak MB':>9}{'rows':>9}{'positions':>11}  target (x json)"
    )
    for step, runs in bench.runs.items():
        ran = sorted(runs, key=lambda one: one.cpu_s)[len(runs) // 2]
        peak = max(one.peak_mb for one in runs)
        report = ran.report
        print(
            f"  {step:38}{ran.cpu_s:7.2f}{ran.wall_s:8.2f}{ran.cpu_s / strict['cpu']:11.2f}"
            f"{ran.cpu_s / plain['cpu']:8.2f}{(ran.cpu_s - tiny['cpu']) / plain['cpu']:7.2f}"
            f"{(ran.wall_s - tiny['wall']) / floor['download']['wall']:13.1f}{peak:9.0f}"
            f"{report['rows_written']:9,}{report['positions_written']:11,}  {TARGETS.get(step, '')}"
        )
        if step == "first sync":
            show_lists(runs, strict["cpu"], plain["cpu"], tiny["cpu"])
    print(f"\n  engine peak {max(one.peak_mb for runs in bench.runs.values() for one in runs):.0f} MB (target ≤ 80 MB)")
    show_file(bench.database, int(statistics.median(bench.first_sizes)), channels + movies + series)


def show_lists(runs: list[Measured], strict: float, plain: float, tiny: float) -> None:
    """The first sync as far as lists and names go: the search of cast and plot is built after them."""
    cpu = statistics.median(one.lists_cpu_s for one in runs)
    step = "… until lists and names are there"
    ratios = f"{cpu / strict:11.2f}{cpu / plain:8.2f}{(cpu - tiny) / plain:7.2f}"
    print(f"  {step:38}{cpu:7.2f}{'':8}{ratios}{'':42}  {TARGETS[step]}")


def show_file(file: Path, first_size: int, items: int) -> None:
    size = file.stat().st_size
    per_10k = [one / 1e6 / items * 10_000 for one in (first_size, size)]
    print(
        f"  library file {first_size / 1e6:.1f} MB after the first sync, {size / 1e6:.1f} MB at the end: "
        f"{per_10k[0]:.1f} and {per_10k[1]:.1f} MB per 10,000 items (target ≤ 8)"
    )
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        print("  integrity:", database.execute("PRAGMA integrity_check").fetchone()[0])
        try:
            biggest = database.execute(
                "SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC LIMIT 12"
            ).fetchall()
        except sqlite3.OperationalError:  # SQLite without dbstat
            return
    print("  biggest:", ", ".join(f"{name} {size / 1e6:.1f}" for name, size in biggest))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, size in (("channels", 20_000), ("movies", 100_000), ("series", 30_000), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--short", action="store_true", help="only the steps that have a target")
    parser.add_argument("--keep", type=Path, help="where to leave the library for other benchmarks")
    given = parser.parse_args()
    sizes = (given.channels, given.movies, given.series)
    panel, tiny_panel = PanelProcess(*sizes), PanelProcess(20, 100, 30)
    tiny_panel.serve(0)
    library = DemoLibrary(channels=sizes[0], movies=sizes[1], series=sizes[2])
    home = Path(tempfile.mkdtemp(prefix="xtream-bench-"))
    bench = Bench(panel, tiny_panel, library, home)
    try:
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}; {machine()}", file=sys.stderr)
            run(bench, short=given.short)
        show(bench, *sizes)
        if given.keep:
            shutil.copy(bench.database, given.keep)
    finally:
        for one in (panel, tiny_panel):
            one.stop()
        shutil.rmtree(home)
    for wrong in bench.wrong:
        print("WRONG", wrong)
    sys.exit(1 if bench.wrong else 0)


if __name__ == "__main__":
    main()
