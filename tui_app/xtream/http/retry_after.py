"""Parse `Retry-After` and format waiting times."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Final

from tui_app.errors import Throttled

#: Maximum wait in seconds that is displayed exactly (30 days).
_LONGEST_S: Final = 30 * 86_400.0
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def seconds_of(value: str, now: float) -> float | None:
    """Return the seconds of a Retry-After number or date; None if missing, invalid or past."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), _LONGEST_S) or None
    try:
        wait = parsedate_to_datetime(value[:64]).timestamp() - now
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return min(wait, _LONGEST_S) if wait > 0 else None


def in_words(seconds: float) -> str:
    """Format a wait, rounded up: "45 seconds", "12 minutes", "more than 30 days"."""
    if seconds >= _LONGEST_S:
        return "more than 30 days"
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= 2 * size), _UNITS[-1])
    count = max(1, -int(-seconds // size))
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def asks_to_wait(seconds: float) -> Throttled:
    """Return the error for a wait that is too long."""
    return Throttled(f"The server asks to wait {in_words(seconds)} before the next try.")
