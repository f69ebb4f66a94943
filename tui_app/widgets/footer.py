"""Status lines: one line of pieces, of which the least important are dropped, and the footer with the keys.

A change costs one line of output and no layout; unchanged lines are not repainted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, ClassVar, Final, Literal, NamedTuple

from rich.style import Style
from textual import events
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui_app.text import cell_width, fit, strip_controls
from tui_app.widgets.row_painter import strip_of

_GAP: Final = 2  # cells between pieces
Tone = Literal["plain", "muted", "accent", "good", "warning", "bad"]


class Piece(NamedTuple):
    """Text in one tone. The piece with the highest `rank` is dropped first; rank 0 never is."""

    text: str
    tone: Tone = "plain"
    rank: int = 0


class LineWidget(Widget, can_focus=False):
    """Shows pieces with two blanks between them. Subclasses call `set_pieces`."""

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
        """Show these pieces. Control characters are replaced; markup is literal."""
        safe = tuple(piece._replace(text=strip_controls(piece.text[:2_000])) for piece in pieces if piece.text)
        if safe != self._pieces:
            self._pieces = safe
            self.refresh()

    @property
    def text(self) -> str:
        """The whole text, whatever the width."""
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
            blanks = " " * (gap or 1)  # in the piece's own style: each change of style costs 40 bytes
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


class KeyWord(NamedTuple):
    """One key with its label; a click presses `key`."""

    key: str
    display: str
    word: str
    rank: int = 0  # lower ranks are placed first

    @property
    def width(self) -> int:
        return cell_width(self.display) + 1 + cell_width(self.word)


class KeyFooter(Widget, can_focus=False):
    """`⏎ Open  d Details … ? Help`. A click on a label presses its key.

    `first`: binding ids of the keys that are dropped last on a narrow terminal.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--word"}
    DEFAULT_CSS = """
    KeyFooter {
        height: 1; width: 100%; dock: bottom; background: $footer-background;
        & > .footer--key { background: $footer-background; color: $footer-key-foreground; text-style: bold; }
        & > .footer--word { background: $footer-background; color: $footer-description-foreground; }
    }
    """

    def __init__(self, first: Collection[str] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ranks = dict.fromkeys(first, -1)
        self._keys: tuple[KeyWord, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._take)

    def _take(self, screen: Screen[Any]) -> None:
        if not screen.is_active or not self.is_attached:  # unchanged below a dialog
            return
        keys: dict[str, KeyWord] = {}  # by action: only the shortest key of each
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description:
                display, word = map(strip_controls, (self.app.get_key_display(binding), binding.description))
                found = KeyWord(binding.key, display, word, self._ranks.get(binding.id or "", 0))
                keys[binding.action] = min(keys.get(binding.action, found), found, key=lambda key: key.width)
        if tuple(keys.values()) != self._keys:
            self._keys = tuple(keys.values())
            self.refresh()

    @property
    def shown(self) -> str:
        """The text shown at the current width."""
        return " ".join(f"{key.display} {key.word}" for key in fitting(self._keys, self.size.width))

    def render_line(self, y: int) -> Strip:
        bold, plain = (self.get_component_rich_style(f"footer--{part}") for part in ("key", "word"))
        pieces: list[tuple[str, Style]] = []
        at = 0
        for x, key in self._placed():
            pieces += [(" " * (x - at), plain), (key.display, bold), (f" {key.word}", plain)]
            at = x + key.width
        return strip_of(pieces, self.size.width, plain)

    def _placed(self) -> Iterator[tuple[int, KeyWord]]:
        """Yield (first cell, key), with two blanks between keys where they fit, else one."""
        width = self.size.width
        keys = fitting(self._keys, width)
        roomy = 1 + sum(key.width + 2 for key in keys) <= width
        x = 1 if roomy else 0
        for key in keys:
            yield x, key
            x += key.width + (2 if roomy else 1)

    def on_click(self, event: events.Click) -> None:
        for x, key in self._placed():
            if x <= event.x < x + key.width:
                self.app.simulate_key(key.key)


def fitting(keys: Sequence[KeyWord], width: int) -> list[KeyWord]:
    """Return the keys that fit with one blank between them, chosen by rank, then from the left."""
    chosen: set[KeyWord] = set()
    left = width + 1
    for key in sorted(keys, key=lambda key: key.rank):
        if key.width < left:
            left -= key.width + 1
            chosen.add(key)
    return [key for key in keys if key in chosen]
