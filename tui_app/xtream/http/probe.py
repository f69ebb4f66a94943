"""Read the first bytes of a stream to find out whether its URL plays.

Streams come from other hosts than lists, so redirects are followed as a player would. Errors contain no URL; they name
the host that failed, which may be another than the panel's.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final

import httpx

from tui_app.errors import BadAnswer, PanelError
from tui_app.xtream.catchup import FirstBytes
from tui_app.xtream.http.errors import TROUBLE, Peer, explained
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.redirects import REDIRECTS, cookies_of, resolved
from tui_app.xtream.http.transport import PanelTransport
from tui_app.xtream.urls import host_of

#: Ten packets of an MPEG transport stream, in bytes.
MOST_BYTES: Final = 1_880
_MAX_HOPS: Final = 5
#: Result of an endless or invalid redirect: an answer that does not play.
_NOWHERE: Final = FirstBytes(310, "", b"")


class StreamProbe:
    """Probes streams of one panel; an async context manager. `within_s` limits one probe."""

    def __init__(
        self,
        gate: HostGate,
        *,
        user_agent: str,
        verify_tls: bool,
        within_s: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._gate = gate
        self._within_s = within_s
        self._transport = transport or PanelTransport(verify_tls=verify_tls)
        self._headers = {"User-Agent": user_agent, "Accept": "*/*", "Range": f"bytes=0-{MOST_BYTES - 1}"}

    async def __aenter__(self) -> StreamProbe:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def look(self, address: str) -> FirstBytes:
        """Return status, type and first bytes. Raises `Unreachable`, `BadAnswer` (invalid HTTP)."""
        await self._gate.start_call()
        asked = [address]
        try:
            async with asyncio.timeout(self._within_s):
                return await self._followed(asked)
        except TROUBLE as error:
            failure = self._failure(error, asked[-1])
        raise failure  # outside the handler, so that no exception context holds the URL

    def _failure(self, error: BaseException, address: str) -> PanelError:
        peer = Peer(host_of(address), address.partition(":")[0].lower())
        return explained(error, peer)[0]

    async def _followed(self, asked: list[str]) -> FirstBytes:
        """Follow redirects and return the final answer. Appends each URL to `asked` before the request."""
        cookies = ""
        for _hop in range(_MAX_HOPS + 1):
            url = asked[-1]
            response = await self._transport.handle_async_request(self._request(url, cookies))
            try:
                location = response.headers.get("location")
                if response.status_code not in REDIRECTS or not location:
                    return await _first_bytes(response)
                try:
                    target = resolved(url, location)
                except BadAnswer:
                    return _NOWHERE
                if target.scheme not in ("http", "https") or not target.host:
                    return _NOWHERE
                cookies = cookies_of(response.headers) or cookies if target.host == httpx.URL(url).host else ""
                asked.append(str(target))
            finally:
                await response.aclose()
        return _NOWHERE

    def _request(self, url: str, cookies: str) -> httpx.Request:
        headers = self._headers | ({"Cookie": cookies} if cookies else {})
        return httpx.Request("GET", url, headers=headers)


async def _first_bytes(response: httpx.Response) -> FirstBytes:
    body = b""
    async for block in response.aiter_raw():
        body += block
        if len(body) >= MOST_BYTES:
            break
    return FirstBytes(response.status_code, response.headers.get("content-type", ""), body[:MOST_BYTES])
