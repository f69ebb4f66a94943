"""Form fields: a checkbox that needs no colours, and `label  value  note` lines changed by keys and clicks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox

from tui_app.text import fit, strip_controls

Value = TypeVar("Value")
LABEL_CELLS: Final = 22


class Tick(Checkbox):
    """A checkbox that shows its state by a sign as well as by colour."""

    def render(self) -> Content:
        label_style = self.get_visual_style("toggle--label")
        sign = "X" if self.value else " "
        return Content.assemble(f"[{sign}]", self.label.pad(1, 1).stylize_before(label_style))


class Field(Widget, can_focus=True):
    """One line: label, value and note. `help` is the sentence shown while it has the focus.

    Subclasses define what keys do.
    """

    DEFAULT_CSS = """
    Field { height: 1; width: 1fr; color: $foreground; }
    Field:focus { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    Field:disabled { color: $text-disabled; }
    """

    def __init__(self, label: str, *, id: str, help: str = "", label_cells: int = 0) -> None:
        """Create a field. `label_cells`: the common label width of a form; 0 for the label's own."""
        super().__init__(id=id)
        self._label = label
        self._label_cells = label_cells
        self._note = ""
        self.help = help

    @property
    def note(self) -> str:
        """Muted text behind the value; "" for none."""
        return self._note

    @note.setter
    def note(self, words: str) -> None:
        """Quiet words behind the value; "" for none."""
        if words != self._note:
            self._note = strip_controls(words)
            self.refresh()

    @property
    def words(self) -> str:
        """The value as it is shown."""
        raise NotImplementedError

    def render(self) -> Content:
        label = fit(self._label, self._label_cells) if self._label_cells else self._label
        shown = f"{label}  {self.words}" if label else self.words
        quiet = "" if self.has_focus else "$text-muted"
        return Content.assemble(shown, (f"   {self._note}" if self._note else "", quiet))


class CycleField(Field, Generic[Value]):
    """`Label ‹ value ›`. Posts `Changed` when the user chose another value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Previous value", show=False, tooltip="Previous value", id="field.before"),
        Binding("right,space,enter", "step(1)", "Next value", show=False, tooltip="Next value", id="field.next"),
    ]

    @dataclass
    class Changed(Message):
        """The user chose another value; read it from `field.value`."""

        field: CycleField[object]

        @property
        def control(self) -> CycleField[object]:
            return self.field

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[Value, str]],
        value: Value,
        *,
        id: str,
        help: str = "",
        label_cells: int = 0,
        words_of: Callable[[Value], str] = str,
    ) -> None:
        """Create a field of (value, words) options. `words_of` words values missing from the options."""
        super().__init__(label, id=id, help=help, label_cells=label_cells)
        self._options = tuple(options)
        self._words_of = words_of
        self.value = value

    def set(self, value: Value) -> None:
        """Show another value without posting a message."""
        self.value = value
        self.refresh()

    @property
    def words(self) -> str:
        known = next((words for value, words in self._options if value == self.value), None)
        return f"‹ {self._words_of(self.value) if known is None else known} ›"

    def action_step(self, step: int) -> None:
        values = [value for value, _words in self._options]
        at = values.index(self.value) if self.value in values else -1 if step > 0 else 0
        self.value = values[(at + step) % len(values)]
        self.refresh()
        self.post_message(self.Changed(self))  # type: ignore[arg-type]

    def on_click(self, event: events.Click) -> None:
        self.action_step(1)


class FlagField(Field):
    """`Label [X]`. Posts `Changed` when the user ticked or unticked it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "Tick", show=False, tooltip="Tick or untick", id="field.tick"),
    ]

    @dataclass
    class Changed(Message):
        """The user ticked or unticked the field; read it from `field.value`."""

        field: FlagField

        @property
        def control(self) -> FlagField:
            return self.field

    def __init__(self, label: str, value: bool, *, id: str, help: str = "", label_cells: int = 0) -> None:
        super().__init__(label, id=id, help=help, label_cells=label_cells)
        self.value = value

    def set(self, value: bool) -> None:
        """Show another value without posting a message."""
        self.value = value
        self.refresh()

    @property
    def words(self) -> str:
        return "[X]" if self.value else "[ ]"

    def action_tick(self) -> None:
        self.set(not self.value)
        self.post_message(self.Changed(self))

    def on_click(self, event: events.Click) -> None:
        self.action_tick()


class OpenField(Field):
    """`Label value …`. Posts `Opened` when the user wants to change the value in a dialog."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "Change", show=False, tooltip="Change the value", id="field.open"),
    ]

    @dataclass
    class Opened(Message):
        """The user wants to change the value."""

        field: OpenField

        @property
        def control(self) -> OpenField:
            return self.field

    def __init__(self, label: str, words: str, *, id: str, help: str = "", label_cells: int = 0) -> None:
        super().__init__(label, id=id, help=help, label_cells=label_cells)
        self._words = words

    def set(self, words: str) -> None:
        """Show another value."""
        self._words = strip_controls(words)
        self.refresh()

    @property
    def words(self) -> str:
        return f"{self._words} …"

    def action_open(self) -> None:
        self.post_message(self.Opened(self))

    def on_click(self, event: events.Click) -> None:
        self.action_open()
