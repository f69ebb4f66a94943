"""Every use of Textual's private interface, each with its reason. The rest of the app uses public names only.

Textual is pinned to one version in `pyproject.toml`; `tests/terminal/test_textual_assumptions.py` names what a newer
version changed.
"""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.binding import BindingsMap
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.driver import Driver
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.screen import Screen


# ------------------------------------------------------------------------------------------------- the terminal
def driver_of(app: App[Any]) -> Driver | None:
    """Return the driver of a running app; None without a terminal. `App` has no public attribute for it."""
    return None if app.is_headless else app._driver


def write_to_terminal(app: App[Any], sequence: str) -> None:
    """Send an escape sequence that paints nothing, such as OSC 9 or 52. Textual knows only its own sequences."""
    if (driver := driver_of(app)) is not None:
        driver.write(sequence)
        driver.flush()


def forget_shown_cells(app: App[Any]) -> None:
    """Tell a diffing driver that something else wrote to the terminal; other drivers keep no cells."""
    if (forget := getattr(app._driver, "forget", None)) is not None:
        forget()


def mute(driver: Driver) -> None:
    """Drop all output of the app while another program draws. `App.suspend` stops input, but timers still paint."""
    vars(driver)["write"] = lambda data: None


def unmute(driver: Driver) -> None:
    """Write output again after `mute`."""
    del vars(driver)["write"]


# ------------------------------------------------------------------------------------------------------ screens
def screens_of(app: App[Any]) -> tuple[Screen[Any], ...]:
    """Return the screens of all modes. `App.screen_stack` has those of the current mode only."""
    return tuple(screen for stack in app._screen_stacks.values() for screen in stack)


# --------------------------------------------------------------------------------------------------------- keys
def key_name(character: str) -> str:
    """Return Textual's name of a character's key: "?" is "question_mark". Only a private function converts it."""
    return _character_to_key(character)


def is_bound(node: DOMNode, key: str) -> bool:
    """Return True when the node itself binds this key. `Screen.active_bindings` merges all nodes."""
    return key in node._bindings.key_to_bindings


def exchange_bindings(node: DOMNode, bindings: BindingsMap) -> BindingsMap:
    """Replace the bindings of a node and return the former ones. `BINDINGS` can't change while the app runs."""
    before, node._bindings = node._bindings, bindings
    return before


# ------------------------------------------------------------------------------------------------------ waiting
def is_busy(pump: MessagePump) -> bool:
    """Return True while a widget, screen or app handles a message or is being mounted.

    Its task is idle exactly while it waits for the queue's event. `message_queue_size` does not count the message
    that is being handled.
    """
    ready: Any = pump._message_queue.ready_event
    return pump.is_running and (ready.is_set() or not ready._waiters or not pump._is_mounted)


def is_gathering(palette: CommandPalette) -> bool:
    """Return True while a palette collects its results. It has no public state for it."""
    return any(w.group == palette._GATHER_COMMANDS_GROUP and not w.is_finished for w in palette.workers)


def select_result(palette: CommandPalette) -> None:
    """Run the highlighted command of a palette, as Enter does."""
    palette._select_or_command()
