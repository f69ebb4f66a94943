"""The floor a sync is measured against, in a process of its own: the least that any client must do with the lists.

Prints one JSON line: CPU and wall seconds of downloading the three lists, of decoding them (json, and msgspec with the
collector off) and of writing all values of their rows into plain tables without an index.
"""

from __future__ import annotations

import gc
import json
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec

ACTIONS = ("get_live_streams", "get_vod_streams", "get_series")


def timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    cpu, wall = time.process_time(), time.perf_counter()
    answer = work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}, answer


def download(url: str, action: str) -> bytes:
    with urlopen(f"{url}&action={action}") as response:
        return bytes(response.read())


def insert(file: Path, lists: list[list[dict[str, Any]]]) -> None:
    """One table a list, one column a key of its first row; lists in cells are dropped."""
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA journal_mode=wal")
        database.execute("PRAGMA synchronous=normal")
        for number, rows in enumerate(lists):
            keys = [key for key, value in rows[0].items() if not isinstance(value, list | dict)]
            columns = ", ".join(f'"{key}"' for key in keys)
            database.execute(f"CREATE TABLE t{number} ({columns})")
            marks = ", ".join("?" * len(keys))
            values = ([row.get(key) for key in keys] for row in rows)
            database.executemany(f"INSERT INTO t{number} VALUES ({marks})", values)
    database.close()


def main() -> None:
    url, file = sys.argv[1], Path(sys.argv[2])
    figures: dict[str, dict[str, float]] = {}
    figures["download"], bodies = timed(lambda: [download(url, action) for action in ACTIONS])
    figures["json"], lists = timed(lambda: [json.loads(body) for body in bodies])
    del lists
    gc.disable()
    figures["msgspec"], lists = timed(lambda: [msgspec.json.decode(body) for body in bodies])
    figures["insert"], _ = timed(lambda: insert(file, lists))
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
