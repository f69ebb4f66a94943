"""Lists with selectable rows, with tracked visible rows, and with ticks.

The screen reads `selected`, acts on the rows, and calls `clear_selection`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import PAGE_SIZE, ListRow, ListSource, PageCache
from tui_app.widgets.list_painter import RowState
from tui_app.widgets.paged_list import PagedList

#: The most rows that can be selected: their keys are held in memory, and actions on them take time.
MOST_SELECTED: Final = 10_000


class SelectableList(PagedList):
    """Space selects a row, `v` begins and ends a range, Escape clears; Ctrl and Shift clicks do the same.

    The selection follows items, not indices: `reload` keeps it, `show` clears it. Headings can't be selected.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Select", show=False, tooltip="Select or unselect", id="list.select"),
        Binding("v", "select_range", "Select range", show=False, tooltip="Begin or end a range", id="list.range"),
        Binding("escape", "select_none", "Clear selection", show=False, tooltip="Clear the selection", id="list.none"),
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._selected: dict[str, ListRow] = {}
        self._range_from: int | None = None

    # ------------------------------------------------------------------------------------------------ interface
    @property
    def selected(self) -> tuple[ListRow, ...]:
        """The selected rows, including an open range."""
        rows = {row.key: row for row in self._open_range()}
        return tuple({**self._selected, **rows}.values())

    @property
    def rows_to_act_on(self) -> tuple[ListRow, ...]:
        """The selected rows, else the one under the cursor."""
        return self.selected if self.is_selecting else super().rows_to_act_on

    @property
    def is_selecting(self) -> bool:
        """True when rows are selected or a range is open."""
        return bool(self._selected) or self._range_from is not None

    def clear_selection(self) -> None:
        """Clear the selection."""
        self._selected.clear()
        self._range_from = None
        self._selection_changed()

    def show(self, source: ListSource, *, keep_key: str | None = None, index: int = 0) -> None:
        self._selected.clear()
        self._range_from = None
        super().show(source, keep_key=keep_key, index=index)

    def may_be_selected(self, row: ListRow) -> bool:
        """Return False for headings."""
        return not row.separator

    def as_selected(self, row: ListRow) -> ListRow:
        """Return a selected row marked with a sign, because colour alone is not enough."""
        return row._replace(marks=glyphs().selected, dim=False)

    # ------------------------------------------------------------------------------------------------ internals
    def _toggle(self, row: ListRow | None) -> None:
        if row is None or not self.may_be_selected(row):
            return
        if self._selected.pop(row.key, None) is None and len(self._selected) < MOST_SELECTED:
            self._selected[row.key] = row

    def _open_range(self) -> list[ListRow]:
        """Return the rows of the open range, at most as many as may still be selected."""
        if self._range_from is None or not self.total:
            return []
        first, last = sorted((min(self._range_from, self.total - 1), self._cursor))
        last = min(last, first + MOST_SELECTED - len(self._selected) - 1)
        rows: list[ListRow] = []
        for start in range(first, last + 1, PAGE_SIZE):
            rows += self._pages.source.rows(start, min(last + 1, start + PAGE_SIZE)) or ()
        return [row for row in rows if self.may_be_selected(row)]

    def _is_selected(self, index: int, row: ListRow) -> bool:
        if row.key in self._selected:
            return True
        begin = self._range_from
        in_range = begin is not None and min(begin, self._cursor) <= index <= max(begin, self._cursor)
        return in_range and self.may_be_selected(row)

    def _selection_changed(self) -> None:
        self.refresh_bindings()
        self.refresh()

    def _move_cursor(self, index: int) -> None:
        super()._move_cursor(index)
        if self._range_from is not None:
            self.refresh()

    def _paint_row(self, index: int, width: int, state: RowState) -> Strip:
        row = self._pages.row(index) if self.is_selecting else None
        if row is not None and self._is_selected(index, row):
            return self._painter.selected_row(self.as_selected(row), width, state)
        return super()._paint_row(index, width, state)

    @property
    def _counter(self) -> str:
        if not self.is_selecting:
            return super()._counter
        span = 0 if self._range_from is None else abs(self._range_from - self._cursor) + 1
        count = min(len(self._selected) + span, MOST_SELECTED)  # includes headings until the range is closed
        return f"{count:,} selected  {super()._counter}"

    # -------------------------------------------------------------------------------------------------- actions
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "select_none":  # otherwise the screen handles Escape
            return self.is_selecting
        return super().check_action(action, parameters)

    def action_select(self) -> None:
        """Select or unselect the row under the cursor and move down."""
        self._toggle(self.row)
        self._move_cursor(self._cursor + 1)
        self._selection_changed()

    def action_select_range(self) -> None:
        """Begin a range here, or end it here."""
        if self._range_from is None:
            self._range_from = self._cursor
        else:
            self._selected.update((row.key, row) for row in self._open_range())
            self._range_from = None
        self._selection_changed()

    def action_select_none(self) -> None:
        self.clear_selection()

    def on_click(self, event: events.Click) -> None:
        before = self._cursor
        super().on_click(event)
        if event.ctrl:
            self._toggle(self.row)
            self._selection_changed()
        elif event.shift and self._range_from is None:
            self._range_from = before
            self.action_select_range()


