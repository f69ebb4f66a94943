"""Decode the rows of one list, with progress, cancellation and detection of meaningless dates.

Some panels send the current time as `added` or `last_modified` of every row, or other dates at each request. If
believed, all items would count as new or changed at every sync.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, replace
from itertools import compress, count
from typing import Any, Final, NamedTuple

from tui_app.catalog import ItemRow, Kind
from tui_app.sync.category_lists import FetchedList
from tui_app.sync.list_diff import EXCLUDED, NO_ITEM
from tui_app.sync.part_state import SyncContext
from tui_app.xtream.rows import decode_row, row_identity
from tui_app.xtream.stream import RowStream, split_rows

#: Number of rows sampled to judge the dates of a list.
SAMPLE: Final = 500
#: In fewer rows than this, most dates may really have changed.
_FEWEST: Final = 20
_NEARLY_ALL: Final = 0.9
_NEAR_S: Final = 120


class RequestTime(NamedTuple):
    """Local time of a request and of its answer, and the panel's clock skew; epoch seconds and seconds."""

    asked_at: int
    here_at: int
    skew_s: int = 0

    def covers(self, at: int) -> bool:
        """Whether `at` lies within two minutes of the request, by the local or the panel's clock."""
        return any(self.asked_at - _NEAR_S <= at - skew <= self.here_at + _NEAR_S for skew in (0, self.skew_s))


def are_of_request(rows: Iterable[ItemRow], request: RequestTime) -> bool:
    """Whether most rows are dated at the time of the request."""
    dates = [row.added for row in rows]
    return 2 * sum(date is not None and request.covers(date) for date in dates) > len(dates)


def are_others_each_time(rows: Iterable[tuple[int, ItemRow]], stored: Mapping[int, int]) -> bool:
    """Whether nearly all items, given by key, differ from their stored date: real dates don't change all at once."""
    pairs = [(before, date) for key, row in rows if (before := stored.get(key)) and (date := row.added)]
    return len(pairs) >= _FEWEST and sum(before != date for before, date in pairs) >= _NEARLY_ALL * len(pairs)


Decode = Callable[[bytes], ItemRow | None]
#: Index of the item's first row, item key, decoded row.
ChosenRow = tuple[int, int, ItemRow]


def chosen_rows(
    batches: Iterable[Sequence[bytes]],
    keys: array[int],
    chosen: bytearray,
    decode: Decode,
    *,
    repeated: Set[int],
    alike: bool = False,
) -> Iterator[ChosenRow]:
    """Yield every marked item with its rows merged, in a second pass over the raw rows.

    `keys` are the keys of all rows in list order; `chosen` marks all rows of an item or none; `repeated` are the
    items with several rows. `alike`: rows of an item differ only in their categories, so only those of earlier rows
    are kept.
    """
    left = Counter(filter(repeated.__contains__, compress(keys, chosen)))
    partial: dict[int, ItemRow] = {}
    first: dict[int, int] = {}
    start = 0
    for batch in batches:
        marks = chosen[start : start + len(batch)]
        for index, raw in compress(zip(count(start), batch), marks):
            key = keys[index]
            row = decode(raw)
            if key in repeated:
                left[key] -= 1
                first.setdefault(key, index)
                if key in partial:
                    row = partial.pop(key) if row is None else merge_rows(partial.pop(key), row)
                if row is not None and left[key]:
                    partial[key] = _categories_alone(row) if alike else row
                    continue
            if row is not None:
                yield first.pop(key, index), key, row
        start += len(batch)


def kept_rows(
    fresh: dict[int, bytes] | None, keys: array[int], chosen: bytearray, decode: Decode, *, repeated: Set[int]
) -> Iterator[ChosenRow] | None:
    """Yield the same from rows kept in memory; return None when some are missing or an item has several rows."""
    if fresh is None or any(keys[index] in repeated for index in fresh if chosen[index]):
        return None
    if sum(chosen) != sum(chosen[index] for index in fresh):
        return None
    return (
        (index, keys[index], row) for index, raw in fresh.items() if chosen[index] and (row := decode(raw)) is not None
    )


