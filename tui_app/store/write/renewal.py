"""Which stored details wait to be fetched anew, and in which order. Fetches nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

from tui_app.catalog import Kind, Mark
from tui_app.store.connection import connect_reading
from tui_app.store.database import LibraryDatabase
from tui_app.store.keys import provider_ids
from tui_app.store.query_cache import read_meta, write_meta
from tui_app.store.schema import TABLES
from tui_app.store.stored_json import read_json

_FAILED: Final = "details_failed"


class DetailsCount(NamedTuple):
    """Of how many items details are stored, and how many of these the list has outdated since."""

    stored: int
    stale: int


class WaitingDetails(NamedTuple):
    """An item, by its provider id, whose details wait to be renewed."""

    kind: Kind
    id: str


def count_details(database: LibraryDatabase, kinds: Iterable[Kind]) -> DetailsCount:
    """Over these kinds; channels have none."""
    rows = [database.row(f"SELECT count(*), total(stale <> 0) FROM {table}") for table in _tables(kinds)]
    return DetailsCount(sum(int(row[0]) for row in rows if row), sum(int(row[1]) for row in rows if row))


def waiting_details(
    database: LibraryDatabase, kinds: Sequence[Kind], favourites: Iterable[WaitingDetails] = ()
) -> list[WaitingDetails]:
    """What is stale, in the order to ask for it: favourites, then what was fetched last; last what failed last time."""
    wanted, failed = frozenset(favourites), _failed_last_time(database)
    found: list[tuple[int, WaitingDetails]] = []
    for kind in kinds:
        for table in _tables((kind,)):
            rows = database.rows(f"SELECT id, at FROM {table} WHERE stale <> 0")
            ids = provider_ids(database, kind, [key for key, _ in rows])
            found += [(at, WaitingDetails(kind, ids[key])) for key, at in rows]
    found.sort(key=lambda pair: (pair[1] in failed, pair[1] not in wanted, -pair[0]))
    return [waiting for _, waiting in found]


def note_failed_details(database: LibraryDatabase, failed: Iterable[WaitingDetails]) -> None:
    """Remember what could not be renewed, so that it does not keep others from their turn next time."""
    with database.writing():
        write_meta(database, _FAILED, json.dumps(sorted([one.kind.value, one.id] for one in failed)))


def read_favourites(path: Path, profile: str) -> frozenset[WaitingDetails]:
    """The favourites as (kind, id), for a sync: it creates and mends nothing of the user's. Empty when unreadable."""
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
