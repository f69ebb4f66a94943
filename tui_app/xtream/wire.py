"""HTTP manners: few and patient retries, redirects judged by hand, every failure made ours, each request by the gate.

No URL and no exception of a library leaves here: both hold the password. Knows nothing of what bodies mean.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from tui_app.errors import BadAnswer, PanelError, TooSlow, Unreachable
from tui_app.xtream.body import DownloadedBody, NothingReceived, Progress, receive
from tui_app.xtream.host_gate import HostGate
from tui_app.xtream.urls import API_SCRIPT, host_of

LONGEST_WAIT_S: Final = 60.0
MAX_HOPS: Final = 5
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_DENIALS_OF_5XX: Final = frozenset((512, 513))

log = logging.getLogger(__name__)

for _name in ("httpx", "httpcore"):  # they log whole URLs, password included
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost, and the headers it sends besides. Times in seconds, the cap in decoded bytes.

    `background` is work that nobody waits for. `harmless` statuses say nothing of how the server is.
    """

    cap: int
    first_byte_s: float
    idle_s: float
    total_s: float | None = None
    tries: int = 3
    background: bool = False
    harmless: frozenset[int] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status, its body on disk."""

    status: int
    headers: httpx.Headers
    body: DownloadedBody

    @property
    def is_transient(self) -> bool:
        """Throttled or overloaded: worth another try later."""
        return self.status in (408, 429, 444, 499) or (500 <= self.status < 600 and self.status not in _DENIALS_OF_5XX)


class _Broken(Exception):
    """An attempt failed; `failure` is what to tell, `may_retry` whether a new attempt could do better."""

    def __init__(self, failure: PanelError, *, may_retry: bool) -> None:
        super().__init__()
        self.failure = failure
        self.may_retry = may_retry


class Wire:
    """GETs from one panel, through its gate.

    `base_url` changes when the panel moves us from http to https, for this session.
    """

    def __init__(
        self,
        base_url: str,
        *,
        user_agent: str,
        connect_timeout_s: float,
        verify_tls: bool,
        gate: HostGate,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        wall_clock: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self._gate, self._sleep, self._wall_clock = gate, sleep, wall_clock
        self._user_agent, self._connect_timeout_s, self._verify_tls = user_agent, connect_timeout_s, verify_tls
        self._transport = transport
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._has_answered = False

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def _client(self, scheme: str) -> httpx.AsyncClient:
        """The client for addresses of this scheme: most panels speak http, and certificates take 30 ms to load."""
        if scheme not in self._clients:
            self._clients[scheme] = httpx.AsyncClient(
                headers={"User-Agent": self._user_agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"},
                # the rest is timed here, phase by phase
                timeout=httpx.Timeout(None, connect=self._connect_timeout_s),
                follow_redirects=False,
                verify=self._verify_tls and scheme != "http",
                transport=self._transport,
            )
        return self._clients[scheme]

    @property
    def host(self) -> str:
        """`host:port`, for messages."""
        return host_of(self.base_url)

    async def get(self, url_for: Callable[[str], str], limits: Limits, on_progress: Progress | None = None) -> Reply:
        """Ask until there is an answer that stands, at most `limits.tries` times.

        `url_for` makes the address from the base. Raises Unreachable, BadAnswer (too large), PanelError (a redirect we
        do not follow).
        """
        attempt, spare_attempts = 1, 1 if self._has_answered else 0
        while True:
            try:
                reply = await self._follow(url_for, limits, on_progress)
            except _Broken as broken:
                reply, failure, may_retry = None, broken.failure, broken.may_retry
                log.debug("attempt %d: %s", attempt, failure)
            if reply is None:
                if may_retry and spare_attempts:  # an idle connection the server had closed already
                    spare_attempts = 0
                    continue
                if not may_retry or attempt >= limits.tries:
                    self._gate.note_failure()
                    raise failure
                wait = self._back_off(attempt)
            else:
                self._has_answered = True
                if not reply.is_transient or attempt >= limits.tries:
                    self._note_health(reply, limits)
                    return reply
                reply.body.close()
                wait = self._asked_to_wait(reply.headers) or self._back_off(attempt)
            await self._sleep(wait)
            attempt += 1

    def _note_health(self, reply: Reply, limits: Limits) -> None:
        if not reply.is_transient:
            self._gate.note_answer()
        elif reply.status not in limits.harmless:
            self._gate.note_failure()

    def _back_off(self, attempt: int) -> float:
        return float(2 ** (attempt - 1)) * random.uniform(1.0, 1.25)

    def _asked_to_wait(self, headers: httpx.Headers) -> float | None:
        """Seconds of a Retry-After, which may be a number or a date; at most a minute."""
        value = headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return min(float(value[:6]), LONGEST_WAIT_S) or None
        try:
            wait = parsedate_to_datetime(value).timestamp() - self._wall_clock()
        except (ValueError, OverflowError):
            return None
        return min(wait, LONGEST_WAIT_S) if wait > 0 else None

    async def _follow(self, url_for: Callable[[str], str], limits: Limits, on_progress: Progress | None) -> Reply:
        url = url_for(self.base_url)
        for _hop in range(MAX_HOPS + 1):
            await self._gate.start_call(background=limits.background)
            started = time.monotonic()
            reply = await self._send(url, limits, on_progress)
            log.debug("%s %s: %d after %.2f s", self.host, _asked(url), reply.status, time.monotonic() - started)
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not location:
                return reply
            reply.body.close()
            url = self._redirected(url, location, url_for)
        raise PanelError(f"{self.host} redirects without end.", hint="Check the server address of the profile.")

    def _redirected(self, url: str, location: str, url_for: Callable[[str], str]) -> str:
        """Where to go on. The login goes along with every call, so it only ever goes to the same server.

        That is the same host and port, or the same host's https side, which has a port of its own.
        """
        try:
            here, target = urlsplit(url), urlsplit(urljoin(url, location))
            host, port = target.hostname or "", target.port
        except ValueError:
            raise BadAnswer(f"{self.host} redirects to something that is no address.") from None
        is_elsewhere = host != here.hostname or (target.scheme == here.scheme and target.port != here.port)
        if target.scheme not in ("http", "https") or is_elsewhere:
            raise PanelError(
                f"{self.host} sends us on to another server ({host or 'no address'}); your login was not sent there.",
                hint="If your provider has moved, change the server address of the profile.",
            )
        if here.scheme == "https" and target.scheme == "http":
            raise PanelError(
                f"{self.host} sends us on to a connection without encryption; your login was not sent there.",
                hint="If you accept that, change the server address of the profile to http://.",
            )
        netloc = f"[{host}]" if ":" in host else host
        origin = f"{target.scheme}://{netloc}" + (f":{port}" if port else "")
        if target.path.endswith(f"/{API_SCRIPT}"):
            self.base_url = origin + target.path[: -len(API_SCRIPT) - 1]
            return url_for(self.base_url)
        return origin + target.path + (f"?{target.query}" if target.query else "")

    async def _send(self, url: str, limits: Limits, on_progress: Progress | None) -> Reply:
        failure: PanelError | None = None
        may_retry = False
        try:
            async with asyncio.timeout(limits.total_s):
                return await self._exchange(url, limits, on_progress)
        except httpx.ConnectTimeout:
            failure = Unreachable(f"{self.host} did not answer in time.")
        except (TimeoutError, httpx.TimeoutException):
            failure = TooSlow(f"{self.host} did not answer in time.")
        except NothingReceived:
            failure, may_retry = Unreachable(f"The connection to {self.host} broke."), True
        except (httpx.InvalidURL, UnicodeError):
            failure = Unreachable("The server address can't be used.", hint="Check the address of the profile.")
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            failure, may_retry = _explained(error, self.host)
        raise _Broken(failure, may_retry=may_retry)  # outside the handler: no context that holds the URL

    async def _exchange(self, url: str, limits: Limits, on_progress: Progress | None) -> Reply:
        async def note_sent(step: str, facts: dict[str, Any]) -> None:
            if step.endswith("send_request_headers.started"):
                self._gate.note_sent(background=limits.background)

        client = self._client(url.partition(":")[0])
        request = client.build_request("GET", url, headers=limits.headers, extensions={"trace": note_sent})
        async with asyncio.timeout(limits.first_byte_s):
            response = await client.send(request, stream=True)
        try:
            body = await receive(
                response,
                cap=limits.cap,
                first_byte_s=limits.first_byte_s,
                idle_s=limits.idle_s,
                on_progress=on_progress if response.status_code < 300 else None,
            )
        finally:
            await response.aclose()
            client.cookies.clear()
        return Reply(response.status_code, response.headers, body)


def _asked(url: str) -> str:
    """What a request is for, in words that hold no secret: the action of an API call, else the script's name."""
    parts = urlsplit(url)
    script = parts.path.rpartition("/")[2]
    return "".join(parse_qs(parts.query).get("action", ())[:1]) or (
        script if script.endswith(".php") else "another page"
    )


def _explained(error: Exception, host: str) -> tuple[PanelError, bool]:
    """What a failure of the network means in words, and whether another try could help."""
    causes = list(_chain(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        hint = "If you trust this server nevertheless, turn off the TLS check in the profile."
        return Unreachable(f"The certificate of {host} is not valid.", hint=hint), False
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        hint = "The server may speak http only: check the address of the profile."
        return Unreachable(f"No secure connection to {host} could be made.", hint=hint), False
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Unreachable(f"The name of {host} can't be found."), False
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Unreachable(f"{host} refuses connections."), True
    if isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError):
        return Unreachable(f"{host} can't be reached by this address or proxy."), False
    return Unreachable(f"The connection to {host} broke."), True


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        cause = todo.pop()
        if cause is None or cause in seen:
            continue
        seen.append(cause)
        yield cause
        todo += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            todo += cause.exceptions
