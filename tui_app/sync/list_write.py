"""Apply one fetched list to the library in one transaction: items, order, row hashes and state of the part.

Readers see the old list until the transaction commits. A list with surrounding junk whose rows are all readable
completes the part but removes nothing: a panel that always sends such lists must not fail for ever.
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
from tui_app.store.write.sync_state import RowHashes
from tui_app.sync.category_lists import FetchedList
from tui_app.sync.coverage import Coverage, ListCounts, Verdict, judge
from tui_app.sync.id_remap import IdMigration, ids_look_renewed
from tui_app.sync.list_diff import (
    EXCLUDED,
    CounterDigest,
    KeysFor,
    ListDiff,
    counter,
    diff_list,
    hash_rows,
    is_item,
    look_up,
    tally,
)
from tui_app.sync.list_order import GAP, NOWHERE, OrderPlan, plan_order
from tui_app.sync.part_state import PartHistory, SyncContext
from tui_app.sync.raw_list import (
    SAMPLE,
    ChosenRow,
    ListRows,
    RequestTime,
    are_others_each_time,
    kept_rows,
)
from tui_app.sync.report import PartOutcome
from tui_app.xtream.coerce import int_

_BLOCK: Final = 1_000
_ACCEPTED: Final = Verdict(True)


class ListWrite:
    """Writes one list of one kind; call `run` once."""

    def __init__(
        self, sync: SyncContext, kind: Kind, fetched: FetchedList, history: PartHistory, request: RequestTime
    ) -> None:
        self._sync = sync
        self._store = sync.store
        self._kind = kind
        self._fetched = fetched
        self._history = history
        self._request = request
        self._dates: Mapping[int, int] = {}  # stored dates by key, used when the dates of the list are not plausible
        self._rows = ListRows(sync, kind, fetched)
        self._coverage = Coverage(sync.store.database, kind, fetched, sync.excluded_categories.get(kind, frozenset()))

    def run(self) -> PartOutcome:
        """Apply the fetched list. Removals are skipped unless the list is complete and plausible."""
        if not self._is_filtered and self._history.is_known(self._fetched.body):
            return self._history.keep(self._fetched.body)
        self._rows.forget_request_dates(self._request)
        with self._store.transaction():
            row_hashes = self._store.read_row_hashes(self._kind)
            if row_hashes is None or not row_hashes.keys:
                return self._load()
            return self._update(row_hashes)

    @property
    def _is_filtered(self) -> bool:
        """Whether the list was assembled by category, so that its order and numbers carry no meaning."""
        return self._fetched.by_category is not None

    # ------------------------------------------------------------------------------------------------- first load
    def _load(self) -> PartOutcome:
        """Write every row into the empty table and build the indexes last."""
        stream = self._rows.stream()
        row_hashes, counters = RowHashes(), CounterDigest()
        with self._store.rewriting(self._kind) as load:
            for batch in self._rows.watched(stream, "writing"):
                counters.update(batch)
                row_hashes.hashes.extend(hash_rows(batch))
                rows, indexes, keys = self._rows.items_in(batch)
                first = len(row_hashes.keys)
                added = load.add(rows, [(first + index) * GAP for index in indexes])
                for index, key in zip(indexes, added, strict=True):
                    keys[index] = key
                row_hashes.keys.extend(keys)
            self._sync.progress.advance("indexing", 0.0)
        self._coverage.learn(stream.verdict)
        if load.count < sum(map(is_item, row_hashes.keys)) and not self._is_filtered:
            self._merge_repeated(row_hashes.keys)
        self._store.record_first_load(self._sync.run, self._kind)
        row_hashes.numbers_digest = 0 if self._is_filtered else counters.value()
        changes = Changes(total=load.count, added=load.count, rows_written=load.count)
        return self._conclude(_ACCEPTED, changes, row_hashes, set())

    def _merge_repeated(self, keys: array[int]) -> None:
        """Merge the values of later rows into items with several rows."""
        repeated = set(filter(is_item, tally(keys).repeated))
        rows = self._rows.of(bytearray(map(repeated.__contains__, keys)), keys, repeated)
        self._store.apply(self._kind, upserts=((row, 0) for _, _, row in rows))

    # ----------------------------------------------------------------------------------------------------- update
    def _update(self, row_hashes: RowHashes) -> PartOutcome:
        stream = self._rows.stream()
        diff = diff_list(
            self._rows.watched(stream, "comparing"),
            self._comparable(row_hashes),
            identify=self._rows.identify,
            keys_for=self._keys_for(),
        )
        self._coverage.learn(stream.verdict)
        self._dates = {} if self._sync.is_full else self._dates_to_keep(diff)
        missing = self._coverage.missing(diff.vanished)
        migration = self._migration(diff, row_hashes, missing.gone)
        changes = Changes()
        if migration is not None:
            changes = self._apply(diff, row_hashes.numbers_digest, migration.record_first)
            migration.find()
        replaced = migration.replaced if migration else set()
        verdict = judge(
            self._kind.plural,
            ListCounts(
                stored=diff.stored,
                listed=diff.listed + missing.spared,
                excluded=diff.excluded + missing.unwanted,
                excluded_before=0 if self._is_filtered else row_hashes.keys.count(EXCLUDED),
            ),
            missing.gone - replaced,
            is_complete=self._coverage.is_complete,
            pending=self._history.pending_keys,
            accept_shrink=self._sync.accept_shrink,
        )
        removed = missing.gone if verdict.may_remove else replaced
        if migration is None:
            changes = self._apply(diff, row_hashes.numbers_digest, self._record, removed)
        else:
            changes = self._remove(removed, changes, migration)
        if self._sync.is_full and self._coverage.is_everything and removed == diff.vanished:
            changes = self._rewrite(diff, changes)
        after = self._next_row_hashes(diff, row_hashes, diff.vanished - removed)
        is_stored = after.hashes == row_hashes.hashes and after.keys == row_hashes.keys
        del row_hashes.hashes[:], row_hashes.keys[:]  # free the old arrays before the new ones are serialised
        outcome = self._conclude(verdict, changes, after, missing.gone - removed, is_stored=is_stored)
        return replace(outcome, notice=migration.notice if migration else "")

    def _migration(self, diff: ListDiff, before: RowHashes, gone: set[int]) -> IdMigration | None:
        """Return a suspected id migration when nearly all ids changed in a complete list."""
        is_suspect = ids_look_renewed(stored=diff.stored, vanished=len(gone), listed=diff.listed)
        if not is_suspect or not self._coverage.is_complete:
            return None
        old, listed = (set(filter(is_item, keys)) for keys in (before.keys, diff.keys))
        return IdMigration(self._sync, self._kind, old=old, listed=listed, gone=gone)

    def _comparable(self, row_hashes: RowHashes) -> RowHashes:
        """Return the stored rows, with zeroed hashes if rows are parsed differently now than at the last sync."""
        if self._history.is_read_alike:
            return row_hashes
        return replace(row_hashes, hashes=array("q", bytes(8 * len(row_hashes.hashes))))

    def _record(self, found: Sequence[ItemChange]) -> None:
        self._store.record_changes(self._sync.run, found)

    def _remove(self, removed: set[int], changes: Changes, migration: IdMigration) -> Changes:
        """Remove what an id migration left behind, after the other rows were written."""
        gone = self._store.apply(self._kind, removed=removed, on_changes=migration.record_removed)
        written = changes.rows_written + gone.rows_written
        return replace(changes, total=gone.total, removed=gone.removed, rows_written=written)

    def _apply(
        self, diff: ListDiff, numbers_digest: int, on_changes: ChangeListener, removed: Set[int] = frozenset()
    ) -> Changes:
        plan = OrderPlan()
        if diff.is_reordered:
            plan = plan_order(diff, self._store.read_list_order(self._kind), is_ordered=not self._is_filtered)
        self._sync.progress.advance("writing", 0.0)
        changes = self._store.apply(
            self._kind,
            upserts=((row, plan.position(at)) for at, _, row in self._coverage.settled(self._touched(diff))),
            removed=removed,
            on_changes=on_changes,
        )
        moved = self._store.update_list_order(self._kind, zip(plan.moved.keys, plan.moved.positions, strict=True))
        numbered = self._renumber(diff, numbers_digest)
        unchanged = diff.listed - changes.added - changes.changed
        return replace(changes, unchanged=unchanged, positions_written=moved + numbered)

    def _renumber(self, diff: ListDiff, numbers_digest: int) -> int:
        """Update channel numbers that changed. The counters of movies and series carry no meaning."""
        if self._kind is not Kind.CHANNEL or self._is_filtered or diff.counters.value() == numbers_digest:
            return 0
        numbers: dict[int, int | None] = {}
        index = 0
        for batch in self._rows.stream():
            for key, raw in zip(diff.keys[index : index + len(batch)], batch, strict=True):
                if is_item(key):
                    numbers.setdefault(key, int_(counter(raw).decode("ascii", "replace").strip('"')))
            index += len(batch)
        stored = self._store.read_numbers()
        moved = [(key, number) for key, number in numbers.items() if stored.get(key, number) != number]
        return self._store.update_numbers(moved)

    def _rewrite(self, diff: ListDiff, changes: Changes) -> Changes:
        """Rewrite every row (full sync), after the differences were counted and applied."""
        stored = self._store.read_list_order(self._kind)
        positions = look_up(diff.keys, stored.keys, stored.positions, NOWHERE)
        is_stored = bytearray(position != NOWHERE for position in positions)
        rows = self._rows.of(is_stored, diff.keys, diff.repeated)
        with self._store.rewriting(self._kind) as load:
            while block := list(islice(rows, _BLOCK)):
                load.add([row for _, _, row in block], [positions[index] for index, _, _ in block])
            self._sync.progress.advance("indexing", 0.0)
        return replace(changes, rows_written=load.count + changes.removed)

    def _touched(self, diff: ListDiff) -> Iterator[ChosenRow]:
        kept = kept_rows(diff.fresh, diff.keys, diff.touched, self._rows.decode, repeated=diff.repeated)
        rows = self._rows.of(diff.touched, diff.keys, diff.repeated) if kept is None else kept
        if not self._dates:
            return rows
        return ((at, key, replace(row, added=self._dates.get(key) or row.added)) for at, key, row in rows)

    def _dates_to_keep(self, diff: ListDiff) -> Mapping[int, int]:
        """Return the stored dates if nearly all dates of the list differ: such dates are generated per request."""
        if 2 * diff.touched.count(1) <= len(diff.keys):
            return {}
        stored = self._store.read_dates(self._kind)
        sample = ((key, row) for _, key, row in islice(self._touched(diff), SAMPLE))
        return stored if are_others_each_time(sample, stored) else {}

    def _keys_for(self) -> KeysFor:
        item_keys = ItemKeys(self._store.database, self._kind)  # one instance per list: it loads the known ids once
        return lambda ids: [item_keys.key(provider_id) for provider_id in ids]

    # --------------------------------------------------------------------------------------------------- concluding
    def _next_row_hashes(self, diff: ListDiff, before: RowHashes, kept: set[int]) -> RowHashes:
        """Return the rows for the next comparison: this list, followed by the old rows of `kept` items.

        Rows of items that were not stored as listed get hash 0, so that they are compared again.
        """
        numbers = before.numbers_digest if self._is_filtered else diff.counters.value()
        after = RowHashes(diff.hashes, diff.keys, numbers)
        doubtful = self._coverage.doubtful
        if doubtful:
            for index, key in enumerate(after.keys):
                if key in doubtful:
                    after.hashes[index] = 0
        if self._is_filtered:  # excluded categories were not requested: keep their rows
            kept = kept | {EXCLUDED}
        if kept:
            for digest, key in zip(before.hashes, before.keys, strict=True):
                if key in kept:
                    after.hashes.append(digest)
                    after.keys.append(key)
        return after

    def _conclude(
        self, verdict: Verdict, changes: Changes, row_hashes: RowHashes, missing: set[int], *, is_stored: bool = False
    ) -> PartOutcome:
        """Store the state of the part and return its outcome.

        `missing` are items kept although the list does not contain them; `is_stored` means the row hashes are
        unchanged.
        """
        reason = self._coverage.reason(len(missing)) or (verdict.reason if self._coverage.is_complete else "")
        held = frozenset(missing) if self._coverage.is_complete else frozenset()
        changes = replace(changes, pending_removals=len(held))
        status: PartStatus = "partial" if reason else "completed"
        if is_stored:
            self._store.write_numbers_digest(self._kind, row_hashes.numbers_digest)
        else:
            self._store.write_row_hashes(self._kind, row_hashes)
        answer = None if self._is_filtered else self._fetched.body
        self._history.conclude(status, reason, changes, answer, held if verdict.confirmable else frozenset())
        return PartOutcome(status, changes, reason)
