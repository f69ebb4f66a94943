"""The program as it is, but polite to nobody: no pauses between requests, so that tests need not wait for them."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from tui_app.__main__ import main

if TYPE_CHECKING:
    from tui_app.xtream.http.host_gate import HostGate


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)


def without_pauses() -> object:
    """What stands in for the panel client: its calls start at once. One list at a time stays the rule."""
    from tui_app.xtream.client import PanelClient

    async def start_at_once(*, background: bool = False) -> None:
        await asyncio.sleep(0)

    def build(*account: str, gate: HostGate, **more: Any) -> PanelClient:
        gate.start_call = start_at_once  # type: ignore[method-assign]
        return PanelClient(*account, gate=gate, sleep=_at_once, **more)

    return build


if __name__ == "__main__":
    from tui_app.sync import panel

    panel.__dict__["PanelClient"] = without_pauses()
    sys.exit(main())