def _categories_alone(row: ItemRow) -> ItemRow:
    nothing: dict[str, Any] = dict.fromkeys(one.name for one in fields(row))
    return ItemRow(**nothing | {"id": row.id, "category_ids": row.category_ids})


def merge_rows(first: ItemRow, second: ItemRow) -> ItemRow:
    """Merge two rows of one item: the first non-empty value of each field, all categories."""
    values: dict[str, Any] = {
        one.name: theirs
        for one in fields(first)
        if getattr(first, one.name) in (None, "") and (theirs := getattr(second, one.name)) not in (None, "")
    }
    categories = tuple(dict.fromkeys(first.category_ids + second.category_ids))
    return replace(first, **values | {"category_ids": categories})


class ListRows:
    """Reads and decodes one list, any number of times."""

    def __init__(self, sync: SyncContext, kind: Kind, fetched: FetchedList) -> None:
        self._sync = sync
        self._kind = kind
        self._body = fetched.body
        self._is_filtered = fetched.by_category is not None
        self._has_dates = True
        self._excluded = sync.excluded_categories.get(kind, frozenset())

    def stream(self) -> RowStream:
        """Return the raw rows from the beginning. The stream's verdict is known at its end."""
        return split_rows(self._sync.cancellation.checked(self._body.blocks()))

    def watched(self, stream: RowStream, phase: str) -> Iterator[list[bytes]]:
        """Yield the batches of a list, reporting progress and checking cancellation."""
        used = rows = 0
        for batch in stream:
            self._sync.cancellation.raise_if_cancelled()
            yield batch
            used += sum(map(len, batch))
            rows += len(batch)
            self._sync.progress.advance(phase, used / max(self._body.size, 1), rows=rows)

    def items_in(self, batch: Sequence[bytes]) -> tuple[list[ItemRow], list[int], list[int]]:
        """Return a batch's items, their indexes in it, and a key per row.

        The key of an item is `NO_ITEM` until the caller assigns one.
        """
        rows: list[ItemRow] = []
        indexes: list[int] = []
        keys = [NO_ITEM] * len(batch)
        for index, raw in enumerate(batch):
            row = self.decode(raw)
            if row is None:
                continue
            if self._is_excluded(row):
                keys[index] = EXCLUDED
                continue
            rows.append(row)
            indexes.append(index)
        return rows, indexes, keys

    def of(
        self, chosen: bytearray, keys: array[int], repeated: Set[int], *, phase: str = "writing"
    ) -> Iterator[ChosenRow]:
        """Yield the items of the marked rows, with the rows of one item merged. `keys` are those of all rows."""
        if True not in chosen:
            return iter(())
        batches = self.watched(self.stream(), phase)
        # answers for different categories describe an item identically, so only its categories are merged
        return chosen_rows(batches, keys, chosen, self.decode, repeated=repeated, alike=self._is_filtered)

    def forget_request_dates(self, request: RequestTime) -> None:
        """Ignore the dates of the list if most of them are the time of the request."""
        first: list[ItemRow] = []
        for batch in self.stream():
            first += [row for raw in batch[: SAMPLE - len(first)] if (row := self.decode(raw)) is not None]
            if len(first) >= SAMPLE:
                break
        self._has_dates = not are_of_request(first, request)

    def decode(self, raw: bytes) -> ItemRow | None:
        """Return the decoded row, or None when it is not an item."""
        row = decode_row(self._kind, raw, self._sync.context)
        if row is not None and not self._has_dates:
            row = replace(row, added=None)
        if self._is_filtered and row is not None and row.number is not None:
            return replace(row, number=None)  # numbered within its category, not within the list
        return row

    def identify(self, raw: bytes) -> str | int:
        """Return the id of the item in a raw row, or `NO_ITEM` or `EXCLUDED`."""
        if not self._excluded:
            return row_identity(self._kind, raw, self._sync.context) or NO_ITEM
        row = self.decode(raw)
        if row is None:
            return NO_ITEM
        return EXCLUDED if self._is_excluded(row) else row.id

    def _is_excluded(self, row: ItemRow) -> bool:
        """Whether all categories of the item are excluded. An item without categories never is."""
        return bool(self._excluded and row.category_ids) and self._excluded.issuperset(row.category_ids)
