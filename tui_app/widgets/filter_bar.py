"""The active filters and the sorting as removable chips; hidden when there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_app.text import cell_width
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.row_painter import shown_text, strip_of

_WIDEST = 32  # cells of a chip's words


class Chip(NamedTuple):
    """One filter. `name` identifies it in `FilterBar.Removed`; `text` is shown ("year 1990–1999")."""

    name: str
    text: str
    removable: bool = True


class FilterBar(Widget, can_focus=True):
    """One line of chips, set by `show(chips)`.

    Left and right choose one; Delete, Backspace, Enter or a click remove it. Removing posts
    `FilterBar.Removed(name)` and changes nothing here: the screen answers with `show`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "choose(-1)", "Left", show=False, tooltip="Previous filter", id="filters.left"),
        Binding("right,l", "choose(1)", "Right", show=False, tooltip="Next filter", id="filters.right"),
        Binding("delete,backspace,enter", "remove", "Remove filter", tooltip="Remove the filter", id="filters.remove"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter-bar--ground", "filter-bar--chip", "filter-bar--chosen"}
    DEFAULT_CSS = """
    FilterBar {
        height: 1; width: 1fr; display: none; background: $surface;
        &.-filled { display: block; }
        & > .filter-bar--ground { background: $surface; color: $foreground; }
        & > .filter-bar--chip { background: $primary-muted; color: $text-primary; }
        & > .filter-bar--chosen { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    @dataclass
    class Removed(Message):
        """The user removed a filter."""

        bar: FilterBar
        name: str

        @property
        def control(self) -> FilterBar:
            return self.bar

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._chips: tuple[Chip, ...] = ()
        self._chosen = 0

    def show(self, chips: Sequence[Chip]) -> None:
        """Show these chips; hide the bar without any."""
        self._chips = tuple(chips)
        self._chosen = max(0, min(len(chips) - 1, self._chosen))
        self.set_class(bool(chips), "-filled")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        ground = self.get_component_rich_style("filter-bar--ground")
        if y:
            return Strip.blank(self.size.width, ground)
        pieces = [(" ", ground)]
        for number, _, text in self._placed():
            chosen = self.has_focus and number == self._chosen
            style = self.get_component_rich_style(f"filter-bar--{'chosen' if chosen else 'chip'}")
            pieces += [(text, style), (" ", ground)]
        return strip_of(pieces, self.size.width, ground)

    def on_click(self, event: events.Click) -> None:
        for number, x, text in self._placed():
            if x <= event.x < x + cell_width(text):
                self._chosen = number
                self.action_remove()

    def action_choose(self, step: int) -> None:
        self._chosen = max(0, min(len(self._chips) - 1, self._chosen + step))
        self.refresh()

    def action_remove(self) -> None:
        if self._chips and self._chips[self._chosen].removable:
            self.post_message(self.Removed(self, self._chips[self._chosen].name))

    def _placed(self) -> list[tuple[int, int, str]]:
        """Return (number, first cell, text) of the visible chips, the chosen one included."""
        texts = [_words(chip) for chip in self._chips]
        first = 0
        while (
            first < self._chosen and sum(cell_width(t) + 1 for t in texts[first : self._chosen + 1]) > self.size.width
        ):
            first += 1
        placed, x = [], 1
        for number, text in enumerate(texts[first:], first):
            placed.append((number, x, text))
            x += cell_width(text) + 1
        return placed


def _words(chip: Chip) -> str:
    text = shown_text(chip.text, min(_WIDEST, cell_width(chip.text[: 4 * _WIDEST])))
    return f" {text} {glyphs().remove} " if chip.removable else f" {text} "
