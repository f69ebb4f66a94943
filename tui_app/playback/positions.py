"""Where playing goes on the next time, and when a title counts as watched. Knows numbers only; seconds everywhere."""

from __future__ import annotations

from typing import Final

#: Less is not worth a question.
LEAST_RESUME_S: Final = 30.0
#: From here on a title is watched.
WATCHED_FROM: Final = 0.95
#: A stream that ends by itself before this share of its length broke off.
_PLAUSIBLE_END: Final = 0.8


def resume_point(position_s: float | None, duration_s: float | None) -> float | None:
    """Where to offer to go on; None when it is too near to the beginning or to the end."""
    if position_s is None or position_s < LEAST_RESUME_S or is_finished(position_s, duration_s):
        return None
    return position_s


def is_finished(position_s: float | None, duration_s: float | None, *, ended_by_itself: bool = False) -> bool:
    """Whether this was watched to its end."""
    if not duration_s or position_s is None:
        return ended_by_itself
    return position_s >= duration_s * (_PLAUSIBLE_END if ended_by_itself else WATCHED_FROM)
