"""Read the first bytes of a stream to find out whether its URL plays.

Errors name the host that failed, which may be another than the panel's.
"""

from __future__ import annotations

import asyncio
from typing import Final

import httpx

from tui_app.xtream.catchup import FirstBytes
from tui_app.xtream.http.media import LostStream, MediaClient

#: Ten packets of an MPEG transport stream, in bytes.
MOST_BYTES: Final = 1_880
_FIRST: Final = {"Range": f"bytes=0-{MOST_BYTES - 1}"}
#: Result of an endless or invalid redirect: an answer that does not play.
_NOWHERE: Final = FirstBytes(310, "", b"")


class StreamProbe(MediaClient):
    """Probes streams of one panel."""

    async def look(self, address: str) -> FirstBytes:
        """Return status, type and first bytes. Raises `Unreachable`, `BadAnswer` (invalid HTTP)."""
        try:
            async with self.open(address, _FIRST) as response:
                async with asyncio.timeout(self.answer_s):
                    return await _first_bytes(response)
        except LostStream:
            return _NOWHERE


async def _first_bytes(response: httpx.Response) -> FirstBytes:
    body = b""
    async for block in response.aiter_raw():
        body += block
        if len(body) >= MOST_BYTES:
            break
    return FirstBytes(response.status_code, response.headers.get("content-type", ""), body[:MOST_BYTES])
