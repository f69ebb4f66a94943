"""HTTP session with one panel: retries, checked redirects, translated errors, pacing by the host gate.

No URL and no foreign exception leaves this module, because both contain the password.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from tui_app.errors import PanelError
from tui_app.xtream.http.body import DownloadedBody, Pace, Progress, receive
from tui_app.xtream.http.errors import TROUBLE, Peer, asks_for_https, asks_to_wait, explained, seconds_of, speaks_https
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.proxies import Proxy
from tui_app.xtream.http.proxy_handshake import wants_login
from tui_app.xtream.http.redirects import REDIRECTS, checked_target, cookies_of
from tui_app.xtream.http.response_head import BrokenRules
from tui_app.xtream.http.transport import PanelTransport
from tui_app.xtream.urls import host_of

#: Maximum wait the server may request, unless the user sees the wait and can cancel it.
LONGEST_WAIT_S: Final = 60.0
LONGEST_WATCHED_WAIT_S: Final = 600.0
MAX_HOPS: Final = 5
_DENIALS_OF_5XX: Final = frozenset((512, 513))

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Headers, limits in seconds and clocks of a client. Bodies slower than `pace` are aborted."""

    user_agent: str = "VLC/3.0.21 LibVLC/3.0.21"
    connect_timeout_s: float = 10.0
    first_byte_timeout_s: float = 120.0
    read_timeout_s: float = 30.0
    login_total_s: float = 20.0
    pace: Pace = field(default_factory=Pace)
    verify_tls: bool = True
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits and extra headers of one call. Times in seconds, the cap in decoded bytes.

    `background`: spaced more widely. `harmless`: statuses that are no failure of the server. `is_watched`: the user
    sees a requested wait and can cancel it.
    """

    cap: int
    first_byte_s: float
    idle_s: float
    total_s: float | None = None
    tries: int = 3
    background: bool = False
    harmless: frozenset[int] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    is_watched: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A response with any status, its body on disk."""

    status: int
    headers: httpx.Headers
    body: DownloadedBody
    proxy: Proxy | None = None  # the proxy that received the request in place of the panel

    @property
    def is_transient(self) -> bool:
        """Whether the status means throttled or overloaded, so that a later retry may succeed."""
        return self.status in (408, 429, 444, 499) or (500 <= self.status < 600 and self.status not in _DENIALS_OF_5XX)


class _Broken(Exception):
    """A failed attempt: the error to raise, and whether a retry may help."""

    def __init__(self, failure: PanelError, *, may_retry: bool) -> None:
        super().__init__()
        self.failure = failure
        self.may_retry = may_retry


