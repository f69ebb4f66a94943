"""Transport for httpx: selects the proxy per request, connects, and keeps idle connections.

Tolerant where httpx is strict (see `response_head`). Proxy variables are parsed in `proxies`, because httpx rejects
values that other programs accept, with exceptions of arbitrary types.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

import httpcore
import httpx

from tui_app.errors import Unreachable
from tui_app.xtream.http.backend import PanelBackend
from tui_app.xtream.http.proxies import Proxy, ProxyTable
from tui_app.xtream.http.proxy_handshake import authorization

#: Seconds from the first to the last byte of a response head.
HEAD_S: Final = 30.0
_CONNECTIONS: Final = 20
_KEPT_S: Final = 5.0  # httpx's default
_PROBE_S: Final = 1.0
_CERTIFICATE_FILES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class PanelTransport(httpx.AsyncBaseTransport):
    """Sends requests, each through the proxy that `proxies` selects for its server.

    Raises httpx exceptions, and `ProxyError`, `Unreachable` (server behind a proxy, unreadable certificates),
    `BrokenRules`, `TlsAnswer`, `SlowHead`.
    """

    def __init__(
        self, *, verify_tls: bool, proxies: ProxyTable | None = None, head_s: float = HEAD_S, probe_s: float = _PROBE_S
    ) -> None:
        self._verify_tls = verify_tls
        self._proxies = ProxyTable.of_this_process() if proxies is None else proxies
        self._head_s, self._probe_s = head_s, probe_s
        self._pools: dict[tuple[str, Proxy | None], httpcore.AsyncConnectionPool] = {}

    def proxy_for(self, url: httpx.URL) -> Proxy | None:
        """Return the proxy of a URL. Raises `ProxyError` for an invalid variable."""
        return self._proxies.for_address(url.scheme, url.host, url.port or _port_of(url.scheme))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        proxy = self.proxy_for(request.url)
        with _named_as_by_httpx(request):
            answer = await self._pool(request.url.scheme, proxy).handle_async_request(_core_request(request, proxy))
        assert isinstance(answer.stream, AsyncIterator) or hasattr(answer.stream, "__aiter__")
        stream = _Stream(answer.stream, request)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    def _pool(self, scheme: str, proxy: Proxy | None) -> httpcore.AsyncConnectionPool:
        """Return the connection pool of a scheme and proxy. Certificates (30 ms) are loaded only for https."""
        key = (scheme, proxy)
        if key not in self._pools:
            self._pools[key] = httpcore.AsyncConnectionPool(
                ssl_context=tls_context(verify=self._verify_tls) if scheme == "https" else None,
                max_connections=_CONNECTIONS,
                keepalive_expiry=_KEPT_S,
                network_backend=self._backend(scheme, proxy),
            )
        return self._pools[key]

    def _backend(self, scheme: str, proxy: Proxy | None) -> PanelBackend:
        return PanelBackend(
            proxy,
            tunnels=proxy is not None and not proxy.is_spoken_to_for(scheme),
            head_s=self._head_s,
            proxy_context=lambda: tls_context(verify=True),
        )

    async def speaks_tls(self, url: httpx.URL) -> bool:
        """Whether the server's port speaks TLS. Sends no request."""
        try:
            backend = self._backend("https", self.proxy_for(url))
            stream = await backend.connect_tcp(url.host, url.port or _port_of(url.scheme), timeout=self._probe_s)
            try:
                stream = await stream.start_tls(tls_context(verify=False), url.host, timeout=self._probe_s)
            finally:
                await stream.aclose()
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError, Unreachable):
            return False
        return True


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """Return the TLS context. Raises `Unreachable` naming the variable if custom certificates can't be read."""
    try:
        return httpx.create_ssl_context(verify=verify)
    except (OSError, ValueError):  # includes ssl.SSLError
        named = " or ".join(name for name in _CERTIFICATE_FILES if os.environ.get(name)) or "the system"
        hint = "Correct the variable, or unset it to use the usual certificates."
        raise Unreachable(f"The certificates named by {named} can't be read.", hint=hint) from None


def _port_of(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _core_request(request: httpx.Request, proxy: Proxy | None) -> httpcore.Request:
    """Return the request for httpcore. An HTTP proxy without tunnel gets the absolute URL."""
    url, headers, extensions = request.url, request.headers.raw, dict(request.extensions)
    if proxy is not None and proxy.is_spoken_to_for(url.scheme):
        extensions["target"] = b"http://" + url.netloc + url.raw_path
        if value := authorization(proxy):
            headers = [*headers, (b"Proxy-Authorization", value)]
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Request(request.method, target, headers=headers, content=request.stream, extensions=extensions)


@contextmanager
def _named_as_by_httpx(request: httpx.Request) -> Iterator[None]:
    """Translate httpcore exceptions into those of httpx, which have the same names."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
        httpcore.ConnectionNotAvailable,
    ) as error:
        kind = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error), request=request) from error


class _Stream(httpx.AsyncByteStream):
    """A response body as it arrives."""

    def __init__(self, inner: object, request: httpx.Request) -> None:
        self._inner = inner
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _named_as_by_httpx(self._request):
            async for block in self._inner:  # type: ignore[attr-defined]
                yield block

    async def aclose(self) -> None:
        await self._inner.aclose()  # type: ignore[attr-defined]
