"""The sync engine: fetches a panel's lists and writes what differs. Runs without Textual, in a process of its own.

Importing it loads the HTTP client, so it is imported late wherever a start must be quick.
"""

from __future__ import annotations

from tui_app.sync.addresses import item_url
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.catchup import find_catchup_address
from tui_app.sync.details import fetch_guide, fetch_item_details
from tui_app.sync.engine import run_sync
from tui_app.sync.order import Mode
from tui_app.sync.panel import ask_account, open_panel, test_login

__all__ = [
    "Cancellation",
    "Mode",
    "ask_account",
    "fetch_guide",
    "fetch_item_details",
    "find_catchup_address",
    "item_url",
    "open_panel",
    "run_sync",
    "test_login",
]
