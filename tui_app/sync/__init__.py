"""The sync engine: fetches a panel's lists and writes what differs. Runs without Textual, in a process of its own.

Importing it loads the HTTP client, so it is imported late wherever a start must be quick.
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

#: Name → the module that has it. Each is loaded when it is asked for: an engine needs half of them.
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
