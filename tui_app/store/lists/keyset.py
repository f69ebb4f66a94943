"""Read any rows of a list along one index, from the nearer end: keyset pagination, and the plans it is part of.

Invariant: an index runs in one direction, values ascending or descending, ties by name and id ascending. A list in the
opposite direction keeps its ties ascending, so it is not the index read backwards. Its rows are found value by value:
the n-th row has the same value in both orders, and all rows of one value are in list order within the index.

Cost: O(distance to the nearer end) index entries for the first row of a page, without reading table rows; sorting the
whole list instead would cost O(n log n) per page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tui_app.store.database import LibraryDatabase

#: Values read one by one; beyond that, each has few rows, and the rest is sorted together.
_VALUES_ALONE: Final = 3


@dataclass(frozen=True, slots=True)
class KeysetScan:
    """The position of a list in an index. Rows are called `t`.

    `ties` are the columns after `column` in the index, ascending. `known` and `unknown` are conditions, set if rows
    with an unknown value are at the wrong end of the index.
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
        """Return the keys of rows `start` to `stop` of `total`.

        `count_known` returns the number of rows with a known value.
        """
        scanner = _KeysetScanner(database, self, params)
        if self.known is None or self.unknown is None:
            return scanner.part("1", start, stop, total)
        if start <= total // 2:  # avoid `count_known`: counting costs more than scanning from the start
            keys = scanner.part(self.known, start, stop, 2 * stop)
            if keys or not start:
                missing = stop - start - len(keys)
                return keys + scanner.along(self.unknown, 0, missing, 2 * missing) if missing else keys
        keys = []
        known = count_known()
        if start < known:
            keys = scanner.part(self.known, start, min(stop, known), known)
        if stop > known:
            keys += scanner.along(self.unknown, max(0, start - known), stop - known, total - known)
        return keys

    @property
    def is_against(self) -> bool:
        return self.index_descends != self.descending

    def order(self, *, column_descends: bool, ties_descend: bool) -> str:
        column = f"t.{self.column} {_direction(column_descends)}"
        return ", ".join([column, *(f"t.{tie} {_direction(ties_descend)}" for tie in self.ties)])


class _KeysetScanner:
    """Executes the queries of one scan."""

    def __init__(self, database: LibraryDatabase, scan: KeysetScan, params: dict[str, Any]) -> None:
        self._database = database
        self._scan = scan
        self._params = params
        self._from = f"FROM {scan.rows} WHERE {scan.condition}"

    def part(self, condition: str, start: int, stop: int, total: int) -> list[int]:
        found = self._against if self._scan.is_against else self.along
        return found(condition, start, stop, total)

    def along(self, condition: str, start: int, stop: int, total: int) -> list[int]:
        """Read rows in index order."""
        backwards = start > total - stop
        rows = self._at("t.id", condition, backwards, total - stop if backwards else start, stop - start)
        return [row[0] for row in (reversed(rows) if backwards else rows)]

    def _against(self, condition: str, start: int, stop: int, total: int) -> list[int]:
        """Read rows with values in the opposite order, ties in index order."""
        scan = self._scan
        columns = ", ".join(f"t.{name}" for name in (scan.column, *scan.ties))
        # the reversed index has the same value in this row, preceded by other rows of that value
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

    # by hand, like all statements of lists: they name their index, see `filtering`
    def _at(self, columns: str, condition: str, backwards: bool, offset: int, limit: int) -> list[tuple[Any, ...]]:
        """Read rows at an offset of the index, forwards or backwards."""
        scan = self._scan
        order = scan.order(column_descends=scan.index_descends != backwards, ties_descend=backwards)
        sql = f"SELECT {columns} {self._from} AND {condition} ORDER BY {order} LIMIT :limit OFFSET :offset"
        return self._database.rows(sql, self._params | {"limit": limit, "offset": offset})

    def _before(self, condition: str, value: Any, ties: list[Any]) -> int:
        """Count the rows of this value that follow these ties in the index."""
        scan = self._scan
        columns = ", ".join(f"t.{tie}" for tie in scan.ties)
        marks = ", ".join(f":tie{number}" for number in range(len(ties)))
        sql = f"SELECT count(*) {self._from} AND {condition} AND t.{scan.column} = :value AND ({columns}) > ({marks})"
        values = {"value": value} | {f"tie{number}": tie for number, tie in enumerate(ties)}
        return int(self._database.value(sql, self._params | values))

    def _of_value(self, condition: str, value: Any, offset: int, limit: int) -> list[int]:
        scan = self._scan
        ties = ", ".join(f"t.{tie}" for tie in scan.ties)
        sql = (
            f"SELECT t.id {self._from} AND {condition} AND t.{scan.column} = :value "
            f"ORDER BY {ties} LIMIT :limit OFFSET :offset"
        )
        params = self._params | {"value": value, "limit": limit, "offset": offset}
        return [row[0] for row in self._database.rows(sql, params)]

    # "beyond a value" implies "known"; given both bounds, SQLite might seek by the weaker one
    def _next(self, value: Any) -> Any:
        scan = self._scan
        column = f"t.{scan.column}"
        sql = (
            f"SELECT {column} {self._from} AND {column} {self._further} :value "
            f"ORDER BY {column} {_direction(scan.descending)} LIMIT 1"
        )
        return self._database.value(sql, self._params | {"value": value})

    def _behind(self, value: Any, limit: int) -> list[int]:
        scan = self._scan
        order = scan.order(column_descends=scan.descending, ties_descend=False)
        sql = f"SELECT t.id {self._from} AND t.{scan.column} {self._further} :value ORDER BY {order} LIMIT :limit"
        return [row[0] for row in self._database.rows(sql, self._params | {"value": value, "limit": limit})]

    @property
    def _further(self) -> str:
        return "<" if self._scan.descending else ">"


