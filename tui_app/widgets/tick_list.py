"""A list of any length whose rows are ticked: `[X]` or `[ ]`. It keeps no ticks, it says what the user did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType

from tui_app.widgets.paged_list import PagedList

TICKED: Final = "[X]"
UNTICKED: Final = "[ ]"
_TICK_CELLS: Final = 4  # of a row, from the left: a click there ticks


class TickList(PagedList, inherit_bindings=False):
    """Rows carry `TICKED` or `UNTICKED` as their marks. Letters are free: whoever owns it may let them filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "activate", "Tick", tooltip="Tick or untick this row", id="ticks.toggle"),
        Binding("up", "move(-1)", "Up", show=False, tooltip="One row up", id="ticks.up"),
        Binding("down", "move(1)", "Down", show=False, tooltip="One row down", id="ticks.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="One page up", id="ticks.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="One page down", id="ticks.page_down"),
        Binding("home", "top", "First", show=False, tooltip="To the first row", id="ticks.top"),
        Binding("end", "bottom", "Last", show=False, tooltip="To the last row", id="ticks.bottom"),
    ]

    @dataclass
    class Toggled(PagedList.Said):
        """The user ticked or unticked the row with this key."""

        key: str

    def action_activate(self) -> None:
        if self.row is not None:
            self.post_message(self.Toggled(self, self.row.key))

    def on_click(self, event: events.Click) -> None:
        """One click on the tick; elsewhere a double click, as in every list."""
        index = self.scroll_offset.y + event.y - self._header_lines
        if event.x < _TICK_CELLS and event.chain == 1 and event.y >= self._header_lines and index < self.total:
            self.move_to(index)
            self.action_activate()
