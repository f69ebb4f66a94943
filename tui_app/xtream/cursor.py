"""A place in a growing buffer of JSON: skips blanks, decodes one value, tells "not yet" from "never"."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tui_app.xtream.lenient import DECODER

ROW_LIMIT: Final = 4 << 20  # bytes; a longer value is taken for a broken one
#: Bytes a decoder may look beyond the place it complains about.
MARGIN: Final = 16
BLANK: Final = b" \t\r\n"

_WHOLE_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Cursor:
    """What is left of the buffer begins at `_at`; `_at_end` says that nothing will follow it."""

    def __init__(self) -> None:
        self._buffer = b""
        self._text = ""  # the buffer as Latin-1: one character a byte, for the decoder's offsets
        self._at = 0
        self._at_end = False
        self._complaint = 0  # where the decoder stumbled last; -1: it would anywhere

    def _load(self, buffer: bytes, *, at_end: bool) -> None:
        self._buffer, self._text, self._at, self._at_end = buffer, buffer.decode("latin-1"), 0, at_end

    @property
    def _byte(self) -> bytes:
        """The byte at the cursor, empty at the end of the buffer."""
        return self._buffer[self._at : self._at + 1]

    def _next_byte(self, at: int) -> int | None:
        """Where the next byte that is no blank stands."""
        while at < len(self._buffer):
            if self._buffer[at] not in BLANK:
                return at
            at += 1
        return None

    def _skip(self, blanks: bytes) -> None:
        while self._at < len(self._buffer) and self._buffer[self._at] in blanks:
            self._at += 1

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

    def _is_broken(self) -> bool:
        """Whether more bytes could not mend what the decoder just complained of."""
        if self._complaint < 0 or len(self._buffer) - self._at > ROW_LIMIT:
            return True
        if self._complaint + MARGIN > len(self._buffer):
            return False
        in_string = self._buffer[self._complaint : self._complaint + 1] == b'"'
        return not in_string or _WHOLE_STRING.match(self._buffer, self._complaint) is not None
