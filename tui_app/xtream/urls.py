"""Addresses: what the API is asked, what players play. Knows no HTTP and no JSON.

Everything built here holds credentials and is a secret, save the base address.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from tui_app.catalog import Kind
from tui_app.errors import UsageError

API_SCRIPT: Final = "player_api.php"
#: What to try, in this order, when neither list nor details name a container.
CONTAINER_CANDIDATES: Final = ("mp4", "mkv")

_CONTAINER = re.compile(r"[A-Za-z0-9]{1,8}")
#: Stand for user name and password in addresses that are given away; whoever uses one puts the real ones in.
USERNAME_PLACEHOLDER: Final = "{username}"
PASSWORD_PLACEHOLDER: Final = "{password}"
_PLACEHOLDERS: Final = frozenset((USERNAME_PLACEHOLDER, PASSWORD_PLACEHOLDER))
_PATHS: Final = {Kind.CHANNEL: "live", Kind.MOVIE: "movie", Kind.EPISODE: "series"}


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
