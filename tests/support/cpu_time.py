"""How much processor time a call takes, as far as a busy machine lets one tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

Answer = TypeVar("Answer")

_TRIES: Final = 3


def least_time(call: Callable[[], Answer], *, enough: float = 0.0) -> tuple[float, Answer]:
    """(seconds of this thread's processor time, best of three; the answer). One below `enough` ends the tries."""
    best = float("inf")
    for _try in range(_TRIES):
        began = time.thread_time()
        answer = call()
        best = min(best, time.thread_time() - began)
        if best < enough:
            break
    return best, answer
