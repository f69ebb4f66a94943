"""Copies a stream address to the terminal's clipboard, and says that it is a secret."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from tui_app.catalog import Kind
from tui_app.errors import XtreamTuiError
from tui_app.house import House
from tui_app.screens.clipboard import copy_text


def copy_address(screen: Screen[Any], house: House, kind: Kind, item_id: str) -> None:
    """Copy the address of a channel, movie or episode through the terminal (OSC 52)."""

    async def copy() -> None:
        if house.library is None:
            return
        try:
            address = await house.library.address(kind, item_id)
        except XtreamTuiError as error:
            screen.notify(f"{error.message} {error.hint}", severity="warning", markup=False)
            return
        copy_text(screen.app, address)
        screen.notify(
            f"It holds your password: keep it secret. If nothing pastes, run: xtream-tui url {kind} {item_id}",
            title="Stream address copied",
            markup=False,
        )

    screen.run_worker(copy(), group="copy", exclusive=True)
