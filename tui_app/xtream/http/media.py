"""Open streams and files as a player would: redirects to other hosts are followed, errors contain no URL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final, Self

import httpx

from tui_app.errors import BadAnswer, PanelError
from tui_app.xtream.catchup import FirstBytes
from tui_app.xtream.http.errors import TROUBLE, Peer, explained
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.redirects import REDIRECTS, cookies_of, resolved
from tui_app.xtream.http.transport import PanelTransport
from tui_app.xtream.urls import host_of

_MAX_HOPS: Final = 5


class LostStream(BadAnswer):
    """The address redirects without end, or to something that is no web address."""


class MediaClient:
    """Requests media of one panel; an async context manager. `answer_s`: limit for one answer to begin."""

    def __init__(
        self,
        gate: HostGate,
        *,
        user_agent: str,
        verify_tls: bool,
        answer_s: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._gate = gate
        self.answer_s = answer_s
        self._transport = transport or PanelTransport(verify_tls=verify_tls)
        self._headers = {"User-Agent": user_agent, "Accept": "*/*"}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    @asynccontextmanager
    async def open(self, address: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """Yield the final answer with any status, its body unread.

        Trouble inside the block is translated, too. Raises `Unreachable`, `LostStream`, `BadAnswer` (invalid HTTP).
        """
        await self._gate.start_call()
        asked = [address]
        try:
            async with asyncio.timeout(self.answer_s):
                response = await self._followed(asked, headers)
            try:
                yield response
            finally:
                await response.aclose()
            return
        except TROUBLE as error:
            failure = _failure(error, asked[-1])
        raise failure  # outside the handler, so that no exception context holds the URL

    async def _followed(self, asked: list[str], headers: Mapping[str, str]) -> httpx.Response:
        """Follow redirects and return the final answer. Appends each URL to `asked` before the request."""
        cookies = ""
        for _hop in range(_MAX_HOPS + 1):
            url = asked[-1]
            response = await self._transport.handle_async_request(self._request(url, headers, cookies))
            location = response.headers.get("location")
            if response.status_code not in REDIRECTS or not location:
                return response
            await response.aclose()
            target = _target(url, location)
            cookies = cookies_of(response.headers) or cookies if target.host == httpx.URL(url).host else ""
            asked.append(str(target))
        raise LostStream("The stream redirects without end.")

    def _request(self, url: str, headers: Mapping[str, str], cookies: str) -> httpx.Request:
        every = {**self._headers, **headers, **({"Cookie": cookies} if cookies else {})}
        return httpx.Request("GET", url, headers=every)


def _target(url: str, location: str) -> httpx.URL:
    try:
        target = resolved(url, location)
    except BadAnswer:
        target = httpx.URL("")
    if target.scheme not in ("http", "https") or not target.host:
        raise LostStream("The stream redirects to something that is no web address.")
    return target


def _failure(error: BaseException, address: str) -> PanelError:
    return explained(error, Peer(host_of(address), address.partition(":")[0].lower()))[0]


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
