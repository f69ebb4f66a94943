"""One downloaded list on its way into the library: what is known of it already, what differs, what may leave.

Everything about a list happens in one transaction: its items, their order, the manifest and the part's state. Readers
see the old list until the new one is whole.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from tui_app.catalog import Changes, ItemRow, Kind, PartState
from tui_app.store.keys import KeyBook
from tui_app.store.manifest import Manifest
from tui_app.store.state import StoredPart
from tui_app.sync.guard import Verdict, judge
from tui_app.sync.list_diff import (
    EXCLUDED,
    NO_ITEM,
    KeysFor,
    ListDiff,
    diff_list,
    fresh_rows,
    is_item,
    repeated_keys,
    touched_rows,
)
from tui_app.sync.positions import GAP, plan_positions
from tui_app.sync.raw_rows import CounterDigest, counter, row_hashes
from tui_app.sync.report import PartOutcome
from tui_app.xtream.body import DownloadedBody
from tui_app.xtream.coerce import int_
from tui_app.xtream.rows import decode_row, row_identity
from tui_app.xtream.stream import RowStream, split_rows

if TYPE_CHECKING:
    from tui_app.sync.parts import PartSync

#: Raised when reading a row gives other values than before, so that stored lists are compared anew.
ROW_FORMAT: Final = 1
_BLOCK: Final = 1_000
_ACCEPTED: Final = Verdict(True)


class ListWrite:
    """Writes one list of one kind; `run` is called once."""

    def __init__(self, sync: PartSync, kind: Kind, body: DownloadedBody) -> None:
        self._sync = sync
        self._store = sync.store
        self._kind = kind
        self._body = body
        self._excluded = sync.excluded_categories.get(kind, frozenset())
        self._before = sync.store.read_part_state(kind.plural)
        self._reading = self._reading_digest()

    def run(self) -> PartOutcome:
        """Bring the library in line with the list, as far as the list may be believed."""
        if self._is_known_body():
            changes = Changes(total=self._before.total, unchanged=self._before.total)
            self._store.write_part_state(self._state("completed", changes, _ACCEPTED, frozenset()))
            return PartOutcome("completed", changes)
        with self._store.transaction():
            manifest = self._store.read_manifest(self._kind)
            if manifest is None or not manifest.keys:
                return self._load()
            return self._update(manifest)

    # ---------------------------------------------------------------------------------------- the body as a whole
    def _is_known_body(self) -> bool:
        """Byte for byte the last complete answer, read the same way: nothing can have changed."""
        return (
            not self._sync.is_full
            and not self._body.truncated
            and self._before.state.status == "completed"
            and self._before.body_digest == self._body_digest()
        )

    def _body_digest(self) -> str:
        return f"{self._reading}:{self._body.digest.hex()}"

    def _reading_digest(self) -> str:
        """All that decides what is read out of a body besides its bytes."""
        facts = repr((ROW_FORMAT, str(self._sync.context.zone), sorted(self._excluded)))
        return blake2b(facts.encode(), digest_size=8).hexdigest()

    # ------------------------------------------------------------------------------------------------- first load
    def _load(self) -> PartOutcome:
        """Nothing is stored yet: take every row in, build the indexes last."""
        stream = split_rows(self._body.blocks())
        manifest, counters = Manifest(), CounterDigest()
        with self._store.rewriting(self._kind) as load:
            for batch in self._watched(stream, "writing"):
                counters.update(batch)
                manifest.hashes.extend(row_hashes(batch))
                rows, places, keys = self._rows_in(batch)
                first = len(manifest.keys)
                added = load.add(rows, [(first + place) * GAP for place in places])
                for place, key in zip(places, added, strict=True):
                    keys[place] = key
                manifest.keys.extend(keys)
            self._sync.progress.advance("indexing", 0.0)
        if load.count < sum(map(is_item, manifest.keys)):
            self._merge_repeated(manifest.keys)
        self._store.record_first_load(self._sync.run, self._kind)
        manifest.numbers_digest = counters.value()
        changes = Changes(total=load.count, added=load.count, rows_written=load.count)
        return self._conclude(stream, _ACCEPTED, changes, manifest, frozenset())

    def _rows_in(self, batch: Sequence[bytes]) -> tuple[list[ItemRow], list[int], list[int]]:
        """The items of a batch, their places in it, and a key for every row (still open for the items)."""
        rows: list[ItemRow] = []
        places: list[int] = []
        keys = [NO_ITEM] * len(batch)
        for place, raw in enumerate(batch):
            row = self._decode(raw)
            if row is None:
                continue
            if self._is_excluded(row):
                keys[place] = EXCLUDED
                continue
            rows.append(row)
            places.append(place)
        return rows, places, keys

    def _merge_repeated(self, keys: array[int]) -> None:
        """Items with several rows also get what only a later row says."""
        rows = self._rows_of(repeated_keys(keys), keys)
        self._store.apply(self._kind, upserts=((row, 0) for _, row in rows))

    # ----------------------------------------------------------------------------------------------------- update
    def _update(self, manifest: Manifest) -> PartOutcome:
        stream = split_rows(self._body.blocks())
        diff = diff_list(
            self._watched(stream, "comparing"),
            self._comparable(manifest),
            identify=self._identify,
            keys_for=self._keys_for(),
        )
        is_whole = self._is_whole(stream)
        verdict = judge(
            noun=self._kind.plural,
            stored=diff.stored,
            listed=diff.listed,
            left_out=diff.excluded,
            left_out_before=manifest.keys.count(EXCLUDED),
            vanished=diff.vanished,
            is_complete=is_whole,
            held_before=self._before.held_keys,
            accept_shrink=self._sync.accept_shrink,
        )
        kept = frozenset() if verdict.may_remove else frozenset(diff.vanished)
        changes = self._apply(diff, diff.vanished - kept, manifest.numbers_digest)
        if self._sync.is_full and is_whole and not kept:
            changes = self._rewrite(diff, changes)
        return self._conclude(stream, verdict, changes, _next_manifest(diff, manifest, kept), kept)

    def _comparable(self, manifest: Manifest) -> Manifest:
        """The manifest as far as it may be trusted: when rows are read differently now, no hash is known."""
        if (self._before.body_digest or "").startswith(f"{self._reading}:"):
            return manifest
        return replace(manifest, hashes=array("q", bytes(8 * len(manifest.hashes))))

    def _apply(self, diff: ListDiff, removed: set[int], numbers_digest: int) -> Changes:
        order = diff.order or ()
        stored = self._store.read_positions(self._kind) if order else {}
        planned = plan_positions(order, stored)
        self._sync.progress.advance("writing", 0.0)
        changes = self._store.apply(
            self._kind,
            upserts=((row, planned.get(key, 0)) for key, row in self._touched(diff)),
            removed=removed,
            on_changes=lambda found: self._store.record_changes(self._sync.run, found),
        )
        placed = self._store.update_positions(
            self._kind, [(key, position) for key, position in planned.items() if key in stored]
        )
        numbered = self._renumber(diff, numbers_digest)
        unchanged = diff.listed - changes.added - changes.changed
        return replace(changes, unchanged=unchanged, positions_written=placed + numbered)

    def _renumber(self, diff: ListDiff, numbers_digest: int) -> int:
        """Channel numbers that moved. Movies and series have counters too, but theirs mean nothing."""
        if self._kind is not Kind.CHANNEL or diff.counters.value() == numbers_digest:
            return 0
        numbers: dict[int, int | None] = {}
        place = 0
        for batch in split_rows(self._body.blocks()):
            for key, raw in zip(diff.keys[place : place + len(batch)], batch, strict=True):
                if is_item(key):
                    numbers.setdefault(key, int_(counter(raw).decode("ascii", "replace").strip('"')))
            place += len(batch)
        stored = self._store.read_numbers()
        moved = [(key, number) for key, number in numbers.items() if stored.get(key, number) != number]
        return self._store.update_numbers(moved)

    def _rewrite(self, diff: ListDiff, changes: Changes) -> Changes:
        """A full sync: every row anew, after the differences were counted and applied."""
        positions = self._store.read_positions(self._kind)
        rows = self._rows_of(positions.keys(), diff.keys, phase="writing")
        with self._store.rewriting(self._kind) as load:
            block: list[tuple[int, ItemRow]] = []
            for keyed in rows:
                block.append(keyed)
                if len(block) == _BLOCK:
                    load.add([row for _, row in block], [positions[key] for key, _ in block])
                    block.clear()
            load.add([row for _, row in block], [positions[key] for key, _ in block])
            self._sync.progress.advance("indexing", 0.0)
        return replace(changes, rows_written=load.count + changes.removed)

    # -------------------------------------------------------------------------------------------------- reading rows
    def _watched(self, stream: RowStream, phase: str) -> Iterator[list[bytes]]:
        """The batches of a list, with progress said and cancelling heard between them."""
        used = rows = 0
        for batch in stream:
            self._sync.cancellation.raise_if_cancelled()
            yield batch
            used += sum(map(len, batch))
            rows += len(batch)
            self._sync.progress.advance(phase, used / max(self._body.size, 1), rows=rows)

    def _touched(self, diff: ListDiff) -> Iterator[tuple[int, ItemRow]]:
        kept = fresh_rows(diff, self._decode)
        return self._rows_of(diff.touched, diff.keys) if kept is None else kept

    def _rows_of(self, wanted: Set[int], keys: array[int], *, phase: str = "writing") -> Iterator[tuple[int, ItemRow]]:
        if not wanted:
            return iter(())
        return touched_rows(self._watched(split_rows(self._body.blocks()), phase), keys, wanted, self._decode)

    def _keys_for(self) -> KeysFor:
        book = KeyBook(self._store.database, self._kind)  # one for the whole list: it reads the known ids once
        return lambda ids: [book.key(provider_id) for provider_id in ids]

    def _decode(self, raw: bytes) -> ItemRow | None:
        return decode_row(self._kind, raw, self._sync.context)

    def _identify(self, raw: bytes) -> str | int:
        if not self._excluded:
            return row_identity(self._kind, raw, self._sync.context) or NO_ITEM
        row = self._decode(raw)
        if row is None:
            return NO_ITEM
        return EXCLUDED if self._is_excluded(row) else row.id

    def _is_excluded(self, row: ItemRow) -> bool:
        """All its categories are ones the user does not want. An item without any is never excluded."""
        return bool(self._excluded and row.category_ids) and self._excluded.issuperset(row.category_ids)

    def _is_whole(self, stream: RowStream) -> bool:
        return stream.verdict.complete and not self._body.truncated

    # --------------------------------------------------------------------------------------------------- concluding
    def _conclude(
        self, stream: RowStream, verdict: Verdict, changes: Changes, manifest: Manifest, kept: frozenset[int]
    ) -> PartOutcome:
        reason = verdict.reason
        if not self._is_whole(stream):
            reason = (
                f"the list of {self._kind.plural} was cut short or damaged; what came was kept, nothing was removed"
            )
        held = kept if self._is_whole(stream) else frozenset()
        changes = replace(changes, held_back=len(held))
        status = "partial" if reason else "completed"
        self._store.write_manifest(self._kind, manifest)
        self._store.write_part_state(self._state(status, changes, replace(verdict, reason=reason), held))
        return PartOutcome(status, changes, reason)

    def _state(self, status: str, changes: Changes, verdict: Verdict, held: frozenset[int]) -> StoredPart:
        now = self._sync.now()
        done = status == "completed"
        completed_at = now if done else self._before.state.completed_at
        state = PartState(self._kind.plural, status, now, completed_at, verdict.reason, changes.held_back)
        digest = self._body_digest() if done else f"{self._reading}:"
        return StoredPart(state, digest, changes.total, held if verdict.confirmable else frozenset())


def _next_manifest(diff: ListDiff, before: Manifest, kept: frozenset[int]) -> Manifest:
    """The list as it came, followed by the old rows of items that stay although it no longer names them."""
    after = Manifest(diff.hashes, diff.keys, diff.counters.value())
    if kept:
        for digest, key in zip(before.hashes, before.keys, strict=True):
            if key in kept:
                after.hashes.append(digest)
                after.keys.append(key)
    return after
