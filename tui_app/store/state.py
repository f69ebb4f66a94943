"""What is remembered of syncs: the state of each part, the runs, and their change lists."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from tui_app.catalog import PartState
from tui_app.store.database import LibraryDatabase
from tui_app.store.differences import ItemChange
from tui_app.store.manifest import packed, unpacked
from tui_app.store.models import SyncRun, SyncState

KEPT_RUNS: Final = 50
#: Long texts of a change list are cut: it tells that a plot changed, it is no second copy of it.
_TEXT_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class StoredPart:
    """How the last sync of a part went, with what the next one needs to know.

    `body_digest` is of the last complete answer as it came over the wire. `held_keys` are the items that answer left
    out and whose removal waits; `held_digest` names that answer.
    """

    state: PartState
    body_digest: str | None = None
    total: int = 0
    held_keys: frozenset[int] = frozenset()
    held_digest: str | None = None


def read_part_state(database: LibraryDatabase, part: str) -> StoredPart:
    """The stored state of "channels", "movies", "series" or "categories"; status "never" before its first sync."""
    row = SyncState.select().where(SyncState.part == part).execute(database)
    found = next(iter(row), None)
    return StoredPart(PartState(part, "never")) if found is None else _stored_part(found)


def get_sync_status(database: LibraryDatabase) -> dict[str, PartState]:
    """The states of all parts ever synced."""
    return {row.part: _stored_part(row).state for row in SyncState.select().execute(database)}


def write_part_state(database: LibraryDatabase, stored: StoredPart) -> None:
    """Store it, in the transaction that wrote the part where there was one."""
    state = stored.state
    values = {
        "part": state.part,
        "status": state.status,
        "at": state.at,
        "completed_at": state.completed_at,
        "reason": state.reason,
        "held_back": state.held_back,
        "body_digest": stored.body_digest,
        "total": stored.total,
        "held_keys": packed(array("q", sorted(stored.held_keys))) if stored.held_keys else None,
        "held_digest": stored.held_digest,
    }
    with database.writing():
        changed = {name: value for name, value in values.items() if name != "part"}
        SyncState.insert(values).on_conflict(conflict_target=[SyncState.part], update=changed).execute(database)


def _stored_part(row: Any) -> StoredPart:
    state = PartState(row.part, row.status, row.at, row.completed_at, row.reason, row.held_back)
    held = frozenset(unpacked(bytes(row.held_keys))) if row.held_keys else frozenset()
    return StoredPart(state, row.body_digest, row.total, held, row.held_digest)


# ------------------------------------------------------------------------------------------------------- runs
def start_run(database: LibraryDatabase, mode: str, at: int) -> int:
    """Note that a sync began ("full" or "incremental"); its number. Forgets the oldest runs beyond the last 50."""
    with database.writing():
        run = int(SyncRun.insert(mode=mode, status="running", started_at=at).execute(database))
        SyncRun.delete().where(SyncRun.id <= run - KEPT_RUNS).execute(database)
    return run


def finish_run(database: LibraryDatabase, run: int, status: str, at: int) -> None:
    """Note how it ended: "completed", "partial", "failed" or "cancelled"."""
    with database.writing():
        SyncRun.update(status=status, finished_at=at).where(SyncRun.id == run).execute(database)


def record_changes(database: LibraryDatabase, run: int, changes: Iterable[ItemChange]) -> None:
    """Add to the change list of a run, in the transaction that made the changes."""
    rows = [(run, change.kind.value, change.id, change.name, change.change, _fields_json(change)) for change in changes]
    with database.writing():
        database.run_many(
            "INSERT INTO sync_change(run, kind, item, name, change, fields) VALUES (?, ?, ?, ?, ?, ?)", rows
        )


def _fields_json(change: ItemChange) -> str:
    cut = {name: [_cut(old), _cut(new)] for name, (old, new) in change.fields.items()}
    return json.dumps(cut, ensure_ascii=False)


def _cut(value: Any) -> Any:
    return value[:_TEXT_LIMIT] if isinstance(value, str) else value
