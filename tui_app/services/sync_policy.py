"""When a profile is due for a sync, and the history the policy needs. Pure functions, no clock and no I/O.

All times are epoch seconds, so neither daylight saving nor time zones matter. The library file stores how the last
syncs went, including those of other processes; `SyncStatus` adds what this run of the app knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from zlib import crc32

from tui_app.catalog import CacheStats, Kind, PartState, RunState
from tui_app.events import SyncFinished

if TYPE_CHECKING:
    from tui_app.settings.schema import SyncSettings

HOUR_S: Final = 3600
FIRST_RETRY_S: Final = 15 * 60
#: The longest wait after failures in a row. A part that fails alone may wait as long as the interval.
LONGEST_RETRY_S: Final = 6 * HOUR_S
#: An unreachable server is tried hourly: it costs little, and the connection may be back.
LONGEST_OFFLINE_RETRY_S: Final = HOUR_S
#: A cancelled sync is not started automatically within this time.
AFTER_CANCEL_S: Final = HOUR_S
#: Two starts of the app within this time do not make two syncs "at start".
START_SPACING_S: Final = 10 * 60
LARGEST_JITTER_S: Final = 15 * 60
#: A time stamp further ahead than this means that the clock was set back since.
CLOCK_TOLERANCE_S: Final = 5 * 60

#: Why the last attempt did not complete: no reason, a part failed, unreachable, login refused, cancelled.
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


_TROUBLE_OF_CODE: Final[dict[str, Trouble]] = {
    "unreachable": "unreachable",
    "login_refused": "refused",
    "denied": "refused",
}
_UNFINISHED: Final = frozenset({"failed", "partial", "running"})


@dataclass
class SyncStatus:
    """The syncs of one profile in this run of the app."""

    finished: SyncFinished | None = None
    finished_at: float = 0.0  # monotonic
    cancelling: bool = False
    failures: int = 0  # in a row
    was_reached: bool = False  # the provider answered since a sync found it unreachable
    asked_first_sync: bool = False
    asked_removals: int = 0  # the number of removals in the last question

    def record_end(self, finished: SyncFinished, at: float) -> None:
        """Record how a sync ended; `at` is monotonic. One that found another sync running is no failure."""
        self.finished, self.finished_at, self.cancelling, self.was_reached = finished, at, False, False
        if not is_failure(finished):
            self.failures = 0
        elif finished.status != "cancelled" and finished.error_code != "busy":
            self.failures += 1

    @property
    def is_overtaken(self) -> bool:
        """True when the last sync could not reach the provider but something else could since."""
        return self.was_reached and self.finished is not None and trouble_of(self.finished) == "unreachable"

    @property
    def is_refused(self) -> bool:
        """True when the provider refused the last login."""
        return self.finished is not None and trouble_of(self.finished) == "refused"


def trouble_of(finished: SyncFinished) -> Trouble:
    """Return why a sync did not complete, in the terms of the schedule."""
    if finished.status in ("partial", "cancelled"):
        return "partial" if finished.status == "partial" else "cancelled"
    return _TROUBLE_OF_CODE.get(finished.error_code, "")


def is_failure(finished: SyncFinished) -> bool:
    """Return True when something must be retried. Pending removals don't count: the next sync checks them."""
    if finished.status != "partial":
        return finished.status != "completed"
    return any(part.is_left for part in finished.report.lists.values())


def is_left(stats: CacheStats, kind: Kind) -> bool:
    """Return True when a kind must be retried early. Pending removals don't count."""
    part = stats.last_sync.get(kind.plural)
    return part is not None and part.status != "completed" and not part.pending_removals


def history_of(parts: Iterable[PartState], runs: Sequence[RunState], sync_status: SyncStatus) -> History:
    """Return the history for the sync policy.

    `parts` are those the profile syncs; the oldest success counts, so that a part left behind is due soon. `runs`
    are the last ones, newest first.
    """
    known = [part for part in parts if part.status != "never"]
    last = sync_status.finished
    seen = last if last and (not runs or last.at >= runs[0].started_at) else None
    attempts = [part.at for part in known if part.at is not None]
    newest = seen.at if seen else runs[0].started_at if runs else max(attempts, default=None)
    successes = [part.at if part.pending_removals else part.completed_at for part in known]
    oldest = None if None in successes else min((at for at in successes if at is not None), default=None)
    trouble, failures = _trouble(known, runs, seen, sync_status)
    return History(oldest, newest, failures, trouble)


def _trouble(
    parts: Sequence[PartState], runs: Sequence[RunState], seen: SyncFinished | None, sync_status: SyncStatus
) -> tuple[Trouble, int]:
    """Return what kept the last attempt from completing, and the number of failures in a row."""
    status = seen.status if seen else runs[0].status if runs else "completed"
    left = any(part.status != "completed" and not part.pending_removals for part in parts)
    if status == "cancelled":
        return "cancelled", 1
    if status in ("completed", "partial") and not left:
        return "", 0
    trouble: Trouble = trouble_of(seen) if seen else ""
    if trouble == "unreachable" and sync_status.was_reached:
        return trouble, 0
    in_a_row = next((number for number, run in enumerate(runs) if run.status not in _UNFINISHED), len(runs))
    is_partial = status in ("completed", "partial")
    return "partial" if is_partial else trouble, max(1, in_a_row, sync_status.failures if seen else 0)
