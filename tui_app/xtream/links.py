"""Reads what a user pastes: a link in any of the forms providers send, alone or in the text around it. Knows no HTTP.

Forms of links: `../player_api.php?…`, `get.php?…`, `/playlist/USER/PASS/…`, `/live/USER/PASS/ID.ts` and its siblings,
`/USER/PASS/ID`, `user:pass@host`. Nothing of a login stays in the address that is kept.
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
from tui_app.xtream.link_paths import split_path, without_login

_LONGEST: Final = 16_384  # characters; a mail with a link in it is shorter
#: Characters before the path, and slashes behind it: comparing host names takes the square of their length, and so
#: does looking for a login in a path.
_LONGEST_AUTHORITY: Final = 1_000
_MOST_SLASHES: Final = 100
_LINK_HINT: Final = "Paste the link your provider sent, or type it as http://host:port"
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_AUTHORITY = re.compile(rf"^[^:/?#]*://[^/?#]{{0,{_LONGEST_AUTHORITY}}}(?:[/?#]|$)")
_HOST = re.compile(r"^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])$")
_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)
#: A blank that a mail or a phone put between a field's name, its value and the next field.
_BLANK_AT_FIELD = re.compile(r"(?<=[?&=])[ \t\xa0]+(?=[^\s&=]+(?:&|\s|$))|(?<=\S)[ \t\xa0]+(?=&\w+=)")
_BLANKS_IN_USERNAME = re.compile(r"(?<=[?&])username=[^&\n]*(?=&password=)", re.IGNORECASE)
_URL_IN_TEXT = re.compile(r"https?://[^\s\"<>`|]+", re.IGNORECASE)
_HOST_IN_TEXT = re.compile(r"^[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:[/?#]\S*)?$")
_PAIRS: Final = {"'": "'", "(": ")", "[": "]", "{": "}", "‘": "’", "“": "”", "«": "»", "‹": "›", "„": "“"}
_QUOTES: Final = "\"'`<>“”‘’«»„"
_SENTENCE_ENDS: Final = ".,;:"
#: A hash sign that is a letter of the login and no fragment: further fields follow it.
_HASH_IN_QUERY = re.compile(r"#(?=[^#\s]*&(?:username|password|type|output)=)", re.IGNORECASE)
_USERNAME_KEYS: Final = ("username", "user", "login")
_PASSWORD_KEYS: Final = ("password", "pass", "passwd", "pwd")
_LABELLED_USERNAME = re.compile(r"(?i)(?<![?&\w])(?:user(?:[ _-]?name)?|login)[ \t]*[:=][ \t]*(\S+)")
_LABELLED_PASSWORD = re.compile(r"(?i)(?<![?&\w])pass(?:[ _-]?word)?[ \t]*[:=][ \t]*(\S+)")
_PLAYLIST_END = re.compile(r"\.m3u8?(?:\.gz)?(?:[?#].*)?$", re.IGNORECASE)
_PLAYLIST_HOSTS: Final = ("githubusercontent.com", "github.com", "github.io", "pastebin.com")


@dataclass(frozen=True, slots=True)
class PanelLink:
    """A pasted link, taken apart: where the panel is and, if the link said so, who we are there."""

    base_url: str  # scheme://host[:port][/prefix], no slash at the end, no login in it
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def has_path(self) -> bool:
        """Whether the address has a path prefix, in which a login may hide that the link does not mark as one."""
        return "/" in self.base_url.partition("://")[2]

    def completed(self, username: str | None, password: str | None) -> PanelLink:
        """The same with what was given beside the link, which counts more; the address holds none of it."""
        username, password = username or self.username, password or self.password
        return PanelLink(_without(self.base_url, username, password), username, password)


def parse_link(text: str) -> PanelLink:
    """Take apart whatever a user pastes: a host, an address, any link of a panel, a line of a mail that holds one.

    `http` is assumed where no scheme is given; the path prefix of a panel behind a proxy stays. Raises `UsageError`,
    which never repeats the link, for anything that can't be a panel's address.
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
    """Without marks that nobody sees, with the ampersands of a web page as they were."""
    text = _AMPERSAND.sub("&", text[:_LONGEST])
    if not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _BLANK_AT_FIELD.sub("", text)
    return _BLANKS_IN_USERNAME.sub(lambda match: "%20".join(match[0].split()), text).strip()


def _candidates(text: str) -> Iterator[str]:
    """What may be the link: all of a text without blanks, else each address in it."""
    if "#EXTM3U" in text[:100]:
        raise _playlist()
    words = text.split()
    if len(words) < 2:
        yield _unwrapped(text)
    for found in _URL_IN_TEXT.finditer(text):
        if len(words) < 2 and found.start() == 0:
            continue
        link = _end_of_sentence(found[0], text[found.start() - 1 : found.start()])
        if re.search(r"[.:/?]", link.partition("://")[2]):  # a bare word before a blank is a broken address
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
    """The link without what belongs to the sentence around it: the end of a bracket, a full stop."""
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
    prefix, path_username, path_password = split_path(parts.path, has_login=bool(username and password))
    if not (username and password) and path_username:
        username, password = path_username, path_password
    has_login = bool(username and password)
    if _PLAYLIST_END.search(prefix) or (not has_login and _is_playlist(parts, authority)):
        raise _playlist()
    return PanelLink(_without(f"{parts.scheme}://{authority}{prefix}", username, password), username, password)


def _without(base_url: str, username: str | None, password: str | None) -> str:
    scheme, _, rest = base_url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority}{without_login(slash + path, username, password)}"


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


def _bracketed(link: str) -> str:
    """A bare IPv6 address in the brackets that addresses need."""
    host, slash, path = link.partition("/")
    try:
        return f"[{ipaddress.IPv6Address(host)}]{slash}{path}"
    except ValueError:
        return link


def _query_of(parts: SplitResult) -> dict[str, str]:
    """The fields of the query by their names in lower case; the first one with a value counts."""
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
    """A path on this machine: no address at all."""
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
    """With the user name and password that the text names beside the address ("Username: u  Password: p")."""
    username, password = _LABELLED_USERNAME.search(text), _LABELLED_PASSWORD.search(text)
    if not (username and password) or link.username or link.password:
        return link
    named = replace(link, username=_bare_value(username[1]), password=_bare_value(password[1]))
    return named.completed(None, None)
