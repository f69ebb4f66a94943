"""How the syncs of the past and what they changed become rows, and the words about one of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from textual.content import Content

from tui_app.catalog import ChangedItem, SyncRunInfo
from tui_app.library import ChangeView
from tui_app.text import strip_controls
from tui_app.widgets.change_words import (
    changed_fields,
    fields_words,
    name_words,
    short_summary,
    sign_of,
    summary_words,
)
from tui_app.widgets.empty_state import Emptiness
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_rows import Column, ListRow
from tui_app.widgets.words import clock_words, count_words

RUN_COLUMNS: Final = (Column("Sync", 12), Column("", 12, main=True))
CHANGE_COLUMNS: Final = (Column("What changed", 16, main=True), Column("Kind", 7, min_list_width=40))
_REST_KEY: Final = "rest"
_LONGEST: Final = 40  # characters of "old → new" that a row has room for
_ENDS: Final[Mapping[str, str]] = {
    "partial": "partly",
    "failed": "failed",
    "cancelled": "cancelled",
    "running": "running",
}


def run_row(run: SyncRunInfo, *, is_new: bool, now: float | None = None) -> ListRow:
    """One sync: when, and what came of it in a dozen cells."""
    counts = short_summary(run.counts) if run.status == "completed" or run.recorded or run.omitted else ""
    words = " ".join(filter(None, (counts, _ENDS.get(run.status, ""))))
    when = clock_words(run.at, time.time() if now is None else now)
    is_news = is_new and run.recorded + run.omitted > 0
    return ListRow(str(run.run), (when, words), glyphs().new if is_news else "")


def run_words(run: SyncRunInfo) -> str:
    """All that is to be said of one sync."""
    dot = f" {glyphs().dot} "
    counts = summary_words(run.counts) if run.status in ("completed", "partial") or run.recorded else ""
    end = f"{run.mode} sync {run.status} {clock_words(run.at, time.time())}"
    return strip_controls(dot.join(filter(None, (counts, end, run.reason))))


def why_no_changes(run: SyncRunInfo) -> Emptiness:
    """What to say in place of the changes of a sync that has none to show."""
    if run.omitted:
        return Emptiness(
            "Only the numbers are kept", f"{count_words(run.omitted, 'change')} were too many to list, or long ago."
        )
    if run.status == "running":
        return Emptiness("This sync is running", "What it changes appears here part by part.")
    if run.status == "failed":
        return Emptiness("This sync failed", run.reason, "r syncs again")
    if run.status == "cancelled":
        return Emptiness("This sync was cancelled", "It had changed nothing by then.", "r syncs again")
    return Emptiness("Nothing changed", run.reason or "The provider's lists were as they are here.")


def change_words(changed: ChangedItem) -> Content:
    """All that is known of one change, a line a field."""
    lines = [
        Content.assemble((strip_controls(name_words(changed)), "bold")),
        Content(f"{changed.kind.value}, {changed.change}"),
        *(Content(strip_controls(f"{label}: {words}")) for label, words in changed_fields(changed)),
    ]
    return Content("\n").join(lines)


class ChangeSource:
    """The changes of one sync as rows for a `PagedList`; the last row says how many more there were."""

    def __init__(self, view: ChangeView, omitted: int) -> None:
        self._view = view
        self._omitted = omitted

    @property
    def total(self) -> int:
        return self._view.total + bool(self._omitted)

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        rows = [_change_row(key, changed) for key, changed in self._view.items(start, min(stop, self._view.total))]
        if self._omitted and stop > self._view.total:
            rest = f"and {count_words(self._omitted, 'more change')}, of which only the number is kept"
            rows.append(ListRow(_REST_KEY, (rest, ""), separator=True))
        return rows

    def index_of(self, key: str) -> int | None:
        return self._view.index_of(int(key)) if key.isdigit() else None

    def changed(self, index: int) -> ChangedItem | None:
        """The change in this row; None when it is gone, or the row is the last one."""
        found = self._view.items(index, index + 1)
        return found[0][1] if found else None


def _change_row(key: int, changed: ChangedItem) -> ListRow:
    """A sign, the name, and behind it the fields, told apart by two blanks and their colour."""
    name, fields = name_words(changed), fields_words(changed, longest=_LONGEST)
    cell = f"{name}  {fields}" if fields else name
    spans = ((len(name) + 2, len(cell)),) if fields else ()
    is_gone = changed.change == "removed"
    return ListRow(str(key), (cell, changed.kind.value), sign_of(changed.change), dim=is_gone, spans=spans)
