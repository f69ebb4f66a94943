"""A place in a growing buffer of JSON: skips blanks, decodes one value, tells "not yet" from "never"."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tui_app.xtream.lenient import DECODER

ROW_LIMIT: Final = 4 << 20  # bytes; a longer value is taken for a broken one
STRING_LIMIT: Final = 256 << 10  # bytes; longer strings are cut, whatever they hold
BLANK_LIMIT: Final = 64 << 10  # bytes; a longer run of blanks is the end of anything worth reading
#: Bytes a decoder may look beyond the place it complains about.
MARGIN: Final = 16

BLANK: Final = re.compile(rb"[ \t\r\n]*+")
PADDING: Final = re.compile(rb"[ \t\r\n\0]*+")
_WHOLE_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_STRING_BYTES = re.compile(rb'(?:[^"\\]++|\\u[0-9A-Fa-f]{4}|\\[^u])*+')


class EndlessJunk(Exception):
    """More blanks in a row, or more members that are no rows, than any list has. Never leaves the scanner."""


def string_end(buffer: bytes, start: int) -> int:
    """Where the string that begins at `start` (its first byte behind the quote) is cut: after a whole character."""
    end = start + STRING_LIMIT
    while end > start and buffer[end] & 0xC0 == 0x80:  # in the middle of a UTF-8 sequence
        end -= 1
    match = _STRING_BYTES.match(buffer, start, end)
    return match.end() if match else start


def shortened(value: bytes) -> bytes:
    """A whole JSON value with its overlong strings cut."""
    if len(value) <= STRING_LIMIT:
        return value
    return _WHOLE_STRING.sub(lambda found: _shortened_string(found[0]), value)


def _shortened_string(string: bytes) -> bytes:
    return string if len(string) <= STRING_LIMIT + 2 else string[: string_end(string, 1)] + b'"'


class Cursor:
    """What is left of the buffer begins at `_at`; `_at_end` says that nothing will follow it."""

    def __init__(self) -> None:
        self._buffer = b""
        self._text = ""  # the buffer as Latin-1: one character a byte, for the decoder's offsets
        self._at = 0
        self._at_end = False
        self._complaint = 0  # where the decoder stumbled last; -1: it would anywhere
        self._blanks = 0  # bytes of blanks that ended the buffers before this one

    def _load(self, buffer: bytes, *, at_end: bool) -> None:
        self._buffer, self._text, self._at, self._at_end = buffer, buffer.decode("latin-1"), 0, at_end

    @property
    def _byte(self) -> bytes:
        """The byte at the cursor, empty at the end of the buffer."""
        return self._buffer[self._at : self._at + 1]

    def _next_byte(self, at: int) -> int | None:
        """Where the next byte that is no blank stands. Raises EndlessJunk."""
        end = self._end_of(BLANK, at)
        if end - at > BLANK_LIMIT:
            raise EndlessJunk
        return end if end < len(self._buffer) else None

    def _skip(self, blanks: re.Pattern[bytes]) -> None:
        """Go to the next byte that is no blank. Raises EndlessJunk."""
        start, self._at = self._at, self._end_of(blanks, self._at)
        self._blanks = self._at - start + (self._blanks if start == 0 else 0)
        if self._blanks > BLANK_LIMIT:
            raise EndlessJunk
        if self._at < len(self._buffer):
            self._blanks = 0

    def _end_of(self, blanks: re.Pattern[bytes], at: int) -> int:
        match = blanks.match(self._buffer, at)
        return match.end() if match else at

    def _decode(self, at: int) -> tuple[Any, int | None]:
        """The value at `at` and where it ends; end None when there is none, or not yet."""
        self._complaint = at
        try:
            value, end = DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            self._complaint = error.pos
            return None, None
        except (ValueError, RecursionError):
            self._complaint = -1  # broken for certain
            return None, None
        return value, end

    @property
    def _open_string(self) -> int | None:
        """Where the string that the decoder just found open begins to be too long, behind its quote; else None."""
        at = self._complaint
        is_long = 0 <= at < len(self._buffer) - STRING_LIMIT - MARGIN
        if is_long and self._buffer[at : at + 1] == b'"' and _WHOLE_STRING.match(self._buffer, at) is None:
            return at + 1
        return None

    def _is_broken(self) -> bool:
        """Whether more bytes could not mend what the decoder just complained of."""
        if self._complaint < 0 or len(self._buffer) - self._at > ROW_LIMIT:
            return True
        if self._complaint + MARGIN > len(self._buffer):
            return False
        in_string = self._buffer[self._complaint : self._complaint + 1] == b'"'
        return not in_string or _WHOLE_STRING.match(self._buffer, self._complaint) is not None
