"""What a view is made of: where rows may come from, what each way costs, and which is the cheaper one. Pure values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tui_app.store.lists.keyset import KeysetScan

#: What it costs to sort and read a row, and to look one up by its key, in rows of an index walked past.
_SORTED_ROW: Final = 8
LOOKED_UP_ROW: Final = 12
#: What asking it for words costs for a row of an index, in rows walked past: the row itself is read.
_READ_ROW: Final = 12
#: And what it costs for a row of the kind to have the search table's list of all matches at hand.
_LISTED_ROW: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows (always called `t`) come from, and the condition that belongs to it."""

    rows: str
    condition: str = "1"


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter whose rows may be the ones to read: how many that is (as far as is worth counting), from where, and the
    condition that says the same when others are read.

    `row_cost` is that of one, in rows of an index walked past. `in_order`: they come as they are wanted. `asks_dearly`:
    each statement with the condition first makes a list of all items it is true for. `row_condition` is the way to ask
    a few rows, `count_sql` the cheap way to count them all, where there is one.
    """

    count: int
    sources: list[Source]
    condition: str
    row_cost: int = 1
    in_order: bool = False
    asks_dearly: bool = False
    row_condition: str = ""
    count_sql: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """How to ask for the rows of a view: by gathering those of its narrowest filter and sorting them, or by walking
    along the sort's index past those it does not hold.

    `gathered_sql` and `walked_sql` are questions for all keys in order, whose answers follow each other: where there
    are two, the second is for the items whose sort value is not known. `gathered_sql` is empty where no filter leaves
    few, `walk`, which finds some rows without those before, is None where no index has the order; `reads_rows`: it
    looks at more than the index.
    """

    gathered_sql: tuple[str, ...]
    walked_sql: tuple[str, ...]
    count_sql: str
    known_sql: str
    walk: KeysetScan | None
    gathering_cost: int
    asks_dearly: bool
    reads_rows: bool = False
    params: dict[str, Any] = field(default_factory=dict)

    def whole_sql(self, total: int, size: int) -> tuple[str, ...]:
        """The cheaper way to all `total` keys of the view, in a kind of so many items."""
        return self.gathered_sql if self._gathers(total, size) else self.walked_sql

    def is_better_read_whole(self, start: int, stop: int, total: int, size: int) -> bool:
        """Whether reading all keys is cheaper than walking to some rows."""
        if self.walk is None or (self.asks_dearly and (self.walk.is_against or self.walk.known)):
            return True
        walked = size * min(stop, total - start) / max(1, total)
        if self.reads_rows and walked * _READ_ROW > size * _LISTED_ROW:
            return True
        return self._gathers(total, walked * (_READ_ROW if self.reads_rows else 1))

    def _gathers(self, total: int, walked: float) -> bool:
        return bool(self.gathered_sql) and self.gathering_cost + _SORTED_ROW * total < walked


def rows_of(source: Source, conditions: Iterable[str] = ()) -> str:
    """What comes behind FROM."""
    return f"{source.rows} WHERE {' AND '.join([source.condition, *conditions])}"
