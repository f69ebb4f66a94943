"""Repeatable random numbers: everything random about a row comes from one hash of its key.

Any row can be generated alone, in any order, and is always the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

T = TypeVar("T")

_LOW: Final = 1 << 64  # with fewer bits left, draws would be biased


class SeededRandom:
    """A sequence of random numbers, the same for the same key."""

    __slots__ = ("_bits", "_key")

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._bits = int.from_bytes(blake2b(self._key).digest(), "little")

    def below(self, limit: int) -> int:
        """Return an integer in 0..limit-1; `limit` is at least 1 and far below 2**64."""
        if self._bits < _LOW:
            self._key = blake2b(self._key + b"+").digest()
            self._bits = int.from_bytes(self._key, "little")
        self._bits, drawn = divmod(self._bits, limit)
        return drawn

    def between(self, low: int, high: int) -> int:
        """Return an integer in low..high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        if self._bits < _LOW:
            return choices[self.below(len(choices))]
        self._bits, drawn = divmod(self._bits, len(choices))  # `below`, inlined: most draws are picks
        return choices[drawn]

    def token(self, length: int) -> str:
        """Return up to 128 hexadecimal digits, as in the file name of a poster; the same for each call."""
        return blake2b(self._key, person=b"token").hexdigest()[:length]
