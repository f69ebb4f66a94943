"""The file of slow queries: one JSON line each, bounded, written by several processes, read by figures and doctors."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from tui_app.file_access import open_regular, read_regular
from tui_app.locks import held
from tui_app.store.upkeep.slow_queries import SlowQuery

#: Queries that are kept; the file is cut back to them when it holds twice as many.
KEPT: Final = 200


def append_slow_query(path: Path, query: SlowQuery) -> None:
    """Add a query. Its folder has to exist; raises `OSError` or `SettingsError` when the file can't be written."""
    with held(path, patience_s=1):
        descriptor = open_regular(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        with os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace") as file:
            if sum(1 for _ in file) >= 2 * KEPT:
                _keep_last(file)
            file.write(json.dumps(asdict(query)) + "\n")


def read_slow_queries(path: Path) -> tuple[SlowQuery, ...]:
    """The last ones, oldest first; none without a file. Lines that are none of ours are passed over."""
    try:
        lines = read_regular(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return tuple(query for query in map(_parsed, lines[-KEPT:]) if query is not None)


def _keep_last(file: TextIOWrapper) -> None:
    """Cut in place. A kill here loses notes, no data."""
    file.seek(0)
    last = file.readlines()[-(KEPT - 1) :]
    file.seek(0)
    file.truncate()
    file.writelines(last)


def _parsed(line: str) -> SlowQuery | None:
    try:
        raw: Any = json.loads(line)
        plan = tuple(str(step) for step in raw["plan"])
        return SlowQuery(int(raw["at"]), float(raw["ms"]), str(raw["file"]), str(raw["sql"]), plan)
    except (ValueError, TypeError, KeyError):
        return None
