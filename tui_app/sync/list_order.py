"""Keeps the provider's order with as few writes as possible.

Positions are sparse integers. When the list changes, items whose order among each other stayed keep theirs; only new
items and those that moved get one, between their neighbours.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress, pairwise
from typing import Final

from tui_app.store.write.list_order import Positions
from tui_app.sync.list_diff import ListDiff, first_places
from tui_app.sync.row_identity import look_up

GAP: Final = 1024
#: In place of a position: the item has none yet; the item keeps the one it has.
NOWHERE: Final = -(1 << 63)


def plan_positions(stored: array[int]) -> array[int]:
    """The new position of each item, `NOWHERE` for those that keep theirs.

    `stored` are their positions in the library in the order the provider lists them now, `NOWHERE` for new items.
    """
    stays = _staying(stored)
    planned = array("q", (NOWHERE,)) * len(stored)
    left: int | None = None
    begin = 0  # of the run of items that need a position
    for place in compress(range(len(stored)), stays):
        right = stored[place]
        if place > begin and not _fill(planned, begin, place, left, right):
            return _renumbered(stored)
        begin, left = place + 1, right
    _fill(planned, begin, len(stored), left, None)
    return planned


def plan_at_end(stored: array[int], last: int) -> array[int]:
    """The same where the order means nothing: what is new goes behind the `last` position."""
    planned = array("q", (NOWHERE,)) * len(stored)
    for place, position in enumerate(stored):
        if position == NOWHERE:
            last += GAP
            planned[place] = last
    return planned


def _fill(planned: array[int], begin: int, end: int, left: int | None, right: int | None) -> bool:
    """Place the items from `begin` to `end` between two positions; False when there is no room."""
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
    places = (place * GAP for place in range(len(stored)))
    return array("q", (NOWHERE if new == old else new for new, old in zip(places, stored, strict=True)))


def _staying(stored: array[int]) -> bytearray:
    """Marks the most items that can stay where they are, so that their positions ascend in this order."""
    known = bytearray(position != NOWHERE for position in stored)
    if all(a < b for a, b in pairwise(compress(stored, known))):
        return known
    return _longest_ascent(stored, known)


def _longest_ascent(numbers: array[int], known: bytearray) -> bytearray:
    """Marks a longest increasing subsequence of the known numbers."""
    tails, tail_index = array("q"), array("q")  # the smallest end of an ascent of each length, and its place
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
class Placing:
    """By default nothing is placed anew."""

    _by_place: array[int] = field(default_factory=_integers)  # position by place in the list, 0 where none is planned
    _moved: Positions = field(default_factory=lambda: Positions(_integers(), _integers()))

    def position(self, place: int) -> int:
        """The position for the item at this place of the list, where it is named first."""
        return self._by_place[place] if self._by_place else 0

    def moved(self) -> Iterator[tuple[int, int]]:
        """(key, position) of the stored items that get another one."""
        return zip(self._moved.keys, self._moved.positions, strict=True)


def plan_placing(diff: ListDiff, stored: Positions, *, is_ordered: bool) -> Placing:
    """`is_ordered`: the order of the list means something; else what is new goes to the end."""
    places = first_places(diff)
    keys = array("q", map(diff.keys.__getitem__, places))
    now = look_up(keys, stored.keys, stored.positions, NOWHERE)
    last = stored.positions[-1] if stored.positions else 0
    planned = plan_positions(now) if is_ordered else plan_at_end(now, last)
    placing = Placing(array("q", (0,)) * len(diff.keys))
    for place, key, before, position in zip(places, keys, now, planned, strict=True):
        if position == NOWHERE:
            continue
        placing._by_place[place] = position
        if before != NOWHERE:
            placing._moved.keys.append(key)
            placing._moved.positions.append(position)
    return placing
