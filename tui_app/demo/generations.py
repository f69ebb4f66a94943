"""Which items of one kind exist in which generation, and how often each was changed by then. Pure arithmetic.

Generation 0 holds the items 0..size-1. Each later one removes some, changes some and adds some; the sets are
computed from a shuffle of the items, so that any item can be asked about alone and the counts are exact.
Items of the first half of the shuffle may vanish, those of the second half may change, added ones stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Final, NamedTuple

_SMALLEST_WITH_LOSSES: Final = 10


class ExpectedChanges(NamedTuple):
    """What a comparison of two generations must find, in distinct ids."""

    added: int
    changed: int
    removed: int


class Generations:
    """The life of `size` items under one seed."""

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
        """The items of one generation, in the panel's order."""
        for index in range(self.size + self.added_each * generation):
            if self.holds(index, generation):
                yield index

    def count(self, generation: int) -> int:
        """How many items a generation has."""
        return self.size + self.added_each * generation - self._removed_by(generation)

    def holds(self, index: int, generation: int) -> bool:
        """Whether an item exists in a generation."""
        if index >= self.size:
            return index < self.size + self.added_each * generation
        return index >= 0 and self._place(index) >= self._removed_by(generation)

    def revision(self, index: int, generation: int) -> int:
        """How many times an item was changed up to a generation."""
        place = self._place(index) - self._half if index < self.size else -1
        touches = generation * self.changed_each
        if place < 0 or touches <= place:
            return 0
        return (touches - place - 1) // self._rest + 1

    def expected(self, start: int, end: int) -> ExpectedChanges:
        """What changes between two generations, in either direction."""
        steps = abs(end - start)
        added = self.added_each * steps
        removed = abs(self._removed_by(end) - self._removed_by(start))
        changed = min(self._rest, self.changed_each * steps)
        return ExpectedChanges(added, changed, removed) if end >= start else ExpectedChanges(removed, changed, added)

    def _removed_by(self, generation: int) -> int:
        return min(self._half, self.removed_each * generation)

    def _place(self, index: int) -> int:
        """Where the shuffle put an item."""
        return (index - self._offset) * self._unshuffle % self.size


def _stride(size: int) -> int:
    """A step that visits all of `size` places before it comes back: near the golden section, so it spreads well."""
    stride = max(1, int(size * 0.618))
    while gcd(stride, size) != 1:
        stride += 1
    return stride
