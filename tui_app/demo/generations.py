"""Compute which items of one kind exist in which generation, and how often each was changed.

Generation 0 has the items 0..size-1. Each later one removes some, changes some and adds some. The sets are computed
from a shuffle of the items, so that any item can be tested alone and the counts are exact: items of the first half of
the shuffle may be removed, those of the second half may change, added ones stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Final, NamedTuple

_SMALLEST_WITH_LOSSES: Final = 10


class ExpectedChanges(NamedTuple):
    """The number of changes between two generations, in distinct ids."""

    added: int
    changed: int
    removed: int


class Generations:
    """The generations of `size` items under one seed."""

    def __init__(self, size: int, seed: int) -> None:
        lively = size >= _SMALLEST_WITH_LOSSES
        self.size = size
        self.added_each = max(1, size // 100) if size else 0
        self.changed_each = max(1, size // 100) if lively else 0
        self.removed_each = max(1, size // 200) if lively else 0
        self._half = size // 2
        self._rest = size - self._half
        self._offset = seed % size if size else 0
        self._unshuffle = pow(_stride(size), -1, size) if size > 1 else 0

    def indices(self, generation: int) -> Iterator[int]:
        """Yield the items of one generation, in the panel's order."""
        for index in range(self.size + self.added_each * generation):
            if self.holds(index, generation):
                yield index

    def count(self, generation: int) -> int:
        """Return the number of items in a generation."""
        return self.size + self.added_each * generation - self._removed_by(generation)

    def holds(self, index: int, generation: int) -> bool:
        """Return whether an item exists in a generation."""
        if index >= self.size:
            return index < self.size + self.added_each * generation
        return index >= 0 and self._shuffled(index) >= self._removed_by(generation)

    def revision(self, index: int, generation: int) -> int:
        """Return how often an item was changed up to a generation."""
        position = self._shuffled(index) - self._half if index < self.size else -1
        touches = generation * self.changed_each
        if position < 0 or touches <= position:
            return 0
        return (touches - position - 1) // self._rest + 1

    def expected(self, start: int, end: int) -> ExpectedChanges:
        """Return the changes between two generations, in either direction."""
        steps = abs(end - start)
        added = self.added_each * steps
        removed = abs(self._removed_by(end) - self._removed_by(start))
        changed = min(self._rest, self.changed_each * steps)
        return ExpectedChanges(added, changed, removed) if end >= start else ExpectedChanges(removed, changed, added)

    def _removed_by(self, generation: int) -> int:
        return min(self._half, self.removed_each * generation)

    def _shuffled(self, index: int) -> int:
        """Return the position of an item in the shuffle."""
        return (index - self._offset) * self._unshuffle % self.size


def _stride(size: int) -> int:
    """Return a step coprime to `size`, near the golden section, so that it spreads well."""
    stride = max(1, int(size * 0.618))
    while gcd(stride, size) != 1:
        stride += 1
    return stride
