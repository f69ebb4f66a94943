"""A `SelectableList` whose rows gain something after they are shown: it says which rows are seen, and paints those that
read differently by now without moving anything.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from textual.message import Message

from tui_app.widgets.list_rows import ListRow
from tui_app.widgets.page_cache import PageCache
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import SelectableList


class FollowedList(SelectableList):
    """`seen_keys` are the rows on the screen; `Seen` says that they are others; `reread(keys)` paints them anew."""

    @dataclass
    class Seen(PagedList.Said):
        """Other rows may be on the screen, or the cursor on another of them. Only the newest of a burst arrives."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, FollowedList.Seen) and message.list is self.list

    @property
    def seen_keys(self) -> tuple[str, ...]:
        """The keys of the rows on the screen, the one under the cursor first, headings left out."""
        first = self.scroll_offset.y
        rows = [self._pages.row(index) for index in range(first, min(self.total, first + self._page_rows))]
        keys = [row.key for row in (self.row, *rows) if row is not None and not row.separator]
        return tuple(dict.fromkeys(keys))

    def reread(self, keys: Collection[str]) -> None:
        """The source has other words for these rows: those that are seen are painted anew."""
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

    def _say_highlighted(self, row: ListRow) -> None:
        super()._say_highlighted(row)
        self.post_message(self.Seen(self))
