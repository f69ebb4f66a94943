"""Free space in a library: old details, EPG, old change lists, vanished items.

Categories and items in `keep` are never deleted. Each deletion is one transaction, after which free pages are returned
to the file system.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from peewee import BaseQuery, fn

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.store.database import COUNT, LibraryDatabase, in_json
from tui_app.store.epg.programmes import forget_guide
from tui_app.store.keys import known_keys
from tui_app.store.maintenance.compaction import file_bytes, give_back
from tui_app.store.models import DETAILS_MODELS, ITEM_MODELS, Episode, GuideProgramme
from tui_app.store.query_cache import raise_revision
from tui_app.store.sync_models import SyncChange
from tui_app.store.write.applying import apply
from tui_app.store.write.details import forget_details
from tui_app.store.write.row_writer import refill
from tui_app.store.write.sync_state import (
    RowHashes,
    read_part_state,
    read_row_hashes,
    write_part_state,
    write_row_hashes,
)

OfferName = Literal["details", "guide", "changes", "vanished"]
#: Provider ids by kind that are kept: the user's favourites. A kept episode keeps its series.
Kept = Mapping[Kind, frozenset[str]]

#: Age in seconds from which details count as old.
OLD_DETAILS_DAYS: Final = 30
#: Number of newest syncs whose change lists are kept.
KEPT_CHANGE_LISTS: Final = 5
_DAY_S: Final = 86_400
_ROW: Final = 60  # estimated bytes per row besides its texts, in table and indexes
_BLOCK: Final = 500
_WITH_DETAILS: Final = (Kind.MOVIE, Kind.SERIES)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be deleted: count and estimated bytes."""

    name: OfferName
    count: int
    bytes: int


def droppable(database: LibraryDatabase, keep: Kept, *, now: float | None = None) -> tuple[Offer, ...]:
    """Return what can be deleted; empty offers are omitted."""
    with database.reading():
        offers = (
            _old_details(database, keep, now),
            _counted(
                database, "guide", GuideProgramme.select(COUNT, fn.SUM(_length(GuideProgramme.description) + 2 * _ROW))
            ),
            _counted(database, "changes", SyncChange.select(COUNT, fn.SUM(_CHANGE_TEXTS)).where(_IS_OLD_CHANGE)),
            _vanished(database, keep),
        )
    return tuple(offer for offer in offers if offer.count)


def drop(database: LibraryDatabase, name: OfferName, keep: Kept, *, now: float | None = None) -> int:
    """Delete what an offer names; return the bytes freed."""
    before = file_bytes(database.path)
    with database.writing():
        if name == "details":
            _drop_details(database, keep, now)
        elif name == "guide":
            forget_guide(database)
        elif name == "changes":
            database.run(SyncChange.delete().where(_IS_OLD_CHANGE))
        else:
            _drop_vanished(database, keep)
        raise_revision(database)
    give_back(database)
    database.pragma("wal_checkpoint(TRUNCATE)")
    return max(0, before - file_bytes(database.path))


def _length(column: Any) -> Any:
    return fn.length(column)


_CHANGE_TEXTS: Final = _length(SyncChange.name) + _length(SyncChange.fields_json) + _length(SyncChange.item)
#: Syncs with changes, except the newest ones; without a limit, which an offset needs in SQLite.
_OLD_RUNS: Final = (
    SyncChange.select(SyncChange.run).distinct().order_by(SyncChange.run.desc()).limit(-1).offset(KEPT_CHANGE_LISTS)
)
_IS_OLD_CHANGE: Final = SyncChange.run.in_(_OLD_RUNS)


def _counted(database: LibraryDatabase, name: OfferName, query: BaseQuery) -> Offer:
    count, text_bytes = database.rows(query)[0]
    return Offer(name, count, (text_bytes or 0) + _ROW * count)


# ----------------------------------------------------------------------------------------------------- details
def _old_details(database: LibraryDatabase, keep: Kept, now: float | None) -> Offer:
    count = size = 0
    for kind in _WITH_DETAILS:
        for keys in _blocks(_old_keys(database, kind, keep, now)):
            count += len(keys)
            size += _details_bytes(database, kind, keys)
    return Offer("details", count, size)


