"""The stored episodes of a series in the order they are watched in, and where one is in it. Knows no user."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Sequence

from tui_app.catalog import ItemRef, Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.keys import known_keys, provider_ids


def episode_refs(database: LibraryDatabase, series_id: str) -> tuple[ItemRef, ...]:
    """All stored episodes of a series: season after season, specials (season 0) last. () when never fetched."""
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
    """The episode that follows, which need not be the next number; versions of one episode are passed over."""
    place = _place(season, number)
    return next((ref for ref in episodes if _place(ref.season or 0, ref.episode or 0) > place), None)


def series_with_episodes(database: LibraryDatabase) -> array[int]:
    """The keys of series that have stored episodes."""
    return database.integers("SELECT DISTINCT series FROM episode")


def gone_ids(database: LibraryDatabase, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
    """Which of these ids of a kind the library has no item for. None, as long as it has none of the kind at all."""
    if database.value(f"SELECT 1 FROM {kind.value} LIMIT 1") is None:
        return frozenset()
    keys = json.dumps(known_keys(database, kind, ids))
    rows = database.rows(f"SELECT id FROM {kind.value} WHERE id IN (SELECT value FROM json_each(?))", (keys,))
    stored = [row[0] for row in rows]
    return frozenset(ids) - frozenset(provider_ids(database, kind, stored).values())


def watched_series(database: LibraryDatabase, watched: Collection[str]) -> frozenset[str]:
    """The ids of series of which every stored episode is among `watched`; of several versions one is enough."""
    keys = json.dumps(known_keys(database, Kind.EPISODE, watched))
    seen = "(SELECT value FROM json_each(:keys))"  # a set by itself: joined, it would be gone through for each episode
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
