"""The programmes of one channel, a day at a time, with what can be played again."""

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

_NIGHT_S: Final = 5 * 3_600  # after midnight, an evening ends
_NOTHING: Final = "No programmes on this day"


class DayList(PagedList):
    """A `PagedList` whose rows are the programmes of one day and the night after, by this machine's clock.

    The door: `show_programmes`, `show_loading`, `show_none`. Left and right go to the day before and after, as far as
    there are programmes; `n` to what runs now. What runs is marked, and what can be played again; what is over and gone
    is dim.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Watch", tooltip="Watch what runs, or what is over again", id="day.watch"),
        Binding("left,h", "day(-1)", "Day before", tooltip="The day before", id="day.before"),
        Binding("right,l", "day(1)", "Day after", tooltip="The day after", id="day.after"),
        Binding("n", "now", "Now", tooltip="To what runs now", id="day.now"),
    ]

    @dataclass
    class ProgrammeHighlighted(Message):
        """The cursor stands on a programme. Only the newest of a burst arrives."""

        day: DayList
        programme: Programme

        @property
        def control(self) -> DayList:
            return self.day

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DayList.ProgrammeHighlighted) and message.day is self.day

    @dataclass
    class ProgrammeActivated(Message):
        """Enter, or a double click, on a programme that runs or can be played again."""

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

    # ------------------------------------------------------------------------------------------------- the door
    def show_programmes(
        self, programmes: Sequence[Programme], now: float, *, archive_days: int = 0, at: int | None = None
    ) -> None:
        """Show the day of the programme that starts at `at`, else today; the same day again keeps the cursor."""
        before = self.programme
        self._now, self._archive_days = now, archive_days
        self._days = {}
        for programme in programmes:
            self._days.setdefault(_day_of(programme.start), []).append(programme)
        for programme in reversed(programmes):  # what midnight cuts belongs to both days
            if (morrow := _day_of(programme.stop - 1)) != _day_of(programme.start):
                self._days.setdefault(morrow, []).insert(0, programme)
        for programme in programmes:  # an evening goes on after midnight
            if (eve := _eve_of(programme.start)) in self._days:
                self._days[eve].append(programme)
        wanted = at if at is not None else before.start if before else None
        self._show_day(_day_of(now if wanted is None else wanted), wanted)

    def show_loading(self) -> None:
        """The guide is being fetched, and there is no copy."""
        self.show_empty(f"Fetching the guide {glyphs().ellipsis}")

    def show_none(self, reason: str, hint: str = "") -> None:
        """There is no guide; why, and which key helps."""
        self._days = {}
        self.show_empty("No programme guide", reason, hint)

    @property
    def programme(self) -> Programme | None:
        """Under the cursor."""
        row = self.row
        return next((one for one in self._days.get(self._day, ()) if row and str(one.start) == row.key), None)

    def can_be_watched(self, programme: Programme) -> bool:
        """Whether it runs, or is kept by the provider."""
        return programme.start <= self._now < programme.stop or has_catch_up(programme, self._archive_days, self._now)

    # --------------------------------------------------------------------------------------------------- inside
    def _show_day(self, day: str, start: int | None) -> None:
        """Show a day, the cursor on the programme that begins at `start`, else on what runs, else on the first."""
        self._day = day
        found = self._days.get(day, [])
        self.set_columns(_columns(_day_words(day, self._now)))
        if not found:
            self.show_empty(_NOTHING, _day_words(day, self._now), "n goes to what runs now")
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

    def _say_highlighted(self, row: ListRow) -> None:
        programme = self.programme
        if programme is not None:
            self.post_message(self.ProgrammeHighlighted(self, programme))

    # -------------------------------------------------------------------------------------------------- actions
    def action_activate(self) -> None:
        programme = self.programme
        if programme is not None and self.can_be_watched(programme):
            self.post_message(self.ProgrammeActivated(self, programme))

    def action_day(self, step: int) -> None:
        """To the next day that has programmes."""
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
    """A day by this machine's clock, so that texts of days are in their order."""
    return time.strftime("%Y-%m-%d", time.localtime(at))


def _eve_of(at: int) -> str:
    """The day in whose night a programme begins; "" for one that begins by day."""
    return _day_of(at - _NIGHT_S) if time.localtime(at).tm_hour < _NIGHT_S // 3_600 else ""


def _clock(at: int) -> str:
    return time.strftime("%H:%M", time.localtime(at))


def _day_words(day: str, now: float) -> str:
    """ "Today, Sun 22 Nov"."""
    moment = time.strptime(day, "%Y-%m-%d")
    words = f"{time.strftime('%a', moment)} {moment.tm_mday} {time.strftime('%b', moment)}"
    return f"Today, {words}" if day == _day_of(now) else words
