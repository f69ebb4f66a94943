"""Group movies or series that are versions of one title: the same film in another language or quality.

Versions have one TMDB id, or one title and year after decorations are removed (`text.title_core`). Nothing is merged on
a guess: two TMDB ids are two titles, two years are as well (with one id: if they are more than one apart); a title
without a year is not merged with one that has a year, and with none where several years are known of that title.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final, NamedTuple

from tui_app.catalog import VERSIONED_KINDS, Item, Kind, TitleVersion
from tui_app.store.database import LibraryDatabase, in_json
from tui_app.store.items.codec import title_values
from tui_app.store.keys import known_keys
from tui_app.store.lists.reads import Reads
from tui_app.store.models import LISTED_MODELS
from tui_app.store.query_cache import read_revision
from tui_app.text import fold, sort_key, title_core
from tui_app.text.title import qualities_of

#: An id of more titles than these is no id: some panels send one number for all.
_MOST_TITLES_OF_AN_ID: Final = 40
_MOST_ROWS_OF_AN_ID: Final = 1_000
_PROBE: Final = -(1 << 62)  # key of a title of another library; no stored one is as low


class TitleFacts(NamedTuple):
    """What groups a title, as stored. Unknown numbers are 0, an unknown `tmdb` None."""

    title_key: int
    year: int
    title_year: int
    tmdb: int | None
    key: int

    @property
    def known_year(self) -> int:
        return self.year or self.title_year


class VersionGroups:
    """The versions in one library. All groups are found from one index, 0.3 s of a thread per 150,000 movies."""

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
            model: Any = LISTED_MODELS[kind]
            rows = self._database.rows(_facts(kind).order_by(model.title_key))
            known = self._known[kind] = revision, group_titles(rows)
        return known[1]

    def firsts(
        self, kind: Kind, keys: Iterable[int], apart: Collection[str] = ()
    ) -> tuple[array[int], Mapping[int, int]]:
        """Return the first key of each title in list order, and the number of versions of titles with several.

        `apart`: ids that the user took out of their groups.
        """
        groups = self.groups(kind)
        if groups and apart:
            alone = set(known_keys(self._database, kind, apart))
            groups = {key: group for key, group in groups.items() if key not in alone}
        return first_versions(groups, keys)

    def versions_of(self, kind: Kind, id: str, apart: Collection[str] = ()) -> tuple[TitleVersion, ...]:
        """Return all versions of an item including itself, by name; () for an unknown one."""
        keys = known_keys(self._database, kind, (id,))
        if kind not in VERSIONED_KINDS:
            return tuple(TitleVersion(item) for item in self._reads.items_by_keys(kind, keys))
        model: Any = LISTED_MODELS[kind]
        with self._reads.cache.snapshot():
            asked = self._database.rows(_facts(kind).where(in_json(model.id, keys)))
            return self._versions(kind, asked, apart) if asked else ()

    def like(self, item: Item, tmdb: int | None, apart: Collection[str] = ()) -> tuple[TitleVersion, ...]:
        """Return the versions of a title of another library; () without any."""
        if item.kind not in VERSIONED_KINDS:
            return ()
        title_key, title_year = title_values(item.name, item.year)
        probe = TitleFacts(title_key, item.year or 0, title_year, tmdb, _PROBE)
        with self._reads.cache.snapshot():
            return self._versions(item.kind, [probe], apart)

    def _versions(self, kind: Kind, asked: Sequence[Any], apart: Collection[str]) -> tuple[TitleVersion, ...]:
        related = self._related(kind, [TitleFacts(*row) for row in asked])
        groups = group_titles(sorted(related.values(), key=itemgetter(0)))
        group = groups.get(asked[0][-1], asked[0][-1])
        members = {key: row for key, row in related.items() if groups.get(key, key) == group}
        ids = Counter(row.tmdb for row in members.values() if row.tmdb)
        keys = [key for key in members if key != _PROBE]
        versions = [
            TitleVersion(_with_quality(item), _why(members[key], ids) if len(members) > 1 else "", item.id in apart)
            for key, item in zip(keys, self._reads.items_by_keys(kind, keys), strict=True)
        ]
        return tuple(sorted(versions, key=lambda one: (sort_key(fold(one.item.name)), one.item.id)))

    def _related(self, kind: Kind, asked: Sequence[TitleFacts]) -> dict[int, TitleFacts]:
        """Return all that a title or a TMDB id connects with the asked ones, directly or by others."""
        found = {row.key: row for row in asked}
        titles: set[int] = {0}
        ids: set[int | None] = {None}
        unread = list(found.values())
        while unread:
            new_titles = {row.title_key for row in unread} - titles
            new_ids = {row.tmdb for row in unread} - ids
            titles |= new_titles
            ids |= new_ids
            reached = [*self._of_titles(kind, new_titles), *self._of_ids(kind, new_ids, found)]
            unread = [row for row in reached if row.key not in found]
            found.update((row.key, row) for row in unread)
        return found

    def _of_titles(self, kind: Kind, titles: Collection[int]) -> Iterator[TitleFacts]:
        """Yield the rows of these titles."""
        model: Any = LISTED_MODELS[kind]
        if titles:
            rows = self._database.rows(_facts(kind).where(in_json(model.title_key, titles)))
            yield from (TitleFacts(*row) for row in rows)

    def _of_ids(self, kind: Kind, ids: Collection[int | None], found: dict[int, TitleFacts]) -> Iterator[TitleFacts]:
        """Yield the rows of these TMDB ids; of an id that is none, put as many into `found` as show it."""
        model: Any = LISTED_MODELS[kind]
        for tmdb in ids:
            rows = self._database.rows(_facts(kind).where(model.tmdb == tmdb).limit(_MOST_ROWS_OF_AN_ID))
            facts = [TitleFacts(*row) for row in rows]
            if len({row.title_key for row in facts}) > _MOST_TITLES_OF_AN_ID:
                found.update((row.key, row) for row in facts if row.key not in found)
            else:
                yield from facts


def _facts(kind: Kind) -> Any:
    model: Any = LISTED_MODELS[kind]
    return model.select(model.title_key, model.year, model.title_year, model.tmdb, model.id)


def _with_quality(item: Item) -> Item:
    """Return the item with the quality that the words of a release say, where tags and category say none."""
    if item.quality:
        return item
    found = qualities_of(frozenset(title_core(item.name).tags))
    return replace(item, quality=", ".join(found)) if found else item


def _why(facts: TitleFacts, ids: Mapping[int, int]) -> str:
    """Return why an item belongs to its group."""
    if facts.tmdb and ids.get(facts.tmdb, 0) > 1:
        return "same TMDB id"
    return "same title and year" if facts.year or facts.title_year else "same title"


@dataclass(slots=True)
class _Group:
    """Versions of one title, with at most one TMDB id and no years more than one apart."""

    tmdb: int | None
    years: set[int]
    keys: list[int]


class _Groups:
    """The groups of titles, by key."""

    def __init__(self) -> None:
        self.of: dict[int, _Group] = {}

    def join(self, rows: Sequence[TitleFacts]) -> None:
        """Make titles one, each with the one before it unless they can't be."""
        for one, other in pairwise(rows):
            into, group = self._group(one), self._group(other)
            years = into.years | group.years
            is_other = into.tmdb and group.tmdb and into.tmdb != group.tmdb
            if into is group or is_other or (years and max(years) - min(years) > 1):
                continue
            if len(into.keys) < len(group.keys):
                into, group = group, into
            into.tmdb, into.years = into.tmdb or group.tmdb, years
            into.keys += group.keys
            self.of.update(dict.fromkeys(group.keys, into))

    def _group(self, row: TitleFacts) -> _Group:
        return self.of.get(row.key) or self.of.setdefault(row.key, _Group(row.tmdb, {row.known_year} - {0}, [row.key]))


