"""The command palette, with what was typed before it stood there."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from textual import on, work
from textual.command import CommandInput, CommandPalette, SearchIcon
from textual.widgets import Input

#: What stands before the text; Textual's own is a picture that many terminals over SSH do not have.
_PROMPT: Final = ":"
_MOST_WAIT_S: Final = 1.5
_LOOK_S: Final = 0.01


class Palette(CommandPalette):
    """Commands, screens and titles by their names. `text` is there already when it opens."""

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
        self._text = text

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = _PROMPT
        box = self.query_one(CommandInput)
        box.value = self._text
        box.cursor_position = len(self._text)

    @on(Input.Submitted)
    def _select_in_time(self, event: Input.Submitted) -> None:
        """Enter means what was typed: first wait for what it finds."""
        if self._is_gathering:
            event.stop()
            event.prevent_default()
            self._select_when_gathered()

    @work(exclusive=True, group="submit")
    async def _select_when_gathered(self) -> None:
        limit = time.monotonic() + _MOST_WAIT_S
        while self._is_gathering and time.monotonic() < limit:
            await asyncio.sleep(_LOOK_S)
        self._select_or_command()

    @property
    def _is_gathering(self) -> bool:
        return any(w.group == self._GATHER_COMMANDS_GROUP and not w.is_finished for w in self.workers)