class HttpSession:
    """Sends GET requests to one panel, through its gate.

    `base_url` changes when the panel redirects from http to https. `on_wait` is called with the seconds before a
    wait that the server requests.
    """

    def __init__(
        self,
        base_url: str,
        options: ClientOptions,
        *,
        gate: HostGate,
        transport: httpx.AsyncBaseTransport,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        self.base_url = base_url
        self._options, self._gate = options, gate
        self._headers = {
            "User-Agent": options.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
        }
        self._transport, self._on_wait = transport, on_wait
        self._cookies = ""  # set by an anti-bot page
        self._has_answered = self._was_probed = False

    async def close(self) -> None:
        await self._transport.aclose()

    @property
    def host(self) -> str:
        """Return `host:port`, for messages."""
        return host_of(self.base_url)

    async def get(self, url_for: Callable[[str], str], limits: Limits, on_progress: Progress | None = None) -> Reply:
        """Request until there is a final answer, at most `limits.tries` times.

        `url_for` builds the URL from the base. Raises Unreachable (including ProxyError), BadAnswer (too large
        or invalid HTTP), Throttled, PanelError (a refused redirect).
        """
        attempt, spare_attempts = 1, 1 if self._has_answered else 0
        while True:
            try:
                reply = await self._follow(url_for, limits, on_progress)
            except _Broken as broken:
                reply, failure, may_retry = None, broken.failure, broken.may_retry
                log.debug("attempt %d: %s", attempt, failure)
            if reply is None:
                # a reused connection was closed or held leftovers of an earlier response: retry on a new one
                if spare_attempts and (may_retry or isinstance(failure, BrokenRules)):
                    spare_attempts = 0
                    continue
                if not may_retry or attempt >= limits.tries:
                    self._gate.record_failure()
                    raise failure
                wait = self._back_off(attempt)
            else:
                self._has_answered = True
                asked = seconds_of(reply.headers.get("retry-after", ""), self._options.wall_clock())
                if not reply.is_transient or (attempt >= limits.tries and not self._is_too_long(asked, limits)):
                    self._note_health(reply, limits)
                    return reply
                wait = self._wait_after(reply, asked, attempt, limits)
            await self._options.sleep(wait)
            attempt += 1

    def _note_health(self, reply: Reply, limits: Limits) -> None:
        if not reply.is_transient:
            self._gate.record_answer()
        elif reply.status not in limits.harmless:
            self._gate.record_failure()

    def _wait_after(self, reply: Reply, asked: float | None, attempt: int, limits: Limits) -> float:
        """Return the seconds to wait before retrying a transient answer. Raises `Throttled`."""
        reply.body.close()
        if asked is None:
            return self._back_off(attempt)
        if self._is_too_long(asked, limits):
            self._note_health(reply, limits)
            raise asks_to_wait(asked)
        if self._on_wait is not None:
            self._on_wait(asked)
        return asked

    def _is_too_long(self, asked: float | None, limits: Limits) -> bool:
        is_watched = limits.is_watched and self._on_wait is not None
        return asked is not None and asked > (LONGEST_WATCHED_WAIT_S if is_watched else LONGEST_WAIT_S)

    def _back_off(self, attempt: int) -> float:
        return float(2 ** (attempt - 1)) * random.uniform(1.0, 1.25)

    async def _follow(self, url_for: Callable[[str], str], limits: Limits, on_progress: Progress | None) -> Reply:
        url = url_for(self.base_url)
        for _hop in range(MAX_HOPS + 1):
            await self._gate.start_call(background=limits.background)
            started = time.monotonic()
            reply = await self._send(url, limits, on_progress)
            log.debug("%s %s: %d after %.2f s", self.host, _asked(url), reply.status, time.monotonic() - started)
            location = reply.headers.get("location")
            if reply.status not in REDIRECTS or not location:
                return reply
            reply.body.close()
            self._cookies = cookies_of(reply.headers) or self._cookies
            target = checked_target(url, location)
            if (base_url := target.moved_base) is not None:
                self.base_url = base_url
            url = target.url if base_url is None else url_for(base_url)
        raise PanelError(f"{self.host} redirects without end.", hint="Check the server address of the profile.")

    async def _send(self, url: str, limits: Limits, on_progress: Progress | None) -> Reply:
        scheme, proxy = url.partition(":")[0].lower(), None
        try:
            request = self._request(url, limits)
            if isinstance(self._transport, PanelTransport):
                proxy = self._transport.proxy_for(request.url)
            async with asyncio.timeout(limits.total_s):
                reply = await self._exchange(request, limits, on_progress)
        except TROUBLE as error:
            failure, may_retry = explained(error, Peer(self.host, scheme, proxy))
        else:
            forward = proxy if proxy is not None and proxy.is_spoken_to_for(scheme) else None
            return self._judged(replace(reply, proxy=forward), scheme)
        # outside the handler, so that no exception context holds the URL
        if may_retry and scheme == "http" and not self._has_answered and await self._speaks_tls(request.url):
            failure, may_retry = speaks_https(self.host), False
        raise _Broken(failure, may_retry=may_retry)

    def _request(self, url: str, limits: Limits) -> httpx.Request:
        async def record_sent(step: str, facts: dict[str, Any]) -> None:
            if step.endswith("send_request_headers.started"):
                self._gate.record_sent(background=limits.background)

        headers = self._headers | dict(limits.headers) | ({"Cookie": self._cookies} if self._cookies else {})
        # further phases are timed below
        times = httpx.Timeout(None, connect=self._options.connect_timeout_s).as_dict()
        return httpx.Request("GET", url, headers=headers, extensions={"trace": record_sent, "timeout": times})

    async def _exchange(self, request: httpx.Request, limits: Limits, on_progress: Progress | None) -> Reply:
        async with asyncio.timeout(limits.first_byte_s):
            response = await self._transport.handle_async_request(request)
        response.request = request
        try:
            body = await receive(
                response,
                cap=limits.cap,
                first_byte_s=limits.first_byte_s,
                idle_s=limits.idle_s,
                pace=self._options.pace,
                on_progress=on_progress if response.status_code < 300 else None,
            )
        finally:
            await response.aclose()
        return Reply(response.status_code, response.headers, body)

    def _judged(self, reply: Reply, scheme: str) -> Reply:
        """Return the reply unless its status concerns the connection (proxy, TLS)."""
        if reply.status == 407 and reply.proxy is not None:
            reply.body.close()
            raise _Broken(wants_login(reply.proxy), may_retry=False)
        if scheme == "http" and asks_for_https(reply.status, next(reply.body.blocks(), b"")):
            reply.body.close()
            raise _Broken(speaks_https(self.host), may_retry=False)
        return reply

    async def _speaks_tls(self, url: httpx.URL) -> bool:
        """Whether a port that gave no answer to http speaks TLS. Sends no request."""
        if self._was_probed or not isinstance(self._transport, PanelTransport):
            return False
        self._was_probed = True
        return await self._transport.speaks_tls(url)


def _asked(url: str) -> str:
    """Describe a request without secrets: the action of an API call, or the script name."""
    parts = urlsplit(url)
    script = parts.path.rpartition("/")[2]
    return "".join(parse_qs(parts.query).get("action", ())[:1]) or (
        script if script.endswith(".php") else "another page"
    )
