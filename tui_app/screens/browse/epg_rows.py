"""The current programme in lists and in the details pane. Callers look again when programmes end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tui_app.catalog import Kind, NowNext, Programme
from tui_app.screens.browse.columns import COLUMNS, Items, ItemSource
from tui_app.screens.marks import ShownMarks
from tui_app.widgets.list_model import ListRow
from tui_app.widgets.words import clock

_NOW_AT: Final = next(place for place, column in enumerate(COLUMNS[Kind.CHANNEL]) if column.title == "On now")


class GuideSource(ItemSource):
    """A list of channels with their current programmes. `known` may grow later."""

    def __init__(self, view: Items, marks: ShownMarks, known: Mapping[str, NowNext]) -> None:
        super().__init__(view, marks)
        self._known = known

    def rows(self, start: int, stop: int) -> Sequence[ListRow] | None:
        rows = super().rows(start, stop)
        return None if rows is None else [self._with_guide(row) for row in rows]

    def _with_guide(self, row: ListRow) -> ListRow:
        on = running(self._known.get(row.key), time.time())
        if on is None or row.separator:
            return row
        cells = (*row.cells[:_NOW_AT], on.title, clock(on.stop), *row.cells[_NOW_AT + 2 :])
        return row._replace(cells=cells)


def running(known: NowNext | None, at: float) -> Programme | None:
    """Return the programme that is on at a time, from what is known of an earlier time."""
    if known is None:
        return None
    return next((one for one in (known.now, known.next) if one is not None and one.start <= at < one.stop), None)


def next_change(known: Iterable[NowNext], at: float) -> float | None:
    """Return when the next of these programmes begins or ends; None when nothing is known."""
    moments = [
        moment
        for one in known
        for programme in (one.now, one.next)
        if programme is not None
        for moment in (programme.start, programme.stop)
        if moment > at
    ]
    return min(moments, default=None)


def guide_lines(programmes: Sequence[Programme], at: float) -> tuple[tuple[str, str], ...]:
    """Return (label, words) for the current, the next and later programmes."""
    found = [one for one in programmes if one.stop > at]
    lines: list[tuple[str, str]] = []
    for one in found:
        if one.start <= at:
            label = "Now"
        else:
            label = "Next" if not any(line[0] in ("Next", "Later") for line in lines) else "Later"
        until = f" (until {clock(one.stop)})" if label == "Now" else ""
        lines.append((label, f"{clock(one.start)} {one.title}{until}"))
    return tuple(("" if n and lines[n - 1][0] == label else label, words) for n, (label, words) in enumerate(lines))
