"""List positions of items and channel numbers, written separately because panels change them without other changes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from peewee import Expression, fn

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase, compiled, parameter
from tui_app.store.models import ITEM_MODELS, LISTED_MODELS, Channel
from tui_app.store.query_cache import raise_revision

#: Initial distance of positions, so that items can be inserted between two others.
GAP: Final = 1024
#: Rows sorted by key and written together.
_BLOCK: Final = 20_000


class ListOrder(NamedTuple):
    """Parallel arrays of item keys and list positions."""

    keys: array[int]
    positions: array[int]


def read_list_order(database: LibraryDatabase, kind: Kind) -> ListOrder:
    """Return the position of every item of a listed kind, in list order."""
    item = LISTED_MODELS[kind]
    rows = database.run(item.select(item.id, item.position).order_by(item.position, item.id))
    pairs = array("q", chain.from_iterable(rows))
    return ListOrder(pairs[::2], pairs[1::2])


def update_list_order(database: LibraryDatabase, kind: Kind, positions: Iterable[tuple[int, int]]) -> int:
    """Set (key, position) pairs; return the number of changed rows."""
    return _update(database, LISTED_MODELS[kind].position, positions)


def end_of_list(database: LibraryDatabase, kind: Kind) -> int:
    """Return the position for an appended item."""
    last = database.value(LISTED_MODELS[kind].select(fn.MAX(LISTED_MODELS[kind].position)))
    return 0 if last is None else int(last) + GAP


def read_numbers(database: LibraryDatabase) -> dict[int, int | None]:
    """Return channel key → number."""
    return dict(database.run(Channel.select(Channel.id, Channel.number)))


def read_dates(database: LibraryDatabase, kind: Kind) -> dict[int, int]:
    """Return key → date of every item of a kind, 0 without one."""
    item = ITEM_MODELS[kind]
    return dict(database.run(item.select(item.id, item.added)))


def update_numbers(database: LibraryDatabase, numbers: Iterable[tuple[int, int | None]]) -> int:
    """Set (key, channel number) pairs; return the number of changed rows."""
    return _update(database, Channel.number, numbers)


def _update(database: LibraryDatabase, column: Any, pairs: Iterable[tuple[int, int | None]]) -> int:
    item = column.model
    differs = Expression(column, "IS NOT", parameter())
    statement = compiled(item.update({column: parameter()}).where(item.id == parameter(), differs))
    written = 0
    with database.writing():
        left = iter(pairs)
        while block := sorted(islice(left, _BLOCK), key=_key):
            written += database.run_many(statement, ((value, key, value) for key, value in block))
        if written:
            raise_revision(database)
    return written


def _key(pair: tuple[int, int | None]) -> int:
    return pair[0]
