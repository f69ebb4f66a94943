"""Parse a pasted link in any form that providers send, alone or within text.

Forms: `../player_api.php?…`, `get.php?…`, `/playlist/USER/PASS/…`, `/live/USER/PASS/ID.ts` and similar,
`/USER/PASS/ID`, `user:pass@host`. The resulting base URL contains no part of a login.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tui_app.errors import UsageError

_STREAM: Final = (range(3, 4), 0)  # /USER/PASS/ID
_LIST: Final = (range(2, 5), 0)  # /USER/PASS, then perhaps the format
#: First path segment of a link with a login → number of following segments, index of the user name.
_MARKS: Final = {
    **dict.fromkeys(("live", "movie", "movies", "series", "vod", "hls"), _STREAM),
    **dict.fromkeys(("playlist", "get", "epg", "xmltv"), _LIST),
    **dict.fromkeys(("timeshift", "timeshifts"), (range(5, 6), 0)),
    "hlsr": (range(4, 7), 1),
}
_TOKENS: Final = ("play", "hls", "hlsr", "auth")  # followed by a token, not by a login
_SCRIPT = re.compile(r"\.php$", re.IGNORECASE)
_PLAYLIST = re.compile(r"\.m3u8?(?:\.gz)?$", re.IGNORECASE)
_STREAM_ID = re.compile(r"^(?:\d+(?:\.[A-Za-z0-9]{1,8})?|[\w.-]+\.(?:ts|mp4|mkv|avi))$")
Login = tuple[str, str]


def _split_path(path: str, *, has_login: bool) -> tuple[str, str | None, str | None]:
    """Return the path prefix of a proxied panel, and user name and password if the path contains them.

    `has_login`: the link has a login elsewhere. Splitting the prefix again returns it unchanged.
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


def _without_login(path: str, username: str | None, password: str | None) -> str:
    """Return the path up to this user name and password, or up to the password alone."""
    segments = [segment for segment in path.split("/") if segment]
    if password is None:
        return _joined(segments)
    plain = [_plain(segment) for segment in segments]
    for index, segment in enumerate(plain):
        if password not in (segment, segments[index]):
            continue
        index -= index > 0 and username in (plain[index - 1], segments[index - 1])
        index -= index > 0 and plain[index - 1].lower() in _MARKS
        return _split_path(_joined(segments[:index]), has_login=True)[0]
    return _joined(segments)


def _shortened(segments: list[str], *, has_login: bool) -> tuple[list[str], Login | None]:
    """Remove one script or one login from the end of the segments."""
    if not segments:
        return segments, None
    last = segments[-1]
    if _SCRIPT.search(last):
        rest = segments[:-1]
        return (rest[:-1] if rest and rest[-1].lower() == "streaming" else rest), None
    if has_login and _PLAYLIST.search(last):
        return segments[:-1], None
    if (index := _find_marker(segments)) is not None:
        first = index + 1 + _MARKS[segments[index].lower()][1]
        return segments[:index], (_plain(segments[first]), _plain(segments[first + 1]))
    if (index := _token_index(segments)) is not None:
        return segments[:index], None
    if len(segments) >= 3 and _STREAM_ID.match(last):
        return segments[:-3], (_plain(segments[-3]), _plain(segments[-2]))
    return segments, None


def _find_marker(segments: list[str]) -> int | None:
    """Return the index of `live` or a similar segment that starts a login, if enough segments follow."""
    enough: int | None = None
    for index, segment in enumerate(segments):
        if (form := _MARKS.get(segment.lower())) is None:
            continue
        lengths, first = form
        behind = len(segments) - index - 1
        if behind in lengths:
            return index
        is_bare = form is _STREAM and behind == 2 and _STREAM_ID.match(segments[-1])  # a user named "live"
        if enough is None and behind >= first + 2 and not is_bare:
            enough = index
    return enough


def _token_index(segments: list[str]) -> int | None:
    return next((index for index, segment in enumerate(segments[:-1]) if segment.lower() in _TOKENS), None)


def _plain(segment: str) -> str:
    return unquote(segment).strip()


def _joined(segments: list[str]) -> str:
    return "".join(f"/{segment}" for segment in segments)


