"""Synchronise a profile's library with its panel: fetch the lists and write what differs.

Runs without Textual, usually in its own process. Importing a member loads the HTTP client (about 40 ms), so the names
of this package are resolved lazily and callers on the start-up path import it inside functions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tui_app.sync.addresses import find_catchup_address, item_url
    from tui_app.sync.cancellation import Cancellation
    from tui_app.sync.details import fetch_guide, fetch_item_details
    from tui_app.sync.engine import run_sync
    from tui_app.sync.panel import ask_account, open_panel, test_login

#: Public name → submodule. Loaded on first access, because most callers need only a few of them.
_HOMES: Final = {
    "Cancellation": "cancellation",
    "ask_account": "panel",
    "fetch_guide": "details",
    "fetch_item_details": "details",
    "find_catchup_address": "addresses",
    "item_url": "addresses",
    "open_panel": "panel",
    "run_sync": "engine",
    "test_login": "panel",
}

__all__ = [
    "Cancellation",
    "ask_account",
    "fetch_guide",
    "fetch_item_details",
    "find_catchup_address",
    "item_url",
    "open_panel",
    "run_sync",
    "test_login",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
