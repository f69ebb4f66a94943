"""A `PagedList` of which several rows can be selected, one by one or from here to there.

What is done with them is the screen's business: it asks `selected`, acts, and calls `clear_selection`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_painter import RowState
from tui_app.widgets.list_rows import ListRow, ListSource
from tui_app.widgets.page_cache import PAGE_SIZE
from tui_app.widgets.paged_list import PagedList

#: The most rows that can be selected at once: their keys are held in memory, and acting on them takes a moment.
MOST_SELECTED: Final = 10_000


class SelectableList(PagedList):
    """Space selects a row, `v` begins a range and ends it, Escape selects nothing. Ctrl and Shift clicks do the same.

    The selection goes with the items, not with their places: `reload` keeps it, `show` ends it. Headings can't be
    selected.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Select", show=False, tooltip="Select this row, or not", id="list.select"),
        Binding("v", "select_range", "Select range", show=False, tooltip="From here; again: to here", id="list.range"),
        Binding("escape", "select_none", "Select none", show=False, tooltip="Nothing is selected", id="list.none"),
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._selected: dict[str, ListRow] = {}
        self._range_from: int | None = None

    # ------------------------------------------------------------------------------------------------- the door
    @property
    def selected(self) -> tuple[ListRow, ...]:
        """The selected rows, a range still open included; () when none is."""
        rows = {row.key: row for row in self._open_range()}
        return tuple({**self._selected, **rows}.values())

    @property
    def is_selecting(self) -> bool:
        """Whether anything is selected, or a range is open."""
        return bool(self._selected) or self._range_from is not None

    def clear_selection(self) -> None:
        """Select nothing."""
        self._selected.clear()
        self._range_from = None
        self._selection_changed()

    def show(self, source: ListSource, *, keep_key: str | None = None, index: int = 0) -> None:
        self._selected.clear()
        self._range_from = None
        super().show(source, keep_key=keep_key, index=index)

    def may_be_selected(self, row: ListRow) -> bool:
        """Headings can't."""
        return not row.separator

    def as_selected(self, row: ListRow) -> ListRow:
        """How a selected row looks: with a sign, because colours are not for everybody."""
        return row._replace(marks=glyphs().selected, dim=False)

    # --------------------------------------------------------------------------------------------------- inside
    def _toggle(self, row: ListRow | None) -> None:
        if row is None or not self.may_be_selected(row):
            return
        if self._selected.pop(row.key, None) is None and len(self._selected) < MOST_SELECTED:
            self._selected[row.key] = row

    def _open_range(self) -> list[ListRow]:
        """The rows from where the range began to the cursor; as many as may still be selected."""
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
        count = min(len(self._selected) + span, MOST_SELECTED)  # headings in a range are counted until it is closed
        return f"{count:,} selected  {super()._counter}"

    # -------------------------------------------------------------------------------------------------- actions
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "select_none":  # else Escape belongs to the screen
            return self.is_selecting
        return super().check_action(action, parameters)

    def action_select(self) -> None:
        """Select the row under the cursor, or not, and go on to the next."""
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
