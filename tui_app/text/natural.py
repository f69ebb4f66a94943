"""Makes a folded name into what names are sorted by: "film 2" stands before "film 10", "ppv 1" before "ppv 01".

A run of digits is led by a sign of its length, so that plain text order is the order of numbers. Every sign stands
behind the digits and before the letters, so that numbers stay before words as they do in folded names.
"""

from __future__ import annotations

import re
from typing import Final

_LONG_NUMBER = re.compile("[0-9]{2,}")  # a single digit needs no sign
_PADDED_NUMBER = re.compile("(?<![0-9])0[0-9]")
_NUMBER = re.compile("[0-9]+")
_NUMBER_AT_END = re.compile("(?<![0-9])[0-9]++$")
_SIGN_OF_ONE: Final = ord("9")  # two digits have the sign behind it, ":"
_LONGEST: Final = 39  # the sign of 40 digits would be "`", which says that more follow than one sign can tell
_MORE: Final = "`"
#: Leads how many leading zeros each number has, behind the key: it stands before any blank or letter.
_ZEROS: Final = "\x01"
_MOST_ZEROS: Final = 999
#: Digits that may follow those of a number that is still being typed.
_GOES_ON: Final = 4


def sort_key(folded: str) -> str:
    """Return what a folded name is sorted by; no two names have the same key. Without numbers it is the name itself."""
    if "0" not in folded or _PADDED_NUMBER.search(folded) is None:  # called for every item of a sync
        return _LONG_NUMBER.sub(_signed, folded)
    zeros = [len(number) - len(number.lstrip("0") or "0") for number in _NUMBER.findall(folded)]
    counts = "".join(f"{min(count, _MOST_ZEROS):03d}" for count in zeros)
    return _NUMBER.sub(_signed, folded) + _ZEROS + counts


def key_beginnings(folded: str) -> list[str]:
    """Return the beginnings that the keys of all names starting with `folded` have: a number at its end may go on."""
    match = _NUMBER_AT_END.search(folded)
    if match is None:
        return [_without_zeros(folded)]
    head, number = _without_zeros(folded[: match.start()]), match[0].lstrip("0")
    shortest = max(len(number), 1)
    return [head + _sign(length) + number for length in range(shortest, shortest + _GOES_ON + 1)]


def _without_zeros(folded: str) -> str:
    return sort_key(folded).partition(_ZEROS)[0]


def _signed(match: re.Match[str]) -> str:
    number = match[0]
    if number[0] == "0":
        number = number.lstrip("0") or "0"
    return _sign(len(number)) + number


def _sign(length: int) -> str:
    """The sign of a number of so many digits."""
    if 1 < length <= _LONGEST:
        return chr(_SIGN_OF_ONE + length - 1)
    more, length = divmod(length - 1, _LONGEST)
    return _MORE * more + (chr(_SIGN_OF_ONE + length) if length else "")
