"""Match items whose ids a panel changed, and move their details.

Matching runs in SQL on temporary tables, so that 100,000 pairs take little memory. These statements are by hand:
they are window functions made of the columns of each step. Each step compares by one set of
columns (tmdb id, name and year, EPG id), most reliable first; matched items are removed before the next step. A step
sorts the union of both sides instead of joining them: O(n log n) whatever the distribution of values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from peewee import SQL, CompositeKey, IntegerField, TextField

from tui_app.catalog import Kind
from tui_app.store.database import (
    LibraryDatabase,
    create_index_sql,
    create_table_sql,
    deleting,
    drop_table_sql,
    inserting,
)
from tui_app.store.id_remap.episodes import leave_series
from tui_app.store.id_remap.moved_ids import record_moved_ids
from tui_app.store.items.detail_layer import FILLED_YEAR
from tui_app.store.keys import provider_ids
from tui_app.store.models import MovieDetails, Table
from tui_app.store.schema import TABLES
from tui_app.store.write.details import drop_details
from tui_app.store.write.row_writer import refill

_OLD, _NEW = 0, 1


class Moves(NamedTuple):
    """`pairs` maps old to new keys where they differ; `named` are old keys whose name occurs in the new list."""

    pairs: dict[int, int]
    named: set[int]


class _Step(NamedTuple):
    """Items equal in `columns` are the same item; several equal ones are paired by order if both lists have as many."""

    columns: tuple[str, ...]
    by_order: bool = False
    condition: str = "1"


_STEPS: Final = (
    _Step(("tmdb",), condition="tmdb IS NOT NULL"),
    _Step(("fold", "year")),
    _Step(("fold", "year", "epg"), condition="epg IS NOT NULL"),
    _Step(("fold", "year", "category")),
    _Step(("fold", "year", "category"), by_order=True),
    _Step(("fold", "year"), by_order=True),
    _Step(("fold",), condition="(side = 0) = (year = 0)"),  # the old year is unknown
    _Step(("fold",), condition="(side = 1) = (year = 0)"),  # the new year is unknown
    _Step(("epg",), condition="epg IS NOT NULL"),
)


class _Moving(Table):
    """The items of both lists (`side`) with what they are compared by."""

    side = IntegerField()
    id = IntegerField()
    fold = TextField()
    year = IntegerField()
    tmdb = IntegerField(null=True)
    epg = TextField(null=True)
    category = TextField()
    position = IntegerField()

    class Meta:
        table_name = "moving"
        schema = "temp"
        primary_key = CompositeKey("side", "id")
        without_rowid = True


_Moving.add_index(_Moving.side, _Moving.fold, name="moving_fold")


class _MovingPair(Table):
    """An item's key in the old and in the new list."""

    old = IntegerField(primary_key=True)
    new = IntegerField(constraints=[SQL("UNIQUE")])

    class Meta:
        table_name = "moving_pair"
        schema = "temp"