class HeadedList(SelectableList):
    """A list with headings, over which the cursor jumps; the heading above its row stays visible."""

    def reload(self, source: ListSource) -> None:
        super().reload(source)
        self._move_cursor(self._cursor)

    def _move_cursor(self, index: int) -> None:
        super()._move_cursor(self._title_near(index, -1 if index < self._cursor else 1))
        if self._cursor and not self._title_before(self._cursor):
            self._scroll_to_row(min(self.scroll_offset.y, max(0, self._cursor - 1)))

    def _title_before(self, index: int) -> bool:
        row = self._pages.row(index - 1)
        return row is not None and not row.separator

    def _title_near(self, index: int, step: int) -> int:
        """Return the nearest row in this direction that is no heading, else the nearest in the other one."""
        index = max(0, min(self.total - 1, index))
        ahead, behind = list(range(index, self.total)), list(range(index, -1, -1))
        for one in ahead + behind if step > 0 else behind + ahead:
            row = self._pages.row(one)
            if row is not None and not row.separator:
                return one
        return index


class FollowedList(SelectableList):
    """A list that reports its visible rows: `Seen` is posted when `seen_keys` may have changed."""

    @dataclass
    class Seen(PagedList.ListMessage):
        """The visible rows or the cursor may have changed. Replaces an older, unhandled message."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, FollowedList.Seen) and message.list is self.list

    @property
    def seen_keys(self) -> tuple[str, ...]:
        """The keys of the visible rows, the one under the cursor first, without headings."""
        first = self.scroll_offset.y
        rows = [self._pages.row(index) for index in range(first, min(self.total, first + self._page_rows))]
        keys = [row.key for row in (self.row, *rows) if row is not None and not row.separator]
        return tuple(dict.fromkeys(keys))

    def reread(self, keys: Collection[str]) -> None:
        """Repaint the visible rows with these keys, after the source changed their text."""
        self._pages = PageCache(self._pages.source, self._ask_for_page)
        self._painter.forget_rows()
        first = self.scroll_offset.y
        for index in range(first, min(self.total, first + self._page_rows)):
            row = self._pages.row(index)
            if row is not None and row.key in keys:
                self.refresh_line(index + self._header_lines)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Seen(self))

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(self.Seen(self))

    def _post_highlighted(self, row: ListRow) -> None:
        super()._post_highlighted(row)
        self.post_message(self.Seen(self))


TICKED: Final = "[X]"
UNTICKED: Final = "[ ]"
_TICK_CELLS: Final = 4  # of a row, from the left: a click there ticks


class TickList(PagedList, inherit_bindings=False):
    """A list whose rows carry `TICKED` or `UNTICKED` as marks. Letters are free, for example for a filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "activate", "Tick", tooltip="Tick or untick this row", id="ticks.toggle"),
        Binding("up", "move(-1)", "Up", show=False, tooltip="One row up", id="ticks.up"),
        Binding("down", "move(1)", "Down", show=False, tooltip="One row down", id="ticks.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="One page up", id="ticks.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="One page down", id="ticks.page_down"),
        Binding("home", "move(-1000000000)", "First", show=False, tooltip="Go to the first row", id="ticks.top"),
        Binding("end", "move(1000000000)", "Last", show=False, tooltip="Go to the last row", id="ticks.bottom"),
    ]

    @dataclass
    class Toggled(PagedList.ListMessage):
        """The user ticked or unticked the row with this key."""

        key: str

    def action_activate(self) -> None:
        if self.row is not None:
            self.post_message(self.Toggled(self, self.row.key))

    def on_click(self, event: events.Click) -> None:
        """Toggle on a single click on the tick, elsewhere on a double click as in every list."""
        index = self.scroll_offset.y + event.y - self._header_lines
        if event.x < _TICK_CELLS and event.chain == 1 and event.y >= self._header_lines and index < self.total:
            self.move_to(index)
            self.action_activate()
