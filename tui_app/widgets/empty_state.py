"""Centred text in an empty list: what is the case, why, and which key helps."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import ClassVar, Final, Literal, NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget

from tui_app.text import strip_controls
from tui_app.widgets.row_painter import strip_of

EmptyPart = Literal["title", "reason", "hint"]
EMPTY_PARTS: Final[tuple[EmptyPart, ...]] = ("title", "reason", "hint")
_WIDEST: Final = 60  # cells of a line: longer ones are hard to read
_LONGEST: Final = 500  # characters: these are sentences, not texts


class Emptiness(NamedTuple):
    """The text of an empty list: one sentence, a reason, and a key ("r starts a sync")."""

    title: str
    reason: str = ""
    hint: str = ""


@cache
def _console() -> Console:
    return Console(width=_WIDEST, force_terminal=False)  # wrapping asks it for its defaults, nothing is printed


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines of at most `width` cells, between words where possible.

    Control characters are replaced.
    """
    if width < 1:
        return []
    lines: list[str] = []
    for paragraph in text.split("\n"):
        plain = strip_controls(paragraph)
        wrapped = Text(plain).wrap(_console(), width, tab_size=1) if cell_len(plain) > width else [Text(plain)]
        lines += [line.plain.rstrip() for line in wrapped]
    return lines


def paint_emptiness(
    said: Emptiness, y: int, width: int, height: int, style_of: Callable[[EmptyPart], Style], ground: Style
) -> Strip:
    """Paint line `y` of the text, centred in `width` x `height` cells."""
    lines: list[tuple[str, EmptyPart]] = []
    for part, text in zip(EMPTY_PARTS, said, strict=True):
        lines += [(line, part) for line in wrap(text[:_LONGEST], min(width - 2, _WIDEST))] if text else []
    number = y - max(0, (height - len(lines)) // 2)
    if not 0 <= number < len(lines):
        return strip_of([], width, ground)
    text, part = lines[number]
    return strip_of([(" " * max(0, (width - cell_len(text)) // 2), ground), (text, style_of(part))], width, ground)


class EmptyState(Widget, can_focus=False):
    """Says why there is nothing, in place of a whole pane. `say(title, reason, hint)` changes the words.

    Lists say it themselves (`PagedList.show_empty`): that keeps the focus where it is.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"empty-state--{part}" for part in (*EMPTY_PARTS, "ground")}
    DEFAULT_CSS = """
    EmptyState {
        height: 1fr; width: 1fr; background: $surface;
        & > .empty-state--ground { background: $surface; color: $foreground; }
        & > .empty-state--title { background: $surface; color: $foreground; text-style: bold; }
        & > .empty-state--reason { background: $surface; color: $text-muted; }
        & > .empty-state--hint { background: $surface; color: $text-accent; }
    }
    """

    def __init__(
        self,
        title: str = "",
        reason: str = "",
        hint: str = "",
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._said = Emptiness(title, reason, hint)

    def say(self, title: str, reason: str = "", hint: str = "") -> None:
        """Other words."""
        said = Emptiness(title, reason, hint)
        if said != self._said:
            self._said = said
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return paint_emptiness(
            self._said,
            y,
            self.size.width,
            self.size.height,
            self._style,
            self.get_component_rich_style("empty-state--ground"),
        )

    def _style(self, part: EmptyPart) -> Style:
        return self.get_component_rich_style(f"empty-state--{part}")
