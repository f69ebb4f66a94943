"""The remembered results of a profile's syncs, and the history the scheduler derives from them.

The library file stores how the last syncs went, including those of other processes; this run of the app adds why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind, PartState, RunState
from tui_app.events import SyncFinished
from tui_app.services.sync_policy import History, Trouble

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
    told_held_back: int = 0  # the number of removals the user was last asked about

    def record_end(self, finished: SyncFinished, at: float) -> None:
        """Record how a sync ended; `at` is monotonic. One that found another sync running is no failure."""
        self.finished, self.finished_at, self.cancelling, self.was_reached = finished, at, False, False
        if not is_failure(finished):
            self.failures = 0
        elif finished.status != "cancelled" and error_code(finished) != "busy":
            self.failures += 1

    @property
    def is_overtaken(self) -> bool:
        """True when the last sync could not reach the provider but something else could since."""
        return self.was_reached and self.finished is not None and trouble_of(self.finished) == "unreachable"

    @property
    def is_refused(self) -> bool:
        """True when the provider refused the last login."""
        return self.finished is not None and trouble_of(self.finished) == "refused"


def error_code(finished: SyncFinished) -> str:
    """Return the error code of a failed sync; "" without an error."""
    error = finished.report.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def trouble_of(finished: SyncFinished) -> Trouble:
    """Return why a sync did not complete, in the terms of the schedule."""
    if finished.status in ("partial", "cancelled"):
        return "partial" if finished.status == "partial" else "cancelled"
    return _TROUBLE_OF_CODE.get(error_code(finished), "")


def is_failure(finished: SyncFinished) -> bool:
    """Return True when something must be retried. Pending removals don't count: the next sync checks them."""
    if finished.status != "partial":
        return finished.status != "completed"
    parts = [finished.report.get(kind.plural) for kind in LISTED_KINDS]
    return any(isinstance(part, dict) and _is_left_in(part) for part in parts) or not any(parts)


def _is_left_in(part: dict[str, Any]) -> bool:
    return part.get("status") not in ("completed", "skipped") and not part.get("held_back")


def is_left(stats: CacheStats, kind: Kind) -> bool:
    """Return True when a kind must be retried early. Pending removals don't count."""
    part = stats.last_sync.get(kind.plural)
    return part is not None and part.status != "completed" and not part.held_back


def history_of(parts: Iterable[PartState], runs: Sequence[RunState], news: SyncStatus) -> History:
    """Return the history for the sync policy.

    `parts` are those the profile syncs; the oldest success counts, so that a part left behind is due soon. `runs`
    are the last ones, newest first.
    """
    known = [part for part in parts if part.status != "never"]
    seen = news.finished if news.finished and (not runs or news.finished.at >= runs[0].started_at) else None
    attempts = [part.at for part in known if part.at is not None]
    newest = seen.at if seen else runs[0].started_at if runs else max(attempts, default=None)
    successes = [part.at if part.held_back else part.completed_at for part in known]
    oldest = None if None in successes else min((at for at in successes if at is not None), default=None)
    trouble, failures = _trouble(known, runs, seen, news)
    return History(oldest, newest, failures, trouble)


def _trouble(
    parts: Sequence[PartState], runs: Sequence[RunState], seen: SyncFinished | None, news: SyncStatus
) -> tuple[Trouble, int]:
    """Return what kept the last attempt from completing, and the number of failures in a row."""
    status = seen.status if seen else runs[0].status if runs else "completed"
    left = any(part.status != "completed" and not part.held_back for part in parts)
    if status == "cancelled":
        return "cancelled", 1
    if status in ("completed", "partial") and not left:
        return "", 0
    trouble: Trouble = trouble_of(seen) if seen else ""
    if trouble == "unreachable" and news.was_reached:
        return trouble, 0
    in_a_row = next((number for number, run in enumerate(runs) if run.status not in _UNFINISHED), len(runs))
    is_partial = status in ("completed", "partial")
    return "partial" if is_partial else trouble, max(1, in_a_row, news.failures if seen else 0)
