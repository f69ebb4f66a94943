"""Reads chosen rows of a list once more: decoded, and the rows of one item made one. Pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import compress, count
from typing import Any

from tui_app.catalog import ItemRow

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
