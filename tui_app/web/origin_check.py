"""Who may talk to the server: only pages that it served itself, under a name that is its own.

A browser that was let in sends its cookie for pages of other ports of this host, too. This is what keeps a page from
elsewhere from typing into the app: its requests carry another `Origin`, and a name made to point here (DNS rebinding)
is none of ours.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class OriginCheck:
    """`host` is what the server listens on, `public_url` where a proxy shows it, None without one."""

    host: str
    public_url: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether other machines can reach the port."""
        return not is_loopback(self.host)

    def websocket_url(self, host: str) -> str:
        """Where the page that was asked for at `host` finds its app."""
        public = urlsplit(self.public_url or "")
        if public.netloc == host:
            return f"{'wss' if public.scheme == 'https' else 'ws'}://{host}{public.path.rstrip('/')}/ws"
        return f"ws://{host}/ws"

    def is_encrypted(self, host: str) -> bool:
        """Whether the browser that asked for `host` (name and port) came over TLS."""
        public = urlsplit(self.public_url or "")
        return public.scheme == "https" and public.netloc == host

    def lets_in(self, host: str, origin: str | None) -> bool:
        """Whether a request for `host` (name and port) from a page of `origin` may come in; not if one is malformed."""
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
    """Whether only this machine is reached by that name or address."""
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
