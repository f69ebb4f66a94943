"""Finds rows of an incoming list in the last one by their hashes, without a table of all of them.

Two lists of one panel mostly run side by side: only a stretch of the last one is kept ready, around where the last rows
were found. Rows that moved farther are not found here. Pure.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import islice
from typing import Final

#: Rows that are kept ready: all of most lists, and about 15 MB of memory.
_STRETCH: Final = 1 << 17
#: Rows after which the stretch is laid around where they were found; a quarter of it lies behind that place.
_STEP: Final = _STRETCH // 2
_BEHIND: Final = _STRETCH // 4
#: Rows that are asked where they stand; one of them may have moved, most did not.
_ASKED: Final = 5


class KnownRows:
    """The rows of the last list, as parallel arrays of hashes and keys; `start` is where to look first."""

    def __init__(self, hashes: array[int], keys: array[int], start: int) -> None:
        self._hashes = hashes
        self._keys = keys
        self._passed = 0
        self._lay(start)

    def keys_of(self, digests: Sequence[int]) -> list[int | None]:
        """The key of each row, None for those not found. To be asked in the order of the list."""
        found = list(map(self._key_of.get, digests))
        self._passed += len(digests)
        if self._passed > _STEP and len(self._key_of) < len(self._hashes):
            self._follow([digest for digest in digests if digest in self._key_of])
        return found

    def _follow(self, digests: Sequence[int]) -> None:
        """Lay the stretch around rows just found; where none was, leave it."""
        asked = islice(digests, 0, None, max(1, len(digests) // _ASKED))
        places = sorted(self._hashes.index(digest, self._first, self._end) for digest in asked)
        if places:
            self._passed = 0
            self._lay(places[len(places) // 2])

    def _lay(self, place: int) -> None:
        count = len(self._hashes)
        self._first = max(0, min(place - _BEHIND, count - _STRETCH))
        self._end = min(self._first + _STRETCH, count)
        self._key_of: dict[int, int] = {}  # the old one leaves before the new one comes
        stretch = slice(self._first, self._end)
        self._key_of.update(zip(self._hashes[stretch], self._keys[stretch], strict=True))
