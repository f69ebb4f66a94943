"""How much processor time a call takes, as far as a busy machine lets one tell."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final, TypeVar

Answer = TypeVar("Answer")

_TRIES: Final = 3


def least_time(call: Callable[[], Answer]) -> tuple[float, Answer]:
    """(seconds of this thread's processor time, best of three; the answer). Others on the machine cost no time here."""
    best = float("inf")
    gc.collect()
    for _try in range(_TRIES):
        began = time.thread_time()
        answer = call()
        best = min(best, time.thread_time() - began)
    return best, answer
