"""Decides whether items that a list no longer names may leave the library. Pure: no file, no clock, no network.

Nothing leaves unless the list is complete and plausible. A list that shrank to under 80 % is held back until the next
one confirms it or the user accepts it; an empty list is never believed because it was repeated.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

PLAUSIBLE_SHARE: Final = 0.8
#: A second answer confirms the first when it leaves out nearly the same items: panels change a little all the time.
CONFIRMING_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Verdict:
    """`may_remove`, or why not in plain words. `confirmable` means a second such answer may be believed."""

    may_remove: bool
    reason: str = ""
    confirmable: bool = False


def judge(
    *,
    noun: str,
    stored: int,
    listed: int,
    excluded: int = 0,
    left_out_before: int = 0,
    vanished: Set[int],
    is_complete: bool,
    held_before: Set[int] = frozenset(),
    accept_shrink: bool = False,
) -> Verdict:
    """May the `vanished` keys leave?

    `noun` is the part's word for its items ("movies"); `stored` and `listed` count items before and in the answer;
    `excluded` and `left_out_before` the rows in categories the user does not want: titles that went there since are no
    loss, and rows there do not make up for titles that are missing;
    `held_before` are the keys that the last complete answer left out and that were held back then.
    """
    if not is_complete:
        return Verdict(False, f"the list of {noun} was not complete, so nothing was removed")
    if not vanished:
        return Verdict(True)
    if accept_shrink:
        return Verdict(True)
    stored -= max(0, excluded - left_out_before)
    if listed + excluded == 0:
        return Verdict(False, f"the provider returned an empty list of {noun}; the {stored:,} stored ones were kept")
    if listed >= PLAUSIBLE_SHARE * stored:
        return Verdict(True)
    if held_before and len(vanished & held_before) >= CONFIRMING_SHARE * max(len(vanished), len(held_before)):
        return Verdict(True)
    gone = len(vanished)
    return Verdict(
        False,
        f"the provider lists {gone:,} fewer {noun} ({listed:,} of {stored:,}); they were kept until the next sync "
        "confirms it or you accept it",
        confirmable=True,
    )
