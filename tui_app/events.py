"""What a sync says while it runs: frozen dataclasses, one JSON line each on the engine's standard output.

The app, the command line and scripts read the same lines. Nothing secret ever stands in one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Final


@dataclass(frozen=True, slots=True)
class SyncStarted:
    """The lock is held and the login is next."""

    event: ClassVar[str] = "started"
    profile: str
    mode: str  # "incremental" | "full"
    at: int  # epoch seconds
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartStarted:
    event: ClassVar[str] = "part_started"
    part: str
    at: int


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """Where the sync is. `fraction` 0.0-1.0 never goes back; `seconds_left` is None until it can be said."""

    event: ClassVar[str] = "progress"
    part: str
    phase: str  # "waiting", "downloading", "by category", "comparing", "writing", "indexing", "details"
    fraction: float
    rows: int = 0
    rows_per_s: float = 0.0
    bytes: int = 0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class PartFinished:
    """One part is committed, or failed with nothing changed. Its list is usable from now on."""

    event: ClassVar[str] = "part_finished"
    part: str
    status: str  # "completed" | "partial" | "failed" | "cancelled" | "skipped"
    at: int
    total: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    held_back: int = 0
    moved: int = 0  # items with another number or place in the list
    reason: str = ""

    @property
    def shows(self) -> bool:
        """Whether anybody who looks at the part would see a difference."""
        return bool(self.added or self.changed or self.removed or self.moved)


@dataclass(frozen=True, slots=True)
class SyncFinished:
    """The last line of every run. `report` is the document that `sync --json` prints."""

    event: ClassVar[str] = "finished"
    profile: str
    status: str  # "completed" | "partial" | "failed" | "cancelled"
    at: int
    exit_code: int = 0
    message: str = ""  # one plain sentence when it did not complete
    hint: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)


SyncEvent = SyncStarted | PartStarted | SyncProgress | PartFinished | SyncFinished

_BY_NAME: Final[dict[str, type[Any]]] = {
    cls.event: cls for cls in (SyncStarted, PartStarted, SyncProgress, PartFinished, SyncFinished)
}


def to_line(event: SyncEvent) -> str:
    """One JSON line, newline included, ASCII only."""
    return json.dumps({"event": event.event, **asdict(event)}, separators=(",", ":")) + "\n"


def from_line(line: str) -> SyncEvent | None:
    """The event in a line; None for anything that is not one (a stray print, an event of a newer engine)."""
    try:
        raw = json.loads(line)
    except ValueError:
        return None
    cls = _BY_NAME.get(raw.get("event", "")) if isinstance(raw, dict) else None
    if cls is None:
        return None
    known = {f.name for f in fields(cls)}
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items() if name in known}
    try:
        return cls(**values)  # type: ignore[no-any-return]
    except TypeError:
        return None
