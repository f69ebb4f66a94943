"""Rows of the history: what to go on with on top, then what was played, day by day. Values and words only."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Final

from tui_app.catalog import Continuing, Kind, Played
from tui_app.screens.play_words import title_words
from tui_app.screens.shown_marks import ShownMarks
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_rows import Column, ListRow
from tui_app.widgets.words import ago_words, day_words, progress_words, time_words

_BAR_CELLS: Final = 8
COLUMNS: Final = (
    Column("Title", 16, main=True),
    Column("Kind", 7, min_list_width=96),
    Column("", _BAR_CELLS, min_list_width=78),
    Column("How far", 13, min_list_width=38),
    Column("When", 11, "right", 60),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a title to go on with, a title that was played, or a heading."""

    key: str
    what: Continuing | Played | str


class HistorySource:
    """Rows for a `PagedList`, made when they are seen. `now` (epoch seconds) is the day that is called today."""

    def __init__(
        self,
        continuing: Sequence[Continuing],
        played: Sequence[Played],
        marks: Mapping[Kind, ShownMarks],
        now: float,
    ) -> None:
        self._marks = marks
        self._now = now
        self._entries = tuple(_entries(continuing, played, now))
        self._index = {entry.key: index for index, entry in enumerate(self._entries)}
        self._titles = tuple(accumulate(not isinstance(entry.what, str) for entry in self._entries))

    @property
    def total(self) -> int:
        return len(self._entries)

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        return [self._row(entry) for entry in self._entries[start:stop]]

    def index_of(self, key: str) -> int | None:
        return self._index.get(key)

    def titles_until(self, index: int) -> int:
        return self._titles[index]

    def entry(self, key: str) -> Continuing | Played | None:
        """The title of a row; None for a heading, and for a row that is not here."""
        index = self._index.get(key)
        what = None if index is None else self._entries[index].what
        return None if isinstance(what, str) else what

    def _row(self, entry: Entry) -> ListRow:
        what = entry.what
        if isinstance(what, str):
            return ListRow(entry.key, (what,), separator=True)
        marks = self._marks.get(what.ref.kind, ShownMarks())
        when = ago_words(self._now - what.at) if isinstance(what, Continuing) else time_words(what.at)
        cells = (title_words(what.ref), what.ref.kind.value, _bar(what), how_far(what), when)
        return ListRow(entry.key, cells, marks.cells(what.ref.id), dim=what.is_gone)


def how_far(what: Continuing | Played) -> str:
    """How far it was played, in words."""
    if what.is_gone:
        return "gone"
    if isinstance(what, Continuing) and what.is_next:
        return "next episode" if what.ref.episode is None else f"next S{what.ref.season or 0:02}E{what.ref.episode:02}"
    if isinstance(what, Played) and what.is_done:
        return "watched"
    is_watched = isinstance(what, Played) and what.watched_at is not None
    return progress_words(what.position_s, what.duration_s) or ("watched" if is_watched else "")


def _bar(what: Continuing | Played) -> str:
    """The same as a bar; "" where it would say nothing."""
    if isinstance(what, Played) and what.is_done:
        return glyphs().bar_full * _BAR_CELLS
    if what.is_gone or not what.duration_s or what.position_s < 60:
        return ""
    halves = round(2 * _BAR_CELLS * min(1.0, what.position_s / what.duration_s))
    full, half = divmod(halves, 2)
    return (glyphs().bar_full * full + glyphs().bar_half * half).ljust(_BAR_CELLS, glyphs().bar_empty)


def _entries(continuing: Sequence[Continuing], played: Sequence[Played], now: float) -> Iterator[Entry]:
    if continuing:
        yield Entry("heading continue", "Continue watching")
    for going in continuing:
        yield Entry(f"continue {going.ref.kind} {going.ref.id}", going)
    for day, of_day in groupby(played, key=lambda one: time.localtime(one.at)[:3]):
        for number, one in enumerate(of_day):
            if not number:
                yield Entry(f"heading {day}", day_words(one.at, now))
            yield Entry(f"played {one.ref.kind} {one.ref.id}", one)
