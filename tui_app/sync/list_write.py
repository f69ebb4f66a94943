"""One fetched list on its way into the library: what is known of it already, what differs, what may leave.

Everything about a list happens in one transaction: its items, their order, the manifest and the part's state. Readers
see the old list until the new one is whole. A list in junk that is whole in itself completes its part, but removes
nothing: a panel that always sends such lists is not in trouble for ever, and is never believed about what is missing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice
from typing import Final

from tui_app.catalog import Changes, Kind
from tui_app.events import PartStatus
from tui_app.store.keys import ItemKeys
from tui_app.store.write.applying import ChangeListener
from tui_app.store.write.differences import ItemChange
from tui_app.store.write.sync_state import Manifest
from tui_app.sync.category_lists import FetchedList
from tui_app.sync.context import SyncContext
from tui_app.sync.coverage import Coverage
from tui_app.sync.guard import Verdict, judge
from tui_app.sync.id_remap import IdMigration, ids_look_renewed
from tui_app.sync.list_dates import SAMPLE, RequestTime, are_others_each_time, date_of, with_date
from tui_app.sync.list_diff import EXCLUDED, KeysFor, ListDiff, diff_list, is_item
from tui_app.sync.list_order import GAP, NOWHERE, Placing, plan_placing
from tui_app.sync.part_state import PartHistory
from tui_app.sync.raw_list import ChosenRow, ListRows, kept_rows
from tui_app.sync.report import PartOutcome
from tui_app.sync.row_identity import CounterDigest, counter, look_up, row_hashes, tally
from tui_app.xtream.coerce import int_

_BLOCK: Final = 1_000
_ACCEPTED: Final = Verdict(True)


class ListWrite:
    """Writes one list of one kind; `run` is called once."""

    def __init__(
        self, sync: SyncContext, kind: Kind, fetched: FetchedList, memory: PartHistory, request: RequestTime
    ) -> None:
        self._sync = sync
        self._store = sync.store
        self._kind = kind
        self._fetched = fetched
        self._memory = memory
        self._request = request
        self._dates: Mapping[int, int] = {}  # the stored ones, by key, where those of the list are not believed
        self._rows = ListRows(sync, kind, fetched)
        self._coverage = Coverage(sync.store.database, kind, fetched, sync.excluded_categories.get(kind, frozenset()))

    def run(self) -> PartOutcome:
        """Bring the library in line with the list, as far as the list may be believed."""
        if not self._is_filtered and self._memory.is_known(self._fetched.body):
            return self._memory.keep(self._fetched.body)
        self._rows.forget_request_dates(self._request)
        with self._store.transaction():
            manifest = self._store.read_manifest(self._kind)
            if manifest is None or not manifest.keys:
                return self._load()
            return self._update(manifest)

    @property
    def _is_filtered(self) -> bool:
        """Whether it was put together by category: order and numbers in it mean nothing."""
        return self._fetched.by_category is not None

    # ------------------------------------------------------------------------------------------------- first load
    def _load(self) -> PartOutcome:
        """Nothing is stored yet: take every row in, build the indexes last."""
        stream = self._rows.stream()
        manifest, counters = Manifest(), CounterDigest()
        with self._store.rewriting(self._kind) as load:
            for batch in self._rows.watched(stream, "writing"):
                counters.update(batch)
                manifest.hashes.extend(row_hashes(batch))
                rows, places, keys = self._rows.items_in(batch)
                first = len(manifest.keys)
                added = load.add(rows, [(first + place) * GAP for place in places])
                for place, key in zip(places, added, strict=True):
                    keys[place] = key
                manifest.keys.extend(keys)
            self._sync.progress.advance("indexing", 0.0)
        self._coverage.learn(stream.verdict)
        if load.count < sum(map(is_item, manifest.keys)) and not self._is_filtered:
            self._merge_repeated(manifest.keys)
        self._store.record_first_load(self._sync.run, self._kind)
        manifest.numbers_digest = 0 if self._is_filtered else counters.value()
        changes = Changes(total=load.count, added=load.count, rows_written=load.count)
        return self._conclude(_ACCEPTED, changes, manifest, set())

    def _merge_repeated(self, keys: array[int]) -> None:
        """Items with several rows also get what only a later row says."""
        repeated = set(filter(is_item, tally(keys).repeated))
        rows = self._rows.of(bytearray(map(repeated.__contains__, keys)), keys, repeated)
        self._store.apply(self._kind, upserts=((row, 0) for _, _, row in rows))

    # ----------------------------------------------------------------------------------------------------- update
    def _update(self, manifest: Manifest) -> PartOutcome:
        stream = self._rows.stream()
        diff = diff_list(
            self._rows.watched(stream, "comparing"),
            self._comparable(manifest),
            identify=self._rows.identify,
            keys_for=self._keys_for(),
        )
        self._coverage.learn(stream.verdict)
        self._dates = {} if self._sync.is_full else self._dates_to_keep(diff)
        missing = self._coverage.missing(diff.vanished)
        migration = self._migration(diff, manifest, missing.gone)
        changes = Changes()
        if migration is not None:
            changes = self._apply(diff, manifest.numbers_digest, migration.note_first)
            migration.find()
        replaced = migration.replaced if migration else set()
        verdict = judge(
            noun=self._kind.plural,
            stored=diff.stored,
            listed=diff.listed + missing.spared,
            excluded=diff.excluded + missing.unwanted,
            left_out_before=0 if self._is_filtered else manifest.keys.count(EXCLUDED),
            vanished=missing.gone - replaced,
            is_complete=self._coverage.is_complete,
            held_before=self._memory.held_keys,
            accept_shrink=self._sync.accept_shrink,
        )
        removed = missing.gone if verdict.may_remove else replaced
        if migration is None:
            changes = self._apply(diff, manifest.numbers_digest, self._note, removed)
        else:
            changes = self._remove(removed, changes, migration)
        if self._sync.is_full and self._coverage.is_everything and removed == diff.vanished:
            changes = self._rewrite(diff, changes)
        after = self._next_manifest(diff, manifest, diff.vanished - removed)
        is_stored = after.hashes == manifest.hashes and after.keys == manifest.keys
        del manifest.hashes[:], manifest.keys[:]  # some megabytes, and writing the new one needs as many
        outcome = self._conclude(verdict, changes, after, missing.gone - removed, is_stored=is_stored)
        return replace(outcome, notice=migration.notice if migration else "")

    def _migration(self, diff: ListDiff, before: Manifest, gone: set[int]) -> IdMigration | None:
        """Where nearly all ids are other ones, it may be the panel that changed and not the list."""
        is_suspect = ids_look_renewed(stored=diff.stored, vanished=len(gone), listed=diff.listed)
        if not is_suspect or not self._coverage.is_complete:
            return None
        old, listed = (set(filter(is_item, keys)) for keys in (before.keys, diff.keys))
        return IdMigration(self._sync, self._kind, old=old, listed=listed, gone=gone)

    def _comparable(self, manifest: Manifest) -> Manifest:
        """The manifest as far as it may be trusted: when rows are read differently now, no hash is known."""
        if self._memory.is_read_alike:
            return manifest
        return replace(manifest, hashes=array("q", bytes(8 * len(manifest.hashes))))

    def _note(self, found: Sequence[ItemChange]) -> None:
        self._store.record_changes(self._sync.run, found)

    def _remove(self, removed: set[int], changes: Changes, migration: IdMigration) -> Changes:
        """Take out what a migration left behind, after the rest was written."""
        gone = self._store.apply(self._kind, removed=removed, on_changes=migration.note_removed)
        written = changes.rows_written + gone.rows_written
        return replace(changes, total=gone.total, removed=gone.removed, rows_written=written)

    def _apply(
        self, diff: ListDiff, numbers_digest: int, on_changes: ChangeListener, removed: Set[int] = frozenset()
    ) -> Changes:
        placing = Placing()
        if diff.is_reordered:
            placing = plan_placing(diff, self._store.read_positions(self._kind), is_ordered=not self._is_filtered)
        self._sync.progress.advance("writing", 0.0)
        changes = self._store.apply(
            self._kind,
            upserts=((row, placing.position(at)) for at, _, row in self._coverage.settled(self._touched(diff))),
            removed=removed,
            on_changes=on_changes,
        )
        placed = self._store.update_positions(self._kind, placing.moved())
        numbered = self._renumber(diff, numbers_digest)
        unchanged = diff.listed - changes.added - changes.changed
        return replace(changes, unchanged=unchanged, positions_written=placed + numbered)

    def _renumber(self, diff: ListDiff, numbers_digest: int) -> int:
        """Channel numbers that moved. Movies and series have counters too, but theirs mean nothing."""
        if self._kind is not Kind.CHANNEL or self._is_filtered or diff.counters.value() == numbers_digest:
            return 0
        numbers: dict[int, int | None] = {}
        place = 0
        for batch in self._rows.stream():
            for key, raw in zip(diff.keys[place : place + len(batch)], batch, strict=True):
                if is_item(key):
                    numbers.setdefault(key, int_(counter(raw).decode("ascii", "replace").strip('"')))
            place += len(batch)
        stored = self._store.read_numbers()
        moved = [(key, number) for key, number in numbers.items() if stored.get(key, number) != number]
        return self._store.update_numbers(moved)

    def _rewrite(self, diff: ListDiff, changes: Changes) -> Changes:
        """A full sync: every row anew, after the differences were counted and applied."""
        stored = self._store.read_positions(self._kind)
        positions = look_up(diff.keys, stored.keys, stored.positions, NOWHERE)
        is_stored = bytearray(position != NOWHERE for position in positions)
        rows = self._rows.of(is_stored, diff.keys, diff.repeated)
        with self._store.rewriting(self._kind) as load:
            while block := list(islice(rows, _BLOCK)):
                load.add([row for _, _, row in block], [positions[place] for place, _, _ in block])
            self._sync.progress.advance("indexing", 0.0)
        return replace(changes, rows_written=load.count + changes.removed)

    def _touched(self, diff: ListDiff) -> Iterator[ChosenRow]:
        kept = kept_rows(diff.fresh, diff.keys, diff.touched, self._rows.decode, repeated=diff.repeated)
        rows = self._rows.of(diff.touched, diff.keys, diff.repeated) if kept is None else kept
        if not self._dates:
            return rows
        return ((at, key, with_date(row, self._dates.get(key) or date_of(row))) for at, key, row in rows)

    def _dates_to_keep(self, diff: ListDiff) -> Mapping[int, int]:
        """The stored dates, where nearly all of the list are others: then they are no news. Asked for few lists."""
        if 2 * diff.touched.count(1) <= len(diff.keys):
            return {}
        stored = self._store.read_dates(self._kind)
        sample = ((key, row) for _, key, row in islice(self._touched(diff), SAMPLE))
        return stored if are_others_each_time(sample, stored) else {}

    def _keys_for(self) -> KeysFor:
        book = ItemKeys(self._store.database, self._kind)  # one for the whole list: it reads the known ids once
        return lambda ids: [book.key(provider_id) for provider_id in ids]

    # --------------------------------------------------------------------------------------------------- concluding
    def _next_manifest(self, diff: ListDiff, before: Manifest, kept: set[int]) -> Manifest:
        """The list as it came, followed by the old rows of items that stay although it no longer names them.

        Rows of items that were not written as they say are compared anew next time.
        """
        numbers = before.numbers_digest if self._is_filtered else diff.counters.value()
        after = Manifest(diff.hashes, diff.keys, numbers)
        doubtful = self._coverage.doubtful
        if doubtful:
            for place, key in enumerate(after.keys):
                if key in doubtful:
                    after.hashes[place] = 0
        if self._is_filtered:  # categories left out were not asked for: their rows are as they were
            kept = kept | {EXCLUDED}
        if kept:
            for digest, key in zip(before.hashes, before.keys, strict=True):
                if key in kept:
                    after.hashes.append(digest)
                    after.keys.append(key)
        return after

    def _conclude(
        self, verdict: Verdict, changes: Changes, manifest: Manifest, missing: set[int], *, is_stored: bool = False
    ) -> PartOutcome:
        """`missing`: items that stay although the list says that they are gone. `is_stored`: its rows are as stored."""
        reason = self._coverage.reason(len(missing)) or (verdict.reason if self._coverage.is_complete else "")
        held = frozenset(missing) if self._coverage.is_complete else frozenset()
        changes = replace(changes, held_back=len(held))
        status: PartStatus = "partial" if reason else "completed"
        if is_stored:
            self._store.write_numbers_digest(self._kind, manifest.numbers_digest)
        else:
            self._store.write_manifest(self._kind, manifest)
        known = None if self._is_filtered else self._fetched.body
        self._memory.conclude(status, reason, changes, known, held if verdict.confirmable else frozenset())
        return PartOutcome(status, changes, reason)
