"""Numbers in people's words: ages, durations, counts, sizes. Short, because terminal lines are."""

from __future__ import annotations

import time
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400


def age_words(seconds: float) -> str:
    """An age: "just now", "5 min", "2 h", "3 days"."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    if seconds < 2 * _DAY:
        return f"{int(seconds // _HOUR)} h"
    return f"{int(seconds // _DAY)} days"


def ago_words(seconds: float) -> str:
    """ "just now" or "2 h ago"."""
    words = age_words(seconds)
    return words if words == "just now" else f"{words} ago"


def left_words(seconds: float | None) -> str:
    """Time that is left: "5 s left", "3 min left"; "" when it can't be said."""
    if seconds is None or seconds < 0:
        return ""
    if seconds < 90:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / _MINUTE)} min left" if seconds < 90 * _MINUTE else f"{round(seconds / _HOUR)} h left"


def length_words(seconds: int | None) -> str:
    """A running time: "1 h 42 min", "24 min"; "" when unknown."""
    if not seconds or seconds < 0:
        return ""
    hours, minutes = divmod(max(1, round(seconds / _MINUTE)), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"


def progress_words(position_s: int, duration_s: int | None) -> str:
    """How far something was played: "41 of 96 min"; "41 min" of what is not known; "" for less than a minute."""
    minutes = position_s // _MINUTE
    if minutes < 1:
        return ""
    return f"{minutes} of {max(minutes, round(duration_s / _MINUTE))} min" if duration_s else f"{minutes} min"


def count_words(number: int, noun: str, plural: str | None = None) -> str:
    """ "1 movie", "1,234 movies"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size_words(size: int) -> str:
    """Bytes: "640 B", "12 kB", "3.4 MB", "1.2 GB"."""
    if size < 1_000:
        return f"{size} B"
    value = size / 1_000
    for unit in ("kB", "MB"):
        if value < 1_000:
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
        value /= 1_000
    return f"{value:.1f} GB"


def clock_words(at: int, now: float) -> str:
    """A moment by this machine's clock: "09:12" today, else "12 Mar 09:12"."""
    moment, today = time.localtime(at), time.localtime(now)
    if moment[:3] == today[:3]:
        return time.strftime("%H:%M", moment)
    return f"{moment.tm_mday} {time.strftime('%b %H:%M', moment)}"


def time_words(at: int) -> str:
    """A time of day by this machine's clock: "09:12"."""
    return time.strftime("%H:%M", time.localtime(at))


def day_words(at: int, now: float) -> str:
    """A day by this machine's clock: "Today", "Yesterday", "Friday 20 November", with the year if it is another."""
    moment, today = time.localtime(at), time.localtime(now)
    if moment[:3] == today[:3]:
        return "Today"
    noon_before = time.localtime(time.mktime((*today[:3], 12, 0, 0, 0, 0, -1)) - _DAY)
    if moment[:3] == noon_before[:3]:
        return "Yesterday"
    words = f"{time.strftime('%A', moment)} {moment.tm_mday} {time.strftime('%B', moment)}"
    return words if moment.tm_year == today.tm_year else f"{words} {moment.tm_year}"


def moment_words(at: int, now: float) -> str:
    """A moment of the days around: "21:15" today, else "Tue 21:15"; beyond a week "12 Mar"."""
    moment, today = time.localtime(at), time.localtime(now)
    if moment[:3] == today[:3]:
        return time.strftime("%H:%M", moment)
    if abs(at - now) < 6 * _DAY:
        return time.strftime("%a %H:%M", moment)
    return f"{moment.tm_mday} {time.strftime('%b', moment)}"


def date_words(at: int | None) -> str:
    """A day by this machine's clock: "2024-03-12"; "" when unknown."""
    return time.strftime("%Y-%m-%d", time.localtime(at)) if at else ""
