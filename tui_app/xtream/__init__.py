"""Access to Xtream Codes panels: HTTP, JSON and URLs.

Import from the submodules (`tui_app.xtream.client`, `.rows`, `.urls`, …). This file imports nothing, so that building a
stream URL does not load an HTTP library.
"""

from __future__ import annotations

import sys

# httpx brings a command line of its own when rich and click are there: 40 ms and 8 MB for nothing. It copes without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