_LONGEST: Final = 16_384  # characters; longer than an e-mail with a link
#: Maximum characters before the path, and slashes after it: comparing host names, and finding a login in a path, take
#: quadratic time.
_LONGEST_AUTHORITY: Final = 1_000
_MOST_SLASHES: Final = 100
_LINK_HINT: Final = "Paste the link your provider sent, or type it as http://host:port"
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_AUTHORITY = re.compile(rf"^[^:/?#]*://[^/?#]{{0,{_LONGEST_AUTHORITY}}}(?:[/?#]|$)")
_HOST = re.compile(r"^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])$")
_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)
#: A space inserted by mail programs or phones between a field's name, its value and the next field.
_BLANK_AT_FIELD = re.compile(r"(?<=[?&=])[ \t\xa0]+(?=[^\s&=]+(?:&|\s|$))|(?<=\S)[ \t\xa0]+(?=&\w+=)")
_BLANKS_IN_USERNAME = re.compile(r"(?<=[?&])username=[^&\n]*(?=&password=)", re.IGNORECASE)
_URL_IN_TEXT = re.compile(r"https?://[^\s\"<>`|]+", re.IGNORECASE)
_HOST_IN_TEXT = re.compile(r"^[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:[/?#]\S*)?$")
_PAIRS: Final = {"'": "'", "(": ")", "[": "]", "{": "}", "‘": "’", "“": "”", "«": "»", "‹": "›", "„": "“"}
_QUOTES: Final = "\"'`<>“”‘’«»„"
_SENTENCE_ENDS: Final = ".,;:"
#: A hash sign within a login, not a fragment: further fields follow it.
_HASH_IN_QUERY = re.compile(r"#(?=[^#\s]*&(?:username|password|type|output)=)", re.IGNORECASE)
_USERNAME_KEYS: Final = ("username", "user", "login")
_PASSWORD_KEYS: Final = ("password", "pass", "passwd", "pwd")
_LABELLED_USERNAME = re.compile(r"(?i)(?<![?&\w])(?:user(?:[ _-]?name)?|login)[ \t]*[:=][ \t]*(\S+)")
_LABELLED_PASSWORD = re.compile(r"(?i)(?<![?&\w])pass(?:[ _-]?word)?[ \t]*[:=][ \t]*(\S+)")
_PLAYLIST_END = re.compile(r"\.m3u8?(?:\.gz)?(?:[?#].*)?$", re.IGNORECASE)
_PLAYLIST_HOSTS: Final = ("githubusercontent.com", "github.com", "github.io", "pastebin.com")


@dataclass(frozen=True, slots=True)
class PanelLink:
    """A parsed link: the panel's base URL and, if present, the login."""

    base_url: str  # scheme://host[:port][/prefix], without trailing slash and login
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def has_path(self) -> bool:
        """Whether the base URL has a path prefix, which might contain an unmarked login."""
        return "/" in self.base_url.partition("://")[2]

    def completed(self, username: str | None, password: str | None) -> PanelLink:
        """Return the link with a login given separately, which takes precedence, and is removed from the base URL."""
        username, password = username or self.username, password or self.password
        return PanelLink(_without(self.base_url, username, password), username, password)


def parse_link(text: str) -> PanelLink:
    """Parse whatever a user pastes: a host, a URL, any panel link, or text with one.

    Assumes `http` without a scheme; keeps the path prefix of a proxied panel. Raises `UsageError`, which never
    repeats the link, if it can't be a panel's address.
    """
    text = _cleaned(text)
    problem: UsageError | None = None
    found: PanelLink | None = None
    for candidate in _candidates(text):
        try:
            link = _parse_one(candidate)
        except UsageError as error:
            problem = problem or error
            continue
        if link.username and link.password:
            return link
        found = found or link
    if found is None:
        raise problem or UsageError("The address holds blanks.", hint=_LINK_HINT)
    return _with_labels(found, text)


def _cleaned(text: str) -> str:
    """Remove invisible characters and decode `&amp;`."""
    text = _AMPERSAND.sub("&", text[:_LONGEST])
    if not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _BLANK_AT_FIELD.sub("", text)
    return _BLANKS_IN_USERNAME.sub(lambda match: "%20".join(match[0].split()), text).strip()


def _candidates(text: str) -> Iterator[str]:
    """Yield possible links: the whole text if it has no spaces, otherwise each URL in it."""
    if "#EXTM3U" in text[:100]:
        raise _playlist()
    words = text.split()
    if len(words) < 2:
        yield _unwrapped(text)
    for found in _URL_IN_TEXT.finditer(text):
        if len(words) < 2 and found.start() == 0:
            continue
        link = _end_of_sentence(found[0], text[found.start() - 1 : found.start()])
        if re.search(r"[.:/?]", link.partition("://")[2]):  # a plain word before a space is a broken URL
            yield link
    for word in words if len(words) > 1 else ():
        bare = _unwrapped(word).rstrip(_SENTENCE_ENDS)
        if _HOST_IN_TEXT.match(bare):
            yield bare


