"""The program as it is, but polite to nobody: no pauses between requests, so that tests need not wait for them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui_app.__main__ import main

if TYPE_CHECKING:
    from tui_app.sync.panel import ClientBuilder
    from tui_app.xtream.client import PanelClient
    from tui_app.xtream.http.session import ClientOptions


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)


def without_pauses() -> ClientBuilder:
    """Build clients whose calls start at once. One list at a time stays the rule."""
    from tui_app.xtream.client import PanelClient

    async def start_at_once(*, background: bool = False) -> None:
        await asyncio.sleep(0)

    def build(url: str, username: str, password: str, options: ClientOptions, **more: Any) -> PanelClient:
        more["gate"].start_call = start_at_once
        return PanelClient(url, username, password, replace(options, sleep=_at_once), **more)

    return build


@contextmanager
def unpaced() -> Iterator[None]:
    """Let no client of this process wait between its calls for the length of a block."""
    from tui_app.sync.panel import building_clients

    with building_clients(without_pauses()):
        yield


if __name__ == "__main__":
    with unpaced():
        sys.exit(main())
