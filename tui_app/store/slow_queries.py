"""Log slow queries with their query plans, determined in a separate thread.

Parameters, which contain typed text, are never logged. The logging configuration decides where records go.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence, Sized
from contextlib import closing
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from tui_app.file_access import open_regular, read_regular
from tui_app.locks import held
from tui_app.store.connection import connect_reading

#: Seconds from which a query counts as slow.
SLOW_S: Final = 0.1
#: Writes run in background processes and threads, where single statements may take long.
SLOW_WRITE_S: Final = 2.0
_LONGEST_SQL: Final = 2_000  # characters: the rest of a long list of keys is not informative
_QUESTIONS: Final = ("select", "with")
_MAINTENANCE: Final = ("pragma", "vacuum", "analyze", "create", "drop")  # slow by nature, without a query plan
_PAGE_TABLE: Final = " dbstat "  # SQLite's own table, which reads every page

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlowQuery:
    """A slow statement. `at` in epoch seconds; `plan` has one step per entry, indented by depth."""

    at: int
    ms: float
    file: str
    sql: str
    plan: tuple[str, ...] = ()


def record_slow(path: Path, sql: str, params: Sized | Mapping[str, Any], seconds: float) -> None:
    """Log a statement that took `seconds` (at least `SLOW_S`), unless exempt. Returns at once.

    A separate thread determines the query plan.
    """
    statement = sql.lstrip("( \n")[:8].lower()
    if (
        statement.startswith(_MAINTENANCE)
        or _PAGE_TABLE in sql
        or (seconds < SLOW_WRITE_S and not statement.startswith(_QUESTIONS))
    ):
        return
    unbound = dict.fromkeys(params) if isinstance(params, Mapping) else (None,) * len(params)
    thread = threading.Thread(target=_explain_and_log, args=(path, sql, unbound, seconds), name="slow query")
    try:
        thread.start()
    except RuntimeError:  # the interpreter is shutting down
        _log(path, sql, seconds, ())


def explain(path: Path, sql: str, params: Sequence[None] | Mapping[str, None]) -> tuple[str, ...]:
    """Return the query plan of a statement on a separate connection, or one line with the reason why there is none."""
    try:
        with closing(connect_reading(path, timeout=1)) as connection:
            # by hand: the statement may be any
            steps = connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
    except (sqlite3.Error, OSError) as error:
        return (f"no plan: {error}",)
    depth = {0: -1}
    lines = []
    for step, parent, _, words in steps:
        depth[step] = depth.get(parent, -1) + 1
        lines.append("  " * depth[step] + words)
    return tuple(lines)


def _explain_and_log(path: Path, sql: str, params: Any, seconds: float) -> None:
    _log(path, sql, seconds, explain(path, sql, params))


def _log(path: Path, sql: str, seconds: float, plan: tuple[str, ...]) -> None:
    words = " ".join(sql.split())
    shown = words if len(words) <= _LONGEST_SQL else f"{words[:_LONGEST_SQL]} …"
    query = SlowQuery(int(time.time()), round(seconds * 1000, 1), path.name, shown, plan)
    log.warning(
        "slow query: %.0f ms in %s: %s; plan: %s", query.ms, query.file, query.sql, " | ".join(query.plan) or "none",
        extra={"slow_query": query},
    )  # fmt: skip


#: Queries kept; the file is cut back to them when it has twice as many.
KEPT: Final = 200


def append_slow_query(path: Path, query: SlowQuery) -> None:
    """Append a query. Its folder must exist; raises `OSError` or `SettingsError` if the file can't be written."""
    with held(path, patience_s=1):
        descriptor = open_regular(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        with os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace") as file:
            if sum(1 for _ in file) >= 2 * KEPT:
                _keep_last(file)
            file.write(json.dumps(asdict(query)) + "\n")


def read_slow_queries(path: Path) -> tuple[SlowQuery, ...]:
    """Return the last queries, oldest first; () without a file. Invalid lines are skipped."""
    try:
        lines = read_regular(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return tuple(query for query in map(_parsed, lines[-KEPT:]) if query is not None)


def _keep_last(file: TextIOWrapper) -> None:
    """Truncate the file in place: a kill here loses only log entries."""
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
