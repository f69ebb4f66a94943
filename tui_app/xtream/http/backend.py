"""Network backend for httpcore: proxies, large reads, and response heads normalised for h11.

Proxy failures raise `ProxyError`, so that they are not attributed to the panel.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from typing import Any, Final

import httpcore

from tui_app.errors import ProxyError, TooSlow
from tui_app.xtream.http.proxies import Proxy
from tui_app.xtream.http.proxy_handshake import makes_no_sense, open_tunnel
from tui_app.xtream.http.response_head import HeadReader

#: Bytes per read. With httpcore's 64 kB a download passes the HTTP layers in four times as many chunks
#: and costs three times as much; asyncio reads no more than this at a time.
BLOCK: Final = 1 << 18

MakeContext = Callable[[], ssl.SSLContext]


class SlowHead(Exception):
    """A response head started to arrive but did not end in time. Internal to this package."""


class PanelBackend(httpcore.AsyncNetworkBackend):
    """Connects to the servers of one scheme, through `proxy` if given.

    `tunnels`: use CONNECT or SOCKS; otherwise requests are sent to the proxy itself. `head_s` limits the seconds
    from the first to the last byte of a response head; `proxy_context` creates the TLS context for an https proxy.
    """

    def __init__(self, proxy: Proxy | None, *, tunnels: bool, head_s: float, proxy_context: MakeContext) -> None:
        self._proxy = proxy
        self._tunnels = tunnels
        self._head_s = head_s
        self._proxy_context = proxy_context
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if self._proxy is None:
            stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        else:
            stream = await self._through(self._proxy, host, port, timeout)
        return PanelStream(stream, self._head_s)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _through(self, proxy: Proxy, host: str, port: int, timeout: float | None) -> httpcore.AsyncNetworkStream:
        """Connect to the server through the proxy, or to the proxy itself. Raises `ProxyError`, `Unreachable`."""
        stream = None
        try:
            async with asyncio.timeout(timeout):
                stream = await self._to_proxy(proxy)
                if self._tunnels:
                    await open_tunnel(stream, proxy, host, port)
        except BaseException as error:
            if stream is not None:
                await stream.aclose()
            if isinstance(error, TimeoutError | httpcore.TimeoutException):
                raise TooSlow(f"T{proxy.words[1:]} did not answer in time.", hint=ProxyError.default_hint) from None
            if isinstance(error, httpcore.NetworkError | OSError):
                raise ProxyError(f"The connection to {proxy.words} broke.") from None
            raise
        return stream

    async def _to_proxy(self, proxy: Proxy) -> httpcore.AsyncNetworkStream:
        try:
            stream = await self._inner.connect_tcp(proxy.host, proxy.port)
        except httpcore.ConnectError:
            raise ProxyError(f"T{proxy.words[1:]} can't be reached.") from None
        if proxy.scheme != "https":
            return stream
        try:
            return await stream.start_tls(self._proxy_context(), proxy.host)
        except httpcore.ConnectError as error:
            if isinstance(error.__context__, ssl.SSLCertVerificationError):
                raise ProxyError(f"The certificate of {proxy.words} is not valid.") from None
            raise makes_no_sense(proxy) from None


class PanelStream(httpcore.AsyncNetworkStream):
    """A stream that normalises each response head before h11 parses it."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, head_s: float) -> None:
        self._inner = inner
        self._head_s = head_s
        self._expects_head = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._expects_head:
            return await self._read_head(timeout)
        return await self._inner.read(max(max_bytes, BLOCK), timeout)

    async def _read_head(self, timeout: float | None) -> bytes:
        """Return the normalised head with the bytes after it; empty if the connection closes first.

        Raises `BrokenRules`, `TlsAnswer`, `SlowHead`.
        """
        reader = HeadReader()
        block = await self._inner.read(BLOCK, timeout)
        try:
            async with asyncio.timeout(self._head_s):
                while block:
                    if (ready := reader.feed(block)) is not None:
                        self._expects_head = False
                        return ready
                    block = await self._inner.read(BLOCK, timeout)
        except TimeoutError:
            raise SlowHead from None
        reader.end()
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:  # a request was sent: next comes a response head
            self._expects_head = True
            await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return PanelStream(inner, self._head_s)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
