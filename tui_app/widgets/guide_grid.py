"""The guide as a grid: channels down, time across. The rows are those of a `PagedList`; time is a second cursor.

A row is painted from the programmes that `ShownProgrammes` has by then; nothing here reads or waits.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any, ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip

from tui_app.catalog import Programme, has_catch_up
from tui_app.text import cell_width
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import ListRow, ListSource
from tui_app.widgets.list_painter import RowState
from tui_app.widgets.row_painter import paint_line, shown_text, strip_of
from tui_app.widgets.selectable_list import FollowedList
from tui_app.widgets.time_window import SLOT_S, ShownProgrammes, TimeWindow, slot_of, split_at, with_gaps
from tui_app.widgets.words import clock

_SLOT_CELLS: Final = 15  # of half an hour, at least
#: How far the cursor goes: more than is stored.
_BACK_S, _AHEAD_S = 32 * 86_400, 15 * 86_400
#: Below this width there is one programme a row instead of a grid.
GRID_FROM: Final = 56
_NAMES: Final = ((110, 26), (GRID_FROM, 18), (0, 14))  # width of the widget → cells of the names
_UNTIL_CELLS: Final = 6
_STRIPS_KEPT: Final = 500

_NO_GUIDE: Final = "no guide stored"

Pieces = list[tuple[str, Style]]


class GuideGrid(FollowedList):
    """The grid. `known` answers what is on; call `show_known(keys)` when it knows more of these channels.

    `at` is the time of the cursor (epoch seconds), `programme` what is on there. Left and right go to the previous and
    next programme, by half hours where a row has no guide. `Seen` is posted when the visible part may have changed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Earlier", show=False, tooltip="Previous programme", id="grid.earlier"),
        Binding("right,l", "step(1)", "Later", show=False, tooltip="Next programme", id="grid.later"),
        Binding("<", "hours(-1)", "Hours back", show=False, tooltip="Earlier hours", id="grid.back"),
        Binding(">", "hours(1)", "Hours on", show=False, tooltip="Later hours", id="grid.on"),
        Binding("[", "day(-1)", "Day before", show=False, tooltip="Previous day, same hour", id="grid.day_before"),
        Binding("]", "day(1)", "Next day", tooltip="Next day, same hour", id="grid.day_after"),
        Binding("n", "now", "Now", tooltip="Go to what is on now", id="grid.now"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"guide-grid--{part}" for part in ("past", "now", "coming", "gap", "edge", "line", "here")
    }
    DEFAULT_CSS = """
    GuideGrid {
        & > .guide-grid--past { background: $surface; color: $text-muted; }
        & > .guide-grid--now { background: $panel; color: $foreground; text-style: bold; }
        & > .guide-grid--coming { background: $surface; color: $foreground; }
        & > .guide-grid--gap { background: $surface; color: $text-disabled; }
        & > .guide-grid--edge { color: $text-muted; }
        & > .guide-grid--line { color: $text-accent; text-style: bold; }
        & > .guide-grid--here { background: $surface; color: $text-accent; text-style: bold; }
    }
    """

    def __init__(self, known: ShownProgrammes, name_at: int, **options: Any) -> None:
        """Create the grid. `name_at`: the number of the cell with a channel's name."""
        super().__init__(**options)
        self._known = known
        self._name_at = name_at
        self._start = self._painted_start = 0  # of the visible time
        self.at = 0
        self._strips: dict[str, Strip] = {}
        self._looks: dict[tuple[str, bool], Style] = {}
        self._set_time(int(time.time()))

    # ------------------------------------------------------------------------------------------------ interface
    @property
    def window(self) -> tuple[int, int]:
        """The visible time, in epoch seconds."""
        return self._window.start, self._window.stop

    @property
    def programme(self) -> Programme | None:
        """The programme under the cursor; None in a gap and before it is read."""
        return self._programme_at(self.at)

    @property
    def follows_now(self) -> bool:
        """True when the cursor is at what is on now."""
        return slot_of(self.at) <= time.time() < slot_of(self.at) + SLOT_S or (
            (one := self.programme) is not None and one.start <= time.time() < one.stop
        )

    def go_to_time(self, at: int) -> None:
        """Move the cursor to a time."""
        self._set_time(at)
        self._time_changed()

    def show_known(self, keys: Collection[str]) -> None:
        """Paint channels again of which more is known."""
        for key in keys:
            self._strips.pop(key, None)
        first = self.scroll_offset.y
        for index in range(first, min(self.total, first + self._page_rows)):
            if (row := self._pages.row(index)) is not None and row.key in keys:
                self.refresh_line(index + self._header_lines)

    def keys_around(self, pages: int = 1) -> tuple[str, ...]:
        """Return the keys of the visible rows, then of those a page below and above."""
        first, rows = self.scroll_offset.y, self._page_rows
        near = (*range(first, first + (1 + pages) * rows), *range(first - 1, first - 1 - pages * rows, -1))
        found = (self._pages.row(index) for index in near)
        return tuple(row.key for row in found if row is not None and not row.separator)

    def pass_time(self) -> None:
        """Move the now-line."""
        self._strips.clear()
        self.refresh()

    @property
    def seconds_per_cell(self) -> float:
        return self._window.span / max(1, self._window.cells)

    # ------------------------------------------------------------------------------------------------ internals
    @property
    def is_grid(self) -> bool:
        return self.size.width >= GRID_FROM

    @property
    def _name_cells(self) -> int:
        have = self.size.width  # read once: a layout lies behind it
        return next(cells for width, cells in _NAMES if have >= width)

    @property
    def _window(self) -> TimeWindow:
        cells = max(1, self.size.width - self._name_cells - 1)
        slots = max(2, cells // _SLOT_CELLS)
        return TimeWindow(self._start, slots * SLOT_S, cells)

    def _programme_at(self, at: int) -> Programme | None:
        row = self.row
        found = self._known.between(row.key, at, at + 1) if row is not None and not row.separator else None
        return next((one for one in found or () if one.start <= at < one.stop), None)

    def _set_time(self, at: int) -> None:
        now = int(time.time())
        self.at = max(now - _BACK_S, min(now + _AHEAD_S, at))
        if not self._start or self.at < self._start:
            self._start = slot_of(self.at)
        elif self.at >= self._window.stop:
            self._start = slot_of(self.at) - self._window.span + 2 * SLOT_S

    def _time_changed(self) -> None:
        """Paint the row of the cursor again, or all where the visible time is another one."""
        if self.is_grid and self._start == self._painted_start:
            self.refresh_line(self._cursor + self._header_lines)
            self.refresh_line(0)
        else:
            self._painted_start = self._start
            self._strips.clear()
            self.refresh()
        self.post_message(self.Seen(self))

    def _look_of(self, part: str, *, partial: bool = False) -> Style:
        key = part, partial
        if key not in self._looks:
            name = part if "--" in part else f"guide-grid--{part}"
            self._looks[key] = self.get_component_rich_style(name, partial=partial)
        return self._looks[key]

    def show(self, source: ListSource, *, keep_key: str | None = None, index: int = 0) -> None:
        super().show(source, keep_key=keep_key, index=index)
        if self.row is not None and self.row.separator:
            self.action_move(1)

    def _take(self, source: ListSource, cursor: int) -> None:
        self._strips.clear()
        super()._take(source, cursor)

    def _refresh_counter(self) -> None:
        self.refresh(Region(0, 0, self._name_cells + 1, 1))

    # ------------------------------------------------------------------------------------------------- painting
    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._looks.clear()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        return super().render_line(y) if y else self._header()

    def _header(self) -> Strip:
        """Paint the day, and the hours above their cells."""
        width, style = self.size.width, self._look_of("paged-list--header")
        day = time.strftime("%a %d %b", time.localtime(self.at))
        lead = f" {self.entry}_" if self.entry is not None else f" {day}"
        counter = self._counter
        if self.entry is None and len(lead) + len(counter) + 2 <= self._name_cells:
            lead += counter.rjust(self._name_cells - len(lead))
        pieces: Pieces = [(shown_text(lead, self._name_cells + 1), style)]
        if not self.is_grid:
            pieces.append((f"at {clock(self.at)}".ljust(width - self._name_cells - 1 - _UNTIL_CELLS) + " Until", style))
            return strip_of(pieces, width, style)
        window, text = self._window, ""
        for at in range(window.start, window.stop, SLOT_S):
            text = text.ljust(window.cell(at)) + clock(at)
        pieces.append((text[: window.cells].ljust(window.cells), style))
        return self._with_now_line(strip_of(pieces, width, style), style)

    def _with_now_line(self, strip: Strip, style: Style) -> Strip:
        now, window = time.time(), self._window
        if not window.start <= now < window.stop:
            return strip
        x = self._name_cells + 1 + window.cell(now)
        letter = strip.text[x : x + 1]  # of a time, or a blank
        sign = strip_of([(letter.strip() or glyphs().open, style + self._look_of("line", partial=True))], 1, style)
        return Strip.join([strip.crop(0, x), sign, strip.crop(x + 1, self.size.width)])

    def _paint_row(self, index: int, width: int, state: RowState) -> Strip:
        row = self._pages.row(index)
        if row is None:
            return paint_line(glyphs().ellipsis, width, self._look_of("gap"))
        if state == "plain" and row.key in self._strips and not self.is_selecting:
            return self._strips[row.key]
        if row.separator:
            return paint_line(row.cells[self._name_at], width, self._look_of("paged-list--separator"))
        pieces = [(self._named(index, row), self._look_of("coming" if state == "plain" else "here"))]
        cursor = None if state == "plain" else self._look_of(f"paged-list--{state}")
        pieces += self._grid_cells(row, cursor) if self.is_grid else self._one_programme(row, width, cursor)
        strip = strip_of(pieces, width, self._look_of("coming"))
        if state == "plain" and not self.is_selecting:
            if len(self._strips) >= _STRIPS_KEPT:
                self._strips.clear()
            self._strips[row.key] = strip
        return strip

    def _named(self, index: int, row: ListRow) -> str:
        marks = self.as_selected(row).marks if self._is_selected(index, row) else row.marks
        return f" {shown_text(marks, 1)} {shown_text(row.cells[self._name_at], self._name_cells - 3)} "

    def _one_programme(self, row: ListRow, width: int, cursor: Style | None) -> Pieces:
        """Return the programme at the cursor's time and its end, where there is no room for a grid."""
        found = self._known.between(row.key, self.at, self.at + 1)
        on = next((one for one in found or () if one.start <= self.at < one.stop), None)
        style = cursor or self._look_of(self._part_of(on, time.time()))
        words = self._words(row.key, on, time.time()) if on else glyphs().ellipsis if found is None else ""
        room = width - self._name_cells - 1 - _UNTIL_CELLS
        return [(shown_text(words, room), style), (f" {clock(on.stop) if on else '':5}", style)]

    def _grid_cells(self, row: ListRow, cursor: Style | None) -> Pieces:
        window, now = self._window, time.time()
        found = self._known.between(row.key, window.start, window.stop)
        gap = f" {glyphs().ellipsis}" if found is None else "" if found else f" {_NO_GUIDE}"
        pieces: Pieces = []
        for begin, end, one in with_gaps(found or (), window):
            if one is None:
                pieces += self._gap(_beside_line(gap, begin, end, window.cell(now)), begin, end, cursor)
            else:
                is_here = cursor is not None and one.start <= self.at < one.stop
                words = _beside_line(self._words(row.key, one, now), begin + 1, end, window.cell(now))
                look = cursor if cursor and is_here else self._look_of(self._part_of(one, now))
                edge = look if is_here else look + self._look_of("edge", partial=True)
                pieces += [(glyphs().edge, edge), (shown_text(words, end - begin - 1), look)]
        return self._crossed(pieces, window, now)

    def _gap(self, words: str, begin: int, end: int, cursor: Style | None) -> Pieces:
        """Return a part without a programme; in it the cursor is half an hour wide."""
        text, style = words.ljust(end - begin)[: end - begin], self._look_of("gap")
        first, last = (self._window.cell(slot_of(self.at) + more) for more in (0, SLOT_S))
        first, last = max(0, first - begin), min(len(text), last - begin)
        if cursor is None or first >= last:
            return [(text, style)]
        return [(text[:first], style), (text[first:last], cursor), (text[last:], style)]

    def _words(self, key: str, one: Programme, now: float) -> str:
        if one.start > now:
            return f"{glyphs().reminder} {one.title}" if self._known.is_reminded(key, one.start) else one.title
        again = has_catch_up(one, self._known.archive_days(key), now)
        return f"{glyphs().catchup} {one.title}" if again else one.title

    @staticmethod
    def _part_of(one: Programme | None, now: float) -> str:
        if one is None:
            return "gap"
        return "past" if one.stop <= now else "now" if one.start <= now else "coming"

    def _crossed(self, pieces: Pieces, window: TimeWindow, now: float) -> Pieces:
        """Return the pieces with the now-line among them: the text of its programme goes on behind it."""
        if not window.start <= now < window.stop:
            return pieces
        at, x, crossed = window.cell(now), 0, Pieces()
        for text, style in pieces:
            width = cell_width(text)
            if x <= at < x + width:
                before, behind = split_at(text, at - x)
                line = style + self._look_of("line", partial=True)
                crossed += [(before, style), (glyphs().now_line, line), (behind, style)]
            else:
                crossed.append((text, style))
            x += width
        return crossed

    # --------------------------------------------------------------------------------------------------- events
    def on_resize(self) -> None:
        self._strips.clear()
        self._painted_start = 0
        self._set_time(self.at)
        super().on_resize()

    def on_click(self, event: events.Click) -> None:
        x = event.x - self._name_cells - 1
        if self.is_grid and x >= 0 and event.y >= self._header_lines:
            self._set_time(int(self._window.start + x * self.seconds_per_cell))
            self._time_changed()
        super().on_click(event)

    # -------------------------------------------------------------------------------------------------- actions
    def action_move(self, rows: int) -> None:
        """Move by rows; headings between channels are passed over."""
        target = self._cursor + rows
        while rows in (-1, 1) and (row := self._pages.row(target)) is not None and row.separator:
            target += rows
        if 0 <= target < self.total:
            self._move_cursor(target)

    def action_step(self, step: int) -> None:
        """Go to the next programme in this direction, by half hours where none is known."""
        here = self.programme
        if step > 0:
            target = here.stop if here else slot_of(self.at) + SLOT_S
            if here is None and (row := self.row) is not None:
                following = self._known.between(row.key, self.at, target) or ()
                target = next((one.start for one in following if one.start > self.at), target)
        else:
            before = (here.start if here else slot_of(self.at)) - 1
            found = self._programme_at(before)
            target = found.start if found else slot_of(before)
        self.go_to_time(target)

    def action_hours(self, step: int) -> None:
        """Go earlier or later by the visible hours, less one."""
        move = step * max(SLOT_S, self._window.span - 2 * SLOT_S)
        self._start += move
        self.go_to_time(self.at + move)

    def action_day(self, step: int) -> None:
        """Go to the same hour of another day."""
        offset = self.at - self._start
        moment = time.localtime(self.at)
        at = int(time.mktime((*moment[:2], moment.tm_mday + step, *moment[3:6], 0, 0, -1)))
        self._start = at - offset
        self.go_to_time(at)

    def action_now(self) -> None:
        """Go to what is on now."""
        now = int(time.time())
        self._start = slot_of(now - SLOT_S // 3)
        self.go_to_time(now)


def _beside_line(words: str, begin: int, end: int, line: int) -> str:
    """Move a title that the now-line would cut behind it, where it has room there."""
    before, width = line - begin, cell_width(words)
    return " " * before + words if 0 < before < width <= end - begin - before - 1 else words
