"""State and history of syncs: parts, runs, changes, and statistics of a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui_app.catalog.rows import Kind


@dataclass(frozen=True, slots=True)
class PartState:
    """How the last sync of one part went."""

    part: str  # "channels", "movies", "series", "categories"
    status: str  # "completed", "partial", "failed", "cancelled", "never"
    at: int | None = None  # time of the last attempt
    completed_at: int | None = None  # time of the last success
    reason: str = ""
    pending_removals: int = 0


@dataclass(frozen=True, slots=True)
class RunState:
    """One sync run: "completed", "partial", "failed", "cancelled", or "running" until it ends."""

    started_at: int  # epoch seconds
    status: str
    reason: str = ""  # why it did not complete, as one sentence


@dataclass(frozen=True, slots=True)
class CacheStats:
    """Statistics of one profile's library file."""

    profile: str
    library_bytes: int
    counts: Mapping[Kind, int]
    category_counts: Mapping[Kind, int]
    last_sync: Mapping[str, PartState] = field(default_factory=dict)
    last_runs: tuple[RunState, ...] = ()  # newest first, not all

    @property
    def is_empty(self) -> bool:
        return not any(self.counts.values())

    @property
    def last_success(self) -> int | None:
        """Return when the newest complete part was synced."""
        times = [state.completed_at for state in self.last_sync.values() if state.completed_at]
        return max(times) if times else None


@dataclass(frozen=True, slots=True)
class Changes:
    """Change counts of one part of a sync."""

    total: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    pending_removals: int = 0
    rows_written: int = 0
    positions_written: int = 0


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """What a sync changed in one item. `fields` maps field names to (old, new) values."""

    kind: Kind
    id: str
    name: str
    change: str  # "added", "changed", "removed"
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncRunInfo:
    """A past or running sync. `counts` are complete even if the list of changes is not."""

    run: int
    mode: str  # "incremental", "full"
    status: str  # "completed", "partial", "failed", "cancelled", "running"
    at: int  # end time; start time while running or if interrupted
    started_at: int
    counts: Mapping[str, Changes] = field(default_factory=dict)  # by part
    reason: str = ""  # why it did not complete, as a sentence
    recorded: int = 0  # number of listed changes
    omitted: int = 0  # changes of which only the count is kept: too many or too old
    changes: tuple[ChangedItem, ...] = ()  # if requested
