"""The keys of lists: all of them or some rows', how many there are, where a letter or an item stands.

Plans, counts and the last whole list are remembered until the file's revision changes. A list `without_ids` is the list
of all, from which they are taken here: a condition on each row would cost SQLite more than the rest of the question.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import filterfalse
from typing import Final

from tui_app.catalog import Kind, Query
from tui_app.store.database import LibraryDatabase
from tui_app.store.keys import known_keys
from tui_app.store.lists.access_path import View
from tui_app.store.lists.query_plan import build_view, letter_view
from tui_app.store.query_cache import Memory

#: So far from the start rows of a list with some left out are found without reading all of it.
_NEAR: Final = 1_000
_PIECE: Final = 16_384  # letters of a list of keys, half a millisecond


class Lists:
    """The lists of one library. Safe for several threads, each on its own connection."""

    def __init__(self, database: LibraryDatabase, memory: Memory) -> None:
        self._database = database
        self._memory = memory

    def ids(self, query: Query) -> array[int]:
        """The keys of a whole list, in order, 8 bytes a row. Not to be changed: the last one is remembered."""
        with self._memory.one_state():
            lists: dict[Query, array[int]] = self._memory.remember("whole lists", dict)
            keys = lists.get(query)
            if keys is None:
                keys = self._read_whole(query)
                lists.clear()
                lists[query] = keys
            return keys

    def count(self, query: Query) -> int:
        with self._memory.one_state():
            return self._count_all(_with_all(query)) - self._count_excluded(query)

    def keys(self, query: Query, start: int, stop: int) -> Sequence[int]:
        """The keys of rows `start` to `stop` (not included), both within the list."""
        if start >= stop:
            return ()
        with self._memory.one_state():
            known: dict[Query, array[int]] = self._memory.remember("whole lists", dict)
            whole = known.get(query)
            if whole is not None:
                return whole[start:stop]
            if not query.without_ids:
                return self._some(query, start, stop)
            return self._first_left(query, stop)[start:] if stop <= _NEAR else self.ids(query)[start:stop]

    def index_of_letter(self, query: Query, letter: str) -> int | None:
        """The row where names starting with `letter` begin, or would; None unless sorted by name."""
        if query.sort != "name":
            return None
        with self._memory.one_state():
            before = self._count_before(_with_all(query), letter)
            return before - self._count_before(_only_excluded(query), letter) if query.without_ids else before

    def index_of(self, query: Query, id: str) -> int | None:
        """The row of an item in a list, None when it is not in it."""
        keys = known_keys(self._database, query.kind, (id,))
        try:
            return self.ids(query).index(keys[0]) if keys else None
        except ValueError:
            return None

    # ---------------------------------------------------------------------------------------- lists of SQL alone
    def _view(self, query: Query) -> View:
        return self._memory.remember(("view", query), lambda: build_view(self._database, query))

    def _count_all(self, query: Query) -> int:
        """How many there are, whatever the order; of a list without `without_ids`."""
        asked = replace(query, sort="name", descending=False)

        def counted() -> int:
            view = self._view(query)
            return int(self._database.value(view.count_sql, view.params))

        return self._memory.remember(("count", asked), counted)

    def _count_before(self, query: Query, letter: str) -> int:
        view = letter_view(self._database, query, letter)
        return int(self._database.value(view.count_sql, view.params))

    def _some(self, query: Query, start: int, stop: int) -> Sequence[int]:
        view, total = self._view(query), self._count_all(query)
        if view.walk is None or view.is_better_read_whole(start, stop, total, self._size(query.kind)):
            return self.ids(query)[start:stop]

        def count_known() -> int:
            return int(self._database.value(view.known_sql, view.params))

        return view.walk.keys(
            self._database,
            view.params,
            start,
            stop,
            total,
            lambda: self._memory.remember(("known", query), count_known),
        )

    def _size(self, kind: Kind) -> int:
        return self._count_all(Query(kind))

    def _read_whole(self, query: Query) -> array[int]:
        if query.without_ids:
            return array("q", filterfalse(self._excluded(query).__contains__, self._read_whole(_with_all(query))))
        keys = array("q")
        view = self._view(query)
        for sql in view.whole_sql(self._count_all(query), self._size(query.kind)):
            # one answer, not one a row: two thirds of the time, and no Python while SQLite looks for the keys
            text = self._database.value(f"SELECT group_concat(id) FROM ({sql})", view.params)
            for numbers in _pieces(text or ""):
                keys.extend(json.loads(f"[{numbers}]"))
        return keys

    # -------------------------------------------------------------------------------------- lists with some left out
    def _excluded(self, query: Query) -> frozenset[int]:
        """The keys that are not to be in the list."""
        asked = ("left out", query.kind, query.without_ids)
        return self._memory.remember(
            asked, lambda: frozenset(known_keys(self._database, query.kind, query.without_ids))
        )

    def _count_excluded(self, query: Query) -> int:
        """How many the list has fewer than without them: those that are in the library and pass its filters."""
        return self._count_all(_only_excluded(query)) if query.without_ids else 0

    def _first_left(self, query: Query, stop: int) -> list[int]:
        """The first keys, read with those between them that are left out."""
        everything, excluded = _with_all(query), self._excluded(query)
        total = self._count_all(everything)
        keys: list[int] = []
        at, block = 0, stop
        while len(keys) < stop and at < total:
            keys.extend(filterfalse(excluded.__contains__, self._some(everything, at, min(total, at + block))))
            at, block = at + block, block * 2
        return keys[:stop]


def _pieces(text: str) -> Iterator[str]:
    """A list of numbers in pieces short enough that other threads need not wait for one."""
    at = 0
    while at < len(text):
        end = text.find(",", at + _PIECE)
        end = len(text) if end < 0 else end
        yield text[at:end]
        at = end + 1


def _with_all(query: Query) -> Query:
    return replace(query, without_ids=()) if query.without_ids else query


def _only_excluded(query: Query) -> Query:
    """The list of what `without_ids` takes out of another."""
    excluded = query.without_ids
    only = excluded if query.only_ids is None else tuple(set(excluded).intersection(query.only_ids))
    return replace(query, only_ids=only, without_ids=())
