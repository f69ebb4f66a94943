"""Looks at the first bytes of a stream and lets go: whether an address plays is known from nothing else.

Streams come from other hosts than lists, so redirects are followed as a player would follow them. No address and no
exception of a library leaves here.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final

import httpx

from tui_app.errors import TooSlow, Unreachable
from tui_app.xtream.catchup import FirstBytes
from tui_app.xtream.host_gate import HostGate
from tui_app.xtream.urls import host_of

#: Ten packets of a transport stream.
MOST_BYTES: Final = 1_880
_MAX_HOPS: Final = 5


class StreamPeek:
    """Looks at streams of one panel; an async context manager. `within_s` holds for one look."""

    def __init__(self, gate: HostGate, *, user_agent: str, verify_tls: bool, within_s: float) -> None:
        self._gate = gate
        self._within_s = within_s
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent, "Accept": "*/*", "Range": f"bytes=0-{MOST_BYTES - 1}"},
            timeout=httpx.Timeout(within_s),
            follow_redirects=True,
            max_redirects=_MAX_HOPS,
            verify=verify_tls,
        )

    async def __aenter__(self) -> StreamPeek:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def look(self, address: str) -> FirstBytes:
        """Status, type and first bytes. Raises `Unreachable`; a redirect without end or to no web address counts as
        an answer that plays nothing."""
        await self._gate.start_call()
        host = host_of(address)
        failure: Unreachable
        try:
            async with asyncio.timeout(self._within_s):
                return await self._first_bytes(address)
        except (httpx.TooManyRedirects, httpx.UnsupportedProtocol):
            return FirstBytes(310, "", b"")
        except (TimeoutError, httpx.TimeoutException):
            failure = TooSlow(f"{host} did not answer in time.")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError):
            failure = Unreachable(f"The connection to {host} broke.")
        raise failure  # outside the handler: no context that holds the address

    async def _first_bytes(self, address: str) -> FirstBytes:
        body = b""
        async with self._client.stream("GET", address) as response:
            async for block in response.aiter_raw():
                body += block
                if len(body) >= MOST_BYTES:
                    break
            return FirstBytes(response.status_code, response.headers.get("content-type", ""), body[:MOST_BYTES])
