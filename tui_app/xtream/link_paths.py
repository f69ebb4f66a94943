"""The paths of a panel's links: where the login stands in them, and what is left of them without it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

_STREAM: Final = (range(3, 4), 0)  # /USER/PASS/ID
_LIST: Final = (range(2, 5), 0)  # /USER/PASS, then perhaps the format
#: First segment of a link with a login in its path → how many segments follow, at which of them the user name stands.
_MARKS: Final = {
    **dict.fromkeys(("live", "movie", "movies", "series", "vod", "hls"), _STREAM),
    **dict.fromkeys(("playlist", "get", "epg", "xmltv"), _LIST),
    **dict.fromkeys(("timeshift", "timeshifts"), (range(5, 6), 0)),
    "hlsr": (range(4, 7), 1),
}
_TOKENS: Final = ("play", "hls", "hlsr", "auth")  # what follows is a secret, but no login
_SCRIPT = re.compile(r"\.php$", re.IGNORECASE)
_PLAYLIST = re.compile(r"\.m3u8?(?:\.gz)?$", re.IGNORECASE)
_STREAM_ID = re.compile(r"^(?:\d+(?:\.[A-Za-z0-9]{1,8})?|[\w.-]+\.(?:ts|mp4|mkv|avi))$")
Login = tuple[str, str]


def split_path(path: str, *, has_login: bool) -> tuple[str, str | None, str | None]:
    """The prefix that a panel behind a proxy has, user name and password where the path holds them.

    `has_login`: the link names a login elsewhere. The prefix is stable: splitting it again changes nothing.
    """
    segments = [segment for segment in path.split("/") if segment]
    login: Login | None = None
    while True:
        shorter, found = _shortened(segments, has_login=has_login or login is not None)
        if shorter == segments:
            break
        segments, login = shorter, login or found
    username, password = login or (None, None)
    return _joined(segments), username, password


def without_login(path: str, username: str | None, password: str | None) -> str:
    """The path up to where this user name and password, or the password alone, stand in it."""
    segments = [segment for segment in path.split("/") if segment]
    if password is None:
        return _joined(segments)
    plain = [_plain(segment) for segment in segments]
    for place, segment in enumerate(plain):
        if password not in (segment, segments[place]):
            continue
        place -= place > 0 and username in (plain[place - 1], segments[place - 1])
        place -= place > 0 and plain[place - 1].lower() in _MARKS
        return split_path(_joined(segments[:place]), has_login=True)[0]
    return _joined(segments)


def _shortened(segments: list[str], *, has_login: bool) -> tuple[list[str], Login | None]:
    """The segments without one script or one login at their end."""
    if not segments:
        return segments, None
    last = segments[-1]
    if _SCRIPT.search(last):
        rest = segments[:-1]
        return (rest[:-1] if rest and rest[-1].lower() == "streaming" else rest), None
    if has_login and _PLAYLIST.search(last):
        return segments[:-1], None
    if (place := _mark_place(segments)) is not None:
        first = place + 1 + _MARKS[segments[place].lower()][1]
        return segments[:place], (_plain(segments[first]), _plain(segments[first + 1]))
    if (place := _token_place(segments)) is not None:
        return segments[:place], None
    if len(segments) >= 3 and _STREAM_ID.match(last):
        return segments[:-3], (_plain(segments[-3]), _plain(segments[-2]))
    return segments, None


def _mark_place(segments: list[str]) -> int | None:
    """Where `live` or a sibling of it begins a login: as many segments behind it as its form has, else enough."""
    enough: int | None = None
    for place, segment in enumerate(segments):
        if (form := _MARKS.get(segment.lower())) is None:
            continue
        lengths, first = form
        behind = len(segments) - place - 1
        if behind in lengths:
            return place
        is_bare = form is _STREAM and behind == 2 and _STREAM_ID.match(segments[-1])  # somebody named "live"
        if enough is None and behind >= first + 2 and not is_bare:
            enough = place
    return enough


def _token_place(segments: list[str]) -> int | None:
    return next((place for place, segment in enumerate(segments[:-1]) if segment.lower() in _TOKENS), None)


def _plain(segment: str) -> str:
    return unquote(segment).strip()


def _joined(segments: list[str]) -> str:
    return "".join(f"/{segment}" for segment in segments)
