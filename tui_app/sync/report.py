"""Gathers what the parts of one sync did and says it: the status, the exit code, the document of `sync --json`."""

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
    PartReport,
    PartStatus,
    PartTrouble,
    SyncReport,
    SyncStatus,
)
from tui_app.store.file_errors import means_damage

_LOGIN_STATUSES: Final = frozenset({401, 402, 403})


def ends_all(error: XtreamTuiError) -> bool:
    """Whether the panel no longer takes the login, or the file no rows. Other refusing statuses may be about this one
    list."""
    if isinstance(error, DamagedLibrary):
        return True
    if isinstance(error, Denied):
        return error.http_status in _LOGIN_STATUSES
    return isinstance(error, LoginRefused)


def as_reason(error: XtreamTuiError) -> str:
    """The error's sentence as a clause: "the server did not answer"."""
    text = error.message.rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def file_trouble(error: Exception) -> LibraryError:
    """What SQLite's words about the library file mean, and what to do."""
    while isinstance(error.__context__, DatabaseError | sqlite3.Error):
        error = error.__context__  # what came first; undoing the rest may fail for it
    said = str(error)
    if means_damage(error):
        return DamagedLibrary(f"The library file is damaged: {said}.", hint="Run: xtream-tui cache check")
    if "full" in said:
        return LibraryError("The disk is full, so the library could not be written.", hint="Free some space.")
    if "locked" in said:
        return LibraryError("Another program keeps the library file locked.", hint="Close it and sync again.")
    if "readonly" in said or "read-only" in said:
        return LibraryError("The library file can't be written.", hint="Check its permissions (xtream-tui where).")
    return LibraryError(
        f"The library file could not be written: {said}.", hint="Run xtream-tui cache check; clearing the cache helps."
    )


CATEGORIES: Final = "categories"
DETAILS: Final = "details"
GUIDE: Final = "guide"
#: A part that ended like this did all it should.
_GOOD: Final = frozenset({"completed"})


@dataclass(slots=True)
class PartOutcome:
    """How one part ended. `error` is what stopped it; `reason` says in plain words why it is not "completed".

    `notice` is a sentence without its full stop about something unusual that is no trouble.
    """

    status: PartStatus = "completed"
    changes: Changes = field(default_factory=Changes)
    reason: str = ""
    error: XtreamTuiError | None = None
    bytes_downloaded: int = 0
    notice: str = ""


@dataclass(slots=True)
class DetailsOutcome:
    """How many stored details were renewed, could not be, or wait for the next sync. `reason`: why some could not."""

    renewed: int = 0
    failed: int = 0
    left: int = 0
    reason: str = ""

    @property
    def were_due(self) -> bool:
        return bool(self.renewed or self.failed or self.left)

    def document(self) -> DetailsReport:
        return DetailsReport(renewed=self.renewed, failed=self.failed, left=self.left)


@dataclass(slots=True)
class Report:
    """The outcome of one sync, filled part by part."""

    profile: str
    mode: Mode
    planned: tuple[str, ...] = ()  # the parts asked for
    parts: dict[str, PartOutcome] = field(default_factory=dict)
    stored: dict[str, Changes] = field(default_factory=dict)  # what the library held of each part before
    details: DetailsOutcome = field(default_factory=DetailsOutcome)
    guide: PartOutcome | None = None  # of the guide file; None when it was not asked for
    note: str = ""  # said in place of a reason when there was nothing to do
    notice: str = ""  # a sentence about something unusual that this sync has mended
    fatal: XtreamTuiError | None = None  # stopped the sync before or between parts
    duration_s: float = 0.0

    @property
    def status(self) -> SyncStatus:
        if isinstance(self.fatal, Cancelled):
            return "cancelled"
        if self.fatal is None and not self.planned:
            return "completed"
        # lists decide; without any asked for, the categories do
        asked = [outcome for part, outcome in self.parts.items() if part != CATEGORIES or self.planned == (CATEGORIES,)]
        if self.planned == (GUIDE,):  # a retry of nothing else
            asked = [self.guide] if self.guide else []
        if not asked or all(outcome.status == "failed" for outcome in asked):
            return "failed"
        if self.fatal is None and all(outcome.status in _GOOD for outcome in self._outcomes()):
            return "completed"
        return "partial"

    @property
    def met_damage(self) -> bool:
        """Whether the library file itself is broken: no sync can write it, however often it is tried."""
        errors = (self.fatal, *(outcome.error for outcome in self._outcomes()))
        return any(isinstance(error, DamagedLibrary) for error in errors)

    @property
    def first_error(self) -> XtreamTuiError | None:
        """What to tell when all failed: what stopped the sync, else the first part's trouble."""
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
        """One sentence for people; empty when all went well and nothing unusual happened."""
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
            held_back=changes.held_back,
        )

    def _guide(self) -> GuideReport | UnsetType:
        return UNSET if self.guide is None else GuideReport(status=self.guide.status, **_counts(self.guide.changes))

    def _error(self) -> ErrorDocument | UnsetType:
        error = self.first_error
        if error is None or self.status != "failed":
            return UNSET
        return ErrorDocument(code=error.code, message=self.message or error.message, hint=error.hint)

    def _outcomes(self) -> list[PartOutcome]:
        """Of all parts, the guide's last."""
        return [*self.parts.values(), *([self.guide] if self.guide else [])]

    def _outcome(self, part: str) -> PartOutcome:
        """The part's outcome; one that was not asked for is skipped, one never reached shares the sync's fate.

        Of those the library still holds what it held.
        """
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
        """What the trouble that stopped everything is about: a refused login is another matter than a dead line."""
        if isinstance(error, Unreachable | Overloaded):
            return "connection"
        if isinstance(error, LibraryError):
            return "library"
        return "login" if isinstance(error, PanelError) else "sync"


def _counts(changes: Changes) -> dict[str, int]:
    """Return the counts that every part has."""
    names = ("total", "added", "changed", "removed")
    return {name: getattr(changes, name) for name in names}
