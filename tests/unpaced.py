"""The program as it is, but polite to nobody: no pauses between requests, so that tests need not wait for them."""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from tui_app.__main__ import main


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)


def without_pauses() -> object:
    """What stands in for the panel client."""
    from tui_app.xtream.client import PanelClient

    return partial(PanelClient, sleep=_at_once)


if __name__ == "__main__":
    from tui_app.sync import panel

    panel.__dict__["PanelClient"] = without_pauses()
    sys.exit(main())
