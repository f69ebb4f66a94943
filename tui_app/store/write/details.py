"""Store fetched details of movies and series, and select those to renew.

Facts are stored as JSON, seasons and episodes in tables of their own; stored episodes are searchable. An empty answer
(unknown id) is stored too, so that it is not requested repeatedly.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, fields
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from peewee import fn

from tui_app.catalog import Details, Episode, Kind, Mark, Season
from tui_app.errors import NotFound
from tui_app.store.connection import connect_reading
from tui_app.store.database import (
    COUNT,
    Compiled,
    LibraryDatabase,
    blocks,
    compiled,
    deleting,
    fields_of,
    in_json,
    insert_query,
    inserting,
    parameter,
    rows_with,
)
from tui_app.store.id_remap.episodes import episodes_before, follow_episodes, remember_episodes
from tui_app.store.items.codec import read_json
from tui_app.store.items.episodes import VIEWING_ORDER, has_key
from tui_app.store.keys import ItemKeys, known_keys, provider_ids
from tui_app.store.models import DETAILS_MODELS, NUMBER_INFERRED, SPAN_SHIFT, Series, SeriesDetails, TitleDetails
from tui_app.store.models import Episode as EpisodeRow
from tui_app.store.models import Season as SeasonRow
from tui_app.store.query_cache import raise_revision, read_meta, write_meta
from tui_app.store.schema import NAME_COLUMNS, TABLES
from tui_app.store.user_models import MarkRow
from tui_app.store.write.search_tables import NameEntry, add_names, remove_names
from tui_app.text import fold, other_spellings, sort_key, split_title

_EPISODES = TABLES[Kind.EPISODE]
_NAMES_OF: Final = itemgetter(*(_EPISODES.columns.index(column) for column in NAME_COLUMNS))
_FACTS: Final = frozenset(one.name for one in fields(Details)) - {"seasons"}


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
    stored = DETAILS_MODELS[kind]
    row = database.row(stored.select(stored.facts, stored.at, stored.stale).where(stored.id == key))
    return None if row is None else stored_details(database, kind, key, row)


def stored_details(database: LibraryDatabase, kind: Kind, key: int, row: Sequence[Any]) -> StoredDetails | None:
    """Return the details of a row (facts, at, stale) of a details table; None for a row of NULLs."""
    facts, at, stale = row
    if facts is None:
        return None
    seasons = _seasons(database, key) if kind is Kind.SERIES else ()
    stored = read_json(facts, lambda facts: _details(facts, seasons), "the stored details of a title")
    return StoredDetails(stored, at, bool(stale))


def _details(facts: dict[str, Any], seasons: tuple[Season, ...]) -> Details:
    """Return details as stored by this or another version, whose further facts are left out."""
    return Details(seasons=seasons, **{name: value for name, value in facts.items() if name in _FACTS})


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
    gone, stored = [(key,) for key in keys], DETAILS_MODELS[kind]
    database.run_many(deleting(stored), gone)
    if kind is Kind.SERIES:
        for block in blocks(keys):
            _drop_episodes(database, block)
        database.run_many(deleting(SeasonRow, SeasonRow.series), gone)


def _drop_episodes(database: LibraryDatabase, series: Sequence[int]) -> None:
    stored = rows_with(database, EpisodeRow.series, series)
    remove_names(database, Kind.EPISODE, _name_entries(stored))
    database.run_many(deleting(EpisodeRow), [(row[0],) for row in stored])


def item_key(database: LibraryDatabase, kind: Kind, provider_id: str) -> int:
    """Return the key of an item in the library. Raises `NotFound`."""
    for key in known_keys(database, kind, (provider_id,)):
        if has_key(database, kind, key):
            return key
    raise NotFound(f"There is no {kind.value} with the id {provider_id} in the library.")


def _save_facts(database: LibraryDatabase, kind: Kind, key: int, details: Details, at: int) -> None:
    facts = {name: value for name, value in asdict(details).items() if name != "seasons" and value is not None}
    database.run_many(_replacing_facts(kind), [(key, at, 0, json.dumps(facts, ensure_ascii=False))])


@cache
def _replacing_facts(kind: Kind) -> Compiled:
    stored = DETAILS_MODELS[kind]
    values = (stored.at, stored.stale, stored.facts)
    row = insert_query(stored, stored.id, *values)
    return compiled(row.on_conflict(conflict_target=[stored.id], preserve=values))


# --------------------------------------------------------------------------------------- seasons and episodes
def _save_seasons(database: LibraryDatabase, series: int, seasons: Iterable[Season]) -> bool:
    old = set(database.rows(_seasons_of(), {"series": series}))
    new = {(series, season.number, season.name, season.overview, season.released) for season in seasons}
    gone = {row[:2] for row in old - new}
    database.run_many(deleting(SeasonRow, SeasonRow.series, SeasonRow.number), gone)
    database.run_many(inserting(SeasonRow, on_conflict="replace"), new - old)
    return old != new


def _save_episodes(database: LibraryDatabase, series: int, episodes: Iterable[Episode]) -> bool:
    """Replace the episodes of a series; return whether anything was written."""
    episodes = tuple(episodes)
    book = ItemKeys(database, Kind.EPISODE, only=[episode.id for episode in episodes])
    new = {row[0]: row for row in (_episode_row(book.key(episode.id), series, episode) for episode in episodes)}
    asked = {"series": series, "ids": json.dumps(list(new))}
    old = {row[0]: row for row in database.rows(_episodes_of_or_with(), asked)}
    leaving = [row for key, row in old.items() if new.get(key) != row]
    coming = [row for key, row in new.items() if old.get(key) != row]
    remove_names(database, Kind.EPISODE, _name_entries(leaving))
    database.run_many(deleting(EpisodeRow), [(row[0],) for row in leaving])
    database.run_many(inserting(EpisodeRow), coming)
    add_names(database, Kind.EPISODE, _name_entries(coming))
    return bool(leaving or coming)


@cache
def _seasons_of() -> Compiled:
    of_series = SeasonRow.select(*fields_of(SeasonRow)).where(SeasonRow.series == parameter("series"))
    return compiled(of_series.order_by(SeasonRow.number))


@cache
def _episodes_of_or_with() -> Compiled:
    """Return the query for the episodes of a series, and others with one of these ids."""
    stored = EpisodeRow.select(*fields_of(EpisodeRow))
    of_series = stored.where(EpisodeRow.series == parameter("series"))
    return compiled(of_series | stored.where(in_json(EpisodeRow.id, parameter("ids"))))


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
        "spelled": other_spellings(bare := split_title(episode.title).title, fold(bare), ""),
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
    return [(row[0], *_NAMES_OF(row)) for row in rows]


def _seasons(database: LibraryDatabase, series: int) -> tuple[Season, ...]:
    by_season: dict[int, list[Episode]] = {}
    rows = database.rows(_in_viewing_order(), {"series": series})
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
    return tuple(
        Season(number, name, overview, released, tuple(by_season.get(number, ())))
        for _, number, name, overview, released in database.rows(_seasons_of(), {"series": series})
    )


@cache
def _in_viewing_order() -> Compiled:
    columns = "id season number name wire_id flags plot duration_s released rating container added".split()
    stored = EpisodeRow.select(*(getattr(EpisodeRow, column) for column in columns))
    return compiled(stored.where(EpisodeRow.series == parameter("series")).order_by(*VIEWING_ORDER))


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
    models = _details_models(kinds).values()
    rows = [database.row(model.select(COUNT, fn.SUM(model.stale != 0))) for model in models]
    return DetailsCount(sum(int(row[0]) for row in rows if row), sum(int(row[1] or 0) for row in rows if row))


def waiting_details(
    database: LibraryDatabase, kinds: Sequence[Kind], favourites: Iterable[WaitingDetails] = ()
) -> list[WaitingDetails]:
    """Return the details to fetch: stale ones, and those of favourite series that have none.

    Favourites come first, then what was fetched last; those that failed last time are at the end.
    """
    wanted, failed = frozenset(favourites), _failed_last_time(database)
    found: list[tuple[int, WaitingDetails]] = []
    for kind, model in _details_models(kinds).items():
        rows = database.rows(model.select(model.id, model.at).where(model.stale != 0))
        ids = provider_ids(database, kind, [key for key, _ in rows])
        found += [(at, WaitingDetails(kind, ids[key])) for key, at in rows]
    if Kind.SERIES in kinds:
        found += [(0, WaitingDetails(Kind.SERIES, id)) for id in _without_details(database, wanted)]
    found.sort(key=lambda pair: (pair[1] in failed, pair[1] not in wanted, -pair[0]))
    return [waiting for _, waiting in found]


def _without_details(database: LibraryDatabase, wanted: Iterable[WaitingDetails]) -> list[str]:
    """Return the listed series among `wanted` whose details were never fetched."""
    asked = [one.id for one in wanted if one.kind is Kind.SERIES]
    keys = known_keys(database, Kind.SERIES, asked)
    listed = {row[0] for row in rows_with(database, Series.id, keys, (Series.id,))}
    fetched = {row[0] for row in rows_with(database, SeriesDetails.id, keys, (SeriesDetails.id,))}
    return list(provider_ids(database, Kind.SERIES, sorted(listed - fetched)).values())


def record_failed_details(database: LibraryDatabase, failed: Iterable[WaitingDetails]) -> None:
    """Record failed renewals, so that they don't block others next time."""
    with database.writing():
        write_meta(database, _FAILED, json.dumps(sorted([one.kind.value, one.id] for one in failed)))


def read_favourites(path: Path, profile: str) -> frozenset[WaitingDetails]:
    """Return the favourites as (kind, id) without changing the user database; empty if it is unreadable."""
    with suppress(sqlite3.Error, OSError), closing(connect_reading(path)) as file:
        marks = MarkRow.select(MarkRow.kind, MarkRow.id)
        favourites = compiled(marks.where(MarkRow.profile == profile, MarkRow.mark == Mark.FAVOURITE.value))
        rows = file.execute(*favourites).fetchall()
        return frozenset(WaitingDetails(Kind(kind), id) for kind, id in rows if kind in set(Kind))
    return frozenset()


def _failed_last_time(database: LibraryDatabase) -> frozenset[WaitingDetails]:
    said = read_meta(database, _FAILED)
    if not said:
        return frozenset()
    return read_json(said, lambda pairs: frozenset(WaitingDetails(Kind(kind), id) for kind, id in pairs), _FAILED)


def _details_models(kinds: Iterable[Kind]) -> dict[Kind, type[TitleDetails]]:
    return {kind: DETAILS_MODELS[kind] for kind in kinds if kind in DETAILS_MODELS}
