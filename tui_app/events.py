"""What a sync says: its events, one JSON line each on the engine's standard output, and the report of the last one.

The app, the command line and scripts read the same lines and the same report. Nothing secret ever stands in one.
The docstrings and descriptions of the report are those of the schemas `xtream-tui schema sync` prints.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

Count = Annotated[int, Meta(ge=0)]
Mode = Literal["full", "incremental"]
SyncStatus = Literal["completed", "partial", "failed", "cancelled"]
PartStatus = Literal["completed", "partial", "failed", "cancelled", "skipped"]


class ErrorDocument(Struct, frozen=True, kw_only=True):
    """Why a command, or a whole sync, failed."""

    code: Annotated[
        str,
        Meta(
            description="Stable: usage, settings, secret, not_found, panel, not_a_panel, login_refused, denied, "
            "unreachable, overloaded, unsupported, bad_answer, truncated, library, newer_library, damaged_library, "
            "busy, cancelled, failed, internal."
        ),
    ]
    message: Annotated[str, Meta(description="One plain sentence.")]
    hint: Annotated[str, Meta(description="What to do; may be empty.")]


class CategoryCounts(Struct, frozen=True, kw_only=True):
    """What a sync did to the categories."""

    total: Count
    added: Count
    changed: Count
    removed: Count


class PartReport(Struct, frozen=True, kw_only=True):
    """What a sync did to one list. Of a list that was not read, the counts are those of the local copy."""

    status: PartStatus
    total: Count
    added: Count
    changed: Count
    removed: Count
    unchanged: Count
    pending_removals: Annotated[
        int, Meta(ge=0, description="Removals that wait for the next sync or for your decision.")
    ] = field(name="held_back")

    @property
    def is_left(self) -> bool:
        """Whether there is something to try again. Pending removals are not: the next regular sync decides."""
        return self.status not in ("completed", "skipped") and not self.pending_removals


class PartTrouble(Struct, frozen=True, kw_only=True):
    """Why a part is not complete."""

    part: Annotated[
        str,
        Meta(
            description="channels, movies, series, categories, guide or details; connection, login, library or sync "
            "when the trouble stopped the whole sync."
        ),
    ]
    reason: str


class NewEpisode(Struct, frozen=True, kw_only=True):
    """An episode of a favourite series that was not there before."""

    series_id: str
    series: str
    id: str
    season: int
    episode: int
    title: str


_MOST_NAMED: Final = 10


def episodes_words(episodes: Sequence[NewEpisode]) -> str:
    """Name the first ten episodes in one line: "Dr. Caligari S01E02 The Fair; …"."""
    named = [f"{one.series} S{one.season:02}E{one.episode:02} {one.title}".strip() for one in episodes[:_MOST_NAMED]]
    more = len(episodes) - _MOST_NAMED
    return "; ".join([*named, *([f"and {more:,} more"] if more > 0 else [])])


class DetailsReport(Struct, frozen=True, kw_only=True):
    """How many stored details were out of date, and the new episodes of favourite series among them."""

    renewed: Count
    failed: Annotated[int, Meta(ge=0, description="The provider gave none; the stored ones are kept.")]
    left: Annotated[int, Meta(ge=0, description="Left for the next sync.")]
    new_episodes: tuple[NewEpisode, ...] | UnsetType = UNSET


class GuideReport(Struct, frozen=True, kw_only=True):
    """What a sync did to the programmes of the TV guide."""

    status: PartStatus
    total: Count
    added: Count
    changed: Count
    removed: Count


class SyncReport(Struct, frozen=True, kw_only=True):
    """What one sync did."""

    profile: str
    mode: Mode
    status: SyncStatus
    duration_s: Annotated[float, Meta(ge=0, description="Seconds.")]
    channels: PartReport
    movies: PartReport
    series: PartReport
    categories: CategoryCounts
    rows_written: Annotated[int, Meta(ge=0, description="Rows of items and categories.")]
    positions_written: Annotated[int, Meta(ge=0, description="Rows that only changed their place in the list.")]
    bytes_downloaded: Count
    errors: tuple[PartTrouble, ...]
    details: DetailsReport | UnsetType = UNSET
    guide: GuideReport | UnsetType = UNSET
    error: ErrorDocument | UnsetType = UNSET

    @property
    def new_episodes(self) -> tuple[NewEpisode, ...]:
        """The new episodes of favourite series."""
        return () if self.details is UNSET else self.details.new_episodes or ()

    @property
    def lists(self) -> dict[str, PartReport]:
        """The lists by name, in the order they are synced."""
        return {"channels": self.channels, "movies": self.movies, "series": self.series}


def empty_report(profile: str = "", status: SyncStatus = "failed") -> SyncReport:
    """Return the report of a sync that did nothing at all."""
    part = PartReport(status=status, total=0, added=0, changed=0, removed=0, unchanged=0, pending_removals=0)
    return SyncReport(
        profile=profile,
        mode="incremental",
        status=status,
        duration_s=0.0,
        channels=part,
        movies=part,
        series=part,
        categories=CategoryCounts(total=0, added=0, changed=0, removed=0),
        rows_written=0,
        positions_written=0,
        bytes_downloaded=0,
        errors=(),
    )


class SyncStarted(Struct, frozen=True, tag_field="event", tag="started"):
    """The lock is held and the login is next."""

    profile: str
    mode: Mode
    at: int  # epoch seconds
    parts: tuple[str, ...] = ()


class PartStarted(Struct, frozen=True, tag_field="event", tag="part_started"):
    part: str
    at: int


class SyncProgress(Struct, frozen=True, tag_field="event", tag="progress"):
    """Where the sync is. `fraction` 0.0-1.0 never goes back; `seconds_left` is None until it can be estimated."""

    part: str
    phase: str  # "waiting", "downloading", "by category", "comparing", "writing", "indexing", "details"
    fraction: float
    rows: int = 0
    rows_per_s: float = 0.0
    bytes: int = 0
    seconds_left: float | None = None


class PartFinished(Struct, frozen=True, tag_field="event", tag="part_finished"):
    """One part is committed, or failed with nothing changed. Its list is usable from now on."""

    part: str
    status: PartStatus
    at: int
    total: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    pending_removals: int = field(default=0, name="held_back")
    moved: int = 0  # items with another number or place in the list
    reason: str = ""

    @property
    def shows(self) -> bool:
        """Whether a list of this part on the screen looks different now."""
        return bool(self.added or self.changed or self.removed or self.moved)


class SyncFinished(Struct, frozen=True, tag_field="event", tag="finished"):
    """The last line of every run. `report` is the document that `sync --json` prints, without the size."""

    profile: str
    status: SyncStatus
    at: int
    exit_code: int = 0
    message: str = ""  # one plain sentence when it did not complete
    hint: str = ""
    report: SyncReport = msgspec.field(default_factory=empty_report)  # the default: it ended without a report

    @property
    def error_code(self) -> str:
        """The code of what made the sync fail; "" when nothing did."""
        return "" if self.report.error is UNSET else self.report.error.code


SyncEvent = SyncStarted | PartStarted | SyncProgress | PartFinished | SyncFinished


def to_line(event: SyncEvent) -> str:
    """Return the event as one JSON line, newline included, ASCII only."""
    return json.dumps(msgspec.to_builtins(event), separators=(",", ":")) + "\n"


def from_line(line: str) -> SyncEvent | None:
    """Return the event in a line; None for anything that is not one (a stray print, an event of a newer engine)."""
    try:  # json, not msgspec: it takes the lone surrogates that a path may hold
        event: SyncEvent = msgspec.convert(json.loads(line), SyncEvent)
    except (ValueError, RecursionError):  # msgspec's ValidationError is a ValueError
        return None
    return event