def group_titles(rows: Sequence[Sequence[Any]]) -> dict[int, int]:
    """Return key → smallest key of its group, for titles with others. `rows` are `TitleFacts` in order of title."""
    groups = _Groups()
    doubtful = set[int | None]()
    for tmdb, same in _by_id(rows):
        if len({row.title_key for row in same}) > _MOST_TITLES_OF_AN_ID:
            doubtful.add(tmdb)
        else:
            groups.join(same)
    for title_key, run in groupby(rows, itemgetter(0)):
        if title_key and len(titles := list(run)) > 1:
            facts = [TitleFacts(*row) for row in titles]
            for same in _same_titles([one._replace(tmdb=None) if one.tmdb in doubtful else one for one in facts]):
                groups.join(same)
    several = {id(group): group for group in groups.of.values() if len(group.keys) > 1}
    return {key: first for group in several.values() for first in (min(group.keys),) for key in group.keys}


def _by_id(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[TitleFacts]]]:
    """Yield the titles of each TMDB id, by year. Those without a year follow, if all others are of one title."""
    found: dict[int, list[Sequence[Any]]] = {}
    for row in rows:
        if row[3]:
            found.setdefault(row[3], []).append(row)
    for tmdb, titles in found.items():
        if len(titles) > 1:
            facts = sorted((TitleFacts(*row) for row in titles), key=lambda one: one.known_year)
            dated = [one for one in facts if one.known_year]
            is_one = not dated or dated[-1].known_year - dated[0].known_year <= 1
            yield tmdb, facts if is_one else dated


def _same_titles(facts: Sequence[TitleFacts]) -> Iterator[list[TitleFacts]]:
    """Yield the versions among titles of one name: those of a year, and those without if at most one year is known."""
    by_year: dict[int, list[TitleFacts]] = {}
    for one in facts:
        by_year.setdefault(one.known_year, []).append(one)
    undated = by_year.pop(0, [])
    for same in (*by_year.values(), undated if len(by_year) < 2 else []):
        ids = {one.tmdb for one in same} - {None}
        if len(same) > 1 and len(ids) < 2:  # of two films of one name and year, those without an id may be either
            yield same


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