class MoveSearch:
    """Compares the items of a kind before and after a write, between creation and `find`.

    Use it within the transaction of that write, and `close` it.
    """

    def __init__(self, database: LibraryDatabase, kind: Kind, old: Iterable[int]) -> None:
        """Record the items with the keys `old` (those of the last list), which are still unchanged in the library."""
        self._database = database
        self._kind = kind
        for model in (_Moving, _MovingPair):
            database.run(create_table_sql(model))
        self._take(_OLD, old)

    def find(self, new: Iterable[int]) -> Moves:
        """Return which of the `new` items (the whole new list) are old ones under other ids.

        By tmdb id, then name and year, then (channels) EPG id; several equal ones by category, then by order.
        Ambiguous items are not paired.
        """
        self._take(_NEW, new)
        for index in create_index_sql(_Moving).values():
            self._database.run(index)
        for statement in (_STAYED, *map(_pairing, _STEPS)):
            self._database.run(statement)
        pairs: dict[int, int] = dict(
            self._database.rows(_MovingPair.select().where(_MovingPair.old != _MovingPair.new))
        )
        named = self._database.rows(
            "SELECT id FROM moving o WHERE side = 0 AND (id IN (SELECT old FROM moving_pair) OR EXISTS ("
            "SELECT 1 FROM moving n INDEXED BY moving_fold WHERE n.side = 1 AND n.fold = o.fold AND n.fold <> '' "
            "AND (n.year = o.year OR 0 IN (n.year, o.year))))"
        )
        return Moves(pairs, {row[0] for row in named})

    def close(self) -> None:
        for model in (_Moving, _MovingPair):
            self._database.run(drop_table_sql(model))

    def _take(self, side: int, keys: Iterable[int]) -> None:
        table = TABLES[self._kind]
        facts = "0, NULL, t.epg_id"
        if table.has_column("tmdb"):
            facts = f"iif(t.flags & {FILLED_YEAR}, 0, t.year), t.tmdb, NULL"
        self._database.run(
            f"INSERT INTO moving SELECT ?, t.id, t.fold, {facts}, coalesce(c.fold, ''), t.position "
            f"FROM {table.table} t LEFT JOIN category c ON c.key = t.category "
            "WHERE t.id IN (SELECT value FROM json_each(?))",
            (side, json.dumps(list(keys))),
        )


#: An id that still has its name has not moved.
_STAYED: Final = (
    "INSERT INTO moving_pair(old, new) SELECT o.id, n.id FROM moving o JOIN moving n "
    "ON n.side = 1 AND n.id = o.id AND n.fold = o.fold WHERE o.side = 0"
)


def _pairing(step: _Step) -> str:
    """Return SQL that sorts both sides by the compared columns, so that equal items are adjacent.

    A join could become quadratic, as SQLite has no statistics about temporary tables.
    """
    keys = ", ".join(step.columns)
    limit = "" if step.by_order else " AND olds = 1"
    return (
        "INSERT INTO moving_pair(old, new) SELECT max(CASE side WHEN 0 THEN id END), max(CASE side WHEN 1 THEN id END) "
        f"FROM (SELECT side, id, {keys}, sum(side = 0) OVER (PARTITION BY {keys}) AS olds, "
        f"sum(side = 1) OVER (PARTITION BY {keys}) AS news, "
        f"row_number() OVER (PARTITION BY {keys}, side ORDER BY position, id) AS place FROM moving "
        "WHERE fold <> '' AND CASE side WHEN 0 THEN id NOT IN (SELECT old FROM moving_pair) "
        f"ELSE id NOT IN (SELECT new FROM moving_pair) END AND {step.condition}) "
        f"WHERE olds = news{limit} GROUP BY {keys}, place"
    )


def record_moves(database: LibraryDatabase, kind: Kind, pairs: Mapping[int, int], at: int) -> None:
    """Record pairs of keys found at `at` (epoch seconds), within the transaction that replaces the old items.

    Movie details move along, marked stale. Episode ids change as well, so details of series are deleted and their
    episodes recorded.
    """
    with database.writing():
        ids = provider_ids(database, kind, [*pairs.keys(), *pairs.values()])
        record_moved_ids(database, kind, {ids[old]: ids[new] for old, new in pairs.items()}, at)
        if kind is Kind.MOVIE:
            _move_details(database, pairs)
            refill(database, kind, pairs.values())
        elif kind is Kind.SERIES:
            drop_details(database, kind, leave_series(database, pairs, at))


def _move_details(database: LibraryDatabase, pairs: Mapping[int, int]) -> None:
    rows = database.rows(MovieDetails.select(MovieDetails.id, MovieDetails.at, MovieDetails.facts))
    moving = [row for row in rows if row[0] in pairs]
    # two passes: a new id may be the old id of another item
    database.run_many(deleting(MovieDetails), [(row[0],) for row in moving])
    database.run_many(
        inserting(MovieDetails, on_conflict="ignore"),
        [(pairs[key], fetched_at, 1, facts) for key, fetched_at, facts in moving],
    )
