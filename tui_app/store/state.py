"""How the last sync of each part went, and what the next one needs to know of it. The runs are in `history`."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

from tui_app.catalog import PartState
from tui_app.store.database import LibraryDatabase
from tui_app.store.manifest import packed, unpacked
from tui_app.store.models import SyncState


@dataclass(frozen=True, slots=True)
class StoredPart:
    """How the last sync of a part went, with what the next one needs to know.

    `body_digest` is of the last complete answer as it came over the wire. `held_keys` are the items that answer left
    out and whose removal waits; `held_digest` names that answer. `etag` and `last_modified` are the validators that
    came with the last complete answer, as sent; "" when none came.
    """

    state: PartState
    body_digest: str | None = None
    total: int = 0
    held_keys: frozenset[int] = frozenset()
    held_digest: str | None = None
    etag: str = ""
    last_modified: str = ""


def read_part_state(database: LibraryDatabase, part: str) -> StoredPart:
    """The stored state of "channels", "movies", "series" or "categories"; status "never" before its first sync."""
    row = SyncState.select().where(SyncState.part == part).execute(database)
    found = next(iter(row), None)
    return StoredPart(PartState(part, "never")) if found is None else _stored_part(found)


def get_sync_status(database: LibraryDatabase) -> dict[str, PartState]:
    """The states of the categories and of all lists ever synced: not of the guide, which decides nothing."""
    lists = SyncState.select().where(SyncState.part != "guide")
    return {row.part: _stored_part(row).state for row in lists.execute(database)}


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
        "etag": stored.etag or None,
        "last_modified": stored.last_modified or None,
    }
    with database.writing():
        changed = {name: value for name, value in values.items() if name != "part"}
        SyncState.insert(values).on_conflict(conflict_target=[SyncState.part], update=changed).execute(database)


def _stored_part(row: Any) -> StoredPart:
    state = PartState(row.part, row.status, row.at, row.completed_at, row.reason, row.held_back)
    held = frozenset(unpacked(bytes(row.held_keys))) if row.held_keys else frozenset()
    validators = (row.etag or "", row.last_modified or "")
    return StoredPart(state, row.body_digest, row.total, held, row.held_digest, *validators)
