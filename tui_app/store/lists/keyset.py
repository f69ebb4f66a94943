"""Finds the keys of any rows of a list along one index, however deep, from whichever end is nearer.

An index runs one way: values down or up, ties by name and id upwards. A list that runs the other way keeps its ties
upwards, so it is no index read backwards; its rows are found value by value: the value that the first row wanted has
is the same in both, and all rows of one value stand in the index as the list wants them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tui_app.store.database import LibraryDatabase

#: Values whose rows are read one by one; where more are needed they have few rows each, and are sorted together.
_VALUES_ALONE: Final = 3


@dataclass(frozen=True, slots=True)
class KeysetScan:
    """How a list lies in an index. Rows are called `t`.

    `ties` are the columns behind `column` in the index, ascending. `known` and `unknown` are conditions, set where the
    rows with an unknown value stand at the index's wrong end.
    """

    rows: str
    condition: str
    column: str
    ties: tuple[str, ...]
    index_descends: bool
    descending: bool
    known: str | None = None
    unknown: str | None = None

    def keys(
        self,
        database: LibraryDatabase,
        params: dict[str, Any],
        start: int,
        stop: int,
        total: int,
        count_known: Callable[[], int],
    ) -> list[int]:
        """The keys from row `start` to row `stop` of `total`; `count_known` says how many have a known value."""
        walker = _KeysetScanner(database, self, params)
        if self.known is None or self.unknown is None:
            return walker.part("1", start, stop, total)
        if start <= total // 2:  # how many are known may be left unasked: counting them costs more than walking here
            keys = walker.part(self.known, start, stop, 2 * stop)
            if keys or not start:
                missing = stop - start - len(keys)
                return keys + walker.along(self.unknown, 0, missing, 2 * missing) if missing else keys
        keys = []
        known = count_known()
        if start < known:
            keys = walker.part(self.known, start, min(stop, known), known)
        if stop > known:
            keys += walker.along(self.unknown, max(0, start - known), stop - known, total - known)
        return keys

    @property
    def is_against(self) -> bool:
        return self.index_descends != self.descending

    def order(self, *, column_descends: bool, ties_descend: bool) -> str:
        column = f"t.{self.column} {_direction(column_descends)}"
        return ", ".join([column, *(f"t.{tie} {_direction(ties_descend)}" for tie in self.ties)])


class _KeysetScanner:
    """One walk: runs the questions."""

    def __init__(self, database: LibraryDatabase, walk: KeysetScan, params: dict[str, Any]) -> None:
        self._database = database
        self._walk = walk
        self._params = params
        self._from = f"FROM {walk.rows} WHERE {walk.condition}"

    def part(self, condition: str, start: int, stop: int, total: int) -> list[int]:
        found = self._against if self._walk.is_against else self.along
        return found(condition, start, stop, total)

    def along(self, condition: str, start: int, stop: int, total: int) -> list[int]:
        """In the order of the index."""
        backwards = start > total - stop
        rows = self._at("t.id", condition, backwards, total - stop if backwards else start, stop - start)
        return [row[0] for row in (reversed(rows) if backwards else rows)]

    def _against(self, condition: str, start: int, stop: int, total: int) -> list[int]:
        """Values in the other order, ties as in the index."""
        walk = self._walk
        columns = ", ".join(f"t.{name}" for name in (walk.column, *walk.ties))
        # the index read backwards has the same value in this row, other rows of that value before it
        backwards = start <= total - 1 - start
        rows = self._at(columns, condition, backwards, start if backwards else total - 1 - start, 1)
        if not rows:
            return []
        value, *ties = rows[0]
        keys = self._of_value(condition, value, self._before(condition, value, ties), stop - start)
        for _ in range(_VALUES_ALONE):
            if len(keys) == stop - start:
                return keys
            value = self._next(value)
            if value is None:
                return keys
            keys += self._of_value(condition, value, 0, stop - start - len(keys))
        return keys + self._behind(value, stop - start - len(keys))

    def _at(self, columns: str, condition: str, backwards: bool, offset: int, limit: int) -> list[tuple[Any, ...]]:
        """Rows from a place of the index, read forwards or backwards."""
        walk = self._walk
        order = walk.order(column_descends=walk.index_descends != backwards, ties_descend=backwards)
        sql = f"SELECT {columns} {self._from} AND {condition} ORDER BY {order} LIMIT :limit OFFSET :offset"
        return self._database.rows(sql, self._params | {"limit": limit, "offset": offset})

    def _before(self, condition: str, value: Any, ties: list[Any]) -> int:
        """How many rows of this value the index has behind the one with these ties."""
        walk = self._walk
        columns = ", ".join(f"t.{tie}" for tie in walk.ties)
        marks = ", ".join(f":tie{place}" for place in range(len(ties)))
        sql = f"SELECT count(*) {self._from} AND {condition} AND t.{walk.column} = :value AND ({columns}) > ({marks})"
        values = {"value": value} | {f"tie{place}": tie for place, tie in enumerate(ties)}
        return int(self._database.value(sql, self._params | values))

    def _of_value(self, condition: str, value: Any, offset: int, limit: int) -> list[int]:
        walk = self._walk
        ties = ", ".join(f"t.{tie}" for tie in walk.ties)
        sql = (
            f"SELECT t.id {self._from} AND {condition} AND t.{walk.column} = :value "
            f"ORDER BY {ties} LIMIT :limit OFFSET :offset"
        )
        params = self._params | {"value": value, "limit": limit, "offset": offset}
        return [row[0] for row in self._database.rows(sql, params)]

    # "further than a value" says more than "known", and of two bounds SQLite would seek the wrong one
    def _next(self, value: Any) -> Any:
        walk = self._walk
        column = f"t.{walk.column}"
        sql = (
            f"SELECT {column} {self._from} AND {column} {self._further} :value "
            f"ORDER BY {column} {_direction(walk.descending)} LIMIT 1"
        )
        return self._database.value(sql, self._params | {"value": value})

    def _behind(self, value: Any, limit: int) -> list[int]:
        walk = self._walk
        order = walk.order(column_descends=walk.descending, ties_descend=False)
        sql = f"SELECT t.id {self._from} AND t.{walk.column} {self._further} :value ORDER BY {order} LIMIT :limit"
        return [row[0] for row in self._database.rows(sql, self._params | {"value": value, "limit": limit})]

    @property
    def _further(self) -> str:
        return "<" if self._walk.descending else ">"


def _direction(descends: bool) -> str:
    return "DESC" if descends else "ASC"
