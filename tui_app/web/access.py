"""Decide who may use the app: browsers with a one-time token, and pages that this server served itself.

The port alone proves nothing: on a machine with several users, each of them can reach the loopback interface. The token
becomes a cookie, which the browser also sends for pages of other ports of this host; so the origin is checked too:
requests of foreign pages have another `Origin`, and a name that was made to point here (DNS rebinding) is not ours.
"""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_BYTES: Final = 32


class Access:
    """The token for the next browser, and the cookie of the browsers admitted so far.

    A token works once: its address stays in the history of a shell and in process lists.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(_BYTES)
        self.cookie = secrets.token_urlsafe(_BYTES)

    def redeem(self, token: str) -> bool:
        """Return whether `token` is valid; replace it by a new one if so."""
        if not _are_equal(token, self.token):
            return False
        self.token = secrets.token_urlsafe(_BYTES)
        return True

    def admits(self, cookie: str | None) -> bool:
        """Return whether this is the cookie of an admitted browser."""
        return cookie is not None and _are_equal(cookie, self.cookie)


def _are_equal(given: str, expected: str) -> bool:
    """Compare in constant time."""
    return compare_digest(given.encode("utf-8", "replace"), expected.encode())


@dataclass(frozen=True, slots=True)
class OriginCheck:
    """`host` is what the server listens on, `public_url` the address of a reverse proxy, None without one."""

    host: str
    public_url: str | None = None

    @property
    def is_open(self) -> bool:
        """Return whether other machines can reach the port."""
        return not is_loopback(self.host)

    def websocket_url(self, host: str) -> str:
        """Return the WebSocket address for the page requested at `host`."""
        public = urlsplit(self.public_url or "")
        if public.netloc == host:
            return f"{'wss' if public.scheme == 'https' else 'ws'}://{host}{public.path.rstrip('/')}/ws"
        return f"ws://{host}/ws"

    def is_encrypted(self, host: str) -> bool:
        """Return whether the browser that requested `host` (name and port) used TLS."""
        public = urlsplit(self.public_url or "")
        return public.scheme == "https" and public.netloc == host

    def allows(self, host: str, origin: str | None) -> bool:
        """Return whether a request for `host` (name and port) from a page of `origin` is allowed."""
        try:
            return self._is_name_of_ours(host) and self._is_origin_of_ours(host, origin)
        except ValueError:
            return False

    def _is_name_of_ours(self, host: str) -> bool:
        if self.public_url is not None and urlsplit(self.public_url).netloc == host:
            return True
        return self._is_ours(urlsplit(f"//{host}").hostname or "")

    def _is_origin_of_ours(self, host: str, origin: str | None) -> bool:
        public = _origin_of(self.public_url or "")
        if origin is None or origin == public:
            return True
        return not public.endswith(f"//{host}") and urlsplit(origin).netloc == host

    def _is_ours(self, name: str) -> bool:
        if is_loopback(name):
            return True
        return self.is_open and (_is_address(name) or name in (self.host, socket.gethostname()))


def is_loopback(name: str) -> bool:
    """Return whether the name or address is only reachable from this machine."""
    return name == "localhost" or (_is_address(name) and ip_address(name).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
