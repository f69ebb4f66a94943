"""Collect the outcomes of a sync's parts and derive its status, exit code, messages and `sync --json` document."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from msgspec import UNSET, UnsetType
from peewee import DatabaseError

from tui_app.catalog import Changes
from tui_app.errors import (
    Cancelled,
    DamagedLibrary,
    Denied,
    LibraryError,
    LoginRefused,
    Overloaded,
    PanelError,
    Unreachable,
    XtreamTuiError,
)
from tui_app.events import (
    CategoryCounts,
    DetailsReport,
    ErrorDocument,
    GuideReport,
    Mode,
    NewEpisode,
    PartFinished,
    PartReport,
    PartStatus,
    PartTrouble,
    SyncReport,
    SyncStatus,
)
from tui_app.store.connection import means_damage

_LOGIN_STATUSES: Final = frozenset({401, 402, 403})


def ends_all(error: XtreamTuiError) -> bool:
    """Whether the error stops the whole sync: a refused login or an unwritable library.

    Other refusals (HTTP statuses) may concern a single list.
    """
    if isinstance(error, DamagedLibrary):
        return True
    if isinstance(error, Denied):
        return error.http_status in _LOGIN_STATUSES
    return isinstance(error, LoginRefused)


def as_reason(error: XtreamTuiError) -> str:
    """Return the error's sentence as a clause: "the server did not answer"."""
    text = error.message.rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def file_trouble(error: Exception) -> LibraryError:
    """Translate an SQLite error about the library file into a `LibraryError` with a hint."""
    while isinstance(error.__context__, DatabaseError | sqlite3.Error):
        error = error.__context__  # the original error: the rollback may have failed because of it
    problem = str(error)
    if means_damage(error):
        return DamagedLibrary(f"The library file is damaged: {problem}.", hint="Run: xtream-tui cache check")
    if "full" in problem:
        return LibraryError("The disk is full, so the library could not be written.", hint="Free some space.")
    if "locked" in problem:
        return LibraryError("Another program keeps the library file locked.", hint="Close it and sync again.")
    if "readonly" in problem or "read-only" in problem:
        return LibraryError("The library file can't be written.", hint="Check its permissions (xtream-tui where).")
    return LibraryError(
        f"The library file could not be written: {problem}.",
        hint="Run xtream-tui cache check; clearing the cache helps.",
    )


CATEGORIES: Final = "categories"
DETAILS: Final = "details"
GUIDE: Final = "guide"
#: Statuses of a part that did everything it should.
_GOOD: Final = frozenset({"completed"})


@dataclass(slots=True)
class PartOutcome:
    """How one part ended. `error` stopped it; `reason` explains in plain words why it is not "completed".

    `notice` reports something unusual that is no error, as a sentence without full stop.
    """

    status: PartStatus = "completed"
    changes: Changes = field(default_factory=Changes)
    reason: str = ""
    error: XtreamTuiError | None = None
    bytes_downloaded: int = 0
    notice: str = ""

    def event(self, part: str, at: int) -> PartFinished:
        """Return the event for the end of this part."""
        changes = self.changes
        return PartFinished(
            part=part,
            status=self.status,
            at=at,
            total=changes.total,
            added=changes.added,
            changed=changes.changed,
            removed=changes.removed,
            unchanged=changes.unchanged,
            pending_removals=changes.pending_removals,
            moved=changes.positions_written,
            reason=self.reason,
        )


@dataclass(slots=True)
class DetailsOutcome:
    """Counts of stored details that were renewed, failed, or are left for the next sync; `reason` explains failures."""

    renewed: int = 0
    failed: int = 0
    left: int = 0
    reason: str = ""
    new_episodes: list[NewEpisode] = field(default_factory=list)

    @property
    def were_due(self) -> bool:
        return bool(self.renewed or self.failed or self.left)

    def document(self) -> DetailsReport:
        return DetailsReport(
            renewed=self.renewed, failed=self.failed, left=self.left, new_episodes=tuple(self.new_episodes) or UNSET
        )


