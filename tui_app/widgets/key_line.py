"""The keys that work right now, in one line; when it is narrow, whole words give way instead of being cut.

It shows the live bindings of its screen and knows nothing of what they do. One widget, repainted only when something
else is to be said: the stock footer mounts a widget a key on every change of focus.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.style import Style
from textual import events
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui_app.text import cell_width, strip_controls
from tui_app.widgets.row_painter import strip_of


class KeyWord(NamedTuple):
    """One key with its word, as it is shown; `key` is what a click presses."""

    key: str
    display: str
    word: str
    rank: int = 0  # lower ones have their room before higher ones

    @property
    def width(self) -> int:
        return cell_width(self.display) + 1 + cell_width(self.word)


class KeyLine(Widget, can_focus=False):
    """`⏎ Open  d Details … ? Help`. A click on a word presses its key.

    `first` and `last`: binding ids of the keys that stay longest, and of those that go first, when it is narrow.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--word"}
    DEFAULT_CSS = """
    KeyLine {
        height: 1; width: 100%; dock: bottom; background: $footer-background;
        & > .key-line--key { background: $footer-background; color: $footer-key-foreground; text-style: bold; }
        & > .key-line--word { background: $footer-background; color: $footer-description-foreground; }
    }
    """

    def __init__(self, first: Collection[str] = (), last: Collection[str] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ranks = dict.fromkeys(first, -1) | dict.fromkeys(last, 1)
        self._keys: tuple[KeyWord, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._take)

    def _take(self, screen: Screen[Any]) -> None:
        if not screen.is_active or not self.is_attached:  # below a dialog everything stays as it was
            return
        keys: dict[str, KeyWord] = {}  # by action: several keys of one are shown once
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description and binding.action not in keys:
                display, word = map(strip_controls, (self.app.get_key_display(binding), binding.description))
                keys[binding.action] = KeyWord(binding.key, display, word, self._ranks.get(binding.id or "", 0))
        if tuple(keys.values()) != self._keys:
            self._keys = tuple(keys.values())
            self.refresh()

    @property
    def shown(self) -> str:
        """What stands there at the present width."""
        return " ".join(f"{key.display} {key.word}" for key in fitting(self._keys, self.size.width))

    def render_line(self, y: int) -> Strip:
        bold, plain = (self.get_component_rich_style(f"key-line--{part}") for part in ("key", "word"))
        pieces: list[tuple[str, Style]] = []
        at = 0
        for x, key in self._placed():
            pieces += [(" " * (x - at), plain), (key.display, bold), (f" {key.word}", plain)]
            at = x + key.width
        return strip_of(pieces, self.size.width, plain)

    def _placed(self) -> Iterator[tuple[int, KeyWord]]:
        """(first cell, key): two blanks between them where that fits, else one."""
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
    """Those that fit side by side with one blank between, in their order: by rank, then from the left."""
    chosen: set[KeyWord] = set()
    left = width + 1
    for key in sorted(keys, key=lambda key: key.rank):
        if key.width < left:
            left -= key.width + 1
            chosen.add(key)
    return [key for key in keys if key in chosen]
