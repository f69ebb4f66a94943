"""An item's place in the provider's list and a channel's number: written apart from the item, because panels shift both
without anything having changed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import chain, islice
from typing import Final, NamedTuple

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.query_cache import raise_revision

#: Positions are this far apart at first, so that an item can be put between two others.
GAP: Final = 1024
#: Rows that are sorted by key and written together.
_BLOCK: Final = 20_000


class Positions(NamedTuple):
    """Parallel arrays: the keys of items and where each stands."""

    keys: array[int]
    positions: array[int]


def read_positions(database: LibraryDatabase, kind: Kind) -> Positions:
    """The position of every item of a listed kind, in the order of the list."""
    index = f"{kind.value}_position"
    rows = database.run(f"SELECT id, position FROM {kind.value} INDEXED BY {index} ORDER BY position, id")
    pairs = array("q", chain.from_iterable(rows))
    return Positions(pairs[::2], pairs[1::2])


def update_positions(database: LibraryDatabase, kind: Kind, positions: Iterable[tuple[int, int]]) -> int:
    """Set (key, position); how many rows got another one."""
    return _update(database, kind, "position", positions)


def end_of_list(database: LibraryDatabase, kind: Kind) -> int:
    """The position for an item behind all others."""
    last = database.value(f"SELECT max(position) FROM {kind.value}")
    return 0 if last is None else int(last) + GAP


def read_numbers(database: LibraryDatabase) -> dict[int, int | None]:
    """Key → number of every channel."""
    return dict(database.run("SELECT id, number FROM channel"))


def read_dates(database: LibraryDatabase, kind: Kind) -> dict[int, int]:
    """Key → the date of every item of a kind, 0 without one."""
    return dict(database.run(f"SELECT id, added FROM {kind.value}"))


def update_numbers(database: LibraryDatabase, numbers: Iterable[tuple[int, int | None]]) -> int:
    """Set (key, channel number); how many rows got another one."""
    return _update(database, Kind.CHANNEL, "number", numbers)


def _update(database: LibraryDatabase, kind: Kind, column: str, pairs: Iterable[tuple[int, int | None]]) -> int:
    sql = f"UPDATE {kind.value} SET {column} = ? WHERE id = ? AND {column} IS NOT ?"
    written = 0
    with database.writing():
        left = iter(pairs)
        while block := sorted(islice(left, _BLOCK), key=_key):
            written += database.run_many(sql, ((value, key, value) for key, value in block))
        if written:
            raise_revision(database)
    return written


def _key(pair: tuple[int, int | None]) -> int:
    return pair[0]
