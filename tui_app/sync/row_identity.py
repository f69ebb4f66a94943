"""Identity of raw rows: what of a row's bytes counts when two lists are compared, before anything is decoded.

Panels renumber their counters (`num`) on every call, so the counter is left out of the hash; it is usually the first
key, and then costs nothing to cut off.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from xxhash import xxh3_64, xxh3_64_intdigest

_COUNTER_FIRST: Final = b'{"num":'
# A quoted key inside a text value is escaped (`\"num\":`), so this finds real keys only.
_COUNTER = re.compile(rb'"num"\s*:\s*("[^"\\]*"|[0-9.eE+-]+|null)\s*,?')


def row_hashes(raws: Sequence[bytes]) -> array[int]:
    """A signed 64-bit hash of each raw row without its counter, in order."""
    digests = [
        xxh3_64_intdigest(raw[raw.find(b",") + 1 :] if raw.startswith(_COUNTER_FIRST) else _without_counter(raw))
        for raw in raws
    ]
    return array("q", array("Q", digests).tobytes())


def _without_counter(raw: bytes) -> bytes:
    return _COUNTER.sub(b"", raw) if b'"num"' in raw else raw


def counter(raw: bytes) -> bytes:
    """The bytes of a row's counter (`12`, `"12"`), `b""` when it has none."""
    if raw.startswith(_COUNTER_FIRST):
        return raw[len(_COUNTER_FIRST) : raw.find(b",")].strip()
    match = _COUNTER.search(raw)
    return match[1] if match else b""


class CounterDigest:
    """A digest of all counters of a list in order: tells whether any number moved without keeping one."""

    def __init__(self) -> None:
        self._hash = xxh3_64()

    def update(self, raws: Sequence[bytes]) -> None:
        self._hash.update(b",".join(map(counter, raws)) + b";")

    def value(self) -> int:
        """63 bits, so that it fits SQLite's signed integers."""
        return self._hash.intdigest() >> 1


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


#: Numbers that stand in a set at a time; of lists so long that this were more than so many pieces, more.
_PIECE: Final = 1 << 16
_MOST_PIECES: Final = 16


class Tally(NamedTuple):
    """How many different numbers a list holds, and those it holds more than once."""

    distinct: int
    repeated: set[int]


def tally(numbers: array[int]) -> Tally:
    """Each number counts in the last piece that holds it."""
    distinct, repeated = 0, set[int]()
    for start, end in _pieces(len(numbers)):
        piece = numbers[start:end]
        here = set(piece)
        if len(here) < len(piece):
            repeated.update(number for number, count in Counter(piece).items() if count > 1)
        later = here.intersection(numbers[end:])
        distinct += len(here) - len(later)
        repeated |= later
    return Tally(distinct, repeated)


def absence(wanted: array[int], numbers: array[int]) -> bytearray:
    """Marks those of `wanted` that are not among `numbers`."""
    marks = bytearray()
    for start, end in _pieces(len(wanted)):
        piece = wanted[start:end]
        absent = set(piece).difference(numbers)
        marks.extend(map(absent.__contains__, piece))
    return marks


def look_up(wanted: array[int], keys: array[int], values: array[int], missing: int) -> array[int]:
    """The value of each wanted key, `missing` where there is none. `keys` and `values` belong together in pairs."""
    found = array("q", (missing,)) * len(wanted)
    for start, end in _pieces(len(keys)):
        value_of = dict(zip(keys[start:end], values[start:end], strict=True))
        for place, value in enumerate(map(value_of.get, wanted)):
            if value is not None:
                found[place] = value
    return found


def _pieces(count: int) -> Iterator[tuple[int, int]]:
    size = max(_PIECE, -(-count // _MOST_PIECES))
    for start in range(0, count, size):
        yield start, min(start + size, count)
