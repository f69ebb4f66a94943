"""The programmes of one channel, a day at a time, marking those that can be played."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message

from tui_app.catalog import Programme, has_catch_up
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.words import length_words

_NIGHT_S: Final = 5 * 3_600  # after midnight, when an evening ends
_NOTHING: Final = "No programmes on this day"


class DayList(PagedList):
    """A `PagedList` of the programmes of one day and the night after, in local time.

    Interface: `show_programmes`, `show_loading`, `show_none`. Left and right go to the previous and next day with
    programmes; `n` goes to the current programme. The current programme and those in the archive are marked; past
    ones outside the archive are dim.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Watch", tooltip="Watch the current programme or a past one", id="day.watch"),
        Binding("left,h", "day(-1)", "Previous day", tooltip="Go to the previous day", id="day.before"),
        Binding("right,l", "day(1)", "Next day", tooltip="Go to the next day", id="day.after"),
        Binding("n", "now", "Now", tooltip="Go to the current programme", id="day.now"),
    ]

    @dataclass
    class ProgrammeHighlighted(Message):
        """The cursor moved to a programme. Replaces an older, unhandled message."""

        day: DayList
        programme: Programme

        @property
        def control(self) -> DayList:
            return self.day

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DayList.ProgrammeHighlighted) and message.day is self.day

    @dataclass
    class ProgrammeActivated(Message):
        """The user pressed Enter or double-clicked on a programme that can be played."""

        day: DayList
        programme: Programme

        @property
        def control(self) -> DayList:
            return self.day

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(columns=_columns(""), name=name, id=id, classes=classes)
        self._days: dict[str, list[Programme]] = {}
        self._day = ""
        self._archive_days = 0
        self._now = 0.0

    # ------------------------------------------------------------------------------------------------ interface
    def show_programmes(
        self, programmes: Sequence[Programme], now: float, *, archive_days: int = 0, at: int | None = None
    ) -> None:
        """Show the day of the programme that starts at `at`, else today.

        Showing the same day again keeps the cursor.
        """
        before = self.programme
        self._now, self._archive_days = now, archive_days
        self._days = {}
        for programme in programmes:
            self._days.setdefault(_day_of(programme.start), []).append(programme)
        for programme in reversed(programmes):  # a programme across midnight belongs to both days
            if (morrow := _day_of(programme.stop - 1)) != _day_of(programme.start):
                self._days.setdefault(morrow, []).insert(0, programme)
        for programme in programmes:  # programmes after midnight belong to the evening before
            if (eve := _eve_of(programme.start)) in self._days:
                self._days[eve].append(programme)
        wanted = at if at is not None else before.start if before else None
        self._show_day(_day_of(now if wanted is None else wanted), wanted)

    def show_loading(self) -> None:
        """Show that the guide is being fetched."""
        self.show_empty(f"Fetching the guide {glyphs().ellipsis}")

    def show_none(self, reason: str, hint: str = "") -> None:
        """Show why there is no guide, and which key helps."""
        self._days = {}
        self.show_empty("No TV guide", reason, hint)

    @property
    def programme(self) -> Programme | None:
        """The programme under the cursor."""
        row = self.row
        return next((one for one in self._days.get(self._day, ()) if row and str(one.start) == row.key), None)

    def can_be_watched(self, programme: Programme) -> bool:
        """Return True when a programme is on now or in the provider's archive."""
        return programme.start <= self._now < programme.stop or has_catch_up(programme, self._archive_days, self._now)

    # ------------------------------------------------------------------------------------------------ internals
    def _show_day(self, day: str, start: int | None) -> None:
        """Show a day with the cursor on the programme that begins at `start`, else on the current one."""
        self._day = day
        found = self._days.get(day, [])
        self.set_columns(_columns(_day_words(day, self._now)))
        if not found:
            self.show_empty(_NOTHING, _day_words(day, self._now), "n goes to the current programme")
            return
        running = next((index for index, one in enumerate(found) if one.stop > self._now), 0)
        index = next((index for index, one in enumerate(found) if one.start == start), running)
        self.show(RowsSource([self._row(one) for one in found]), index=index)

    def _row(self, one: Programme) -> ListRow:
        runs = one.start <= self._now < one.stop
        again = has_catch_up(one, self._archive_days, self._now)
        mark = glyphs().closed if runs else glyphs().catchup if again else ""
        cells = (_clock(one.start), one.title, length_words(one.stop - one.start))
        return ListRow(str(one.start), cells, mark, dim=one.stop <= self._now and not again)

    def _post_highlighted(self, row: ListRow) -> None:
        programme = self.programme
        if programme is not None:
            self.post_message(self.ProgrammeHighlighted(self, programme))

    # -------------------------------------------------------------------------------------------------- actions
    def action_activate(self) -> None:
        programme = self.programme
        if programme is not None and self.can_be_watched(programme):
            self.post_message(self.ProgrammeActivated(self, programme))

    def action_day(self, step: int) -> None:
        """Go to the next day with programmes in this direction."""
        days = sorted(self._days)
        if step > 0:
            found = next((day for day in days if day > self._day), None)
        else:
            found = next((day for day in reversed(days) if day < self._day), None)
        if found is not None:
            self._show_day(found, None)

    def action_now(self) -> None:
        self._show_day(_day_of(self._now), None)


def _columns(day: str) -> tuple[Column, ...]:
    return (
        Column("Time", 5, "right"),
        Column(day or "Programme", 16, main=True),
        Column("Length", 10, "right", 44),
    )


def _day_of(at: float) -> str:
    """Return a day in local time; as text, days sort in order."""
    return time.strftime("%Y-%m-%d", time.localtime(at))


def _eve_of(at: int) -> str:
    """Return the previous day for a programme after midnight; "" for one by day."""
    return _day_of(at - _NIGHT_S) if time.localtime(at).tm_hour < _NIGHT_S // 3_600 else ""


def _clock(at: int) -> str:
    return time.strftime("%H:%M", time.localtime(at))


def _day_words(day: str, now: float) -> str:
    """Format a day: "Today, Sun 22 Nov"."""
    moment = time.strptime(day, "%Y-%m-%d")
    words = f"{time.strftime('%a', moment)} {moment.tm_mday} {time.strftime('%b', moment)}"
    return f"Today, {words}" if day == _day_of(now) else words
