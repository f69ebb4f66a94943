"""Check redirects of API calls, which carry the login, and keep cookies.

A cookie set on the way is sent back, as anti-bot pages before panels require it. No I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from tui_app.errors import BadAnswer, PanelError
from tui_app.xtream.urls import API_SCRIPT, host_of

REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_LONGEST_LOCATION: Final = 8_000  # characters, as many as browsers and servers agree on
_MOST_COOKIES: Final = 8_000  # characters


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a redirect. `moved_base` is the panel's new base URL if the API script was named."""

    url: str
    moved_base: str | None = None


def resolved(url: str, location: str) -> httpx.URL:
    """Return the absolute URL of a redirect. Raises `BadAnswer` if it is invalid."""
    try:
        if len(location) > _LONGEST_LOCATION:
            raise ValueError
        target = httpx.URL(urljoin(url, location.strip()))
        # httpx validates the port only on connecting
        if (target.port is not None and not 0 < target.port < 65_536) or "%" in target.host:
            raise ValueError
    except (ValueError, UnicodeError, httpx.InvalidURL):
        raise BadAnswer(f"{host_of(url)} redirects to something that is no address.") from None
    return target


def checked_target(url: str, location: str) -> Target:
    """Return where an API call may continue: the same host and port, or https on the same host.

    Raises `PanelError` for any other server, `BadAnswer` for an invalid URL.
    """
    here, target = httpx.URL(url), resolved(url, location)
    if target.scheme not in ("http", "https") or not target.host:
        raise BadAnswer(f"{host_of(url)} redirects to something that is no web address.")
    if target.host != here.host or (target.scheme == here.scheme and target.port != here.port):
        shown = host_of(str(target))
        raise PanelError(
            f"{host_of(url)} sends us on to another server ({shown}); your login was not sent there.",
            hint="If your provider has moved, change the server address of the profile.",
        )
    if here.scheme == "https" and target.scheme == "http":
        raise PanelError(
            f"{host_of(url)} sends us on to a connection without encryption; your login was not sent there.",
            hint="If you accept that, change the server address of the profile to http://.",
        )
    parts = urlsplit(str(target))
    origin = f"{target.scheme}://{target.netloc.decode('ascii')}"
    if parts.path.endswith(f"/{API_SCRIPT}"):
        base = origin + parts.path[: -len(API_SCRIPT) - 1]
        return Target(base, base)
    return Target(origin + parts.path + (f"?{parts.query}" if parts.query else ""))


def cookies_of(headers: httpx.Headers) -> str:
    """Return the `Cookie` value for the answer's cookies; "" for none, or for more than a browser would keep."""
    pairs = (value.partition(";")[0].strip() for value in headers.get_list("set-cookie"))
    latest = {pair.partition("=")[0]: pair for pair in pairs if "=" in pair and pair.isascii() and pair.isprintable()}
    cookies = "; ".join(latest.values())
    return cookies if len(cookies) <= _MOST_COOKIES else ""
