"""Build API and stream URLs. No I/O.

All results contain credentials and are secret, except the base URL.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from tui_app.catalog import Kind
from tui_app.errors import UsageError

API_SCRIPT: Final = "player_api.php"
#: Containers to try in order if neither list nor details name one.
CONTAINER_CANDIDATES: Final = ("mp4", "mkv")

_CONTAINER = re.compile(r"[A-Za-z0-9]{1,8}")
#: Placeholders for user name and password in shared URLs.
USERNAME_PLACEHOLDER: Final = "{username}"
PASSWORD_PLACEHOLDER: Final = "{password}"
_PLACEHOLDERS: Final = frozenset((USERNAME_PLACEHOLDER, PASSWORD_PLACEHOLDER))
_PATHS: Final = {Kind.CHANNEL: "live", Kind.MOVIE: "movie", Kind.EPISODE: "series"}


def host_of(url: str) -> str:
    """Return `host[:port]` of a URL: the only part that may appear in a message."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "the server"
    except ValueError:
        return "the server"


def api_url(base_url: str, username: str, password: str, action: str | None = None, **extra: str) -> str:
    """Return the URL of an API call; without an action, the login. Credentials are percent-encoded."""
    fields = {"username": username, "password": password} | ({"action": action} if action else {}) | extra
    query = urlencode(fields, quote_via=quote, safe="", errors="replace")
    return f"{base_url}/{API_SCRIPT}?{query}"


def breaks_stream_urls(username: str, password: str) -> bool:
    """Whether a `/` in the credentials breaks stream URLs, which most panels don't decode."""
    return "/" in username or "/" in password


def valid_container(container: str | None) -> str | None:
    """Return a container usable in a URL: 1 to 8 letters and digits, in the panel's case; otherwise None."""
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
    """Return the stream URL. `wire_id` is the id as sent by the panel; for episodes, the episode's own.

    `formats` are the account's `output_formats` (channels); `container` is the item's (movies and episodes), by
    default the first of CONTAINER_CANDIDATES. Raises UsageError for a series, which can't be played.
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
    """Return a catch-up URL template for M3U tags, with placeholders that players fill in.

    The syntax is that of Kodi's PVR IPTV Simple Client: `{duration:60}` minutes from `{Y}-{m}-{d}:{H}-{M}`.
    """
    who = f"{path_segment(username)}/{path_segment(password)}"
    return (
        f"{base_url}/timeshift/{who}/{{duration:60}}/{{Y}}-{{m}}-{{d}}:{{H}}-{{M}}/{path_segment(wire_id)}.{extension}"
    )


def guide_url(base_url: str, username: str, password: str) -> str:
    """Return the URL of the XMLTV file."""
    return f"{base_url}/xmltv.php?username={_query_value(username)}&password={_query_value(password)}"


def _query_value(text: str) -> str:
    return text if text in _PLACEHOLDERS else quote(text, safe="", errors="replace")


def path_segment(text: str) -> str:
    return text if text in _PLACEHOLDERS else quote(text, safe="@", errors="replace")
