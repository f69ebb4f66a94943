"""How much processor time a call takes, as far as a busy or slow machine lets one tell."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final, TypeVar

Answer = TypeVar("Answer")

#: Seconds of processor time that the work of `_floor` takes on the machine on which the limits were set.
_REFERENCE_S: Final = 0.0013
_WORDS: Final = re.compile(r"(\w+) ?(\d*)")
_TEXT: Final = "Nosferatu 1922 " * 500


def least_time(call: Callable[[], Answer], *, enough: float = 0.0, tries: int = 3) -> tuple[float, Answer]:
    """(seconds of this thread's processor time, best of some tries; the answer). One below `enough` ends the tries.

    On a machine slower than the one on which limits were set, a second is that much longer: right after each try a
    piece of known work tells how slow it is at this moment. A faster machine gains nothing.
    """
    best = float("inf")
    for _try in range(tries):
        began = time.thread_time()
        answer = call()
        took = time.thread_time() - began
        best = min(best, took if took < enough else took / slowness())
        if best < enough:
            break
    return best, answer


def slowness() -> float:
    """Return how many times as long as on the reference machine this machine takes now, at least 1."""
    return max(1.0, _floor() / _REFERENCE_S)


def _floor() -> float:
    """Return the processor time that a fixed piece of work takes now."""
    began = time.thread_time()
    counts: dict[str, int] = {}
    for word, number in _WORDS.findall(_TEXT):
        counts[word] = counts.get(word, 0) + len(number)
    for position in range(10_000):
        counts["at"] = position ^ len(counts)
    sum(_TEXT[position : position + 8].casefold().count("o") for position in range(0, len(_TEXT), 2))
    return time.thread_time() - began
