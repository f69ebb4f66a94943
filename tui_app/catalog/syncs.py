"""What is known of syncs: how each part and run went, what they changed, and what a library holds since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui_app.catalog.kinds import Kind


@dataclass(frozen=True, slots=True)
class PartState:
    """How the last sync of one part went, as stored."""

    part: str  # "channels", "movies", "series", "categories"
    status: str  # "completed", "partial", "failed", "cancelled", "never"
    at: int | None = None  # of the last attempt
    completed_at: int | None = None  # of the last success
    reason: str = ""
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class RunState:
    """How one sync went as a whole: "completed", "partial", "failed", "cancelled"; "running" until it ended."""

    started_at: int  # epoch seconds
    status: str
    reason: str = ""  # why it did not complete, one plain sentence


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What one profile's library file holds."""

    profile: str
    library_bytes: int
    counts: Mapping[Kind, int]
    category_counts: Mapping[Kind, int]
    last_sync: Mapping[str, PartState] = field(default_factory=dict)
    last_runs: tuple[RunState, ...] = ()  # newest first, some of them

    @property
    def is_empty(self) -> bool:
        return not any(self.counts.values())

    @property
    def last_success(self) -> int | None:
        """When the newest complete part was synced."""
        times = [state.completed_at for state in self.last_sync.values() if state.completed_at]
        return max(times) if times else None


@dataclass(frozen=True, slots=True)
class Changes:
    """Counts of one part of one sync."""

    total: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    held_back: int = 0
    rows_written: int = 0
    positions_written: int = 0


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """What a sync did to one item. `fields` maps the name of a changed field to its old and new value."""

    kind: Kind
    id: str
    name: str
    change: str  # "added", "changed", "removed"
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncRunInfo:
    """One sync of the past, or the one that runs now. `counts` are complete also where the list of changes is not."""

    run: int
    mode: str  # "incremental", "full"
    status: str  # "completed", "partial", "failed", "cancelled", "running"
    at: int  # of its end; of its beginning while it runs, or when it was interrupted
    started_at: int
    counts: Mapping[str, Changes] = field(default_factory=dict)  # by part
    reason: str = ""  # why it did not complete: a sentence
    recorded: int = 0  # changes that are listed
    omitted: int = 0  # changes of which only the number is kept: too many to list, or too long ago
    changes: tuple[ChangedItem, ...] = ()  # where they were asked for
