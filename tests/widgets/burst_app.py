"""A small app for bursts: a search box over a list, a stall on F2, and one line that says what has come of the keys."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tui_app.tui.ordered_input import OrderedInput
from tui_app.widgets.paged_list import ListRow, PagedList
from tui_app.widgets.search_box import SearchBox


class Numbers:
    total = 1000

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        return [ListRow(str(number), (f"Row {number}",)) for number in range(start, stop)]


class BurstApp(OrderedInput):
    ENABLE_COMMAND_PALETTE = False
    CSS = "#said { height: 1; }"
    BINDINGS = [
        Binding("f2", "stall", "Stall", priority=True),
        Binding("slash", "search", "Search"),
        Binding("f", "mark", "Mark"),
    ]

    def compose(self) -> ComposeResult:
        self.box, self.list, self.said = SearchBox(), PagedList(by_letter=True), Static("", id="said", markup=False)
        self.marked: list[int | None] = []
        self.letters = ""
        yield self.box
        yield self.list
        yield self.said

    def on_mount(self) -> None:
        self.list.show(Numbers())
        self.list.focus()
        self.say()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "search" or self.focused is self.list

    def say(self) -> None:
        marked = ",".join(map(str, self.marked))
        self.said.update(f"TEXT[{self.box.text}] AT[{self.list.cursor}] MARKED[{marked}] LETTERS[{self.letters}]END")

    def on_search_box_changed(self) -> None:
        self.say()

    def on_paged_list_highlighted(self) -> None:
        self.say()

    def on_paged_list_letter_jump_requested(self, event: PagedList.LetterJumpRequested) -> None:
        self.letters += event.letter
        self.say()

    def action_stall(self) -> None:
        time.sleep(0.3)  # keys pressed meanwhile arrive together, which is what this app is for

    def action_search(self) -> None:
        self.box.take_focus()

    def action_mark(self) -> None:
        self.marked.append(self.list.cursor)
        self.say()


if __name__ == "__main__":
    BurstApp().run()