def _old_keys(database: LibraryDatabase, kind: Kind, keep: Kept, now: float | None) -> array[int]:
    """Return items with old details, oldest first, except those to keep."""
    before = int((time.time() if now is None else now) - OLD_DETAILS_DAYS * _DAY_S)
    kept = _kept_keys(database, kind, keep)
    stored = DETAILS_MODELS[kind]
    keys = database.integers(stored.select(stored.id).where(stored.at < before).order_by(stored.at, stored.id))
    return array("q", (key for key in keys if key not in kept))


def _details_bytes(database: LibraryDatabase, kind: Kind, keys: array[int]) -> int:
    stored = DETAILS_MODELS[kind]
    size = database.value(stored.select(fn.SUM(_length(stored.facts) + _ROW)).where(in_json(stored.id, keys))) or 0
    if kind is Kind.SERIES:
        # a name is stored in the row, in its index and in the search table
        texts = 3 * _length(Episode.name) + fn.COALESCE(_length(Episode.plot), 0) + 3 * _ROW
        size += database.value(Episode.select(fn.SUM(texts)).where(in_json(Episode.series, keys))) or 0
    return int(size)


def _drop_details(database: LibraryDatabase, keep: Kept, now: float | None) -> None:
    for kind in _WITH_DETAILS:
        for keys in _blocks(_old_keys(database, kind, keep, now)):
            forget_details(database, kind, keys)
            refill(database, kind, keys)


# ---------------------------------------------------------------------------------------------------- vanished
def _vanished(database: LibraryDatabase, keep: Kept) -> Offer:
    """Return items whose removal awaits confirmation."""
    count = size = 0
    for kind in LISTED_KINDS:
        for keys in _blocks(_vanished_keys(database, kind, keep)):
            count += len(keys)
            size += _items_bytes(database, kind, keys)
    return Offer("vanished", count, size)


def _vanished_keys(database: LibraryDatabase, kind: Kind, keep: Kept) -> array[int]:
    held = read_part_state(database, kind.plural).pending_keys
    return array("q", sorted(held - _kept_keys(database, kind, keep))) if held else array("q")


def _items_bytes(database: LibraryDatabase, kind: Kind, keys: array[int]) -> int:
    indexes = 8 if kind is not Kind.CHANNEL else 5  # each contains the folded name or some numbers
    item = ITEM_MODELS[kind]
    texts = 2 * _length(item.name) + indexes * _ROW
    return int(database.value(item.select(fn.SUM(texts)).where(in_json(item.id, keys))) or 0)


def _drop_vanished(database: LibraryDatabase, keep: Kept) -> None:
    """Remove them as if the user had accepted the shorter list.

    They are removed from the row hashes too, so that they count as new when listed again.
    """
    for kind in LISTED_KINDS:
        gone = frozenset(_vanished_keys(database, kind, keep))
        if not gone:
            continue
        total = apply(database, kind, removed=gone).total
        if (manifest := read_row_hashes(database, kind)) is not None:
            write_row_hashes(database, kind, _without(manifest, gone))
        before = read_part_state(database, kind.plural)
        left = before.pending_keys - gone
        state = replace(before.state, pending_removals=len(left))
        if not left:
            state = replace(state, status="completed", reason="")
        write_part_state(database, replace(before, state=state, total=total, pending_keys=left))


def _without(manifest: RowHashes, gone: frozenset[int]) -> RowHashes:
    left = [(digest, key) for digest, key in zip(manifest.hashes, manifest.keys, strict=True) if key not in gone]
    hashes, keys = array("q", (digest for digest, _ in left)), array("q", (key for _, key in left))
    return RowHashes(hashes, keys, manifest.numbers_digest)


# ------------------------------------------------------------------------------------------------------ pieces
def _kept_keys(database: LibraryDatabase, kind: Kind, keep: Kept) -> frozenset[int]:
    keys = frozenset(known_keys(database, kind, keep.get(kind, frozenset())))
    if kind is Kind.SERIES and (episodes := known_keys(database, Kind.EPISODE, keep.get(Kind.EPISODE, frozenset()))):
        keys |= frozenset(database.integers(Episode.select(Episode.series).where(in_json(Episode.id, episodes))))
    return keys


def _blocks(keys: array[int]) -> Iterator[array[int]]:
    for start in range(0, len(keys), _BLOCK):
        yield keys[start : start + _BLOCK]
