"""Extract rows one by one from a damaged or unusual list: nested arrays, objects of objects, junk around the list.

A state machine over a growing buffer. Decisions depend only on the bytes from the start of the next member, never on
where the buffer ends, so a body yields the same rows however it is split into blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from tui_app.errors import BadAnswer
from tui_app.xtream.coerce import is_account
from tui_app.xtream.json_repair import BLANK, MARGIN, PADDING, Cursor, EndlessJunk, shortened, string_end
from tui_app.xtream.login import JUNK_LIMIT, is_web_page, refusal_in_object, refusal_without_list

_GLANCE: Final = 256  # bytes needed to tell whether a bracket opens the list or a warning
_PADDING: Final = b" \t\r\n\0"
#: Consecutive broken or non-row members after which parsing stops.
_MOST_JUNK: Final = 4_000

_LIST_BEGINS = re.compile(rb'\[\s*[\[{]|\{\s*"')
_NEXT_ROW = re.compile(rb',\s*(?=\{\s*("[^"\\]{0,40}")\s*:)')  # a broken row may lack its closing brace
_NEXT_KEY = re.compile(rb'\}\s*,\s*(?="[^"\\]{0,40}"\s*:\s*\{)')
_PLAIN_START = re.compile(rb'\[\s*(?:[\[{\]"]|null|\Z)|\{\s*(?:["}]|\Z)')
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_ROW_HEAD = re.compile(rb'\{\s*("[^"\\]{0,40}")\s*:')
_KEY_OF_ROWS = re.compile(r"\d+")
_split: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Scanner(Cursor):
    """Extracts rows from a growing buffer and reports how many bytes are consumed; `finish` evaluates the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.shape = "empty"
        self.skipped = 0
        self.wrapped = False  # junk before or after the list
        self.damaged = False  # something within the list is broken
        self.closed = False
        self.gave_up = False  # parsing stopped
        self._cut_row = b""  # a row up to its overlong string, the rest of which is being skipped
        self._junk = 0
        self._step: Callable[[], bool] = self._begin
        self._depth = 0  # 1 within the list, 2 within a nested list
        self._heads: dict[bytes, None] = {}  # first keys of rows, used to find the next row after a broken one
        self._rows: list[bytes] = []

    @property
    def expects_row(self) -> bool:
        """Whether the next byte starts a member of a plain array."""
        return self._step == self._member and self.shape == "array"

    @property
    def usual_head(self) -> bytes:
        """Return the quoted first key of the first row; empty before it."""
        return next(iter(self._heads), b"")

    def feed(self, buffer: bytes, *, at_end: bool) -> tuple[list[bytes], bytes]:
        """Return the rows found, and the rest of the buffer to feed again with more data."""
        self._rows = []
        if self._cut_row:
            buffer = self._past_string(buffer)
            if self._cut_row:
                return [], buffer
        self._load(buffer, at_end=at_end)
        try:
            while self._step():
                pass
        except EndlessJunk:
            self.damaged = self.gave_up = True
            return self._rows, b""
        rest = self._buffer[self._at :]
        return self._rows, self._past_string(rest) if self._cut_row else rest

    def member(self, raw: bytes) -> list[bytes]:
        """Return the rows of a complete list member: itself, those of a nested list, or none (counted)."""
        if raw[:1] == b"{":
            return [raw]
        if raw[:1] != b"[":
            self.skipped += 1
            return []
        self.shape = "nested"
        members = [bytes(member) for member in _split(raw)]
        rows = [member for member in members if member[:1] == b"{"]
        self.skipped += len(members) - len(rows)
        return rows

    def finish(self, rest: bytes) -> None:
        """Evaluate the end of the body: what follows or replaces the list. Raises like RowStream."""
        if self._step == self._after and rest.strip(_PADDING):
            self.wrapped = True
        elif self._step == self._begin:
            self._judge_no_list(rest)

    def _past_string(self, buffer: bytes) -> bytes:
        """Return the cut row with the bytes after its string; while the string continues, its last byte."""
        match = _REST_OF_STRING.match(buffer)
        rest = buffer[match.end() :] if match else buffer
        if rest[:1] != b'"':
            return rest
        row, self._cut_row = self._cut_row, b""
        return row + rest

    # ------------------------------------------------------------------------------------------ steps
    # Each step reads the buffer from `_at` and returns True if it advanced, False if it needs more bytes.

    def _begin(self) -> bool:
        """Skip whitespace, BOM and PHP warnings before the list."""
        if self._text.startswith("\xef\xbb\xbf", self._at):
            self._at += 3
        self._skip(PADDING)
        if len(self._buffer) - self._at < _GLANCE and not self._at_end:
            return False
        if not _PLAIN_START.match(self._buffer, self._at):
            if len(self._buffer) - self._at < JUNK_LIMIT and not self._at_end:
                return False
            begin = _LIST_BEGINS.search(self._buffer, self._at, self._at + JUNK_LIMIT)
            if begin is None or is_web_page(self._buffer[self._at : self._at + 256]):
                if not self._at_end:
                    self._judge_no_list(self._buffer)
                return False
            self.wrapped = self.wrapped or begin.start() > self._at
            self._at = begin.start()
        if self._buffer[self._at] == ord("["):
            self._enter("array", self._member)
        else:
            self._step = self._object_start
        return True

    def _enter(self, shape: str, step: Callable[[], bool]) -> None:
        self._at += 1
        self.shape, self._step, self._depth = shape, step, 1

    def _member(self) -> bool:
        """Read a member of an array, or its end."""
        self._skip(BLANK)
        byte = self._byte
        if byte == b"]":
            return self._leave()
        if byte == b",":  # an omitted member
            self._at += 1
            self.damaged = True
            self._note_junk()
            return True
        if byte == b"[" and self._depth == 1:
            self._at += 1
            self.shape, self._depth = "nested", 2
            self._note_junk()  # counts as junk until a row is found in it
            return True
        if byte == b"":
            return False
        return self._value()

    def _separator(self) -> bool:
        """Read a comma or the end after a member. Anything else is damage; continue at the next row."""
        self._skip(BLANK)
        byte = self._byte
        if byte in (b"]", b"}"):
            return self._leave()
        if byte == b"":
            return False
        if byte == b",":
            self._at += 1
        else:
            self.damaged = True
            if byte != b"{":
                return self._resume()
        self._step = self._key if self.shape == "object" else self._member
        return True

    def _leave(self) -> bool:
        closing = self._byte
        expected = b"}" if self.shape == "object" else b"]"
        self._at += 1
        if closing != expected:
            self.damaged = True
        elif self._depth == 2:
            self._depth, self._step = 1, self._separator
        else:
            self.closed, self._step = True, self._after
        return True

    def _after(self) -> bool:
        """Skip whitespace after the list; leave other bytes to `finish`."""
        self._skip(PADDING)
        if self._at < len(self._buffer) - 1:  # one byte is enough
            self._at = len(self._buffer) - 1
        return False

    def _object_start(self) -> bool:
        """Read an object instead of the list: of rows, a single row, the account, or a message."""
        start = self._at
        self._at += 1
        self._skip(BLANK)
        if self._byte == b"}":
            self._at += 1
            self.closed, self._step = True, self._after
            return True
        key, end = self._decode(self._at)
        colon = self._next_byte(end) if end else None
        if end is None or colon is None:
            self._at = start
            return self._whole_object() if self._at_end or self._is_broken() else False
        opening = self._next_byte(colon + 1)
        if opening is None and not self._at_end:
            self._at = start
            return False
        is_rows = isinstance(key, str) and not is_account({key: None}) and self._holds_rows(key, opening)
        self._at = start
        if is_rows:
            self._enter("object", self._key)
            return True
        self._step = self._whole_object
        return True

    def _holds_rows(self, key: str, opening: int | None) -> bool:
        opens_object = opening is not None and self._buffer[opening : opening + 1] == b"{"
        return opens_object or _KEY_OF_ROWS.fullmatch(key) is not None

    def _key(self) -> bool:
        """Read a key and colon in an object of rows, or its end."""
        self._skip(BLANK)
        if self._byte == b"}":
            return self._leave()
        _key, end = self._decode(self._at)
        if end is None:
            return self._resume() if self._is_broken() else False
        colon = self._next_byte(end)
        value = None if colon is None else self._next_byte(colon + 1)
        if value is None:
            return False
        self._at = value
        self._step = self._value
        return True

    def _whole_object(self) -> bool:
        """Read a single object, which can be classified only as a whole."""
        value, end = self._decode(self._at)
        if end is None or not isinstance(value, dict):
            if self._is_broken():
                raise BadAnswer("The server answered with something that is no list.")
            return False
        raw = self._buffer[self._at : end]
        self._at = end
        self.closed, self._step = True, self._after
        self._judge_object(value, raw)
        return True

    def _value(self) -> bool:
        """Read one member: keep a row, count anything else."""
        value, end = self._decode(self._at)
        if end is None:
            return self._resume() if self._is_broken() else self._cut_string()
        is_number = isinstance(value, int | float) or value is None
        if is_number and end + MARGIN > len(self._buffer) and not self._at_end:
            return False  # `12` may continue as `123` or `12.5e+7`
        if isinstance(value, dict):
            raw = shortened(self._buffer[self._at : end])
            self._rows.append(raw)
            self._junk = max(0, self._junk - 1)
            head = _ROW_HEAD.match(raw)
            if head and len(self._heads) < 8:
                self._heads[head[1]] = None
        else:
            self.skipped += 1
            self._note_junk()
        self._at = end
        self._step = self._separator
        return True

    def _cut_string(self) -> bool:
        """Keep the beginning of an overlong string that is still open, and skip the rest as it arrives."""
        start = self._open_string
        if start is not None:
            end = string_end(self._buffer, start)
            self._cut_row = self._buffer[self._at : end]
            self._at = end
        return False

    def _note_junk(self) -> None:
        self._junk += 1
        if self._junk > _MOST_JUNK:
            raise EndlessJunk

    def _resume(self) -> bool:
        """Continue after a broken row, at the next position where a row starts like others of this list."""
        self.damaged = True
        beginning = self._next_beginning()
        if beginning is not None:
            self.skipped += 1
            self._note_junk()
            self._at = beginning
            self._step = self._key if self.shape == "object" else self._member
            return True
        if self._at_end:
            self.skipped += 1
            self.closed = self._buffer.rstrip(_PADDING).endswith(b"}" if self.shape == "object" else b"]")
            self._at = len(self._buffer)
            self._step = self._after
            return False
        self._step = self._resume
        self._at = max(self._at, len(self._buffer) - _GLANCE)  # the tail may contain the first half of a match
        return False

    def _next_beginning(self) -> int | None:
        if self.shape == "object":
            match = _NEXT_KEY.search(self._buffer, self._at)
            return match.end() if match else None
        matches = _NEXT_ROW.finditer(self._buffer, self._at)
        return next((match.end() for match in matches if not self._heads or match[1] in self._heads), None)

    def _judge_object(self, value: dict[str, Any], raw: bytes) -> None:
        if any(value.get(key) is not None for key in ("stream_id", "series_id", "category_id")):
            self.shape = "single"
            self._rows.append(raw)
            return
        raise refusal_in_object(value) or BadAnswer("The panel answered with an object that is no list.")

    def _judge_no_list(self, body: bytes) -> None:
        refusal = refusal_without_list(body)
        if refusal is not None:
            raise refusal
        self.closed = True
