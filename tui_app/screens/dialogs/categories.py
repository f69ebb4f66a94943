"""Chooses which categories are synced: one list a kind, filtered by typing, each tick said to the owner at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tui_app.catalog import LISTED_KINDS, Category, Kind
from tui_app.screens.category_ticks import CategoryTicks, TickRows, category_of
from tui_app.screens.dialogs.dialog import Dialog
from tui_app.screens.fields import CycleField
from tui_app.widgets.list_rows import Column
from tui_app.widgets.safe_input import SafeInput
from tui_app.widgets.tick_list import TickList

_COLUMNS: Final = (Column("Category", 10, main=True), Column("Titles", 10, "right", min_list_width=30))
_WHAT_HAPPENS: Final = "Applies at the next sync: titles of unticked categories leave the copy. Marks on them stay."


class CategoriesDialog(Dialog[None]):
    """`changed` is told what is left out after each change; `show_saved` shows what came of it."""

    DEFAULT_CSS = """
    CategoriesDialog {
        & > .box { width: 84; height: 100%; max-height: 36; overflow: hidden; }
        TickList { height: 1fr; }
        #kind { margin-bottom: 1; }
        #filter { margin-bottom: 1; }
        #what { height: auto; margin-top: 1; color: $text-muted; }
        #saved { height: auto; color: $text-success; }
        #saved.-refused { color: $text-error; }
        .buttons { margin-top: 1; }
        &.-short {
            #kind, #filter { margin-bottom: 0; }
            #what, .buttons { display: none; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "kind(-1)", "Kind before", show=False, tooltip="The kind before", id="ticks.kind_before"),
        Binding("right", "kind(1)", "Next kind", show=False, tooltip="The next kind", id="ticks.next_kind"),
        Binding("plus", "tick(True)", "Tick all", tooltip="Tick all that are shown", id="ticks.all"),
        Binding("minus", "tick(False)", "Untick all", tooltip="Untick all that are shown", id="ticks.none"),
        Binding("backspace", "shorten", "Shorten", show=False, tooltip="The filter by a letter", id="ticks.shorten"),
        Binding("slash", "filter", "Filter", show=False, tooltip="Type a part of a name", id="ticks.filter"),
    ]

    def __init__(self, ticks: CategoryTicks, kind: Kind, changed: Callable[[Mapping[Kind, tuple[str, ...]]], object]):
        super().__init__()
        self._ticks = ticks
        self._changed = changed
        self._shown: list[Category] = []
        options = [(each, each.plural.capitalize()) for each in LISTED_KINDS]
        self._kind: CycleField[Kind] = CycleField("", options, kind, id="kind")
        self._filter = SafeInput(placeholder="type to filter", id="filter")
        self._list = TickList(columns=_COLUMNS, marks_width=3)
        self._saved = Static("", id="saved", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Categories to sync"
            box.border_subtitle = "Space ticks · + all · - none · Escape closes"
            yield self._kind
            yield self._filter
            yield self._list
            yield Static(_WHAT_HAPPENS, id="what", markup=False)
            yield self._saved
            with Horizontal(classes="buttons"):
                yield Button("Tick all shown", id="all", compact=True)
                yield Button("Untick all shown", id="none", compact=True)
                yield Button("Close", id="close", variant="primary", compact=True)

    def on_mount(self) -> None:
        self._show()
        self._list.focus()

    def show_saved(self, words: str, *, refused: bool = False) -> None:
        """Say that the last change was saved, or why it was not."""
        self._saved.set_class(refused, "-refused")
        self._saved.update(words)

    # --------------------------------------------------------------------------------------- what is shown
    def _show(self) -> None:
        """The categories of this kind that match, and how many are left out."""
        self._shown = self._ticks.matching(self._kind.value, self._filter.value)
        if self._shown:
            self._list.show(TickRows(self._ticks, self._kind.value, self._shown))
        elif self._ticks.total(self._kind.value):
            self._list.show_empty("No category has this in its name", hint="Backspace takes letters away")
        else:
            self._list.show_empty(
                f"No categories of {self._kind.value.plural} are known yet", "A sync brings them.", "Escape, then r"
            )
        self._show_counts()

    def _show_again(self) -> None:
        self._list.reload(TickRows(self._ticks, self._kind.value, self._shown))
        self._show_counts()

    def _show_counts(self) -> None:
        total = self._ticks.total(self._kind.value)
        out = self._ticks.count_left_out(self._kind.value)
        self._kind.note = f"{out:,} of {total:,} left out" if out else f"all {total:,}" if total else ""

    # --------------------------------------------------------------------------------------- what is heard
    def on_key(self, event: events.Key) -> None:
        """On the list, letters that are no keys of it go to the filter."""
        is_bound = any(event.key in node._bindings.key_to_bindings for node in (self._list, self))
        if self.focused is self._list and event.is_printable and event.character and not is_bound:
            event.stop()
            self._type(self._filter.value + event.character)

    def _type(self, text: str) -> None:
        with self.prevent(Input.Changed):
            self._filter.value = text
        self._filter.cursor_position = len(text)
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._list.focus()

    def on_cycle_field_changed(self, event: CycleField.Changed) -> None:
        event.stop()
        self._show()

    def on_tick_list_toggled(self, event: TickList.Toggled) -> None:
        event.stop()
        self._ticks.toggle(*category_of(event.key))
        self._say_changed()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "close":
            self.dismiss(None)
        else:
            self.action_tick(event.button.id == "all")

    def _say_changed(self) -> None:
        self._show_again()
        self._changed(self._ticks.left_out())

    # --------------------------------------------------------------------------------------------- actions
    def action_kind(self, step: int) -> None:
        """Another kind."""
        self._kind.action_step(step)

    def action_tick(self, ticked: bool) -> None:
        """Tick or untick all that are shown."""
        matching = self._ticks.matching(self._kind.value, self._filter.value)
        if matching:
            self._ticks.tick(self._kind.value, matching, ticked)
            self._say_changed()

    def action_shorten(self) -> None:
        """Take the last letter from the filter."""
        self._type(self._filter.value[:-1])

    def action_filter(self) -> None:
        """To the filter."""
        self._filter.focus()
