"""Which episode of a fresh list is which one of an older list of the same series, when their ids differ.

By title and number together, by a title that only one has, else by season and number. Knows no tables.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.id_remap.record import record_moved_ids
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.models import NUMBER_INFERRED


class KnownEpisode(NamedTuple):
    """An episode as far as it can be told by. `title` is folded; `inferred`: the panel sent no number."""

    id: str
    season: int
    number: int
    title: str
    inferred: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.season, self.number

    @property
    def telling_title(self) -> str:
        """The title unless it is made of the number: "Episode 3" says nothing that the number does not."""
        return "" if any(map(str.isdigit, self.title)) else self.title


class Matches(NamedTuple):
    """`successors`: old id → new id where the two differ. Of the rest, `taken` are old ids that another episode bears
    now, `lost` those that none bears."""

    successors: dict[str, str]
    taken: frozenset[str]
    lost: frozenset[str]


def match_episodes(old: Sequence[KnownEpisode], new: Sequence[KnownEpisode]) -> Matches:
    """Find each old episode among the new ones. What stays ambiguous stays where it is.

    Several versions of one episode may become one: a mark on either was on that episode.
    """
    found = _Pairs(old, new)
    found.keep_ids()
    for step in _STEPS:
        found.pair(step)
    found.pair_versions()
    return found.matches()


def _place_and_title(episode: KnownEpisode) -> Hashable:
    return None if episode.inferred and not episode.telling_title else (episode.place, episode.title)


def _title_in_season(episode: KnownEpisode) -> Hashable:
    return (episode.season, episode.title) if episode.title else None


#: What two lists are compared by, in this order; a value counts where one episode of each list has it.
_STEPS: Final[tuple[Callable[[KnownEpisode], Hashable], ...]] = (_place_and_title, _title_in_season)


class _Pairs:
    """Old id → new episode, as it grows."""

    def __init__(self, old: Sequence[KnownEpisode], new: Sequence[KnownEpisode]) -> None:
        self._old, self._new = old, new
        self._of: dict[str, KnownEpisode] = {}
        self._claimed: dict[str, tuple[int, int]] = {}  # new id → the place the old one had

    def keep_ids(self) -> None:
        """An id goes on as it is, unless number and title both say that another episode has it now."""
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
        """By season and number. A number that the panel did not send is a place in a list of that length only."""
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
    titles = one.telling_title, other.telling_title
    return one.place != other.place and all(titles) and titles[0] != titles[1] and not (one.inferred or other.inferred)


def _only_ones(
    episodes: Iterable[KnownEpisode], key: Callable[[KnownEpisode], Hashable]
) -> dict[Hashable, KnownEpisode]:
    """By a key, the episodes that share it with no other; without those that have none."""
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


_COLUMNS: Final = "id, series, season, number, fold, flags"


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
        """Whether it may be the same episode, in a series of another id."""
        same = (self.season, self.number, self.fold) == (other.season, other.number, other.fold)
        return same or (bool(self.named) and _same_series(self.named, other.named))

    @property
    def known(self) -> KnownEpisode:
        return KnownEpisode(self.id, self.season, self.number, self.fold, bool(self.flags & NUMBER_INFERRED))


class Before(NamedTuple):
    """What `episodes_before` saw."""

    rows: list[_Former]


def episodes_before(database: LibraryDatabase, series: int, ids: Iterable[str]) -> Before:
    """Before fresh episodes of a series are stored: those it has, and whatever has one of their `ids`."""
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM episode WHERE series = ? "
        f"UNION SELECT {_COLUMNS} FROM episode WHERE id IN (SELECT value FROM json_each(?)) ORDER BY 3, 4, 1",
        (series, json.dumps(known_keys(database, Kind.EPISODE, ids))),
    )
    names = {of: _named(database, of) for of in {series, *(row[1] for row in rows)}}
    return Before(_with_ids(database, rows, names))


def remember_episodes(database: LibraryDatabase, series: Sequence[int]) -> None:
    """Before the details of these series are dropped: their episodes may come again under other ids."""
    for key in series:
        _write(database, _stored(database, key))


def follow_episodes(database: LibraryDatabase, series: int, before: Before, at: int) -> None:
    """After fresh episodes of a series were stored: record which of the earlier ones they are, found `at`.

    Under names that have nothing in common with the earlier ones it is another series, and nothing follows.
    """
    now = _listed_names(database, series)
    database.run("UPDATE series_details SET named = ? WHERE id = ?", (now, series))
    fresh = _stored(database, series)
    ids = _free_ids(database, series, fresh, before, at)
    earlier = (*_former(database, "series = ?", (series,)), *(row for row in before.rows if row.series == series))
    known = {row.id: row for row in earlier if _same_series(row.named, now)}
    found = match_episodes([row.known for row in known.values()], [row.known for row in fresh])
    _forget(database, series, [*found.successors, *(row.id for row in fresh)])
    _write(database, [known[id_] for id_ in found.lost])
    ids |= found.successors | _park(database, [known[id_] for id_ in found.taken], at)
    if ids:
        record_moved_ids(database, Kind.EPISODE, ids, at)


def _free_ids(
    database: LibraryDatabase, series: int, fresh: Sequence[_Former], before: Before, at: int
) -> dict[str, str]:
    """Ids that episodes of other series had, and that episodes of this one have now: the marks on those wait."""
    by_id = {row.id: row for row in fresh}
    elsewhere = _former(
        database, "id IN (SELECT value FROM json_each(?)) AND series <> ?", (json.dumps(list(by_id)), series)
    )
    stolen = [*elsewhere, *(row for row in before.rows if row.series != series)]
    for row in elsewhere:
        _forget(database, row.series, [row.id])
    return _park(database, [row for row in stolen if not row.is_like(by_id[row.id])], at)


def leave_series(database: LibraryDatabase, pairs: Mapping[int, int], at: int) -> list[int]:
    """All series got other ids (old key → new key), so that an episode's id means nothing until details are fetched.

    Answers which series had episodes stored; their details are for the caller to drop.
    """
    with_episodes = [key for key in database.integers("SELECT DISTINCT series FROM episode") if key in pairs]
    with_former = [key for key in database.integers("SELECT DISTINCT series FROM former_episode") if key in pairs]
    leaving: list[_Former] = []
    for key in with_former:  # all leave before any arrives: a new key may be another one's old key
        leaving += [row._replace(series=pairs[key]) for row in _former(database, "series = ?", (key,))]
        database.run("DELETE FROM former_episode WHERE series = ?", (key,))
    for key in with_episodes:
        leaving += [row._replace(series=pairs[key]) for row in _stored(database, key)]
    names = {series: _listed_names(database, series) for series in {row.series for row in leaving}}
    if ids := _park(database, [row._replace(named=names[row.series]) for row in leaving], at):
        record_moved_ids(database, Kind.EPISODE, ids, at)
    return with_episodes


# ------------------------------------------------------------------------------------------------------ pieces
def _park(database: LibraryDatabase, rows: Iterable[_Former], at: int) -> dict[str, str]:
    """Remember episodes under ids that no panel sends; old id → that one."""
    parked = {row.id: row if row.id.startswith("~") else row._replace(id=f"~{row.id}~{at}") for row in rows}
    _write(database, parked.values())
    return {old: row.id for old, row in parked.items() if old != row.id}


def _named(database: LibraryDatabase, series: int) -> str:
    """The names a series had when its details were fetched."""
    return str(database.value("SELECT named FROM series_details WHERE id = ?", (series,)) or "")


def _listed_names(database: LibraryDatabase, series: int) -> str:
    """The folded names a series has in the list now, one a line; '' when it is not listed."""
    return str(database.value("SELECT fold || char(10) || alias FROM series WHERE id = ?", (series,)) or "")


def _same_series(before: str, now: str) -> bool:
    """Whether a series may still be the same one: one of its names is, or the earlier ones are not known."""
    return not before or bool(set(before.split("\n")) & set(now.split("\n")) - {""})


def _stored(database: LibraryDatabase, series: int) -> list[_Former]:
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM episode INDEXED BY episode_series WHERE series = ? ORDER BY season, number, id",
        (series,),
    )
    return _with_ids(database, rows, {series: _named(database, series)})


def _with_ids(database: LibraryDatabase, rows: list[tuple[Any, ...]], names: Mapping[int, str]) -> list[_Former]:
    ids = provider_ids(database, Kind.EPISODE, [row[0] for row in rows])
    return [
        _Former(series, ids[key], season, number, title, flags, names[series])
        for key, series, season, number, title, flags in rows
    ]


def _former(database: LibraryDatabase, where: str, params: Sequence[Any]) -> list[_Former]:
    rows = database.rows(
        f"SELECT series, id, season, number, fold, flags, named FROM former_episode WHERE {where}", params
    )
    return [_Former(*row) for row in rows]


def _write(database: LibraryDatabase, rows: Iterable[_Former]) -> None:
    database.run_many(
        "INSERT OR REPLACE INTO former_episode(series, id, season, number, fold, flags, named) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _forget(database: LibraryDatabase, series: int, ids: Sequence[str]) -> None:
    database.run(
        "DELETE FROM former_episode WHERE series = ? AND id IN (SELECT value FROM json_each(?))",
        (series, json.dumps(list(ids))),
    )
