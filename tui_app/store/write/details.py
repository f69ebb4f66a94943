"""Store fetched details of movies and series, and select those to renew.

Facts are stored as JSON, seasons and episodes in tables of their own; stored episodes are searchable. An empty answer
(unknown id) is stored too, so that it is not requested repeatedly.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NamedTuple

from tui_app.catalog import Details, Episode, Kind, Mark, Season
from tui_app.errors import NotFound
from tui_app.store.connection import connect_reading
from tui_app.store.database import LibraryDatabase
from tui_app.store.id_remap.episodes import episodes_before, follow_episodes, remember_episodes
from tui_app.store.items.codec import read_json
from tui_app.store.keys import ItemKeys, known_keys, provider_ids
from tui_app.store.models import NUMBER_INFERRED, SPAN_SHIFT
from tui_app.store.query_cache import raise_revision, read_meta, write_meta
from tui_app.store.schema import TABLES
from tui_app.store.write.search_tables import NameEntry, add_names, remove_names
from tui_app.text import fold, sort_key

_EPISODES = TABLES[Kind.EPISODE]


class StoredDetails(NamedTuple):
    """Details, time of the fetch (epoch seconds), and whether the item changed in the list since."""

    details: Details
    at: int
    stale: bool


def save_movie_details(database: LibraryDatabase, movie_id: str, details: Details, at: int) -> None:
    """Store details fetched at `at` (epoch seconds). Raises `NotFound` for an unknown movie."""
    with database.writing():
        _save_facts(database, Kind.MOVIE, item_key(database, Kind.MOVIE, movie_id), details, at)


def save_series_details(database: LibraryDatabase, series_id: str, details: Details, at: int) -> None:
    """Store details, replacing seasons and episodes; writes only differences.

    Raises `NotFound` for an unknown series.
    """
    with database.writing():
        key = item_key(database, Kind.SERIES, series_id)
        episodes = [episode for season in details.seasons for episode in season.episodes]
        before = episodes_before(database, key, [episode.id for episode in episodes])
        _save_facts(database, Kind.SERIES, key, details, at)
        changed = _save_seasons(database, key, details.seasons)
        changed |= _save_episodes(database, key, episodes)
        follow_episodes(database, key, before, at)
        if changed:
            raise_revision(database)


def get_details(database: LibraryDatabase, kind: Kind, key: int) -> StoredDetails | None:
    """Return the stored details including seasons and episodes, None if never fetched."""
    table = TABLES[kind].details_table
    row = database.row(f"SELECT facts, at, stale FROM {table} WHERE id = ?", (key,))
    return None if row is None else stored_details(database, kind, key, row)


def stored_details(database: LibraryDatabase, kind: Kind, key: int, row: Sequence[Any]) -> StoredDetails | None:
    """Return the details of a row (facts, at, stale) of a details table; None for a row of NULLs."""
    facts, at, stale = row
    if facts is None:
        return None
    seasons = _seasons(database, key) if kind is Kind.SERIES else ()
    stored = read_json(facts, lambda facts: Details(**facts, seasons=seasons), "the stored details of a title")
    return StoredDetails(stored, at, bool(stale))


def forget_details(database: LibraryDatabase, kind: Kind, keys: Sequence[int]) -> None:
    """Delete details of these items including episodes, within the transaction that removes the items.

    The episodes are recorded in `former_episode`, so that marks can follow.
    """
    if kind is Kind.SERIES:
        remember_episodes(database, keys)
    drop_details(database, kind, keys)


def drop_details(database: LibraryDatabase, kind: Kind, keys: Sequence[int]) -> None:
    """Delete details without recording episodes, for callers that do so themselves."""
    if not keys:
        return
    gone = [(key,) for key in keys]
    database.run_many(f"DELETE FROM {TABLES[kind].details_table} WHERE id = ?", gone)
    if kind is Kind.SERIES:
        for key in keys:
            _save_episodes(database, key, ())
        database.run_many("DELETE FROM season WHERE series = ?", gone)


def item_key(database: LibraryDatabase, kind: Kind, provider_id: str) -> int:
    """Return the key of an item in the library. Raises `NotFound`."""
    for key in known_keys(database, kind, (provider_id,)):
        if database.value(f"SELECT 1 FROM {TABLES[kind].table} WHERE id = ?", (key,)):
            return key
    raise NotFound(f"There is no {kind.value} with the id {provider_id} in the library.")


def _save_facts(database: LibraryDatabase, kind: Kind, key: int, details: Details, at: int) -> None:
    facts = {name: value for name, value in asdict(details).items() if name != "seasons" and value is not None}
    database.run(
        f"INSERT INTO {TABLES[kind].details_table}(id, at, stale, facts) VALUES (?, ?, 0, ?) "
        "ON CONFLICT(id) DO UPDATE SET at = excluded.at, stale = 0, facts = excluded.facts",
        (key, at, json.dumps(facts, ensure_ascii=False)),
    )


# --------------------------------------------------------------------------------------- seasons and episodes
def _save_seasons(database: LibraryDatabase, series: int, seasons: Iterable[Season]) -> bool:
    old = set(database.rows("SELECT series, number, name, overview, released FROM season WHERE series = ?", (series,)))
    new = {(series, season.number, season.name, season.overview, season.released) for season in seasons}
    gone = {row[:2] for row in old - new}
    database.run_many("DELETE FROM season WHERE series = ? AND number = ?", gone)
    database.run_many(
        "INSERT OR REPLACE INTO season(series, number, name, overview, released) VALUES (?, ?, ?, ?, ?)", new - old
    )
    return old != new


def _save_episodes(database: LibraryDatabase, series: int, episodes: Iterable[Episode]) -> bool:
    """Replace the episodes of a series; return whether anything was written."""
    episodes = tuple(episodes)
    book = ItemKeys(database, Kind.EPISODE, only=[episode.id for episode in episodes])
    new = {row[0]: row for row in (_episode_row(book.key(episode.id), series, episode) for episode in episodes)}
    columns = ", ".join(_EPISODES.columns)
    rows = database.rows(
        f"SELECT {columns} FROM episode WHERE series = ? "
        f"UNION SELECT {columns} FROM episode WHERE id IN (SELECT value FROM json_each(?))",
        (series, json.dumps(list(new))),
    )
    old = {row[0]: row for row in rows}
    leaving = [row for key, row in old.items() if new.get(key) != row]
    coming = [row for key, row in new.items() if old.get(key) != row]
    remove_names(database, Kind.EPISODE, _name_entries(leaving))
    database.run_many("DELETE FROM episode WHERE id = ?", [(row[0],) for row in leaving])
    marks = ", ".join("?" * len(_EPISODES.columns))
    database.run_many(f"INSERT INTO episode({columns}) VALUES ({marks})", coming)
    add_names(database, Kind.EPISODE, _name_entries(coming))
    return bool(leaving or coming)


def _episode_row(key: int, series: int, episode: Episode) -> tuple[Any, ...]:
    folded = fold(episode.title)
    flags = NUMBER_INFERRED if episode.number_inferred else 0
    flags |= (episode.last_number - episode.number if episode.last_number else 0) << SPAN_SHIFT
    values = {
        "id": key,
        "name": episode.title,
        "fold": folded,
        "sort_key": sort_key(folded),
        "alias": "",
        "added": max(episode.added or 0, 0),
        "flags": flags,
        "wire_id": episode.wire_id,
        "series": series,
        "season": episode.season,
        "number": episode.number,
        "rating": float(episode.rating or 0),
        "container": episode.container,
        "duration_s": episode.duration_s,
        "released": episode.released,
        "plot": episode.plot,
    }
    return tuple(values[column] for column in _EPISODES.columns)


def _name_entries(rows: Iterable[Sequence[Any]]) -> list[NameEntry]:
    return [(row[0], row[2], row[3]) for row in rows]


def _seasons(database: LibraryDatabase, series: int) -> tuple[Season, ...]:
    by_season: dict[int, list[Episode]] = {}
    rows = database.rows(
        "SELECT id, season, number, name, wire_id, flags, plot, duration_s, released, rating, container, added "
        "FROM episode INDEXED BY episode_series WHERE series = ? ORDER BY season, number, id",
        (series,),
    )
    ids = provider_ids(database, Kind.EPISODE, [row[0] for row in rows])
    for key, season, number, title, wire_id, flags, plot, duration_s, released, rating, container, added in rows:
        episode = Episode(
            id=ids[key],
            season=season,
            number=number,
            title=title,
            wire_id=wire_id,
            number_inferred=bool(flags & NUMBER_INFERRED),
            plot=plot,
            duration_s=duration_s,
            released=released,
            rating=rating or None,
            container=container,
            added=added or None,
            last_number=number + (flags >> SPAN_SHIFT) if flags >> SPAN_SHIFT else None,
        )
        by_season.setdefault(season, []).append(episode)
    rows = database.rows(
        "SELECT number, name, overview, released FROM season WHERE series = ? ORDER BY number", (series,)
    )
    return tuple(
        Season(number, name, overview, released, tuple(by_season.get(number, ())))
        for number, name, overview, released in rows
    )


_FAILED: Final = "details_failed"


class DetailsCount(NamedTuple):
    """Number of items with stored details, and of stale ones among them."""

    stored: int
    stale: int


class WaitingDetails(NamedTuple):
    """An item, by provider id, with details to renew."""

    kind: Kind
    id: str


def count_details(database: LibraryDatabase, kinds: Iterable[Kind]) -> DetailsCount:
    """Count details over these kinds; channels have none."""
    rows = [database.row(f"SELECT count(*), total(stale <> 0) FROM {table}") for table in _tables(kinds)]
    return DetailsCount(sum(int(row[0]) for row in rows if row), sum(int(row[1]) for row in rows if row))


def waiting_details(
    database: LibraryDatabase, kinds: Sequence[Kind], favourites: Iterable[WaitingDetails] = ()
) -> list[WaitingDetails]:
    """Return stale details in the order to renew: favourites, then last fetched; earlier failures at the end."""
    wanted, failed = frozenset(favourites), _failed_last_time(database)
    found: list[tuple[int, WaitingDetails]] = []
    for kind in kinds:
        for table in _tables((kind,)):
            rows = database.rows(f"SELECT id, at FROM {table} WHERE stale <> 0")
            ids = provider_ids(database, kind, [key for key, _ in rows])
            found += [(at, WaitingDetails(kind, ids[key])) for key, at in rows]
    found.sort(key=lambda pair: (pair[1] in failed, pair[1] not in wanted, -pair[0]))
    return [waiting for _, waiting in found]


def record_failed_details(database: LibraryDatabase, failed: Iterable[WaitingDetails]) -> None:
    """Record failed renewals, so that they don't block others next time."""
    with database.writing():
        write_meta(database, _FAILED, json.dumps(sorted([one.kind.value, one.id] for one in failed)))


def read_favourites(path: Path, profile: str) -> frozenset[WaitingDetails]:
    """Return the favourites as (kind, id) without changing the user database; empty if it is unreadable."""
    with suppress(sqlite3.Error, OSError), closing(connect_reading(path)) as file:
        rows = file.execute(
            "SELECT kind, id FROM mark WHERE profile = ? AND mark = ?", (profile, Mark.FAVOURITE.value)
        ).fetchall()
        return frozenset(WaitingDetails(Kind(kind), id) for kind, id in rows if kind in set(Kind))
    return frozenset()


def _failed_last_time(database: LibraryDatabase) -> frozenset[WaitingDetails]:
    said = read_meta(database, _FAILED)
    if not said:
        return frozenset()
    return read_json(said, lambda pairs: frozenset(WaitingDetails(Kind(kind), id) for kind, id in pairs), _FAILED)


def _tables(kinds: Iterable[Kind]) -> list[str]:
    return [TABLES[kind].details_table for kind in kinds if TABLES[kind].has_texts]
