"""The policy of automatic syncs: when a profile is due. Pure functions, no clock and no I/O.

All times are epoch seconds, so neither daylight saving nor time zones matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from zlib import crc32

if TYPE_CHECKING:
    from tui_app.settings.schema import SyncSettings

HOUR_S: Final = 3600
FIRST_RETRY_S: Final = 15 * 60
#: The longest wait after failures in a row. A part that fails alone may wait as long as the interval.
LONGEST_RETRY_S: Final = 6 * HOUR_S
#: A server that can't be reached is tried about hourly: it costs nobody anything, and the line may be back.
LONGEST_OFFLINE_RETRY_S: Final = HOUR_S
#: What the user stopped does not start again by itself within this time.
AFTER_CANCEL_S: Final = HOUR_S
#: Two starts of the app within this time do not make two syncs "at start".
START_SPACING_S: Final = 10 * 60
LARGEST_JITTER_S: Final = 15 * 60
#: A time stamp further ahead than this means that the clock was set back since.
CLOCK_TOLERANCE_S: Final = 5 * 60

#: Why the last attempt did not complete: for no reason of these, a part of it, no answer, the login, the user.
Trouble = Literal["", "partial", "unreachable", "refused", "cancelled"]


@dataclass(frozen=True, slots=True)
class History:
    """The past syncs of a profile. Times are epoch seconds; None: never."""

    last_success: int | None = None
    last_attempt: int | None = None
    failures: int = 0  # attempts in a row that did not complete
    trouble: Trouble = ""  # of the last attempt


@dataclass(frozen=True, slots=True)
class Due:
    """The policy's answer. `at` is when the next sync is due (None: never), `now` whether that time has come."""

    now: bool
    at: int | None
    reason: Literal["never synced", "at start", "manual", "retry", "interval"]


def due(now: int, history: History, settings: SyncSettings, *, starting: bool = False, jitter_s: int = 0) -> Due:
    """Return when the next sync is due.

    A profile that was never tried is not due: the app offers the first sync and the user starts it. `starting` is
    True until a profile was checked after the start of the app. `jitter_s` spreads many installations over the
    hour.
    """
    if history.last_success is None and history.last_attempt is None:
        return Due(False, None, "never synced")
    success, attempt = _not_ahead(history.last_success, now), _not_ahead(history.last_attempt, now)
    if starting and settings.at_start and now - max(success or 0, attempt or 0) >= START_SPACING_S:
        return Due(True, now, "at start")
    if not settings.automatic or settings.interval_hours is None:
        return Due(False, None, "manual")
    interval_s = settings.interval_hours * HOUR_S
    at = now if success is None else success + interval_s + jitter_s
    if not history.failures or attempt is None:
        return Due(now >= at, at, "interval")
    at = max(at, attempt + retry_after_s(history.failures, interval_s, history.trouble))
    return Due(now >= at, at, "retry")


def _not_ahead(at: int | None, now: int) -> int | None:
    """Return None for a time in the future: it was written before the clock was set back."""
    return None if at is None or at > now + CLOCK_TOLERANCE_S else at


def retry_after_s(failures: int, interval_s: int, trouble: Trouble = "") -> int:
    """Return the delay after a failure: 15 min, 30 min, 1 h, … at most the interval.

    A refused login waits the whole interval: panels ban clients that repeat a wrong login.
    """
    if trouble == "refused":
        return interval_s
    if trouble == "cancelled":
        return min(AFTER_CANCEL_S, interval_s)
    longest = {"unreachable": LONGEST_OFFLINE_RETRY_S, "partial": interval_s}.get(trouble, LONGEST_RETRY_S)
    return min(FIRST_RETRY_S << min(failures - 1, 16), longest, interval_s)


def jitter_for(profile: str, settings: SyncSettings) -> int:
    """Return a profile's constant delay in seconds: up to 5 % of its interval."""
    interval_s: int = (settings.interval_hours or 0) * HOUR_S
    return crc32(profile.encode()) % (min(interval_s // 20, LARGEST_JITTER_S) + 1)
