"""The command palette, with what was typed before it stood there."""

from __future__ import annotations

from typing import Final

from textual.command import CommandInput, CommandPalette, SearchIcon
from textual.events import Key

#: What stands before the text; Textual's own is a picture that many terminals over SSH do not have.
_PROMPT: Final = ":"


class Palette(CommandPalette):
    """Commands, screens and titles by their names.

    `text` is there already when it opens. Keys of one burst (a slow line, quick fingers) come while it is being built:
    they are kept, not lost.
    """

    DEFAULT_CSS = """
    Palette {
        & > Vertical { margin: 1 0 0 0; max-width: 96; }
        & #--input { height: auto; background: $panel; border: round $primary; }
        & #--input.--list-visible { border-bottom: none; }
        & SearchIcon { color: $text-accent; margin: 0; padding: 0 1; width: 3; }
        & CommandInput, & CommandInput:focus { border: none; height: 1; }
        & CommandList, & CommandList:focus { background: $panel; border: round $primary; border-top: none; }
        & CommandList.--populating { border-bottom: round $primary; }
        & CommandList > .option-list--option { padding: 0 1; }
    }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(placeholder="A command, a screen or a title …", id="--command-palette")
        self._waiting = text
        self._stands = False

    def on_mount(self) -> None:
        self._stands = True
        self.query_one(SearchIcon).icon = _PROMPT
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
