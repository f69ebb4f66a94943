"""What is remembered of a visit to a series: which episodes were seen in its list, and which seasons stood open.

An episode is new when it was not in the list at the last visit. On the first one nothing is, nor when a panel gave all
of them other ids.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeriesVisit:
    """The last visit. The default is that there was none."""

    episodes: frozenset[str] = frozenset()
    open_seasons: frozenset[int] = frozenset()

    def new_among(self, episodes: Collection[str]) -> frozenset[str]:
        """The ids of those that came since."""
        return frozenset(episodes) - self.episodes if self.episodes.intersection(episodes) else frozenset()

    def to_json(self) -> str:
        return json.dumps({"episodes": sorted(self.episodes), "open": sorted(self.open_seasons)})

    @classmethod
    def from_json(cls, text: str | None) -> SeriesVisit:
        """The visit kept by `to_json`; no visit when that is missing or something else."""
        try:
            raw = json.loads(text or "{}")
            return cls(frozenset(map(str, raw["episodes"])), frozenset(map(int, raw["open"])))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return cls()


def visit_place(series_id: str) -> str:
    """The name a visit is remembered under."""
    return f"series:{series_id}"
