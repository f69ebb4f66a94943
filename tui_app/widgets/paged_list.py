"""A list for any number of rows: it paints the visible ones and requests only those from its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_app.text import cell_width
from tui_app.widgets.command_entry import CommandEntry
from tui_app.widgets.list_model import (
    PAGE_SIZE,
    AwaitedSource,
    Column,
    CountsTitles,
    Emptiness,
    FindsKeys,
    ListRow,
    ListSource,
    PageCache,
    RowsSource,
)
from tui_app.widgets.list_painter import LIST_CSS, PARTS, ListPainter, RowState, paint_emptiness
from tui_app.widgets.row_painter import strip_of

__all__ = ["AwaitedSource", "Column", "FindsKeys", "ListRow", "ListSource", "PagedList", "RowsSource"]

_WHEEL_ROWS: Final = 3
_TITLE: Final = (Column("", main=True),)


class PagedList(CommandEntry, ScrollView, can_focus=True):
    """A list of rows in columns with one cursor.

    Interface: `show(source)` shows a list, `reload(source)` a newer state of the same list, `move_to(index)` moves
    the cursor, `put(start, rows, generation)` answers `PageNeeded`, `show_empty(...)` explains an empty list.
    `jump_scroll` scrolls by half a page at the edge (for slow lines). Call them on the event loop; the cost of each is
    independent of the number of rows.

    Other letters than those bound here are free for the screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Open", tooltip="Open this row", id="list.open"),
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="One row up", id="list.up"),
        Binding("down,j", "move(1)", "Down", show=False, tooltip="One row down", id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="One page up", id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="One page down", id="list.page_down"),
        Binding("home,g", "move(-1000000000)", "First", show=False, tooltip="Go to the first row", id="list.top"),
        Binding("end,G", "move(1000000000)", "Last", show=False, tooltip="Go to the last row", id="list.bottom"),
        Binding(":", "start_number", "Go to row", show=False, tooltip="Type a row (12G) or command", id="list.number"),
        Binding("'", "start_letter", "Letter", show=False, tooltip="Go to a letter", id="list.letter"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"paged-list--{part}" for part in PARTS}
    DEFAULT_CSS = LIST_CSS

    @dataclass
    class ListMessage(Message):
        """What all messages of a list have: whose they are, for `@on(..., "#id")`."""

        list: PagedList

        @property
        def control(self) -> PagedList:
            return self.list

    @dataclass
    class Highlighted(ListMessage):
        """The cursor moved to another row. Replaces an older, unhandled message. `index` counts from 0."""

        key: str
        index: int
        row: ListRow

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, PagedList.Highlighted) and message.list is self.list

    @dataclass
    class Activated(ListMessage):
        """The user pressed Enter or double-clicked on a row. Headings can't be activated."""

        key: str
        index: int
        row: ListRow

    @dataclass
    class PageNeeded(ListMessage):
        """The rows `start` to `end` (exclusive) are missing; answer with `put(start, rows, generation)`."""

        start: int
        end: int
        generation: int

    @dataclass
    class LetterJumpRequested(ListMessage):
        """The user wants the first row of this letter (lower case; `#` for all other characters).

        Answer with `move_to(index)`.
        """

        letter: str

    @dataclass
    class HeaderClicked(ListMessage):
        """The user clicked on the title of a column."""

        column: int

    @dataclass
    class CommandTyped(ListMessage):
        """The user typed a command after `:`. Answer with `leave_entry()` when the focus moves elsewhere."""

        text: str

    def __init__(  # noqa: PLR0913 - the options of Textual's widget
        self,
        *,
        columns: Sequence[Column] = _TITLE,
        header: bool = True,
        marks_width: int = 1,
        jump_scroll: bool = False,
        by_letter: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Create a list.

        `header`: a line with the column titles and "1,234/100,000". `marks_width`: cells for marks, 0 for none.
        `by_letter`: rows can be sorted by name, and letter jumps are answered.
        """
        super().__init__(name=name, id=id, classes=classes)
        self.jump_scroll = jump_scroll
        self._content_cells = 0
        self._by_letter = by_letter
        self._header_lines = int(header)
        self._painter = ListPainter(tuple(columns), marks_width, self._style_of)
        self._cursor = 0
        self._announced: tuple[int, str] | None = None
        self._emptiness = Emptiness("")
        self.generation = 0
        self._pages = PageCache(RowsSource(), self._ask_for_page)
        self._counts: CountsTitles | None = None

    # ------------------------------------------------------------------------------------------------ interface
    def show(self, source: ListSource, *, keep_key: str | None = None, index: int = 0) -> None:
        """Show another list with the cursor on the row `keep_key` if found, else on the first title from `index` on.

        `Highlighted` follows unless the list is empty or its row is not available yet.
        """
        self._take(source, self._find(source, keep_key, index))
        while self.row is not None and self.row.separator and self._cursor + 1 < min(self.total, PAGE_SIZE):
            self._cursor += 1
        self._announced = None
        self._scroll_to_row(self._cursor - self._page_rows // 2 if self._cursor >= self._page_rows else 0)
        self._announce()

    def reload(self, source: ListSource) -> None:
        """Show a newer state of the same list: cursor and scroll position follow the current row.

        `Highlighted` follows only when another row is under the cursor.
        """
        row = self.row
        line = self._cursor - self.scroll_offset.y
        self._take(source, self._find(source, row.key if row else None, self._cursor))
        self._scroll_to_row(self._cursor - line)
        self._show_cursor()
        if self._announced and self.row and self.row.key == self._announced[1]:
            self._announced = (self._cursor, self.row.key)
        self._announce()

    def show_empty(self, title: str, reason: str = "", hint: str = "") -> None:
        """Show text instead of rows: what is the case, why, and which key helps. The focus stays here."""
        self._emptiness = Emptiness(title, reason, hint)
        self._take(RowsSource(), 0)
        self._announced = None

    def put(self, start: int, rows: Sequence[ListRow], generation: int) -> None:
        """Deliver the rows of a `PageNeeded`; answers to an older list are dropped."""
        if generation != self.generation:
            return
        self._pages.put(start, rows)
        self._painter.forget_rows()
        self.refresh()
        self._announce()

    def move_to(self, index: int) -> None:
        """Move the cursor, clamped to the ends."""
        self._move_cursor(index)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return self._content_cells

    def fit_names(self, names: Iterable[str], beside: int) -> None:
        """Ask for the width that the longest of all names needs with `beside` cells of other columns."""
        self._content_cells = max(map(cell_width, names), default=0) + beside + 4  # the gaps
        self.refresh(layout=True)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Set the columns for the next `show` or `reload`; cells must match them."""
        self._painter.columns = tuple(columns)

    @property
    def total(self) -> int:
        return self._pages.total

    @property
    def cursor(self) -> int | None:
        return self._cursor if self.total else None

    @property
    def row(self) -> ListRow | None:
        """The row under the cursor; None in an empty list and while the row is awaited."""
        return self._pages.row(self._cursor)

    @property
    def rows_to_act_on(self) -> tuple[ListRow, ...]:
        """The rows that an action is for: the one under the cursor, unless it is a heading."""
        return (self.row,) if self.row is not None and not self.row.separator else ()

    # ------------------------------------------------------------------------------------------------ internals
    @property
    def _page_rows(self) -> int:
        """The number of visible rows; 0 before the first layout."""
        return max(0, self.size.height - self._header_lines)

    def _find(self, source: ListSource, key: str | None, otherwise: int) -> int:
        found = source.index_of(key) if key is not None and isinstance(source, FindsKeys) else None
        return otherwise if found is None else found

    def _take(self, source: ListSource, cursor: int) -> None:
        self.generation += 1
        self._pages = PageCache(source, self._ask_for_page)
        self._counts = source if isinstance(source, CountsTitles) else None
        self._painter.forget_rows()
        self._cursor = max(0, min(self.total - 1, cursor))
        self._set_virtual_size(Size(0, self.total + self._header_lines))
        self.refresh()

    def _set_virtual_size(self, size: Size) -> None:
        """Avoid a new layout, unless our size or a scrollbar depends on the number of rows."""
        if self.styles.auto_dimensions or self.styles.overflow_y != "hidden":
            self.virtual_size = size
        else:
            self.set_reactive(PagedList.virtual_size, size)

    def _ask_for_page(self, start: int, stop: int) -> None:
        self.post_message(self.PageNeeded(self, start, stop, self.generation))

    def _announce(self) -> None:
        row = self.row
        if row is not None and self._announced != (self._cursor, row.key):
            self._announced = (self._cursor, row.key)
            self._post_highlighted(row)

    def _post_highlighted(self, row: ListRow) -> None:
        self.post_message(self.Highlighted(self, row.key, self._cursor, row))

    def _move_cursor(self, index: int) -> None:
        old, self._cursor = self._cursor, max(0, min(self.total - 1, index))
        if old != self._cursor:
            self.refresh_line(old + self._header_lines)
            self.refresh_line(self._cursor + self._header_lines)
            self._refresh_counter()
            self._show_cursor()
        self._announce()

    def _show_cursor(self) -> None:
        """Scroll as little as needed, or by half a page with `jump_scroll`; `_scroll_to_row` waits for a layout."""
        top, rows = self.scroll_offset.y, self._page_rows
        beyond_top, beyond_bottom = top - self._cursor, self._cursor - (top + rows - 1)
        if beyond_top > 0:
            self._scroll_to_row(self._cursor - (rows // 2 if self.jump_scroll and beyond_top == 1 else 0))
        elif beyond_bottom > 0:
            more = rows // 2 if self.jump_scroll and beyond_bottom == 1 else 0
            self._scroll_to_row(self._cursor - rows + 1 + more)

    def _scroll_to_row(self, row: int) -> None:
        if self._page_rows:
            self.scroll_to(y=max(0, min(row, self.total - self._page_rows)), animate=False, force=True)

    def _refresh_counter(self) -> None:
        if self._header_lines:
            width = max(2 * len(f"{self.total:,}") + 1, len(self._counter))
            self.refresh(Region(self._painter.main_end(self.size.width) - width, 0, width, 1))

    def _style_of(self, part: str, partial: bool) -> Style:
        return self.get_component_rich_style(f"paged-list--{part}", partial=partial)

    # ------------------------------------------------------------------------------------------------- painting
    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painter.forget_styles()

    def render_lines(self, crop: Region) -> list[Strip]:
        first, last = self.scroll_offset.y, min(self.total, self.scroll_offset.y + self._page_rows)
        if self._painter.measure(map(self._pages.row, range(first, last))) and crop.height < self.size.height:
            self.refresh()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y < self._header_lines:
            if self.entry is not None:
                return self._painter.header(width, f"{self.entry}_", typing=True)
            return self._painter.header(width, self._counter, typing=False)
        index = self.scroll_offset.y + y - self._header_lines
        if index >= self.total:
            return self._paint_empty(y - self._header_lines, width)
        state: RowState = "plain" if index != self._cursor else "cursor" if self.has_focus else "blurred"
        return self._paint_row(index, width, state)

    def _paint_row(self, index: int, width: int, state: RowState) -> Strip:
        return self._painter.row(index, self._pages.row, width, state)

    def _paint_empty(self, y: int, width: int) -> Strip:
        blank = self._style_of("row", False)
        if self.total:
            return strip_of([], width, blank)
        styles = {"title": "row", "reason": "dim", "hint": "mark"}
        return paint_emptiness(
            self._emptiness, y, width, self._page_rows, lambda part: self._style_of(styles[part], False), blank
        )

    @property
    def _counter(self) -> str:
        number, total = self._cursor + 1, self.total
        if self._counts is not None and total:
            number, total = self._counts.titles_until(self._cursor), self._counts.titles_until(total - 1)
        return f"{number:,}/{total:,}" if total else ""

    # --------------------------------------------------------------------------------------------------- events
    def on_resize(self) -> None:
        self._painter.forget_rows()
        self._scroll_to_row(self.scroll_offset.y)
        self._show_cursor()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -_WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self._scroll_to_row(self.scroll_offset.y + rows)

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.y - self._header_lines
        if event.y < self._header_lines:
            column = self._painter.column_at(event.x, self.size.width)
            if column is not None:
                self.post_message(self.HeaderClicked(self, column))
        elif index < self.total:
            self._move_cursor(index)
            if event.chain == 2:
                self.action_activate()

    # -------------------------------------------------------------------------------------------------- actions
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._by_letter if action == "start_letter" else super().check_action(action, parameters)

    def action_move(self, rows: int) -> None:
        self._move_cursor(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Scroll by a page; the cursor stays on its line of the screen."""
        rows = max(1, self._page_rows - 1)
        target = max(0, min(self.total - 1, self._cursor + pages * rows))
        self._scroll_to_row(self.scroll_offset.y + target - self._cursor)
        self._move_cursor(target)

    def action_activate(self) -> None:
        if (row := self.row) is not None and row.separator:
            self.notify("This row is a heading.", markup=False)
        elif row is not None:
            self.post_message(self.Activated(self, row.key, self._cursor, row))

    # --------------------------------------------------------------------------------------- typed input (CommandEntry)
    def take_number(self, number: int) -> None:
        self._move_cursor(number - 1)

    def take_command(self, text: str) -> None:
        self.post_message(self.CommandTyped(self, text))

    def take_letter(self, letter: str) -> None:
        self.post_message(self.LetterJumpRequested(self, letter))

    def entry_changed(self) -> None:
        if self._header_lines:
            self.refresh(Region(0, 0, self.size.width, 1))
