"""Slow queries: timed by the database, explained apart from whoever asked, said once as a log record.

What the user typed never gets here: a statement is kept without its parameters. Where the records go is decided by
whoever set up logging.
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

#: A question that takes longer is one somebody may have waited for.
SLOW_S: Final = 0.1
#: Writes are a sync's or an upkeep's, in processes and threads where nobody waits for a single statement.
SLOW_WRITE_S: Final = 2.0
_LONGEST_SQL: Final = 2_000  # characters: a list of a thousand keys says no more than its beginning
_QUESTIONS: Final = ("SELECT", "WITH")
_UPKEEP: Final = ("PRAGMA", "VACUUM", "ANALYZE", "CREATE", "DROP")  # takes long by nature, and has no plan
_PAGE_TABLE: Final = " dbstat "  # SQLite's own: looks at every page

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlowQuery:
    """One slow statement. `at` in epoch seconds; `plan` as SQLite words it, a step an entry, indented by depth."""

    at: int
    ms: float
    file: str
    sql: str
    plan: tuple[str, ...] = ()


def note_slow(path: Path, sql: str, params: Sized | Mapping[str, Any], seconds: float) -> None:
    """Say that a statement took `seconds` (at least `SLOW_S`), unless it is one of those that may. Returns at once:
    a thread of its own asks for the plan."""
    statement = sql.lstrip("( \n")[:8].upper()
    if (
        statement.startswith(_UPKEEP)
        or _PAGE_TABLE in sql
        or (seconds < SLOW_WRITE_S and not statement.startswith(_QUESTIONS))
    ):
        return
    unbound = dict.fromkeys(params) if isinstance(params, Mapping) else (None,) * len(params)
    thread = threading.Thread(target=_explain_and_log, args=(path, sql, unbound, seconds), name="slow query")
    try:
        thread.start()
    except RuntimeError:  # the program is ending
        _log(path, sql, seconds, ())


def explain(path: Path, sql: str, params: Sequence[None] | Mapping[str, None]) -> tuple[str, ...]:
    """The plan of a statement, from a connection of its own; a single line that says why when there is none."""
    try:
        with closing(connect_reading(path, timeout=1)) as connection:
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
