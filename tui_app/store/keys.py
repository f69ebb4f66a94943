"""Map provider ids to the integer keys of rows, and back.

A plain decimal id is its own key, so most libraries need no mapping. Any other id ("a1b2", "007", a number beyond 2^53)
gets a negative key, stored permanently in `id_map`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from peewee import SQL

from tui_app.catalog import Kind
from tui_app.store.database import Compiled, LibraryDatabase, compiled, inserting, parameter
from tui_app.store.sync_models import IdMap

_LIMIT: Final = 2**53
_SURELY_BELOW_LIMIT: Final = 15  # digits
# By hand: Peewee can't join a function by its columns. CROSS JOIN fixes the order: the other way round, all ids of the
# kind would be read.
_MAPPED_SQL: Final = (
    "SELECT m.provider_id, m.key FROM json_each(?) j CROSS JOIN id_map m ON m.kind = ? AND m.provider_id = j.value"
)
_NAMED_SQL: Final = (
    "SELECT m.key, m.provider_id FROM json_each(?) j CROSS JOIN id_map m ON m.kind = ? AND m.key = j.value"
)


@cache
def _lowest() -> Compiled:
    of_kind = IdMap.select(IdMap.key).where(IdMap.kind == parameter("kind"))
    return compiled(of_kind.order_by(IdMap.key).limit(SQL("1")))


def plain_key(provider_id: str) -> int | None:
    """Return the id as a number if it is a canonical decimal in [0, 2^53), otherwise None."""
    if not (provider_id.isdigit() and provider_id.isascii()):
        return None
    if provider_id[0] == "0" and len(provider_id) > 1:
        return None
    if len(provider_id) > _SURELY_BELOW_LIMIT and (len(provider_id) > 16 or int(provider_id) >= _LIMIT):
        return None
    return int(provider_id)


class ItemKeys:
    """The keys of one kind, for writing: assigns new ones. Requires one transaction.

    `only` restricts the ids to be mapped if they are few; otherwise all mapped ids of the kind are loaded at once.
    """

    def __init__(self, database: LibraryDatabase, kind: Kind, only: Iterable[str] | None = None) -> None:
        self._database = database
        self._kind = kind
        self._only = None if only is None else json.dumps(list(only))
        self._mapped: dict[str, int] | None = None
        self._lowest = 0

    def key(self, provider_id: str) -> int:
        """Return the key of an id, assigning and storing a new one if needed."""
        plain = plain_key(provider_id)
        if plain is not None:
            return plain
        mapped = self._load()
        key = mapped.get(provider_id)
        if key is None:
            self._lowest -= 1
            key = self._lowest
            mapped[provider_id] = key
            self._database.run_many(inserting(IdMap), [(self._kind.value, provider_id, key)])
        return key

    def _load(self) -> dict[str, int]:
        if self._mapped is None:
            kind = self._kind.value
            if self._only is None:
                rows = self._database.rows(IdMap.select(IdMap.provider_id, IdMap.key).where(IdMap.kind == kind))
            else:
                rows = self._database.rows(_MAPPED_SQL, (self._only, kind))
            self._mapped = dict(rows)
            self._lowest = self._database.value(_lowest(), {"kind": kind}) or 0
        return self._mapped


def known_keys(database: LibraryDatabase, kind: Kind, provider_ids: Iterable[str]) -> list[int]:
    """Return the keys of ids that may be in the library; unknown ids are omitted."""
    keys: list[int] = []
    others: list[str] = []
    for provider_id in provider_ids:
        plain = plain_key(provider_id)
        if plain is None:
            others.append(provider_id)
        else:
            keys.append(plain)
    if others:
        rows = database.rows(
            _MAPPED_SQL,
            (json.dumps(others), kind.value),
        )
        keys += [row[1] for row in rows]
    return keys


def provider_ids(database: LibraryDatabase, kind: Kind, keys: Sequence[int]) -> dict[int, str]:
    """Return key → provider id."""
    negative = [key for key in keys if key < 0]
    found = {key: str(key) for key in keys if key >= 0}
    if negative:
        rows = database.rows(_NAMED_SQL, (json.dumps(negative), kind.value))
        found.update(rows)
    return found
