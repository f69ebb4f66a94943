"""Gives the terminal to a player that draws in it: the app neither writes nor reads until the player has ended.

Syncs, positions and the player's own socket are still processed.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from textual.app import App

from tui_app.errors import PlayerError
from tui_app.playback import Moment, Outcome, Playable, Player
from tui_app.terminal.textual_compat import driver_of, forget_shown_cells, mute, unmute


@dataclass(frozen=True, slots=True)
class InTerminal:
    """A player that uses the app's terminal while it plays."""

    player: Player
    app: App[Any]

    @property
    def name(self) -> str:
        return self.player.name

    async def play(self, what: Playable, report: Callable[[Moment], None]) -> Outcome:
        """Play until the end, then restore the screen. Raises `PlayerError`, also without a terminal."""
        with suspended_terminal(self.app):
            return await self.player.play(what, report)


@contextmanager
def suspended_terminal(app: App[Any]) -> Iterator[None]:
    """Restore the terminal for another program, and take it back completely however that ends."""
    driver = driver_of(app)
    if driver is None or not driver.can_suspend or not sys.__stdin__ or not sys.__stdin__.isatty():
        raise PlayerError(
            "The player draws in the terminal, but there is none.",
            hint="Remove --vo from the player's arguments in the settings.",
        )
    suspended = app.suspend()
    suspended.__enter__()
    number = sys.__stdin__.fileno()
    attributes = _attributes(number)
    interrupted = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl+C is the player's
    mute(driver)  # what is painted meanwhile is painted again afterwards
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, interrupted)
        if os.isatty(number):  # after a hang-up the app is about to end, and writing would block for ever
            unmute(driver)
            with suppress(termios.error):  # a player that was killed did not restore them
                termios.tcsetattr(number, termios.TCSANOW, attributes)
            suspended.__exit__(None, None, None)  # called directly: after an error it would not restore the screen
            forget_shown_cells(app)


def _attributes(number: int) -> list[Any]:
    try:
        return termios.tcgetattr(number)
    except termios.error as error:  # the terminal has just hung up
        raise PlayerError("There is no terminal any more.") from error
