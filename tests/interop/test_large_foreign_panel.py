"""The foreign panel at 150,000 items: started by hand (`pytest -m slow tests/interop -s`), prints what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.interop.conftest import running_panel
from tests.interop.foreign_panel import PASSWORD, USERNAME
from tests.interop.large_library import FIRST_MOVIE, FIRST_SERIES, title
from tests.support.command_line import CommandLine
from tests.support.memory import peak_mb

SIZES = {"channels": 20_000, "movies": 100_000, "series": 30_000}


def sync(line: CommandLine, what: str, *options: str) -> dict[str, Any]:
    """Run the engine, print its time and memory, give its report."""
    started, peak, last = time.perf_counter(), 0.0, ""
    engine = subprocess.Popen(
        [sys.executable, "-m", "tui_app", "sync", "big", "--events", *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=line.environment,
    )  # fmt: skip
    assert engine.stdout is not None
    for event in engine.stdout:
        peak, last = max(peak, peak_mb(engine.pid)), event
    _, status, usage = os.wait4(engine.pid, 0)
    engine.returncode = os.waitstatus_to_exitcode(status)
    wall, cpu = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
    report: dict[str, Any] = json.loads(last)["report"]
    counts = {part: report[part]["total"] for part in SIZES}
    print(f"\n{what}: wall {wall:.2f} s, cpu {cpu:.2f} s, peak {peak:.0f} MB, {counts}")
    assert (engine.returncode, report["status"]) == (0, "completed")
    assert counts == SIZES
    return report


@pytest.mark.slow
def test_150_000_items_of_a_foreign_panel(line: CommandLine) -> None:
    with running_panel(*(f"--{part}={size}" for part, size in SIZES.items())) as panel:
        line.add_profile("big", panel.url, USERNAME, PASSWORD)

        first = sync(line, "first sync")
        assert {part: first[part]["added"] for part in SIZES} == SIZES
        assert sync(line, "unchanged")["rows_written"] == 0
        assert sync(line, "full", "--full")["movies"]["removed"] == 0

    middle = line.json("show", "movie", str(FIRST_MOVIE + 77_777), "--offline")
    assert middle["name"].startswith(title(77_777))
    found = line.json("search", title(12_345), "--kind", "series")["results"][0]
    assert (found["id"], found["name"]) == (str(FIRST_SERIES + 12_345), title(12_345))
    assert line.json("list", "movies", "--limit", "5", "--offset", "99998")["total"] == SIZES["movies"]