def _direction(descends: bool) -> str:
    return "DESC" if descends else "ASC"


#: Costs of sorting and reading a row, and of looking one up by key, in index entries scanned.
_SORTED_ROW: Final = 8
LOOKED_UP_ROW: Final = 12
#: Cost of testing an index entry for words, in entries scanned: it reads the table row.
_READ_ROW: Final = 12
#: Cost per row of the kind of materialising the search table's matches.
_LISTED_ROW: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A FROM clause (its rows are called `t`) and the condition that belongs to it."""

    rows: str
    condition: str = "1"


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter whose rows may be the source of a list: their count (up to a limit), sources, and equivalent condition.

    `row_cost` is the cost of a row, in index entries scanned. `in_order`: rows are in list order. `lacks_order`: the
    index has the columns of all filters but not of the order, so that each row found is looked up.
    `is_materialised`: each statement with the condition first builds the list of all matches. `row_condition` tests
    single rows; `count_sql` is a cheap way to count all.
    """

    count: int
    sources: list[Source]
    condition: str
    row_cost: int = 1
    in_order: bool = False
    lacks_order: bool = False
    is_materialised: bool = False
    row_condition: str = ""
    count_sql: str = ""


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How to read the rows of a list: sort the rows of its most selective filter, or scan the index of the sort order.

    `gathered_sql` and `scan_sql` are queries for all keys in order; if there are two, the second one returns items
    with an unknown sort value. `gathered_sql` is empty if no filter is selective enough. `scan`, which reads a page
    without the rows before it, is None if no index has the order. `reads_rows`: conditions need table rows, not
    only the index.
    """

    gathered_sql: tuple[str, ...]
    scan_sql: tuple[str, ...]
    count_sql: str
    known_sql: str
    scan: KeysetScan | None
    gathering_cost: int
    gathering_looks_up: bool
    is_materialised: bool
    reads_rows: bool = False
    params: dict[str, Any] = field(default_factory=dict)

    def whole_sql(self, total: int, size: int) -> tuple[str, ...]:
        """Return the cheaper queries for all `total` keys of the list, in a kind of `size` items."""
        return self.gathered_sql if self._gathers(total, size) else self.scan_sql

    def is_better_read_whole(self, start: int, stop: int, total: int, size: int) -> bool:
        """Whether reading all keys is cheaper than scanning to these rows."""
        if self.scan is None or (self.is_materialised and (self.scan.is_against or self.scan.known)):
            return True
        walked = size * min(stop, total - start) / max(1, total)
        if self.reads_rows and walked * _READ_ROW > size * _LISTED_ROW:
            return True
        return self._gathers(total, walked * (_READ_ROW if self.reads_rows else 1))

    def _gathers(self, total: int, walked: float) -> bool:
        row_cost = _SORTED_ROW + (LOOKED_UP_ROW if self.gathering_looks_up else 0)
        return bool(self.gathered_sql) and self.gathering_cost + row_cost * total < walked


def rows_of(source: Source, conditions: Iterable[str] = ()) -> str:
    """Return a FROM clause with conditions."""
    return f"{source.rows} WHERE {' AND '.join([source.condition, *conditions])}"