@dataclass(slots=True)
class Report:
    """The outcome of one sync, filled part by part."""

    profile: str
    mode: Mode
    planned: tuple[str, ...] = ()  # the requested parts
    parts: dict[str, PartOutcome] = field(default_factory=dict)
    stored: dict[str, Changes] = field(default_factory=dict)  # counts stored before the sync, by part
    details: DetailsOutcome = field(default_factory=DetailsOutcome)
    guide: PartOutcome | None = None  # of the EPG file; None when it was not requested
    note: str = ""  # shown instead of a reason when there was nothing to do
    notice: str = ""  # sentence about a problem that this sync repaired
    fatal: XtreamTuiError | None = None  # error that stopped the sync before or between parts
    duration_s: float = 0.0

    @property
    def status(self) -> SyncStatus:
        if isinstance(self.fatal, Cancelled):
            return "cancelled"
        if self.fatal is None and not self.planned:
            return "completed"
        # lists determine the status; categories do only when nothing else was requested
        asked = [outcome for part, outcome in self.parts.items() if part != CATEGORIES or self.planned == (CATEGORIES,)]
        if self.planned == (GUIDE,):  # retry of the EPG file alone
            asked = [self.guide] if self.guide else []
        if not asked or all(outcome.status == "failed" for outcome in asked):
            return "failed"
        if self.fatal is None and all(outcome.status in _GOOD for outcome in self._outcomes()):
            return "completed"
        return "partial"

    @property
    def met_damage(self) -> bool:
        """Whether the library file is damaged, so that no further sync can write it."""
        errors = (self.fatal, *(outcome.error for outcome in self._outcomes()))
        return any(isinstance(error, DamagedLibrary) for error in errors)

    @property
    def first_error(self) -> XtreamTuiError | None:
        """Return the error to show: the one that stopped the sync, otherwise the first part's."""
        if self.fatal is not None:
            return self.fatal
        return next((outcome.error for outcome in self._outcomes() if outcome.error), None)

    @property
    def exit_code(self) -> int:
        status = self.status
        if status in ("completed", "partial", "cancelled"):
            return {"completed": 0, "partial": 3, "cancelled": 130}[status]
        error = self.first_error
        if self.fatal is None and not all(
            isinstance(outcome.error, Unreachable | Overloaded) for outcome in self.parts.values() if outcome.error
        ):
            return 1
        return error.exit_code if error else 1

    @property
    def message(self) -> str:
        """Return one sentence for the user; empty when all went well."""
        if self.note:
            return self.note
        return " ".join(filter(None, (self.notice, self._sentence())))

    def _sentence(self) -> str:
        if self.status == "cancelled":
            return "The sync was cancelled; what was complete before has been kept."
        reasons = list(dict.fromkeys(outcome.reason for outcome in self._outcomes() if outcome.reason))
        if self.fatal is not None and self.status == "failed":
            return self.fatal.message
        if self.fatal is not None and (reason := as_reason(self.fatal)) not in reasons:
            reasons.append(reason)
        text = "; ".join(reasons)
        sentences = [text[:1].upper() + text[1:], *(outcome.notice for outcome in self.parts.values())]
        return " ".join(f"{sentence.rstrip('.')}." for sentence in sentences if sentence)

    @property
    def hint(self) -> str:
        error = self.first_error
        return error.hint if error and self.status != "cancelled" else ""

    def document(self) -> SyncReport:
        """Return what `sync --json` prints; of a failed sync with `error`."""
        changes = [outcome.changes for outcome in self.parts.values()]
        return SyncReport(
            profile=self.profile,
            mode=self.mode,
            status=self.status,
            duration_s=round(self.duration_s, 3),
            channels=self._part("channels"),
            movies=self._part("movies"),
            series=self._part("series"),
            categories=CategoryCounts(**_counts(self._outcome(CATEGORIES).changes)),
            rows_written=sum(change.rows_written for change in changes),
            positions_written=sum(change.positions_written for change in changes),
            bytes_downloaded=sum(outcome.bytes_downloaded for outcome in self._outcomes()),
            errors=tuple(self._errors()),
            details=self.details.document() if self.details.were_due else UNSET,
            guide=self._guide(),
            error=self._error(),
        )

    def _part(self, part: str) -> PartReport:
        outcome = self._outcome(part)
        changes = outcome.changes
        return PartReport(
            status=outcome.status,
            **_counts(changes),
            unchanged=changes.unchanged,
            pending_removals=changes.pending_removals,
        )

    def _guide(self) -> GuideReport | UnsetType:
        return UNSET if self.guide is None else GuideReport(status=self.guide.status, **_counts(self.guide.changes))

    def _error(self) -> ErrorDocument | UnsetType:
        error = self.first_error
        if error is None or self.status != "failed":
            return UNSET
        return ErrorDocument(code=error.code, message=self.message or error.message, hint=error.hint)

    def _outcomes(self) -> list[PartOutcome]:
        """Return the outcomes of all parts, the EPG file last."""
        return [*self.parts.values(), *([self.guide] if self.guide else [])]

    def _outcome(self, part: str) -> PartOutcome:
        """Return the part's outcome. For a part not reached: stored counts, and "skipped", "failed" or "cancelled"."""
        not_reached: PartStatus = "cancelled" if isinstance(self.fatal, Cancelled) else "failed"
        status = not_reached if part in self.planned else "skipped"
        return self.parts.get(part) or PartOutcome(status, self.stored.get(part, Changes()))

    def _errors(self) -> Iterator[PartTrouble]:
        if self.fatal is not None and not isinstance(self.fatal, Cancelled):
            yield PartTrouble(part=self._stopped_part(self.fatal), reason=self.fatal.message)
        reasons = [(part, outcome.reason) for part, outcome in self.parts.items()]
        reasons += [(GUIDE, self.guide.reason if self.guide else ""), (DETAILS, self.details.reason)]
        yield from (PartTrouble(part=part, reason=reason) for part, reason in reasons if reason)

    def _stopped_part(self, error: XtreamTuiError) -> str:
        """Return the `part` value for the error that stopped the sync: connection, library, login or sync."""
        if isinstance(error, Unreachable | Overloaded):
            return "connection"
        if isinstance(error, LibraryError):
            return "library"
        return "login" if isinstance(error, PanelError) else "sync"


def _counts(changes: Changes) -> dict[str, int]:
    """Return the counts that every part has."""
    names = ("total", "added", "changed", "removed")
    return {name: getattr(changes, name) for name in names}
