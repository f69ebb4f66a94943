"""Parse response heads as tolerantly as curl and rewrite them in a form that h11 accepts.

Accepted is whatever has one possible meaning: spaces around names, names with spaces (dropped), folded lines, bare line
feeds, any HTTP version, a missing reason. Contradictory framing (where the body ends) is refused. Linear in the size of
the head, which is limited. No I/O.
"""

from __future__ import annotations

import re
from typing import Final

from tui_app.errors import BadAnswer

#: Maximum bytes of all heads of one response, including interim ones; curl accepts 300 kB.
MOST_BYTES: Final = 256 << 10
_MOST_INTERIM: Final = 20
_MOST_VALUE: Final = 16 << 10
_MOST_COOKIE: Final = 4 << 10
_STATUS_LINE: Final = re.compile(rb"(?:HTTP(?:/([0-9]+(?:\.[0-9]+)?))?|ICY)[ \t]+([0-9]{3})(?:[ \t].*)?", re.I | re.S)
_STARTS: Final = (b"HTTP", b"ICY ")
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_IN_VALUES: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TLS_RECORD: Final = (0x14, 0x15, 0x16)

RULES_HINT: Final = "It may not be a web server, or a faulty one: check host and port, and tell your provider."


class BrokenRules(BadAnswer):
    """The response violates HTTP; the connection itself works."""

    default_hint = RULES_HINT

    def __init__(self, why: str) -> None:
        super().__init__(f"The server's answer breaks the HTTP rules: {why}.")


class TlsAnswer(Exception):
    """The bytes are TLS: an https port was contacted with http. Internal to this package."""


class HeadReader:
    """Collects bytes until a response head is complete; interim responses (1xx) are skipped."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._taken = 0  # bytes of interim responses
        self._interim = 0
        self._searched = 0
        self.status = 0

    def feed(self, block: bytes) -> bytes | None:
        """Return the normalised head followed by the bytes after it, None while incomplete.

        Raises `BrokenRules` and `TlsAnswer` as early as the first bytes allow.
        """
        self._buffer += block
        self._drop_leading_blank_lines()
        _check_start(self._buffer)
        while (head := self._next_head()) is not None:
            status, strict = _strict(head)
            if status >= 200:
                self.status = status
                return strict + bytes(self._buffer)
            self._note_interim(status)
            _check_start(self._buffer)
        if self._taken + len(self._buffer) > MOST_BYTES:
            raise BrokenRules("its headers do not end")
        return None

    def end(self) -> None:
        """Handle a connection closed before the head was complete. Raises `BrokenRules` if it is not HTTP."""
        line = bytes(self._buffer).partition(b"\n")[0].rstrip(b"\r")
        if b"\n" in self._buffer and not _STATUS_LINE.fullmatch(line):
            raise BrokenRules("it does not begin with a status line")

    def _drop_leading_blank_lines(self) -> None:
        if not self._searched and self._buffer.startswith((b"\r", b"\n")):
            rest = self._buffer.lstrip(b"\r\n")
            self._taken += len(self._buffer) - len(rest)
            self._buffer = rest

    def _next_head(self) -> list[bytes] | None:
        """Remove the next complete head from the buffer and return its lines; None if incomplete."""
        found = _BLANK_LINE.search(self._buffer, self._searched)
        if found is None or found.end() > MOST_BYTES:
            self._searched = max(0, len(self._buffer) - 2)
            return None
        lines = bytes(self._buffer[: found.start()]).split(b"\n")
        del self._buffer[: found.end()]
        self._taken, self._searched = self._taken + found.end(), 0
        return [line.rstrip(b"\r") for line in lines]

    def _note_interim(self, status: int) -> None:
        if status == 101:
            raise BrokenRules("it changes to another protocol, which nobody asked for")
        self._interim += 1
        if self._interim > _MOST_INTERIM:
            raise BrokenRules("it announces an answer again and again (HTTP 1xx)")


def _check_start(start: bytearray) -> None:
    """Raise if the bytes can't be a response, so that the client does not wait for an endless line."""
    if len(start) >= 2 and start[0] in _TLS_RECORD and start[1] == 3:
        raise TlsAnswer
    begun = bytes(start[:4]).upper()
    if begun and not any(known.startswith(begun) for known in _STARTS):
        raise BrokenRules("it does not begin with a status line")


def _strict(lines: list[bytes]) -> tuple[int, bytes]:
    """Return the status and the normalised head."""
    found = _STATUS_LINE.fullmatch(lines[0])
    if found is None or found[2] < b"100":
        raise BrokenRules("its status line can't be read")
    # higher versions, written by intermediaries, use the framing of 1.1
    version = b"1.0" if found[1] in (None, b"0.9", b"1.0") else b"1.1"
    headers = _framed(_fields(lines[1:]))
    head = [b"HTTP/%b %b " % (version, found[2]), *(b"%b: %b" % field for field in headers), b"", b""]
    return int(found[2]), b"\r\n".join(head)


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Parse header fields. Lines without a usable name and overlong values are dropped."""
    unfolded: list[list[bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if unfolded:
                unfolded[-1].append(line)
        else:
            unfolded.append([line])
    found = []
    for pieces in unfolded:
        name, colon, value = b" ".join(piece.strip(b" \t") for piece in pieces).partition(b":")
        name = name.strip(b" \t")
        value = _NOT_IN_VALUES.sub(b" ", value).strip(b" \t")
        if name.lower() == b"set-cookie":  # attributes are not needed and slow to parse
            value = value.partition(b";")[0].strip(b" \t")
            if len(value) > _MOST_COOKIE:
                continue
        if colon and _TOKEN.fullmatch(name) and len(value) <= _MOST_VALUE:
            found.append((name, value))
    return found


def _framed(fields: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Keep at most one Content-Length and one Transfer-Encoding. Raises `BrokenRules` for contradictory lengths."""
    lengths: set[bytes] = set()
    is_chunked = False
    others = []
    for name, value in fields:
        lower = name.lower()
        if lower == b"content-length":
            lengths |= {part for part in (part.strip() for part in value.split(b",")) if part}
        elif lower == b"transfer-encoding":  # compression is detected from the body, so other codings are ignored
            is_chunked = is_chunked or b"chunked" in value.lower()
        else:
            others.append((name, value))
    if is_chunked:
        return [*others, (b"Transfer-Encoding", b"chunked")]
    if not lengths:
        return others
    if not all(re.fullmatch(rb"[0-9]{1,1000}", length) for length in lengths):
        raise BrokenRules("it has a length that is no number")
    numbers = {length.lstrip(b"0") or b"0" for length in lengths}
    if len(numbers) > 1:
        raise BrokenRules("it has two lengths")
    number = numbers.pop()
    # an absurd length means that the body ends with the connection
    return others if len(number) > 18 else [*others, (b"Content-Length", number)]