def _unwrapped(text: str) -> str:
    while len(text) > 1 and (text[0] in _QUOTES or _PAIRS.get(text[0]) == text[-1]):
        text = text[1:].rstrip(_QUOTES) if text[0] in _QUOTES else text[1:-1]
        text = text.strip()
    return text.rstrip(_QUOTES)


def _end_of_sentence(link: str, before: str) -> str:
    """Strip punctuation that belongs to the surrounding sentence: a closing bracket, a full stop."""
    link = link.rstrip(_SENTENCE_ENDS)
    closing = _PAIRS.get(before)
    return link.partition(closing)[0] if closing and closing in link else link


def _parse_one(link: str) -> PanelLink:
    _refuse_playlist_file(link)
    if not _SCHEME.match(link):
        link = f"http://{_bracketed(link)}"
    parts = _split(_HASH_IN_QUERY.sub("%23", link))
    if parts.scheme not in ("http", "https"):
        raise UsageError("The address must begin with http:// or https://.", hint=_LINK_HINT)
    authority = _authority(parts)
    query = _query_of(parts)
    username, password = _value(query, _USERNAME_KEYS), _value(query, _PASSWORD_KEYS)
    if not (username and password):
        username, password = username or _bare(parts.username), password or _bare(parts.password)
    prefix, path_username, path_password = _split_path(parts.path, has_login=bool(username and password))
    if not (username and password) and path_username:
        username, password = path_username, path_password
    has_login = bool(username and password)
    if _PLAYLIST_END.search(prefix) or (not has_login and _is_playlist(parts, authority)):
        raise _playlist()
    return PanelLink(_without(f"{parts.scheme}://{authority}{prefix}", username, password), username, password)


def _without(base_url: str, username: str | None, password: str | None) -> str:
    scheme, _, rest = base_url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority}{_without_login(slash + path, username, password)}"


def _split(link: str) -> SplitResult:
    if any(char.isspace() or not char.isprintable() for char in link):
        raise UsageError("The address holds blanks.", hint=_LINK_HINT)
    try:
        if not _AUTHORITY.match(link) or link.count("/") > _MOST_SLASHES:
            raise ValueError
        return urlsplit(link)
    except ValueError:
        raise UsageError("That is not an address.", hint=_LINK_HINT) from None


def _authority(parts: SplitResult) -> str:
    """Return the checked `host[:port]` in lower case."""
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


def _bracketed(link: str) -> str:
    """Add the brackets that a plain IPv6 address needs in a URL."""
    host, slash, path = link.partition("/")
    try:
        return f"[{ipaddress.IPv6Address(host)}]{slash}{path}"
    except ValueError:
        return link


def _query_of(parts: SplitResult) -> dict[str, str]:
    """Return query fields by lower-case name; the first with a value counts."""
    fields: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, errors="replace"):
        if bare := _bare_value(value):
            fields.setdefault(key.strip().lower(), bare)
    return fields


def _value(query: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((query[key] for key in keys if key in query), None)


def _bare(text: str | None) -> str | None:
    return _bare_value(unquote(text)) if text else None


def _bare_value(text: str) -> str | None:
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc")).strip() or None


# ------------------------------------------------------------------------------------------------- not a panel
def _refuse_playlist_file(link: str) -> None:
    """Raise for the path of a local file."""
    is_path = link.startswith(("/", "~", "./", "../", "file:")) or re.match(r"^[A-Za-z]:[\\/]", link)
    if (is_path or "/" not in link) and _PLAYLIST_END.search(link):
        raise _playlist()


def _is_playlist(parts: SplitResult, authority: str) -> bool:
    host = authority.partition(":")[0]
    at_host = any(host == known or host.endswith(f".{known}") for known in _PLAYLIST_HOSTS)
    return at_host or bool(_PLAYLIST_END.search(parts.path))


def _playlist() -> UsageError:
    return UsageError(
        "This is a playlist, not a panel login.",
        hint="xtream-tui reads Xtream Codes panels: ask your provider for server address, user name and password. "
        "A player like mpv or VLC opens the playlist itself.",
    )


def _with_labels(link: PanelLink, text: str) -> PanelLink:
    """Add user name and password named in the text ("Username: u Password: p")."""
    username, password = _LABELLED_USERNAME.search(text), _LABELLED_PASSWORD.search(text)
    if not (username and password) or link.username or link.password:
        return link
    named = replace(link, username=_bare_value(username[1]), password=_bare_value(password[1]))
    return named.completed(None, None)
