"""Stored episodes of a series in viewing order."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Sequence

from tui_app.catalog import ItemRef, Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.keys import known_keys, provider_ids


def episode_refs(database: LibraryDatabase, series_id: str) -> tuple[ItemRef, ...]:
    """Return all stored episodes of a series by season, specials (season 0) last; () if never fetched."""
    keys = known_keys(database, Kind.SERIES, (series_id,))
    if not keys:
        return ()
    rows = database.rows(
        "SELECT e.id, e.name, e.season, e.number, s.name FROM episode e INDEXED BY episode_series "
        "JOIN series s ON s.id = e.series WHERE e.series = ? ORDER BY e.season = 0, e.season, e.number, e.id",
        (keys[0],),
    )
    ids = provider_ids(database, Kind.EPISODE, [row[0] for row in rows])
    return tuple(
        ItemRef(Kind.EPISODE, ids[key], name, series_id, series_name, season, number)
        for key, name, season, number, series_name in rows
    )


def episode_after(episodes: Iterable[ItemRef], season: int, number: int) -> ItemRef | None:
    """Return the next episode, skipping gaps in numbers and other versions."""
    place = _place(season, number)
    return next((ref for ref in episodes if _place(ref.season or 0, ref.episode or 0) > place), None)


def series_with_episodes(database: LibraryDatabase) -> array[int]:
    """Return the keys of series with stored episodes."""
    return database.integers("SELECT DISTINCT series FROM episode")


def gone_ids(database: LibraryDatabase, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
    """Return the ids missing from the library; an empty set while it has no items of this kind."""
    if database.value(f"SELECT 1 FROM {kind.value} LIMIT 1") is None:
        return frozenset()
    keys = json.dumps(known_keys(database, kind, ids))
    rows = database.rows(f"SELECT id FROM {kind.value} WHERE id IN (SELECT value FROM json_each(?))", (keys,))
    stored = [row[0] for row in rows]
    return frozenset(ids) - frozenset(provider_ids(database, kind, stored).values())


def watched_series(database: LibraryDatabase, watched: Collection[str]) -> frozenset[str]:
    """Return the series whose stored episodes are all in `watched`; one version of each is enough."""
    keys = json.dumps(known_keys(database, Kind.EPISODE, watched))
    seen = "(SELECT value FROM json_each(:keys))"  # an IN subquery is hashed once; a join would scan it per episode
    place = "season * 1000000 + number"
    rows = database.rows(
        "SELECT series FROM episode INDEXED BY episode_series "
        f"WHERE series IN (SELECT series FROM episode WHERE id IN {seen}) GROUP BY series "
        f"HAVING count(DISTINCT {place}) = count(DISTINCT iif(id IN {seen}, {place}, NULL))",
        {"keys": keys},
    )
    return frozenset(provider_ids(database, Kind.SERIES, [row[0] for row in rows]).values())


def _place(season: int, number: int) -> tuple[bool, int, int]:
    return season == 0, season, number
