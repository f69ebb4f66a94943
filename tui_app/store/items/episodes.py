"""Stored episodes of a series in viewing order."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Final

from peewee import Case, fn

from tui_app.catalog import ItemRef, Kind
from tui_app.store.database import Compiled, LibraryDatabase, compiled, has_rows, in_json, parameter
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.models import ITEM_MODELS, Episode, Series

VIEWING_ORDER: Final = (Episode.season, Episode.number, Episode.id)


def episode_refs(database: LibraryDatabase, series_id: str) -> tuple[ItemRef, ...]:
    """Return all stored episodes of a series by season, specials (season 0) last; () if never fetched."""
    keys = known_keys(database, Kind.SERIES, (series_id,))
    if not keys:
        return ()
    stored = Episode.select(Episode.id, Episode.name, Episode.season, Episode.number, Series.name)
    stored = stored.join(Series, on=Series.id == Episode.series).where(Episode.series == keys[0])
    rows = database.rows(stored.order_by(Episode.season == 0, *VIEWING_ORDER))
    ids = provider_ids(database, Kind.EPISODE, [row[0] for row in rows])
    return tuple(
        ItemRef(Kind.EPISODE, ids[key], name, series_id, series_name, season, number)
        for key, name, season, number, series_name in rows
    )


def episode_after(episodes: Iterable[ItemRef], season: int, number: int) -> ItemRef | None:
    """Return the next episode, skipping gaps in numbers and other versions."""
    place = _place(season, number)
    return next((ref for ref in episodes if _place_of(ref) > place), None)


def episode_before(episodes: Iterable[ItemRef], season: int, number: int) -> ItemRef | None:
    """Return the previous episode, in the same way."""
    before = [ref for ref in episodes if _place_of(ref) < _place(season, number)]
    return next((ref for ref in before if _place_of(ref) == _place_of(before[-1])), None)


def series_with_episodes(database: LibraryDatabase) -> array[int]:
    """Return the keys of series with stored episodes."""
    return database.integers(Episode.select(Episode.series).distinct())


def has_key(database: LibraryDatabase, kind: Kind, key: int) -> bool:
    """Whether an item is in the library."""
    return database.value(_with_key(kind), {"key": key}) is not None


@cache
def _with_key(kind: Kind) -> Compiled:
    item = ITEM_MODELS[kind]
    return compiled(item.select(item.id).where(item.id == parameter("key")))


def gone_ids(database: LibraryDatabase, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
    """Return the ids missing from the library; an empty set while it has no items of this kind."""
    item = ITEM_MODELS[kind]
    if not has_rows(database, item):
        return frozenset()
    stored = database.integers(item.select(item.id).where(in_json(item.id, known_keys(database, kind, ids))))
    return frozenset(ids) - frozenset(provider_ids(database, kind, stored).values())


def watched_series(database: LibraryDatabase, watched: Collection[str]) -> frozenset[str]:
    """Return the series whose stored episodes are all in `watched`; one version of each is enough."""
    is_seen = in_json(Episode.id, known_keys(database, Kind.EPISODE, watched))  # hashed once, unlike a join
    place = Episode.season * 1_000_000 + Episode.number
    seen_place = Case(None, [(is_seen, place)])
    rows = database.rows(
        Episode.select(Episode.series)
        .where(Episode.series.in_(Episode.select(Episode.series).where(is_seen)))
        .group_by(Episode.series)
        .having(fn.COUNT(place.distinct()) == fn.COUNT(seen_place.distinct()))
    )
    return frozenset(provider_ids(database, Kind.SERIES, [row[0] for row in rows]).values())


def _place_of(ref: ItemRef) -> tuple[bool, int, int]:
    return _place(ref.season or 0, ref.episode or 0)


def _place(season: int, number: int) -> tuple[bool, int, int]:
    return season == 0, season, number
