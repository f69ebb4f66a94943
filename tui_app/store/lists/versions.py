"""Group movies or series that are versions of one title: same bare title and year, other language or quality.

`EN - The General (1926) [4K]` and `|FR| The General - 1926` are two versions. A title without a year is not grouped
with one that has a year, as "Dune" may be either of two films.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from peewee import Case, fn

from tui_app.catalog import Item, Kind
from tui_app.store.database import COUNT, LibraryDatabase
from tui_app.store.keys import known_keys
from tui_app.store.lists.reads import Reads
from tui_app.store.models import LISTED_MODELS, SEPARATOR
from tui_app.store.query_cache import read_revision
from tui_app.text import fold, sort_key

#: Kinds with versions. Channels are distinguished by numbers, episodes by series.
VERSIONED_KINDS: Final = (Kind.MOVIE, Kind.SERIES)


class VersionGroups:
    """The versions in one library, computed on demand after a sync: 0.2 s of a thread per 100,000 movies."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads
        self._known: dict[Kind, tuple[int, Mapping[int, int]]] = {}

    def groups(self, kind: Kind) -> Mapping[int, int]:
        """Return key → smallest key of its group, for items with other versions."""
        if kind not in VERSIONED_KINDS:
            return {}
        revision = read_revision(self._database)
        known = self._known.get(kind)
        if known is None or known[0] != revision:
            known = self._known[kind] = revision, self._find(kind)
        return known[1]

    def firsts(self, kind: Kind, keys: Iterable[int]) -> tuple[array[int], Mapping[int, int]]:
        """Return the first key of each title in list order, and the number of versions of titles with several."""
        return first_versions(self.groups(kind), keys)

    def versions_of(self, kind: Kind, id: str) -> tuple[Item, ...]:
        """Return all versions of an item including itself, by name; () for an unknown one."""
        keys = known_keys(self._database, kind, (id,))
        if not keys or kind not in VERSIONED_KINDS:
            return self._reads.items_by_keys(kind, keys)
        group = self.groups(kind).get(keys[0])
        if group is not None:
            keys = [key for key, other in self.groups(kind).items() if other == group]
        return tuple(
            sorted(self._reads.items_by_keys(kind, keys), key=lambda item: (sort_key(fold(item.name)), item.id))
        )

    def _find(self, kind: Kind) -> Mapping[int, int]:
        title: Any = LISTED_MODELS[kind]
        bare = Case(None, [(title.other == "", title.fold)], title.other)
        titles = title.select(fn.group_concat(title.id)).where(title.flags.bin_and(SEPARATOR) == 0)
        rows = self._database.rows(titles.group_by(bare, title.year).having(COUNT > 1))
        found: dict[int, int] = {}
        for (joined,) in rows:
            keys = [int(key) for key in joined.split(",")]
            found.update(dict.fromkeys(keys, min(keys)))
        return found


def first_versions(groups: Mapping[int, int], keys: Iterable[int]) -> tuple[array[int], Mapping[int, int]]:
    """Return the first key of each group in the given order, and the sizes of groups with several keys."""
    first_of: dict[int, int] = {}
    counts = Counter[int]()
    kept = array("q")
    for key in keys:
        group = groups.get(key)
        if group is None:
            kept.append(key)
            continue
        first = first_of.setdefault(group, key)
        counts[first] += 1
        if first == key:
            kept.append(key)
    return kept, {key: count for key, count in counts.items() if count > 1}
