"""Questions about long lists of integers, answered a piece at a time: a set or a dictionary of all of them needs some
hundred bytes a number, twelve times the list. Pure.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

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
