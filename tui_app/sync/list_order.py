"""Keep stored items in the provider's order with few writes.

List positions are sparse integers (steps of 1024). Items of a longest increasing subsequence keep their position; only
new and moved items are written, with positions between their neighbours. When a gap is exhausted, all items are
renumbered. O(n log n).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import compress, pairwise
from typing import Final

from tui_app.store.write.list_order import ListOrder
from tui_app.sync.list_diff import ListDiff, first_indexes, look_up

GAP: Final = 1024
#: Stands for "no position yet" in input and "keep the position" in output.
NOWHERE: Final = -(1 << 63)


def plan_positions(stored: array[int]) -> array[int]:
    """Return the new position of each item, `NOWHERE` for items that keep theirs.

    `stored` holds the stored positions in the provider's current order, `NOWHERE` for new items.
    """
    stays = _unmoved(stored)
    planned = array("q", (NOWHERE,)) * len(stored)
    left: int | None = None
    begin = 0  # start of the run of items without a position
    for index in compress(range(len(stored)), stays):
        right = stored[index]
        if index > begin and not _fill(planned, begin, index, left, right):
            return _renumbered(stored)
        begin, left = index + 1, right
    _fill(planned, begin, len(stored), left, None)
    return planned


def plan_at_end(stored: array[int], last: int) -> array[int]:
    """Append new items after `last`, for lists whose order carries no meaning."""
    planned = array("q", (NOWHERE,)) * len(stored)
    for index, position in enumerate(stored):
        if position == NOWHERE:
            last += GAP
            planned[index] = last
    return planned


def _fill(planned: array[int], begin: int, end: int, left: int | None, right: int | None) -> bool:
    """Spread the items from `begin` to `end` between two positions; return False when the gap is too small."""
    count = end - begin
    if left is None:
        start, step = (0 if right is None else right - GAP * count), GAP
    elif right is None:
        start, step = left + GAP, GAP
    else:
        step = (right - left) // (count + 1)
        start = left + step
    if step <= 0:
        return False
    for index in range(count):
        planned[begin + index] = start + step * index
    return True


def _renumbered(stored: array[int]) -> array[int]:
    indexes = (index * GAP for index in range(len(stored)))
    return array("q", (NOWHERE if new == old else new for new, old in zip(indexes, stored, strict=True)))


def _unmoved(stored: array[int]) -> bytearray:
    """Mark a largest set of items whose stored positions already ascend."""
    known = bytearray(position != NOWHERE for position in stored)
    if all(a < b for a, b in pairwise(compress(stored, known))):
        return known
    return _longest_ascent(stored, known)


def _longest_ascent(numbers: array[int], known: bytearray) -> bytearray:
    """Mark a longest increasing subsequence of the known numbers (patience sorting, O(n log n))."""
    tails, tail_index = array("q"), array("q")  # smallest last number of an ascent of each length, and its index
    before = array("q", (-1,)) * len(numbers)
    for index in compress(range(len(numbers)), known):
        number = numbers[index]
        length = len(tails)
        if length and number <= tails[-1]:
            length = bisect_left(tails, number)
        if length:
            before[index] = tail_index[length - 1]
        if length == len(tails):
            tails.append(number)
            tail_index.append(index)
        else:
            tails[length], tail_index[length] = number, index
    marks = bytearray(len(numbers))
    index = tail_index[-1] if tail_index else -1
    while index >= 0:
        marks[index] = True
        index = before[index]
    return marks


def _integers() -> array[int]:
    return array("q")


@dataclass(slots=True)
class OrderPlan:
    """The positions to write; empty by default."""

    by_index: array[int] = field(default_factory=_integers)  # position by row index, 0 where none is planned
    moved: ListOrder = field(default_factory=lambda: ListOrder(_integers(), _integers()))  # stored items that move

    def position(self, index: int) -> int:
        """Return the position of the item whose first row is at `index`, or 0."""
        return self.by_index[index] if self.by_index else 0


def plan_order(diff: ListDiff, stored: ListOrder, *, is_ordered: bool) -> OrderPlan:
    """Plan the positions of a changed list. Without `is_ordered`, new items are appended at the end."""
    indexes = first_indexes(diff)
    keys = array("q", map(diff.keys.__getitem__, indexes))
    now = look_up(keys, stored.keys, stored.positions, NOWHERE)
    last = stored.positions[-1] if stored.positions else 0
    planned = plan_positions(now) if is_ordered else plan_at_end(now, last)
    plan = OrderPlan(array("q", (0,)) * len(diff.keys))
    for index, key, before, position in zip(indexes, keys, now, planned, strict=True):
        if position == NOWHERE:
            continue
        plan.by_index[index] = position
        if before != NOWHERE:
            plan.moved.keys.append(key)
            plan.moved.positions.append(position)
    return plan
