"""Match the episodes of a series across changes of their ids.

Episodes are matched in the order of reliability: equal title and number, a title unique in both lists, then season and
number. Ambiguous episodes are not matched. Matching takes linear time, by dictionaries of unique keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from peewee import Field

from tui_app.catalog import Kind
from tui_app.store.database import (
    Compiled,
    LibraryDatabase,
    blocks,
    compiled,
    deleting,
    inserting,
    parameter,
    rows_with,
)
from tui_app.store.id_remap.moved_ids import record_moved_ids
from tui_app.store.items.episodes import series_with_episodes
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.models import NUMBER_INFERRED, Episode, FormerEpisode, Series, SeriesDetails


class KnownEpisode(NamedTuple):
    """The identifying values of an episode. `title` is folded; `inferred`: the panel sent no number."""

    id: str
    season: int
    number: int
    title: str
    inferred: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.season, self.number

    @property
    def distinctive_title(self) -> str:
        """Return the title unless it only repeats the number ("Episode 3")."""
        return "" if any(map(str.isdigit, self.title)) else self.title


class Matches(NamedTuple):
    """Result of matching two lists of episodes.

    `successors` maps old to new ids where they differ. Of the rest, `taken` are old ids that another episode has
    now, `lost` those that no episode has.
    """

    successors: dict[str, str]
    taken: frozenset[str]
    lost: frozenset[str]


def match_episodes(old: Sequence[KnownEpisode], new: Sequence[KnownEpisode]) -> Matches:
    """Match old episodes with new ones; ambiguous ones stay unmatched.

    Several versions of an episode may map to one: a mark on any version was meant for the episode.
    """
    found = _Pairs(old, new)
    found.keep_ids()
    for step in _STEPS:
        found.pair(step)
    found.pair_versions()
    return found.matches()


def _place_and_title(episode: KnownEpisode) -> Hashable:
    return None if episode.inferred and not episode.distinctive_title else (episode.place, episode.title)


def _title_in_season(episode: KnownEpisode) -> Hashable:
    return (episode.season, episode.title) if episode.title else None


#: Keys to compare by, in order of reliability; a value counts only if unique in both lists.
_STEPS: Final[tuple[Callable[[KnownEpisode], Hashable], ...]] = (_place_and_title, _title_in_season)


class _Pairs:
    """Old id → new episode, built up step by step."""

    def __init__(self, old: Sequence[KnownEpisode], new: Sequence[KnownEpisode]) -> None:
        self._old, self._new = old, new
        self._of: dict[str, KnownEpisode] = {}
        self._claimed: dict[str, tuple[int, int]] = {}  # new id → season and number of the old episode

    def keep_ids(self) -> None:
        """Keep an id, unless number and title both show that another episode has it now."""
        by_id = {episode.id: episode for episode in self._new}
        for episode in self._old:
            same = by_id.get(episode.id)
            if same is not None and not _is_another(episode, same):
                self._take(episode, same)

    def pair(self, key: Callable[[KnownEpisode], Hashable]) -> None:
        before, now = _only_ones(self._old, key), _only_ones(self._new, key)
        for value, episode in before.items():
            if value in now and episode.id not in self._of and now[value].id not in self._claimed:
                self._take(episode, now[value])

    def pair_versions(self) -> None:
        """Match by season and number. An inferred number is a list index, valid only for lists of the same length."""
        places: defaultdict[tuple[int, int], list[KnownEpisode]] = defaultdict(list)
        for episode in self._new:
            places[episode.place].append(episode)
        lengths_agree = _season_lengths(self._old) == _season_lengths(self._new)
        for episode in self._old:
            if episode.id in self._of:
                continue
            candidates = places.get(episode.place, [])
            free = [one for one in candidates if self._claimed.get(one.id, episode.place) == episode.place]
            if episode.inferred or any(one.inferred for one in free):
                free = free if lengths_agree else []
            if free:
                self._take(episode, next((one for one in free if one.id not in self._claimed), free[0]))

    def matches(self) -> Matches:
        successors = {old: new.id for old, new in self._of.items() if old != new.id}
        unmatched = [one.id for one in self._old if one.id not in self._of]
        borne = {episode.id for episode in self._new}
        return Matches(
            successors,
            taken=frozenset(id_ for id_ in unmatched if id_ in self._claimed),
            lost=frozenset(id_ for id_ in unmatched if id_ not in borne),
        )

    def _take(self, old: KnownEpisode, new: KnownEpisode) -> None:
        self._of[old.id] = new
        self._claimed.setdefault(new.id, old.place)


def _is_another(one: KnownEpisode, other: KnownEpisode) -> bool:
    titles = one.distinctive_title, other.distinctive_title
    return one.place != other.place and all(titles) and titles[0] != titles[1] and not (one.inferred or other.inferred)


def _only_ones(
    episodes: Iterable[KnownEpisode], key: Callable[[KnownEpisode], Hashable]
) -> dict[Hashable, KnownEpisode]:
    """Return episodes by a key that no other episode shares; those without the key are omitted."""
    found: defaultdict[Hashable, list[KnownEpisode]] = defaultdict(list)
    for episode in episodes:
        if (value := key(episode)) is not None:
            found[value].append(episode)
    return {value: alike[0] for value, alike in found.items() if len(alike) == 1}


def _season_lengths(episodes: Iterable[KnownEpisode]) -> dict[int, int]:
    places = {episode.place for episode in episodes}
    lengths: defaultdict[int, int] = defaultdict(int)
    for season, _number in places:
        lengths[season] += 1
    return dict(lengths)


_STORED: Final = (Episode.id, Episode.series, Episode.season, Episode.number, Episode.fold, Episode.flags)


class _Former(NamedTuple):
    """A row of `former_episode`."""

    series: int
    id: str
    season: int
    number: int
    fold: str
    flags: int
    named: str

    def is_like(self, other: _Former) -> bool:
        """Whether it may be the same episode, in a series with another id."""
        same = (self.season, self.number, self.fold) == (other.season, other.number, other.fold)
        return same or (bool(self.named) and _same_series(self.named, other.named))

    @property
    def known(self) -> KnownEpisode:
        return KnownEpisode(self.id, self.season, self.number, self.fold, bool(self.flags & NUMBER_INFERRED))


class EpisodesBefore(NamedTuple):
    """The result of `episodes_before`."""

    rows: list[_Former]


def episodes_before(database: LibraryDatabase, series: int, ids: Iterable[str]) -> EpisodesBefore:
    """Read the episodes of a series, and others with one of these `ids`, before new ones are stored."""
    others = rows_with(database, Episode.id, known_keys(database, Kind.EPISODE, ids), _STORED)
    found = set(rows_with(database, Episode.series, [series], _STORED)).union(others)
    rows = sorted(found, key=lambda row: (row[2], row[3], row[0]))
    return EpisodesBefore(_with_ids(database, rows, _named(database, {series, *(row[1] for row in rows)})))


def remember_episodes(database: LibraryDatabase, series: Sequence[int]) -> None:
    """Record the episodes of series whose details are deleted, as they may return under other ids."""
    for block in blocks(series):
        _write(database, _stored(database, block))


def follow_episodes(database: LibraryDatabase, series: int, before: EpisodesBefore, at: int) -> None:
    """Record which stored episodes of a series continue earlier ones, after a fetch at `at`.

    If the series' names have nothing in common with the earlier ones, it is another series and nothing is recorded.
    """
    now = _listed_names(database, [series])[series]
    database.run_many(_naming(), [(now, series)])
    fresh = _stored(database, [series])
    ids = _free_ids(database, series, fresh, before, at)
    earlier = (
        *_former(database, FormerEpisode.series, [series]),
        *(row for row in before.rows if row.series == series),
    )
    known = {row.id: row for row in earlier if _same_series(row.named, now)}
    found = match_episodes([row.known for row in known.values()], [row.known for row in fresh])
    _forget(database, series, [*found.successors, *(row.id for row in fresh)])
    _write(database, [known[id_] for id_ in found.lost])
    ids |= found.successors | _park(database, [known[id_] for id_ in found.taken], at)
    if ids:
        record_moved_ids(database, Kind.EPISODE, ids, at)


@cache
def _naming() -> Compiled:
    return compiled(SeriesDetails.update(named=parameter()).where(SeriesDetails.id == parameter()))


def _free_ids(
    database: LibraryDatabase, series: int, fresh: Sequence[_Former], before: EpisodesBefore, at: int
) -> dict[str, str]:
    """Park marks on ids that belonged to episodes of other series; return old id → parked id."""
    by_id = {row.id: row for row in fresh}
    elsewhere = [row for row in _former(database, FormerEpisode.id, by_id) if row.series != series]
    stolen = [*elsewhere, *(row for row in before.rows if row.series != series)]
    for row in elsewhere:
        _forget(database, row.series, [row.id])
    return _park(database, [row for row in stolen if not row.is_like(by_id[row.id])], at)


def leave_series(database: LibraryDatabase, pairs: Mapping[int, int], at: int) -> list[int]:
    """Record the episodes of series whose ids changed (old key → new key), as episode ids change with them.

    Returns the series with stored episodes; the caller deletes their details.
    """
    of_former = FormerEpisode.select(FormerEpisode.series).distinct()
    with_episodes = [key for key in series_with_episodes(database) if key in pairs]
    with_former = [key for key in database.integers(of_former) if key in pairs]
    leaving: list[_Former] = []
    for block in blocks(with_former):  # two passes: a new key may be the old key of another series
        leaving += _former(database, FormerEpisode.series, block)
        database.run_many(deleting(FormerEpisode, FormerEpisode.series), [(key,) for key in block])
    for block in blocks(with_episodes):
        leaving += _stored(database, block)
    names: dict[int, str] = {}
    for block in blocks([pairs[key] for key in {row.series for row in leaving}]):
        names |= _listed_names(database, block)
    moved = [row._replace(series=(new := pairs[row.series]), named=names[new]) for row in leaving]
    if ids := _park(database, moved, at):
        record_moved_ids(database, Kind.EPISODE, ids, at)
    return with_episodes


# ------------------------------------------------------------------------------------------------------ pieces
def _park(database: LibraryDatabase, rows: Iterable[_Former], at: int) -> dict[str, str]:
    """Store episodes under ids that no panel sends; return old id → that id."""
    parked = {row.id: row if row.id.startswith("~") else row._replace(id=f"~{row.id}~{at}") for row in rows}
    _write(database, parked.values())
    return {old: row.id for old, row in parked.items() if old != row.id}


def _named(database: LibraryDatabase, series: Iterable[int]) -> defaultdict[int, str]:
    """Return the names that series had when their details were fetched, '' if unknown."""
    rows = rows_with(database, SeriesDetails.id, series, (SeriesDetails.id, SeriesDetails.named))
    return defaultdict(str, {key: named or "" for key, named in rows})


def _listed_names(database: LibraryDatabase, series: Iterable[int]) -> defaultdict[int, str]:
    """Return the folded names of series in the current list, one per line; '' for those not listed."""
    rows = rows_with(database, Series.id, series, (Series.id, Series.fold, Series.other))
    return defaultdict(str, {key: "\n".join(names) for key, *names in rows})


def _same_series(before: str, now: str) -> bool:
    """Whether a series may be the same: it shares a name, or the earlier names are unknown."""
    return not before or bool(set(before.split("\n")) & set(now.split("\n")) - {""})


def _stored(database: LibraryDatabase, series: Collection[int]) -> list[_Former]:
    """Return the stored episodes of series, in viewing order."""
    rows = rows_with(database, Episode.series, series, _STORED)
    rows.sort(key=lambda row: (row[1], row[2], row[3], row[0]))
    return _with_ids(database, rows, _named(database, series))


def _with_ids(database: LibraryDatabase, rows: list[tuple[Any, ...]], names: Mapping[int, str]) -> list[_Former]:
    ids = provider_ids(database, Kind.EPISODE, [row[0] for row in rows])
    return [
        _Former(series, ids[key], season, number, title, flags, names[series])
        for key, series, season, number, title, flags in rows
    ]


def _former(database: LibraryDatabase, column: Field, values: Iterable[int | str]) -> list[_Former]:
    """Return the former episodes that have one of these values in a column."""
    return list(map(_Former._make, rows_with(database, column, values)))


def _write(database: LibraryDatabase, rows: Iterable[_Former]) -> None:
    database.run_many(inserting(FormerEpisode, on_conflict="replace"), rows)


def _forget(database: LibraryDatabase, series: int, ids: Sequence[str]) -> None:
    database.run_many(deleting(FormerEpisode, FormerEpisode.series, FormerEpisode.id), [(series, id_) for id_ in ids])
