"""Reports of syncs: made of what matters to a test, or as the JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import json
from msgspec.structs import replace

from tui_app.events import DetailsReport, ErrorDocument, NewEpisode, PartTrouble, SyncReport, empty_report


def report(*, errors: Sequence[tuple[str, str]] = (), error: str = "", **lists: Mapping[str, Any]) -> SyncReport:
    """Return a report: `movies={"added": 3}`, `errors=[("series", "it broke off")]`, `error="unreachable"`."""
    whole = replace(empty_report("home", "completed"), errors=tuple(PartTrouble(part=p, reason=r) for p, r in errors))
    whole = replace(whole, **{name: replace(whole.lists[name], **counts) for name, counts in lists.items()})
    return replace(whole, error=ErrorDocument(code=error, message="", hint="")) if error else whole


def with_new_episodes(report: SyncReport, *titles: str) -> SyncReport:
    """Return the report with new episodes of one series."""
    episodes = tuple(
        NewEpisode(series_id="1", series="Fantômas", id=str(number), season=1, episode=number, title=title)
        for number, title in enumerate(titles, 1)
    )
    return replace(report, details=DetailsReport(renewed=1, failed=0, left=0, new_episodes=episodes))


def as_document(report: SyncReport) -> dict[str, Any]:
    """Return the JSON document of a report, read back."""
    document: dict[str, Any] = json.decode(json.encode(report))
    return document
