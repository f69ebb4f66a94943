"""What is remembered of a profile's syncs, and what the schedule makes of it: values in, values out.

The library's file says how the last syncs went, also those of another process; what this run of the app saw adds why.
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
    """What is known of one profile's syncs in this run of the app."""

    finished: SyncFinished | None = None
    finished_at: float = 0.0  # monotonic
    cancelling: bool = False
    failures: int = 0  # in a row
    was_reached: bool = False  # the provider answered since a sync found it unreachable
    asked_first_sync: bool = False
    told_held_back: int = 0  # the number of removals the user was last asked about

    def record_end(self, finished: SyncFinished, at: float) -> None:
        """Remember how a sync ended; `at` is monotonic. One that found another process at work is no failure."""
        self.finished, self.finished_at, self.cancelling, self.was_reached = finished, at, False, False
        if not is_failure(finished):
            self.failures = 0
        elif finished.status != "cancelled" and error_code(finished) != "busy":
            self.failures += 1

    @property
    def is_overtaken(self) -> bool:
        """Whether the last sync did not reach the provider, and something did since."""
        return self.was_reached and self.finished is not None and trouble_of(self.finished) == "unreachable"

    @property
    def is_refused(self) -> bool:
        """Whether the provider refused the login when it was last asked."""
        return self.finished is not None and trouble_of(self.finished) == "refused"


def error_code(finished: SyncFinished) -> str:
    """The code of what made a sync fail; "" when nothing did."""
    error = finished.report.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def trouble_of(finished: SyncFinished) -> Trouble:
    """Why a sync did not complete, as far as the schedule cares."""
    if finished.status in ("partial", "cancelled"):
        return "partial" if finished.status == "partial" else "cancelled"
    return _TROUBLE_OF_CODE.get(error_code(finished), "")


def is_failure(finished: SyncFinished) -> bool:
    """Whether something is left to be tried again. Removals held back are not: the next regular sync looks at them."""
    if finished.status != "partial":
        return finished.status != "completed"
    parts = [finished.report.get(kind.plural) for kind in LISTED_KINDS]
    return any(isinstance(part, dict) and _is_left_in(part) for part in parts) or not any(parts)


def _is_left_in(part: dict[str, Any]) -> bool:
    return part.get("status") not in ("completed", "skipped") and not part.get("held_back")


def is_left(stats: CacheStats, kind: Kind) -> bool:
    """Whether a kind is to be tried again before its time. One whose removals were held back is not."""
    part = stats.last_sync.get(kind.plural)
    return part is not None and part.status != "completed" and not part.held_back


def history_of(parts: Iterable[PartState], runs: Sequence[RunState], news: SyncStatus) -> History:
    """The past as the policy wants it.

    `parts` are those the profile syncs; the oldest success counts, so that a part left behind is due soon. `runs` are
    the last ones, newest first.
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
    """What kept the last attempt from completing, and how many in a row did not."""
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
