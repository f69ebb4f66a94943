"""Keeps the provider's order with as few writes as possible.

Positions are sparse integers. When the list changes, items whose order among each other stayed keep theirs; only new
items and those that moved get one, between their neighbours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

GAP: Final = 1024


def plan_positions(order: Sequence[int], stored: Mapping[int, int]) -> dict[int, int]:
    """Key → position for every key of `order` that needs a new one.

    `order` holds each key once, as the provider lists them; `stored` the positions of the keys already in the library.
    """
    moved = _moved(order, stored)
    planned: dict[int, int] = {}
    run: list[int] = []
    left: int | None = None
    for key in order:
        if key in moved or key not in stored:
            run.append(key)
            continue
        right = stored[key]
        if run and not _fill(run, left, right, planned):
            return _renumbered(order, stored)
        run, left = [], right
    _fill(run, left, None, planned)
    return planned


def _fill(run: Sequence[int], left: int | None, right: int | None, planned: dict[int, int]) -> bool:
    """Place `run` between two positions; False when there is no room."""
    count = len(run)
    if left is None:
        start, step = (0 if right is None else right - GAP * count), GAP
    elif right is None:
        start, step = left + GAP, GAP
    else:
        step = (right - left) // (count + 1)
        start = left + step
    if step <= 0:
        return False
    planned.update((key, start + step * index) for index, key in enumerate(run))
    return True


def _renumbered(order: Sequence[int], stored: Mapping[int, int]) -> dict[int, int]:
    return {key: index * GAP for index, key in enumerate(order) if stored.get(key) != index * GAP}


def _moved(order: Sequence[int], stored: Mapping[int, int]) -> set[int]:
    """The fewest stored keys to take out so that the others' positions ascend in this order."""
    known = [key for key in order if key in stored]
    positions = [stored[key] for key in known]
    if all(a < b for a, b in pairwise(positions)):
        return set()
    return set(known).difference(known[index] for index in _longest_ascent(positions))


def _longest_ascent(numbers: Sequence[int]) -> Iterator[int]:
    """The indexes of a longest increasing subsequence, last first."""
    tails: list[int] = []  # the smallest end of an ascent of each length
    tail_index: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(tails, number)
        before.append(tail_index[length - 1] if length else -1)
        if length == len(tails):
            tails.append(number)
            tail_index.append(index)
        else:
            tails[length], tail_index[length] = number, index
    index = tail_index[-1] if tail_index else -1
    while index >= 0:
        yield index
        index = before[index]
