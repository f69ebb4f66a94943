"""Decode malformed JSON without exceptions: control characters, NaN, endless numbers, junk around the value.

Slower than msgspec, as it builds all objects; used for rows that msgspec rejects and for small bodies.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any, Final, NamedTuple

_MAX_DIGITS: Final = 4000  # CPython refuses to convert longer ones by default
#: Maximum start positions tried within junk. Nesting beyond the decoder's limit ends the search: a body
#: made of thousands of open brackets would cost seconds.
_MOST_BEGINNINGS: Final = 64
#: Bound on the total work of the search, as a multiple of the body's size.
_MOST_READINGS: Final = 4
_NOTHING: Final = object()
_JSON_BEGINS = re.compile(r'\[\s*\{|\{\s*"')
_WORD_BEGINS = re.compile(r'null|""|\[\s*\]|\{\s*\}|false|true|"|-?\d')


def _int_or_none(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


#: Accepts a superset of msgspec's input; NaN, infinities and endless integers become None.
DECODER: Final = json.JSONDecoder(strict=False, parse_int=_int_or_none, parse_constant=lambda _name: None)


class Found(NamedTuple):
    """A JSON value found in a small body. `salvaged`: junk around it; `lossy`: invalid UTF-8."""

    value: Any
    salvaged: bool = False
    lossy: bool = False


def decode_object(raw: bytes) -> dict[str, Any] | None:
    """Return the object in `raw` with invalid UTF-8 replaced; None if it is no object or not decodable."""
    try:
        value = DECODER.decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def find_value(body: bytes) -> Found | None:
    """Return the JSON value in a small body, skipping BOM, PHP warnings and comments; None without one."""
    text, lossy = _text_of(body)
    text = text.strip(" \t\r\n\0\ufeff")
    try:
        return _find_in(text, lossy)
    except RecursionError:
        return None


def _find_in(text: str, lossy: bool) -> Found | None:
    if text[:1] in ("[", "{") or _WORD_BEGINS.match(text):
        value, end = _value_at(text, 0)
        if value is not _NOTHING:
            salvaged = bool(text[end:].strip(" \t\r\n\0"))
            if isinstance(value, dict | list) or not salvaged:  # "12 monkeys" is text, not a number
                return Found(value, salvaged, lossy)
    left = _MOST_READINGS * len(text)
    for begin in islice(_JSON_BEGINS.finditer(text, 0, 1 << 16), _MOST_BEGINNINGS):
        value, end = _value_at(text, begin.start())
        if value is not _NOTHING:
            return Found(value, True, lossy)
        left -= end - begin.start()
        if left < 0:
            break
    return None


def _value_at(text: str, start: int) -> tuple[Any, int]:
    """Return (value, end), or (_NOTHING, position reached) if no value starts there."""
    try:
        value, end = DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        return _NOTHING, len(text) if text.startswith('"', error.pos) else max(error.pos, start)
    except ValueError:
        return _NOTHING, len(text)
    return value, end


def _text_of(body: bytes) -> tuple[str, bool]:
    """Decode UTF-8, or else UTF-8 with replacements or Windows-1252, whichever damages fewer characters."""
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        if text.count("\ufffd") * 100 > len(text):
            return body.decode("cp1252", "replace"), True
        return text, True


ROW_LIMIT: Final = 4 << 20  # bytes; a longer value counts as broken
STRING_LIMIT: Final = 256 << 10  # bytes; longer strings are cut
BLANK_LIMIT: Final = 64 << 10  # bytes; a longer run of whitespace ends parsing
#: Bytes a decoder may read beyond the position it reports.
MARGIN: Final = 16

BLANK: Final = re.compile(rb"[ \t\r\n]*+")
PADDING: Final = re.compile(rb"[ \t\r\n\0]*+")
_WHOLE_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_STRING_BYTES = re.compile(rb'(?:[^"\\]++|\\u[0-9A-Fa-f]{4}|\\[^u])*+')


class EndlessJunk(Exception):
    """More whitespace or non-row members in a row than any list has. Internal to the scanner."""


def string_end(buffer: bytes, start: int) -> int:
    """Return where to cut the string starting at `start` (after the quote): at a character boundary."""
    end = start + STRING_LIMIT
    while end > start and buffer[end] & 0xC0 == 0x80:  # within a UTF-8 sequence
        end -= 1
    match = _STRING_BYTES.match(buffer, start, end)
    return match.end() if match else start


def shortened(value: bytes) -> bytes:
    """Return a complete JSON value with its overlong strings cut."""
    if len(value) <= STRING_LIMIT:
        return value
    return _WHOLE_STRING.sub(lambda found: _shortened_string(found[0]), value)


def _shortened_string(string: bytes) -> bytes:
    return string if len(string) <= STRING_LIMIT + 2 else string[: string_end(string, 1)] + b'"'


class Cursor:
    """A position in a growing buffer. `_at_end`: no more data will follow."""

    def __init__(self) -> None:
        self._buffer = b""
        self._text = ""  # the buffer as Latin-1: one character per byte, so that the decoder's offsets are byte offsets
        self._at = 0
        self._at_end = False
        self._complaint = 0  # where the decoder last failed; -1: certainly broken
        self._blanks = 0  # bytes of whitespace at the end of previous buffers

    def _load(self, buffer: bytes, *, at_end: bool) -> None:
        self._buffer, self._text, self._at, self._at_end = buffer, buffer.decode("latin-1"), 0, at_end

    @property
    def _byte(self) -> bytes:
        """Return the byte at the cursor, empty at the end of the buffer."""
        return self._buffer[self._at : self._at + 1]

    def _next_byte(self, at: int) -> int | None:
        """Return the position of the next non-whitespace byte. Raises EndlessJunk."""
        end = self._end_of(BLANK, at)
        if end - at > BLANK_LIMIT:
            raise EndlessJunk
        return end if end < len(self._buffer) else None

    def _skip(self, blanks: re.Pattern[bytes]) -> None:
        """Move to the next non-whitespace byte. Raises EndlessJunk."""
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
        """Return the value at `at` and its end; end is None if there is no value, or not yet."""
        self._complaint = at
        try:
            value, end = DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            self._complaint = error.pos
            return None, None
        except (ValueError, RecursionError):
            self._complaint = -1  # certainly broken
            return None, None
        return value, end

    @property
    def _open_string(self) -> int | None:
        """Return the start of an unterminated string that exceeds the limit, otherwise None."""
        at = self._complaint
        is_long = 0 <= at < len(self._buffer) - STRING_LIMIT - MARGIN
        if is_long and self._buffer[at : at + 1] == b'"' and _WHOLE_STRING.match(self._buffer, at) is None:
            return at + 1
        return None

    def _is_broken(self) -> bool:
        """Whether more bytes could not repair the last decoding error."""
        if self._complaint < 0 or len(self._buffer) - self._at > ROW_LIMIT:
            return True
        if self._complaint + MARGIN > len(self._buffer):
            return False
        in_string = self._buffer[self._complaint : self._complaint + 1] == b'"'
        return not in_string or _WHOLE_STRING.match(self._buffer, self._complaint) is not None
