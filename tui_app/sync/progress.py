"""Convert the work of a sync into monotonic progress from 0 to 1, with rates and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tui_app.events import SyncEvent, SyncProgress

#: Start and end of each phase, as shares of its part.
_PHASES: Final = {
    "waiting": (0.0, 0.0),
    "downloading": (0.0, 0.5),
    "by category": (0.0, 0.5),
    "comparing": (0.5, 0.7),
    "writing": (0.7, 0.95),
    "indexing": (0.95, 1.0),
    "details": (0.0, 1.0),
}
_MIN_INTERVAL_S: Final = 0.1
_CATEGORIES_WEIGHT: Final = 0.02


class ProgressTracker:
    """Emits `SyncProgress` at most ten times a second, and on every change of phase."""

    def __init__(
        self,
        emit: Callable[[SyncEvent], None],
        parts: Sequence[str],
        expected_rows: Mapping[str, int],
        clock: Callable[[], float] = time.monotonic,
        *,
        details_share: float = 0.0,
        guide_share: float = 0.0,
    ) -> None:
        """Reserve shares of the whole bar.

        `details_share` is for the part "details", which comes last; `guide_share` of the rest for the part
        "guide" before it.
        """
        self._emit = emit
        self._clock = clock
        self._started = clock()
        before_details = 1.0 - details_share
        lists = before_details * (1.0 - guide_share)
        self._spans = _spans(parts, expected_rows, lists)
        self._spans["guide"] = (lists, before_details - lists)
        self._spans["details"] = (1.0 - details_share, details_share)
        self._part = parts[0] if parts else ""
        self._phase = "waiting"
        self._fraction = 0.0
        self._known_left: float | None = None
        self._last_emit = float("-inf")
        self._rows = self._bytes = self._bytes_before = 0
        self._phase_started = self._started

    def start_part(self, part: str) -> None:
        self._part = part
        self._rows = 0
        self._bytes_before += self._bytes
        self._bytes = 0
        self.advance("waiting", 0.0)

    def advance(
        self,
        phase: str,
        share: float,
        *,
        rows: int | None = None,
        body_bytes: int | None = None,
        seconds_left: float | None = None,
    ) -> None:
        """Report that `share` (0 to 1) of `phase` is done; `rows` and `body_bytes` count within the current part.

        `seconds_left` overrides the estimate for the whole sync.
        """
        self._known_left = seconds_left
        changed = phase != self._phase
        if changed:
            self._phase, self._phase_started = phase, self._clock()
        self._rows = self._rows if rows is None else rows
        self._bytes = self._bytes if body_bytes is None else body_bytes
        low, high = _PHASES[phase]
        start, weight = self._spans.get(self._part, (0.0, 0.0))
        self._fraction = max(self._fraction, start + weight * (low + (high - low) * min(max(share, 0.0), 1.0)))
        if changed or self._clock() - self._last_emit >= _MIN_INTERVAL_S:
            self._say()

    def finish(self) -> None:
        """Report 100 %."""
        self._fraction, self._known_left = 1.0, None
        self._say()

    def _say(self) -> None:
        now = self._last_emit = self._clock()
        in_phase = now - self._phase_started
        elapsed = now - self._started
        left = self._known_left
        if left is None and self._fraction >= 0.1 and elapsed >= 1.0:
            left = elapsed / self._fraction - elapsed
        self._emit(
            SyncProgress(
                part=self._part,
                phase=self._phase,
                fraction=round(self._fraction, 4),
                rows=self._rows,
                rows_per_s=round(self._rows / in_phase, 1) if in_phase > 0.05 else 0.0,
                bytes=self._bytes_before + self._bytes,
                seconds_left=None if left is None else round(left, 1),
            )
        )


def _spans(parts: Sequence[str], expected_rows: Mapping[str, int], whole: float) -> dict[str, tuple[float, float]]:
    """Return start and weight of each part within `whole`, weighted by expected rows."""
    weights = {part: whole * _CATEGORIES_WEIGHT if part == "categories" else 0.0 for part in parts}
    listed = [part for part in parts if part != "categories"]
    rows = {part: max(expected_rows.get(part, 0), 1) for part in listed}
    room = whole - sum(weights.values())
    for part in listed:
        weights[part] = room * rows[part] / sum(rows.values())
    spans, start = {}, 0.0
    for part in parts:
        spans[part] = (start, weights[part])
        start += weights[part]
    return spans
