"""Addresses: what users paste, what the API is asked, what players play. Knows no HTTP and no JSON.

Everything built here holds credentials and is a secret, save the base address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit

from tui_app.catalog import Kind
from tui_app.errors import UsageError

API_SCRIPT: Final = "player_api.php"
#: What to try, in this order, when neither list nor details name a container.
CONTAINER_CANDIDATES: Final = ("mp4", "mkv")

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])$")
_SCRIPT_AT_END = re.compile(r"/[^/]*\.php$", re.IGNORECASE)
_STREAM_LINK = re.compile(r"^(?P<prefix>.*?)/(?:live|movie|series)/(?P<username>[^/]+)/(?P<password>[^/]+)/[^/]+$")
_CONTAINER = re.compile(r"[A-Za-z0-9]{1,8}")
_LINK_HINT: Final = "Paste the link your provider sent, or type it as http://host:port"
#: Stand for user name and password in addresses that are given away; whoever uses one puts the real ones in.
USERNAME_PLACEHOLDER: Final = "{username}"
PASSWORD_PLACEHOLDER: Final = "{password}"
_PLACEHOLDERS: Final = frozenset((USERNAME_PLACEHOLDER, PASSWORD_PLACEHOLDER))
_PATHS: Final = {Kind.CHANNEL: "live", Kind.MOVIE: "movie", Kind.EPISODE: "series"}


@dataclass(frozen=True, slots=True)
class PanelLink:
    """A pasted link, taken apart: where the panel is and, if the link said so, who we are there."""

    base_url: str  # scheme://host[:port][/prefix], no slash at the end
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def parse_link(text: str) -> PanelLink:
    """Take apart whatever a user pastes: a host, an address, a `get.php` link, a stream link.

    `http` is assumed where no scheme is given; the path prefix of a panel behind a proxy stays. Raises UsageError,
    which never repeats the link, for anything that can't be a panel's address.
    """
    link = text.strip().strip("\"'<>").strip()
    if not _SCHEME.match(link):
        link = f"http://{link}"
    parts = _split(link)
    if parts.scheme not in ("http", "https"):
        raise UsageError("The address must begin with http:// or https://.", hint=_LINK_HINT)
    if "@" in parts.netloc:
        raise UsageError(
            "The address must not hold a user name before an @.",
            hint="Type user name and password in their own fields.",
        )
    credentials = parse_qs(parts.query)
    username, password = _first(credentials, "username"), _first(credentials, "password")
    prefix = _SCRIPT_AT_END.sub("", parts.path)
    if stream := _STREAM_LINK.match(prefix):
        prefix, username, password = stream["prefix"], unquote(stream["username"]), unquote(stream["password"])
    return PanelLink(f"{parts.scheme}://{_authority(parts)}{prefix.rstrip('/')}", username, password)


def _split(link: str) -> SplitResult:
    if any(char.isspace() or not char.isprintable() for char in link):
        raise UsageError("The address holds blanks.", hint=_LINK_HINT)
    try:
        return urlsplit(link)
    except ValueError:
        raise UsageError("That is not an address.", hint=_LINK_HINT) from None


def _authority(parts: SplitResult) -> str:
    """`host[:port]` in lower case, checked."""
    try:
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise UsageError("The port of the address must be a number from 1 to 65535.", hint=_LINK_HINT) from None
    if ":" in host:
        host = f"[{host}]"
    if not _HOST.match(host) or not any(char.isalnum() for char in host):
        raise UsageError("The address names no host.", hint=_LINK_HINT)
    if port == 0:
        raise UsageError("The port of the address must be a number from 1 to 65535.", hint=_LINK_HINT)
    return host if port is None else f"{host}:{port}"


def _first(query: dict[str, list[str]], key: str) -> str | None:
    return next((value.strip() for value in query.get(key, ()) if value.strip()), None)


def host_of(url: str) -> str:
    """`host[:port]` of an address: the only part of one that may stand in a message."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "the server"
    except ValueError:
        return "the server"


def api_url(base_url: str, username: str, password: str, action: str | None = None, **extra: str) -> str:
    """The address of one API call; without an action, the login. Credentials are percent-encoded."""
    fields = {"username": username, "password": password} | ({"action": action} if action else {}) | extra
    query = urlencode(fields, quote_via=quote, safe="", errors="replace")
    return f"{base_url}/{API_SCRIPT}?{query}"


def breaks_stream_urls(username: str, password: str) -> bool:
    """Whether a `/` in the credentials will break stream addresses on most panels: no encoding saves it."""
    return "/" in username or "/" in password


def valid_container(container: str | None) -> str | None:
    """A container as it may stand in an address: 1-8 letters and digits in the panel's own case; else None."""
    bare = (container or "").strip().lstrip(".")
    return bare if _CONTAINER.fullmatch(bare) else None


def stream_url(
    base_url: str,
    username: str,
    password: str,
    kind: Kind,
    wire_id: str,
    container: str | None = None,
    formats: tuple[str, ...] = ("ts", "m3u8"),
) -> str:
    """The canonical address a player opens. `wire_id` is the id as the panel sent it, an episode's own for episodes.

    `formats` are the account's `output_formats` (channels); `container` the item's (movies and episodes), the first
    of CONTAINER_CANDIDATES when unknown. Raises UsageError for a series, which can't be played.
    """
    if kind not in _PATHS:
        raise UsageError("A series can't be played as a whole.", hint="Choose one of its episodes.")
    if kind is Kind.CHANNEL:
        extension = next((known for known in ("ts", "m3u8") if known in formats or not formats), None)
    else:
        extension = valid_container(container) or CONTAINER_CANDIDATES[0]
    path = f"{_PATHS[kind]}/{path_segment(username)}/{path_segment(password)}/{path_segment(wire_id)}"
    return f"{base_url}/{path}.{extension}" if extension else f"{base_url}/{path}"


def catchup_template(base_url: str, username: str, password: str, wire_id: str, *, extension: str = "ts") -> str:
    """The address of any past programme, with the fields that players fill in by themselves (Kodi's simple client, and
    those that took over its M3U tags): `{duration:60}` minutes from `{Y}-{m}-{d}:{H}-{M}` on."""
    who = f"{path_segment(username)}/{path_segment(password)}"
    return (
        f"{base_url}/timeshift/{who}/{{duration:60}}/{{Y}}-{{m}}-{{d}}:{{H}}-{{M}}/{path_segment(wire_id)}.{extension}"
    )


def guide_url(base_url: str, username: str, password: str) -> str:
    """The address of the whole guide (XMLTV)."""
    return f"{base_url}/xmltv.php?username={_query_value(username)}&password={_query_value(password)}"


def _query_value(text: str) -> str:
    return text if text in _PLACEHOLDERS else quote(text, safe="", errors="replace")


def path_segment(text: str) -> str:
    return text if text in _PLACEHOLDERS else quote(text, safe="@", errors="replace")
