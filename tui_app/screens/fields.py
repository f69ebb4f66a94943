"""Fields of forms: one that goes through a few values with left and right, and a checkbox that needs no colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox

Value = TypeVar("Value")


class Tick(Checkbox):
    """A checkbox that shows its state by a sign, not by a colour alone."""

    DEFAULT_CSS = """
    Tick {
        & > .toggle--button, &.-on > .toggle--button { background: $primary-muted; color: $text-primary; }
    }
    """

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]
        return "X" if self.value else " "


class CycleField(Widget, Generic[Value], can_focus=True):
    """`Label ‹ value ›`. Posts `Changed` when the user chose another value."""

    DEFAULT_CSS = """
    CycleField { height: 1; width: 1fr; color: $foreground; }
    CycleField:focus { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Before", show=False, tooltip="The value before", id="field.before"),
        Binding("right,space,enter", "step(1)", "Next value", show=False, tooltip="The next value", id="field.next"),
    ]

    @dataclass
    class Changed(Message):
        """The user chose another value; read it from `field.value`."""

        field: CycleField[object]

        @property
        def control(self) -> CycleField[object]:
            return self.field

    def __init__(self, label: str, options: Sequence[tuple[Value, str]], value: Value, *, id: str) -> None:
        """`options` are (value, words). A `value` that is none of them is kept until the user chooses."""
        super().__init__(id=id)
        self._label = label
        self._options = tuple(options)
        self.value = value

    def set(self, value: Value) -> None:
        """Show another value without a message."""
        self.value = value
        self.refresh()

    def render(self) -> Content:
        words = next((words for value, words in self._options if value == self.value), str(self.value))
        return Content(f"{self._label}  ‹ {words} ›")

    def action_step(self, step: int) -> None:
        values = [value for value, _words in self._options]
        at = values.index(self.value) if self.value in values else -1 if step > 0 else 0
        self.value = values[(at + step) % len(values)]
        self.refresh()
        self.post_message(self.Changed(self))  # type: ignore[arg-type]

    def on_click(self, event: events.Click) -> None:
        self.action_step(1)
