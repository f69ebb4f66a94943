"""One line of fixed height made of pieces, the least important of which give way when it is narrow.

Changing it costs one line of output and no layout: it is repainted only when what it says has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, Literal, NamedTuple

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui_app.text import cell_width, fit, strip_controls
from tui_app.widgets.row_painter import strip_of

_GAP: Final = 2  # cells between pieces
Tone = Literal["plain", "muted", "accent", "good", "warning", "bad"]


class Piece(NamedTuple):
    """Some words of one tone. Of several pieces, the one with the highest `rank` gives way first; 0 never does."""

    text: str
    tone: Tone = "plain"
    rank: int = 0


class LineWidget(Widget, can_focus=False):
    """Shows pieces with two blanks between them. Subclasses decide what it says, by `set_pieces`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"line--{tone}" for tone in ("plain", "muted", "accent", "good", "warning", "bad")
    }
    DEFAULT_CSS = """
    LineWidget {
        height: 1; width: 1fr; background: $panel; color: $foreground;
        & > .line--plain { background: $panel; color: $foreground; }
        & > .line--muted { background: $panel; color: $text-muted; }
        & > .line--accent { background: $panel; color: $text-accent; }
        & > .line--good { background: $panel; color: $text-success; }
        & > .line--warning { background: $panel; color: $text-warning; }
        & > .line--bad { background: $panel; color: $text-error; }
    }
    """

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._pieces: tuple[Piece, ...] = ()

    def set_pieces(self, pieces: Sequence[Piece]) -> None:
        """Say something else. Control characters are replaced; markup is text."""
        safe = tuple(piece._replace(text=strip_controls(piece.text[:2_000])) for piece in pieces if piece.text)
        if safe != self._pieces:
            self._pieces = safe
            self.refresh()

    @property
    def text(self) -> str:
        """What the line says in full, whatever its width."""
        return "  ".join(piece.text for piece in self._pieces)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        plain = self.get_component_rich_style("line--plain")
        if y:
            return Strip.blank(width, plain)
        parts: list[tuple[str, Style]] = []
        left = max(0, width - 2)
        for number, piece in enumerate(self._fitting(left)):
            gap = _GAP if number else 0
            text = piece.text if cell_width(piece.text) <= left - gap else fit(piece.text, left - gap)
            blanks = " " * (gap or 1)  # of the piece's own style: each change of style costs 40 bytes
            parts.append((blanks + text, self.get_component_rich_style(f"line--{piece.tone}")))
            left -= gap + cell_width(text)
        return strip_of(parts, width, plain)

    def _fitting(self, width: int) -> list[Piece]:
        pieces = list(self._pieces)
        while sum(cell_width(piece.text) + _GAP for piece in pieces) - _GAP > width:
            least = max(range(len(pieces)), key=lambda number: pieces[number].rank)
            if not pieces[least].rank:
                break
            del pieces[least]
        return pieces
