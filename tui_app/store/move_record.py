"""The record of ids that a panel gave up for others: written where it is found out, read by what follows.

One batch a find and kind, named by its time; whoever followed up to then is done with it. Knows no marks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from tui_app.store.database import LibraryDatabase


def record_moved_ids(database: LibraryDatabase, kind: str, ids: Mapping[str, str], at: int) -> None:
    """Remember old id → new id, found `at`, of items ("movie") or of categories (`category_keys.category_kind`)."""
    with database.writing():
        last = database.value("SELECT max(at) FROM moved_id WHERE kind = ?", (kind,))
        batch = at if last is None else max(at, int(last) + 1)
        rows = [(kind, batch, old, new) for old, new in ids.items()]
        database.run_many("INSERT INTO moved_id(kind, at, old, new) VALUES (?, ?, ?, ?)", rows)


def last_move(database: LibraryDatabase, kind: str) -> int:
    """When ids of a kind moved last (epoch seconds); 0 for never."""
    return int(database.value("SELECT max(at) FROM moved_id WHERE kind = ?", (kind,)) or 0)


def moves_between(database: LibraryDatabase, kind: str, after: int, until: int, ids: Collection[str]) -> dict[str, str]:
    """Which of `ids`, as they were `after` (epoch seconds), had moved by `until`, and where to: batch after batch."""
    now = {id_: id_ for id_ in ids}
    rows = database.rows(
        "SELECT DISTINCT at FROM moved_id WHERE kind = ? AND at > ? AND at <= ? ORDER BY at", (kind, after, until)
    )
    for (batch,) in rows:
        moved = _successors(database, kind, batch, frozenset(now.values()))
        now = {first: moved.get(last, last) for first, last in now.items()}
    return {first: last for first, last in now.items() if first != last}


def _successors(database: LibraryDatabase, kind: str, batch: int, ids: Collection[str]) -> dict[str, str]:
    """The new ids of those of `ids` that moved in a batch."""
    rows = database.rows(
        "SELECT old, new FROM moved_id WHERE kind = ? AND at = ? AND old IN (SELECT value FROM json_each(?))",
        (kind, batch, json.dumps(list(ids))),
    )
    return dict(rows)
