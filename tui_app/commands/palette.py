"""The command palette, with what was typed before it stood there."""

from __future__ import annotations

from textual.command import CommandInput, CommandPalette
from textual.events import Key


class Palette(CommandPalette):
    """Commands, screens and titles by their names.

    `text` is there already when it opens. Keys of one burst (a slow line, quick fingers) come while it is being built:
    they are kept, not lost.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(placeholder="A command, a screen or a title …", id="--command-palette")
        self._waiting = text
        self._stands = False

    def on_mount(self) -> None:
        self._stands = True
        self.add(self._waiting)

    def add(self, text: str) -> None:
        """Type this behind what is there."""
        if not self._stands:
            self._waiting += text
            return
        box = self.query_one(CommandInput)
        box.value += text
        box.cursor_position = len(box.value)

    def on_key(self, event: Key) -> None:
        if self.focused is None and event.is_printable and event.character:
            self.add(event.character)
            event.stop()
