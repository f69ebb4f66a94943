"""The rows of one list as the engine reads them: watched by progress and cancelling, decoded, the unwanted marked.

Knows the body and the user's excluded categories; nothing of what is stored.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import compress, count
from typing import Any

from tui_app.catalog import ChannelRow, ItemRow, Kind
from tui_app.sync.category_lists import FetchedList
from tui_app.sync.context import SyncContext
from tui_app.sync.list_dates import SAMPLE, RequestTime, are_of_request, with_date
from tui_app.sync.list_diff import EXCLUDED, NO_ITEM
from tui_app.xtream.rows import decode_row, row_identity
from tui_app.xtream.stream import RowStream, split_rows

Decode = Callable[[bytes], ItemRow | None]
#: The place in the list where an item is named first, its key, and its row.
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
    """Every chosen item, rows of one item merged; a second pass over the same raw rows.

    `keys` are those of all rows in wire order, `chosen` marks rows: all of an item or none. `repeated` are the items of
    several rows. `alike`: the rows of an item differ in their categories alone, so that no more is kept of the earlier
    ones.
    """
    left = Counter(filter(repeated.__contains__, compress(keys, chosen)))
    partial: dict[int, ItemRow] = {}
    first: dict[int, int] = {}
    start = 0
    for batch in batches:
        marks = chosen[start : start + len(batch)]
        for place, raw in compress(zip(count(start), batch), marks):
            key = keys[place]
            row = decode(raw)
            if key in repeated:
                left[key] -= 1
                first.setdefault(key, place)
                if key in partial:
                    row = partial.pop(key) if row is None else merge_rows(partial.pop(key), row)
                if row is not None and left[key]:
                    partial[key] = _categories_alone(row) if alike else row
                    continue
            if row is not None:
                yield first.pop(key, place), key, row
        start += len(batch)


def kept_rows(
    fresh: dict[int, bytes] | None, keys: array[int], chosen: bytearray, decode: Decode, *, repeated: Set[int]
) -> Iterator[ChosenRow] | None:
    """The same from rows that were kept by place; None when those are not all, or an item has several rows."""
    if fresh is None or any(keys[place] in repeated for place in fresh if chosen[place]):
        return None
    if sum(chosen) != sum(chosen[place] for place in fresh):
        return None
    return (
        (place, keys[place], row) for place, raw in fresh.items() if chosen[place] and (row := decode(raw)) is not None
    )


def _categories_alone(row: ItemRow) -> ItemRow:
    nothing: dict[str, Any] = dict.fromkeys(row._fields)
    return row._replace(**nothing | {"id": row.id, "category_ids": row.category_ids})


def merge_rows(first: ItemRow, second: ItemRow) -> ItemRow:
    """One item out of two rows with the same id: the first non-empty value of each field, all categories."""
    values: dict[str, Any] = {
        name: theirs
        for name, ours, theirs in zip(first._fields, first, second, strict=True)
        if (ours is None or ours == "") and theirs not in (None, "")
    }
    categories = tuple(dict.fromkeys(first.category_ids + second.category_ids))
    return first._replace(**values, category_ids=categories)


class ListRows:
    """Reads one list, as often as it is asked."""

    def __init__(self, sync: SyncContext, kind: Kind, fetched: FetchedList) -> None:
        self._sync = sync
        self._kind = kind
        self._body = fetched.body
        self._is_filtered = fetched.by_category is not None
        self._has_dates = True
        self._excluded = sync.excluded_categories.get(kind, frozenset())

    def stream(self) -> RowStream:
        """The raw rows from the beginning; its verdict is known at the end."""
        return split_rows(self._sync.cancellation.checked(self._body.blocks()))

    def watched(self, stream: RowStream, phase: str) -> Iterator[list[bytes]]:
        """The batches of a list, with progress said and cancelling heard between them."""
        used = rows = 0
        for batch in stream:
            self._sync.cancellation.raise_if_cancelled()
            yield batch
            used += sum(map(len, batch))
            rows += len(batch)
            self._sync.progress.advance(phase, used / max(self._body.size, 1), rows=rows)

    def items_in(self, batch: Sequence[bytes]) -> tuple[list[ItemRow], list[int], list[int]]:
        """The items of a batch, their places in it, and a key for every row (still open for the items)."""
        rows: list[ItemRow] = []
        places: list[int] = []
        keys = [NO_ITEM] * len(batch)
        for place, raw in enumerate(batch):
            row = self.decode(raw)
            if row is None:
                continue
            if self._is_excluded(row):
                keys[place] = EXCLUDED
                continue
            rows.append(row)
            places.append(place)
        return rows, places, keys

    def of(
        self, chosen: bytearray, keys: array[int], repeated: Set[int], *, phase: str = "writing"
    ) -> Iterator[ChosenRow]:
        """The items of the marked rows, the rows of one item merged. `keys` are those of all rows."""
        if True not in chosen:
            return iter(())
        batches = self.watched(self.stream(), phase)
        # the answers for two categories tell the same of an item: its rows need not be kept until they are merged
        return chosen_rows(batches, keys, chosen, self.decode, repeated=repeated, alike=self._is_filtered)

    def forget_request_dates(self, request: RequestTime) -> None:
        """Read no dates any more, if those of most rows are the time of the request."""
        first: list[ItemRow] = []
        for batch in self.stream():
            first += [row for raw in batch[: SAMPLE - len(first)] if (row := self.decode(raw)) is not None]
            if len(first) >= SAMPLE:
                break
        self._has_dates = not are_of_request(first, request)

    def decode(self, raw: bytes) -> ItemRow | None:
        """The clean row, None when it is no item."""
        row = decode_row(self._kind, raw, self._sync.context)
        if row is not None and not self._has_dates:
            row = with_date(row, None)
        if self._is_filtered and isinstance(row, ChannelRow):
            return row._replace(number=None)  # counted within its category
        return row

    def identify(self, raw: bytes) -> str | int:
        """The id of the item in a raw row, `NO_ITEM` or `EXCLUDED`."""
        if not self._excluded:
            return row_identity(self._kind, raw, self._sync.context) or NO_ITEM
        row = self.decode(raw)
        if row is None:
            return NO_ITEM
        return EXCLUDED if self._is_excluded(row) else row.id

    def _is_excluded(self, row: ItemRow) -> bool:
        """All its categories are ones the user does not want. An item without any is never excluded."""
        return bool(self._excluded and row.category_ids) and self._excluded.issuperset(row.category_ids)
