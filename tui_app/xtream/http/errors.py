"""Translate network failures and `Retry-After` into errors with plain messages; decide whether a retry could help.

No URLs in messages.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from tui_app.errors import PanelError, ProxyError, Throttled, TooSlow, Unreachable
from tui_app.xtream.http.backend import SlowHead
from tui_app.xtream.http.body import NothingReceived
from tui_app.xtream.http.proxies import Proxy
from tui_app.xtream.http.proxy_handshake import makes_no_sense
from tui_app.xtream.http.response_head import BrokenRules, TlsAnswer

#: Everything that sending a request and receiving a response can raise, except errors of `receive`.
TROUBLE: Final = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    OSError,  # includes TimeoutError
    UnicodeError,
    NothingReceived,
    BrokenRules,
    TlsAnswer,
    SlowHead,
    Unreachable,
)
#: OpenSSL's reasons for an answer that is not TLS.
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
_ASKS_FOR_TLS: Final = re.compile(
    rb"plain HTTP (?:request|requests) (?:was|were) sent|speaking plain HTTP to an SSL|HTTP request to an HTTPS server"
    rb"|requires TLS|to an? (?:https|TLS|SSL)[- ]port",
    re.IGNORECASE,
)
_CERTIFICATE_HINT: Final = (
    "If you trust this server nevertheless, turn the check off: xtream-tui profile set NAME --insecure, or in the "
    "app's profile. Whoever stands between it and you can then read your login."
)


@dataclass(frozen=True, slots=True)
class Peer:
    """The receiver of a request: `host:port`, scheme, and the proxy in between, if any."""

    host: str
    scheme: str
    proxy: Proxy | None = None

    @property
    def words(self) -> str:
        """Return words for a message: "the connection to panel.example:8080 through the proxy in HTTP_PROXY (…)"."""
        return f"{self.host} through {self.proxy.words}" if self.proxy else self.host


def explained(error: BaseException, peer: Peer) -> tuple[PanelError, bool]:
    """Return the error to raise, and whether a retry could help."""
    if isinstance(error, BrokenRules | TlsAnswer) and peer.proxy and peer.proxy.is_spoken_to_for(peer.scheme):
        return makes_no_sense(peer.proxy), False
    if isinstance(error, Unreachable | BrokenRules):  # already translated
        error.__context__ = error.__traceback__ = None  # they reference the request, and so the URL
        return error, False
    if isinstance(error, TlsAnswer):
        return speaks_https(peer.host), False
    if isinstance(error, SlowHead):
        return Unreachable(f"{peer.host} sends its answer so slowly that it was broken off."), False
    if isinstance(error, httpx.ConnectTimeout):
        return Unreachable(f"{peer.words} did not answer in time."), False
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TooSlow(f"{peer.words} did not answer in time."), False
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return Unreachable("The server address can't be used.", hint="Check the address of the profile."), False
    return _by_causes(list(_chain(error)), peer)


def _by_causes(causes: list[BaseException], peer: Peer) -> tuple[PanelError, bool]:
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Unreachable(f"The certificate of {peer.host} is not valid.", hint=_CERTIFICATE_HINT), False
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return _without_tls(tls, peer), False
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Unreachable(f"The name of {peer.host} can't be found."), False
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Unreachable(f"{peer.host} refuses connections."), True
    if any(isinstance(cause, httpx.ConnectError) for cause in causes) and peer.scheme == "https":
        return _without_tls(None, peer), False  # closed during the handshake
    return Unreachable(f"The connection to {peer.words} broke."), True


def _without_tls(error: ssl.SSLError | None, peer: Peer) -> Unreachable:
    """Return the error for a server that does not speak TLS."""
    if error is not None and error.reason in _NO_TLS:
        hint = f"It speaks http only: use http://{peer.host}; the login is then sent without encryption."
        return Unreachable(f"No secure connection to {peer.host} could be made: this port speaks http.", hint=hint)
    hint = "The server may speak http only: check the address of the profile."
    return Unreachable(f"No secure connection to {peer.host} could be made.", hint=hint)


def speaks_https(host: str) -> Unreachable:
    """Return the error for an http request to an https port."""
    return Unreachable(f"{host} speaks https, not http.", hint=f"This port speaks https: use https://{host}.")


def asks_for_https(status: int, body: bytes) -> bool:
    """Whether a refusal is the page that web servers send to plain http on their https port."""
    return status in (400, 426, 497) and _ASKS_FOR_TLS.search(body[:4096]) is not None


def perhaps_the_proxy(error: PanelError, proxy: Proxy) -> PanelError:
    """Return the error extended by a note that the proxy may have answered itself."""
    if not isinstance(error, ProxyError):
        error.hint = f"{error.hint} The answer came through {proxy.words}, which may have given it itself.".strip()
    return error


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


# ---------------------------------------------------------------------------------------------- Retry-After
#: Maximum wait in seconds that is displayed exactly (30 days).
_LONGEST_S: Final = 30 * 86_400.0
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def seconds_of(value: str, now: float) -> float | None:
    """Return the seconds of a Retry-After number or date; None if missing, invalid or past."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), _LONGEST_S) or None
    try:
        wait = parsedate_to_datetime(value[:64]).timestamp() - now
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return min(wait, _LONGEST_S) if wait > 0 else None


def in_words(seconds: float) -> str:
    """Format a wait, rounded up: "45 seconds", "12 minutes", "more than 30 days"."""
    if seconds >= _LONGEST_S:
        return "more than 30 days"
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= 2 * size), _UNITS[-1])
    count = max(1, -int(-seconds // size))
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def asks_to_wait(seconds: float) -> Throttled:
    """Return the error for a wait that is too long."""
    return Throttled(f"The server asks to wait {in_words(seconds)} before the next try.")
