"""Record a channel for a time: what arrives is appended to one file, and a broken stream is opened again."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui_app.downloads.transfer import TransferOptions, blocks_of, check_media, write_block
from tui_app.errors import BadAnswer, NotFound, PanelError
from tui_app.xtream.http.media import MediaClient

#: Called with the bytes recorded, and the seconds that have passed.
OnProgress = Callable[[int, float], None]
_LONGEST_WAIT_S: Final = 30.0
_MOST_DOUBLINGS: Final = 10


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded file. `interruptions`: how often the stream broke and was opened again."""

    path: Path
    size: int
    seconds: float
    interruptions: int


async def record(
    client: MediaClient,
    address: str,
    target: Path,
    seconds: float,
    options: TransferOptions = TransferOptions(),
    on_progress: OnProgress = lambda size, passed: None,
) -> Recording:
    """Record for so many seconds, after what a killed recording left. When cancelled, what was recorded is kept.

    Raises the `PanelError` or `NotFound` of a stream that never started, `DiskFull`, `OSError`.
    """
    part = target.with_name(f"{target.name}.part")
    began, interruptions, waits, left = time.monotonic(), 0, 0, _size(part)
    try:
        while True:
            before = _size(part)
            try:
                async with asyncio.timeout(max(0.0, seconds - (time.monotonic() - began))):
                    await _receive(client, address, part, options, lambda: on_progress(_size(part), _since(began)))
            except TimeoutError:
                break
            except (PanelError, NotFound):
                if _size(part) == left:
                    raise
            interruptions += 1
            waits = 0 if _size(part) > before else waits + 1
            wait = min(options.first_wait_s * 2 ** min(waits, _MOST_DOUBLINGS), _LONGEST_WAIT_S)
            await options.sleep(min(wait, max(0.0, seconds - _since(began))))
            if _since(began) >= seconds:
                break
    finally:
        if _size(part) > left:
            _finish(part, target)
    if not target.exists():
        raise BadAnswer("The channel sent nothing.", hint="Play it to see whether it works.")
    return Recording(target, _size(target), _since(began), interruptions)


async def _receive(
    client: MediaClient, address: str, part: Path, options: TransferOptions, on_block: Callable[[], None]
) -> None:
    async with client.open(address, {"Accept-Encoding": "identity"}) as response:
        check_media(response)
        async for block in blocks_of(response, options.idle_s):
            write_block(part, block, options.spare_bytes)
            on_block()


def _finish(part: Path, target: Path) -> None:
    with part.open("ab") as file:
        os.fsync(file.fileno())
    part.replace(target)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _since(began: float) -> float:
    return time.monotonic() - began
