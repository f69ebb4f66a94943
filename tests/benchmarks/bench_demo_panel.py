"""How fast the demo panel makes and serves its lists, and how much memory it takes. Run by hand:

    python tests/benchmarks/bench_demo_panel.py [CHANNELS MOVIES SERIES]

The panel runs in a process of its own, so that the client's memory is not counted. CPU seconds are the panel's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SIZES = (20_000, 100_000, 30_000)
ACTIONS = ("get_live_streams", "get_vod_streams", "get_series")
PROGRAM = """
import sys
from tui_app.demo import run_panel
channels, movies, series = map(int, sys.argv[1:])
run_panel(channels=channels, movies=movies, series=series,
          on_ready=lambda panel: print(f"{panel.url}/player_api.php?username={panel.username}"
                                       f"&password={panel.password}&action=", flush=True))
"""


def cpu_s(pid: int) -> float:
    """User and system time of a process, from Linux's /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def fetch(address: str) -> int:
    total = 0
    with urlopen(address) as response:
        while block := response.read(1 << 20):
            total += len(block)
    return total


def main() -> None:
    sizes = [str(size) for size in (sys.argv[1:] or SIZES)]
    begin = time.perf_counter()
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, *sizes], stdout=subprocess.PIPE, cwd=REPOSITORY)
    try:
        assert running.stdout is not None
        base = running.stdout.readline().decode().strip()
        print(f"listening after {time.perf_counter() - begin:.2f} s")
        for turn in ("made", "kept"):
            for action in ACTIONS:
                before, start = cpu_s(running.pid), time.perf_counter()
                size = fetch(base + action)
                wall = time.perf_counter() - start
                print(
                    f"{turn} {action:17} {size / 1e6:6.1f} MB  {wall:5.2f} s, CPU {cpu_s(running.pid) - before:5.2f} s"
                )
        print(f"peak memory {peak_mb(running.pid)} MB")
    finally:
        running.terminate()
        running.wait()


if __name__ == "__main__":
    main()
