"""Chance that can be repeated: everything random about a row comes from one hash of its key.

Any row can be made alone, in any order, and is the same each time. Knows nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

T = TypeVar("T")

_LOW: Final = 1 << 64  # with fewer bits than this left, draws would become uneven


class SeededRandom:
    """A small stream of draws, the same for the same key."""

    __slots__ = ("_bits", "_key")

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._bits = int.from_bytes(blake2b(self._key).digest(), "little")

    def below(self, limit: int) -> int:
        """An integer in 0..limit-1; `limit` is at least 1 and far under 2**64."""
        if self._bits < _LOW:
            self._key = blake2b(self._key + b"+").digest()
            self._bits = int.from_bytes(self._key, "little")
        self._bits, drawn = divmod(self._bits, limit)
        return drawn

    def between(self, low: int, high: int) -> int:
        """An integer in low..high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        if self._bits < _LOW:
            return choices[self.below(len(choices))]
        self._bits, drawn = divmod(self._bits, len(choices))  # as below(), but a call cheaper: most draws are picks
        return choices[drawn]

    def token(self, length: int) -> str:
        """Up to 128 hexadecimal digits, as in the file name of a poster; the same for each call."""
        return blake2b(self._key, person=b"token").hexdigest()[:length]
