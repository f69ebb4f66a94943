"""The one room that speaks to panels: their HTTP, their JSON, their habits.

Import from its modules (`tui_app.xtream.client`, `.rows`, `.urls`, …): this door stays empty, so that building a
stream address does not load an HTTP library.
"""

from __future__ import annotations

import sys

# httpx brings a command line of its own when rich and click are there: 40 ms and 8 MB for nothing. It copes without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
