"""How the last sync of each part went, and what the next one needs to know of it. The runs are in `history`."""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass, field
from typing import Any

from tui_app.catalog import Kind, PartState
from tui_app.store.database import LibraryDatabase
from tui_app.store.models import SyncState


def _integers() -> array[int]:
    return array("q")


@dataclass(slots=True)
class Manifest:
    """Parallel arrays of signed 64-bit integers; `numbers_digest` (signed 64 bits) sums up the rows' counters."""

    hashes: array[int] = field(default_factory=_integers)
    keys: array[int] = field(default_factory=_integers)
    numbers_digest: int = 0


def read_manifest(database: LibraryDatabase, kind: Kind) -> Manifest | None:
    """The stored manifest, None when the kind was never synced."""
    row = database.row("SELECT hashes, keys, numbers_digest FROM manifest WHERE kind = ?", (kind.value,))
    if row is None:
        return None
    return Manifest(unpacked(row[0]), unpacked(row[1]), row[2])


def write_manifest(database: LibraryDatabase, kind: Kind, manifest: Manifest) -> None:
    """Store it, in the transaction that wrote the items it describes."""
    if len(manifest.hashes) != len(manifest.keys):
        raise ValueError("a manifest needs a key for each hash")
    with database.writing():
        database.run(
            "INSERT INTO manifest(kind, hashes, keys, numbers_digest) VALUES (?, ?, ?, ?) ON CONFLICT(kind) DO UPDATE "
            "SET hashes = excluded.hashes, keys = excluded.keys, numbers_digest = excluded.numbers_digest",
            (kind.value, packed(manifest.hashes), packed(manifest.keys), manifest.numbers_digest),
        )


def write_numbers_digest(database: LibraryDatabase, kind: Kind, digest: int) -> None:
    """Store it where the rows are the stored ones."""
    with database.writing():
        database.run("UPDATE manifest SET numbers_digest = ? WHERE kind = ?", (digest, kind.value))


def packed(numbers: array[int]) -> memoryview:
    """The numbers as they are stored; while this is held, they can't grow."""
    if sys.byteorder == "little":
        return memoryview(numbers)
    swapped = array("q", numbers)
    swapped.byteswap()
    return memoryview(swapped)


def unpacked(blob: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(blob)
    if sys.byteorder != "little":
        numbers.byteswap()
    return numbers


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
