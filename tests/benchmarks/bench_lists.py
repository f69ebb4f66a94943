"""What a long list costs beside a list of a few rows: how soon its screen is painted, and how much memory it takes.

By hand: python tests/benchmarks/bench_lists.py. The real app on two libraries in turn, one of nine items and one of the
sizes given: its movies are shown for the first time (key to the end of the frame that has them), then everything comes
to rest, the keys of all rows read. Medians of `--rounds`; memory is what the system says the app alone holds (RSS).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.measure import PanelProcess, environment, machine, prepare_library, spread
from tests.benchmarks.timed_app import GIVE_UP_S, TimedApp
from tui_app.paths import Paths

PROFILE: Final = "bench"
_FEW: Final = (3, 3, 3)
_FIRST_ROW: Final = " 1/"  # the row under the cursor and how many there are
_REST_S: Final = 3.0  # the app has settled, and all keys are read


class Shown(NamedTuple):
    """One run: milliseconds to the movies, megabytes at rest."""

    ms: float
    mb: float


def show_movies(home: Path, movies: int) -> Shown:
    """Start the app, go to its movies, let it come to rest."""
    plain = {name: value for name, value in environment(home).items() if not name.startswith("SSH_")}
    argv = [sys.executable, "-m", "tui_app", "--profile", PROFILE]
    Paths.under(home).user_db.unlink(missing_ok=True)  # it remembers the rows
    with TimedApp(argv, columns=120, rows=40, env=plain) as app:
        if not app.wait_until(lambda: any(_FIRST_ROW in text for text in app.painted.values())):
            raise SystemExit("Home was never painted")
        app.idle_for(_REST_S)
        press = app.press(b"2", lambda: any(f"{_FIRST_ROW}{movies:,} " in text for text in app.painted.values()))
        if press.ms >= GIVE_UP_S * 1e3:
            raise SystemExit("the movies were never painted")
        app.idle_for(_REST_S)
        return Shown(press.ms, _resident_mb(app.pid))


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _prepare(home: Path, sizes: tuple[int, int, int], library: Path | None) -> None:
    if library is not None:
        prepare_library(home, PROFILE, "http://127.0.0.1:9", library)
        return
    panel = PanelProcess(*sizes)
    panel.serve(0)
    prepare_library(home, PROFILE, panel.url, None)
    panel.stop()


def _movies(home: Path) -> int:
    """How many there are: a library that was kept may have changed since it was made."""
    with closing(sqlite3.connect(Paths.under(home).library_db(PROFILE))) as file:
        return int(file.execute("SELECT count(*) FROM movie").fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, size in (("channels", 20_000), ("movies", 100_000), ("series", 30_000), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--library", type=Path, help="a synced library of these sizes, instead of syncing one")
    given = parser.parse_args()
    sizes = (given.channels, given.movies, given.series)
    folder = Path(tempfile.mkdtemp(prefix="xtream-bench-"))
    few, many = folder / "few", folder / "many"
    try:
        _prepare(few, _FEW, None)
        _prepare(many, sizes, given.library)
        sizes_of = {home: _movies(home) for home in (few, many)}
        shown: dict[Path, list[Shown]] = {few: [], many: []}
        for _ in range(given.rounds):
            for home, movies in sizes_of.items():
                shown[home].append(show_movies(home, movies))
    finally:
        shutil.rmtree(folder)
    print(f"{machine()}; {given.rounds} rounds")
    for home, movies in sizes_of.items():
        mb = statistics.median(one.mb for one in shown[home])
        print(f"  movies first shown, {movies:>9,} rows  {spread([one.ms for one in shown[home]])}   {mb:6.1f} MB")
    ms = [statistics.median(one.ms for one in shown[home]) for home in (few, many)]
    mbs = [statistics.median(one.mb for one in shown[home]) for home in (few, many)]
    print(f"  {sizes_of[many]:,} rows: {ms[1] / ms[0]:.2f} x the paint of a few (target ≤ 1.2), ", end="")
    print(f"{mbs[1] - mbs[0]:.1f} MB more (target ≤ 15)")


if __name__ == "__main__":
    main()
