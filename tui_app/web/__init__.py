"""The app in a web browser: a small server that runs one app a page and passes keys and pictures between them.

Stands on textual-serve, an optional package; knows nothing of libraries, profiles or settings. Door: `serve`.
"""

from __future__ import annotations

from tui_app.web.access import OriginCheck
from tui_app.web.server import is_available, serve

__all__ = ["OriginCheck", "is_available", "serve"]
