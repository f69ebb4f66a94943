"""Tells whether two answers name the same items, from a few numbers of each. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from xxhash import xxh3_64_intdigest

_KEPT: Final = 64
#: Two back-ends of one panel may disagree a little from one call to the next.
_ALIKE: Final = 0.9


@dataclass(frozen=True, slots=True)
class IdSketch:
    """The smallest hashes of a set of ids, and its size: all of a small set, a fair sample of a large one."""

    size: int
    smallest: frozenset[int]

    @classmethod
    def of(cls, ids: Iterable[str]) -> Self:
        """The sketch of ids; repeated ones count once. 8 bytes an id while it is made."""
        hashes = set(array("Q", (xxh3_64_intdigest(id_.encode("utf-8", "replace")) for id_ in ids)))
        return cls(len(hashes), frozenset(sorted(hashes)[:_KEPT]))

    def is_like(self, other: IdSketch) -> bool:
        """The same set; of large ones nearly the same."""
        if min(self.size, other.size) <= _KEPT:
            return self == other
        sizes_fit = min(self.size, other.size) >= _ALIKE * max(self.size, other.size)
        return sizes_fit and len(self.smallest & other.smallest) >= _ALIKE * _KEPT
