"""Detect that a panel re-issued the ids of a whole list, and map old items to new ones.

A panel that moves to another machine re-issues all ids; by id alone, every item would count as removed and added. When
almost no old id survives but most names do, items with the same unambiguous name are treated as moved. The pairs are
stored in the library (table `moved_id`); user marks follow when the user database is opened.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from xxhash import xxh3_64_intdigest

from tui_app.catalog import Category, CategoryRow, Kind
from tui_app.store.keys import provider_ids
from tui_app.store.write.differences import ItemChange
from tui_app.store.write.moved_items import MoveSearch, record_moves
from tui_app.sync.part_state import SyncContext
from tui_app.text import fold

#: A migration is assumed below this share of surviving ids and above this share of surviving names.
SURVIVING_IDS: Final = 0.1
SURVIVING_NAMES: Final = 0.6
_BLOCK: Final = 1_000


def ids_look_renewed(*, stored: int, vanished: int, listed: int) -> bool:
    """Whether so few old ids are left that comparing names is worthwhile."""
    return listed > 0 and stored > 0 and stored - vanished < SURVIVING_IDS * stored


def moved_categories(stored: Sequence[Category], listed: Sequence[CategoryRow]) -> dict[str, str]:
    """Return old id → new id of categories matched by unambiguous names; empty without a migration."""
    new_ids = {row.id for row in listed}
    vanished = sum(category.id not in new_ids for category in stored)
    if not ids_look_renewed(stored=len(stored), vanished=vanished, listed=len(listed)):
        return {}
    old = [(fold(category.name), category.id) for category in stored]
    new = [(fold(row.name), row.id) for row in listed]
    old_names, new_names = Counter(name for name, _ in old), Counter(name for name, _ in new)
    if sum(name in new_names for name, _ in old) <= SURVIVING_NAMES * len(stored):
        return {}
    by_name = dict(new)
    pairs = ((id_, by_name[name]) for name, id_ in old if name and old_names[name] == new_names[name] == 1)
    return {old_id: new_id for old_id, new_id in pairs if old_id != new_id}


class IdMigration:
    """One suspected migration of a kind, within the transaction that writes its list. Create it before the first write.

    `old` and `listed` are the keys of the last list and of this one. `replaced` holds those of the `gone` keys that
    continue under another id, and `notice` the sentence for the user; both are empty unless `find` detects a
    migration.
    """

    def __init__(self, sync: SyncContext, kind: Kind, *, old: set[int], listed: set[int], gone: set[int]) -> None:
        self._sync = sync
        self._database = sync.store.database
        self._kind = kind
        self._old = old
        self._listed = listed
        self._gone = gone
        self._search = MoveSearch(self._database, kind, old)
        self._successors: dict[int, int] = {}
        self._moved_ids: frozenset[str] = frozenset()  # the old ids
        self.replaced: set[int] = set()
        self.notice = ""

    def record_first(self, changes: Sequence[ItemChange]) -> None:
        """Record the changes of the first write, except additions, which are known only after `find`."""
        self._record([change for change in changes if change.change != "added"])

    def find(self) -> None:
        """Match old and new items, once the new ones are written beside the old ones."""
        moves = self._search.find(self._listed)
        self._search.close()
        if len(moves.named) > SURVIVING_NAMES * len(self._old):
            self._successors, self.replaced = moves.pairs, self._gone & moves.pairs.keys()
            self._moved_ids = frozenset(provider_ids(self._database, self._kind, list(moves.pairs)).values())
            record_moves(self._database, self._kind, moves.pairs, self._sync.now())
            self.notice = self._build_notice(len((moves.named & self._gone) - self.replaced))
        self._record_added(sorted(self._listed.difference(self._old, self._successors.values())))

    def record_removed(self, changes: Sequence[ItemChange]) -> None:
        """Record removals, except of items that continue under another id."""
        self._record([change for change in changes if change.id not in self._moved_ids])

    def _build_notice(self, ambiguous: int) -> str:
        noun = self._kind.plural
        sentence = f"The provider gave its {noun} new ids; favourites and other marks follow"
        return sentence + (f", but for {ambiguous:,} that can't be told apart" if ambiguous else "")

    def _record_added(self, keys: Sequence[int]) -> None:
        for start in range(0, len(keys), _BLOCK):
            items = self._sync.store.items_by_keys(self._kind, keys[start : start + _BLOCK])
            self._record([ItemChange(self._kind, item.id, item.name, "added", {}) for item in items])

    def _record(self, changes: Sequence[ItemChange]) -> None:
        self._sync.store.record_changes(self._sync.run, changes)


_KEPT: Final = 64
#: Two back-ends of one panel may return slightly different lists.
_ALIKE: Final = 0.9


@dataclass(frozen=True, slots=True)
class IdSignature:
    """A min-hash signature of a set of ids: its size and its 64 smallest hashes.

    A set of up to 64 ids is compared exactly, a larger one by sample: constant memory, whatever the size of the
    list.
    """

    size: int
    smallest: frozenset[int]

    @classmethod
    def of(cls, ids: Iterable[str]) -> Self:
        """Build the signature; duplicate ids count once. Takes 8 bytes per id while it runs."""
        hashes = set(array("Q", (xxh3_64_intdigest(id_.encode("utf-8", "replace")) for id_ in ids)))
        return cls(len(hashes), frozenset(sorted(hashes)[:_KEPT]))

    def is_like(self, other: IdSignature) -> bool:
        """Whether both are the same set, or, for large sets, nearly the same."""
        if min(self.size, other.size) <= _KEPT:
            return self == other
        sizes_fit = min(self.size, other.size) >= _ALIKE * max(self.size, other.size)
        return sizes_fit and len(self.smallest & other.smallest) >= _ALIKE * _KEPT
