"""State of each part's last sync, and the row hashes of its list."""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass, field
from typing import Any, Final

from tui_app.catalog import Kind, PartState
from tui_app.store.database import LibraryDatabase, insert_query
from tui_app.store.query_cache import read_meta, write_meta
from tui_app.store.sync_models import Manifest, SyncState


def _integers() -> array[int]:
    return array("q")


@dataclass(slots=True)
class RowHashes:
    """Parallel arrays of signed 64-bit row hashes and keys.

    `numbers_digest` (signed 64 bits) is a digest of the row counters.
    """

    hashes: array[int] = field(default_factory=_integers)
    keys: array[int] = field(default_factory=_integers)
    numbers_digest: int = 0


def read_row_hashes(database: LibraryDatabase, kind: Kind) -> RowHashes | None:
    """Return the stored row hashes (table `manifest`), None if the kind was never synced."""
    columns = (Manifest.hashes, Manifest.keys, Manifest.numbers_digest)
    row = database.row(Manifest.select(*columns).where(Manifest.kind == kind.value))
    if row is None:
        return None
    return RowHashes(unpacked(row[0]), unpacked(row[1]), row[2])


def write_row_hashes(database: LibraryDatabase, kind: Kind, manifest: RowHashes) -> None:
    """Store row hashes, within the transaction that wrote their items."""
    if len(manifest.hashes) != len(manifest.keys):
        raise ValueError("a manifest needs a key for each hash")
    row = (kind.value, packed(manifest.hashes), packed(manifest.keys), manifest.numbers_digest)
    changed = (Manifest.hashes, Manifest.keys, Manifest.numbers_digest)
    with database.writing():
        # given as parameters: Peewee would copy the blobs
        database.run_many(insert_query(Manifest).on_conflict(conflict_target=[Manifest.kind], preserve=changed), [row])


def write_numbers_digest(database: LibraryDatabase, kind: Kind, digest: int) -> None:
    """Store the digest of numbers when the row hashes are unchanged."""
    with database.writing():
        database.run(Manifest.update(numbers_digest=digest).where(Manifest.kind == kind.value))


def packed(numbers: array[int]) -> memoryview:
    """Return the bytes to store. While the view is held, the array can't grow."""
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
    """How the last sync of a part went, with what the next one needs.

    `body_digest` is the digest of the last complete answer as received. `pending_keys` are items missing from it whose
    removal awaits confirmation. `etag` and `last_modified` are its validators, "" if none.
    """

    state: PartState
    body_digest: str | None = None
    total: int = 0
    pending_keys: frozenset[int] = frozenset()
    etag: str = ""
    last_modified: str = ""


def read_part_state(database: LibraryDatabase, part: str) -> StoredPart:
    """Return the state of "channels", "movies", "series" or "categories"; status "never" before its first sync."""
    row = SyncState.select().where(SyncState.part == part).execute(database)
    found = next(iter(row), None)
    return StoredPart(PartState(part, "never")) if found is None else _stored_part(found)


def get_sync_status(database: LibraryDatabase) -> dict[str, PartState]:
    """Return the states of the categories and of all lists ever synced, without the EPG."""
    lists = SyncState.select().where(SyncState.part != "guide")
    return {row.part: _stored_part(row).state for row in lists.execute(database)}


def write_part_state(database: LibraryDatabase, stored: StoredPart) -> None:
    """Store the state, within the transaction that wrote the part, if any."""
    state = stored.state
    values = {
        "part": state.part,
        "status": state.status,
        "at": state.at,
        "completed_at": state.completed_at,
        "reason": state.reason,
        "held_back": state.pending_removals,
        "body_digest": stored.body_digest,
        "total": stored.total,
        "held_keys": packed(array("q", sorted(stored.pending_keys))) if stored.pending_keys else None,
        "etag": stored.etag or None,
        "last_modified": stored.last_modified or None,
    }
    with database.writing():
        changed = {name: value for name, value in values.items() if name != "part"}
        SyncState.insert(values).on_conflict(conflict_target=[SyncState.part], update=changed).execute(database)


_SOURCE: Final = "lists_from"  # the address


def note_source(database: LibraryDatabase, address: str) -> None:
    """Remember from which address the lists come. From another one, the validators of the last lists mean nothing."""
    known = read_meta(database, _SOURCE)
    if known == address:
        return
    with database.writing():
        if known is not None:
            database.run(SyncState.update(etag=None, last_modified=None))
        write_meta(database, _SOURCE, address)


def _stored_part(row: Any) -> StoredPart:
    state = PartState(row.part, row.status, row.at, row.completed_at, row.reason, row.held_back)
    pending = frozenset(unpacked(bytes(row.held_keys))) if row.held_keys else frozenset()
    validators = (row.etag or "", row.last_modified or "")
    return StoredPart(state, row.body_digest, row.total, pending, *validators)
