"""The app in a web browser: a server that runs one app process per page.

Uses textual-serve, an optional package.
"""

from __future__ import annotations

from tui_app.web.access import OriginCheck
from tui_app.web.server import is_available, serve

__all__ = ["OriginCheck", "is_available", "serve"]
