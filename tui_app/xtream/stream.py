"""Split the body of a list into raw rows, in batches and bounded memory, for any input.

The usual body is an array: each block is cut after its last complete row and split by msgspec. A wrong cut does not
parse, so a successful parse proves the cut. Where that fails, `row_recovery` extracts rows one by one, so that a broken
row affects only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from tui_app.errors import BadAnswer
from tui_app.xtream.json_repair import ROW_LIMIT, STRING_LIMIT, shortened
from tui_app.xtream.row_recovery import Scanner

BLOCK: Final = 1 << 17
MAX_ROWS: Final = 2_000_000
MAX_BYTES: Final = 512 << 20

_split: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_OBJECT: Final = ord("{")


@dataclass(slots=True)
class ListVerdict:
    """The completeness of a list, known once its last row was read.

    Only a `complete` list may delete anything. `skipped` counts non-row members (`null`, `"x"`) and broken ones;
    broken ones also make the list `salvaged`.
    """

    complete: bool = False  # the document was closed and nothing salvaged
    sound: bool = False  # complete, or a complete array with junk only before or after it
    salvaged: bool = False  # junk around the list, or broken rows in it
    lossy: bool = False  # invalid UTF-8: names may contain U+FFFD, the structure is intact
    truncated: bool = False  # the document was not closed
    skipped: int = 0
    rows: int = 0
    shape: str = "empty"  # "array", "nested", "object", "single", "empty"


class RowStream:
    """The raw rows of a list: iterate once for batches, then read `verdict`.

    Iterating raises UnsupportedAction (the account instead of a list), LoginRefused (unauthorised account),
    Overloaded or BadAnswer (a message, a web page, plain text, limits exceeded).
    """

    def __init__(self, blocks: Iterable[bytes], *, block_size: int = BLOCK) -> None:
        self._blocks = _reblocked(blocks, block_size)
        self._scanner = Scanner()
        self._buffer = b""
        self._enough = 0  # buffer size in bytes required for the next attempt
        self._mark = b""  # bytes between two rows up to the next row's first key, as this panel writes them
        self.verdict = ListVerdict()

    def __iter__(self) -> Iterator[list[bytes]]:
        for block in self._blocks:
            self._buffer += block
            yield from self._counted(self._take(at_end=False))
            if self._scanner.gave_up:
                break
        yield from self._counted(self._take(at_end=True))
        self._scanner.finish(self._buffer)
        self._judge()

    def _counted(self, rows: list[bytes]) -> Iterator[list[bytes]]:
        if not rows:
            return
        self._note_bad_bytes(rows)
        self.verdict.rows += len(rows)
        if self.verdict.rows > MAX_ROWS:
            raise BadAnswer(f"The list holds more than {MAX_ROWS:,} items.")
        yield rows

    def _take(self, *, at_end: bool) -> list[bytes]:
        """Return all complete rows of the buffer; keep the rest."""
        if len(self._buffer) < self._enough and not at_end:
            return []
        rows = self._take_fast() if self._mark and self._scanner.expects_row else []
        if rows and not at_end:
            return rows
        return rows + self._take_slowly(at_end=at_end)

    def _learn_mark(self, piece: bytes) -> None:
        if head := self._scanner.usual_head:
            between = re.search(rb"\}\s*,\s*\{\s*" + re.escape(head) + rb"\s*:", piece)
            self._mark = between[0] if between else b""

    def _take_fast(self) -> list[bytes]:
        """Return rows up to the last cut that parses; none if two cuts fail."""
        cut = len(self._buffer)
        for _attempt in range(2):
            cut = self._buffer.rfind(self._mark, 0, cut)
            if cut < 0:
                return []
            piece = memoryview(self._buffer)[: cut + 1]
            try:
                rows = list(map(bytes, _split(b"".join((b"[", piece, b"]")))))
            except (msgspec.DecodeError, RecursionError):
                continue
            if len(piece) > STRING_LIMIT:
                rows = list(map(shortened, rows))
            self._buffer = self._buffer[self._buffer.index(b",", cut) + 1 :]
            return self._rows_among(rows)
        return []

    def _rows_among(self, rows: list[bytes]) -> list[bytes]:
        if {row[0] for row in rows} == {_OBJECT}:
            return rows
        found: list[bytes] = []
        for row in rows:
            found += self._scanner.member(row)
        return found

    def _take_slowly(self, *, at_end: bool) -> list[bytes]:
        """Return rows found by the scanner.

        The scanner restarts at an incomplete value, so it is called again only when the buffer has doubled: all
        attempts at one value together cost less than twice the last (linear time).
        """
        before = self._buffer
        rows, self._buffer = self._scanner.feed(before, at_end=at_end)
        self._enough = min(2 * len(before), ROW_LIMIT) if len(self._buffer) == len(before) else 0
        if not self._mark:
            self._learn_mark(before)
        return rows

    def _note_bad_bytes(self, rows: list[bytes]) -> None:
        if not self.verdict.lossy and not all(map(bytes.isascii, rows)):
            try:
                b"".join(rows).decode()
            except UnicodeDecodeError:
                self.verdict.lossy = True

    def _judge(self) -> None:
        scanner, verdict = self._scanner, self.verdict
        verdict.shape, verdict.skipped = scanner.shape, scanner.skipped
        verdict.salvaged = scanner.damaged or scanner.wrapped
        if verdict.salvaged and not verdict.rows:
            raise BadAnswer("The panel answered with something that is no list.")
        verdict.truncated = not scanner.closed
        verdict.complete = scanner.closed and not verdict.salvaged
        is_array = scanner.shape in ("array", "nested")
        verdict.sound = verdict.complete or (is_array and scanner.closed and not scanner.damaged)


def split_rows(blocks: Iterable[bytes]) -> RowStream:
    """Return the raw rows of a list's body in batches; see `RowStream`."""
    return RowStream(blocks)


def _reblocked(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in blocks of one size, so that results don't depend on network chunks."""
    parts: list[bytes] = []
    have = total = 0
    for block in blocks:
        total += len(block)
        if total > MAX_BYTES:
            raise BadAnswer(f"The list is larger than {MAX_BYTES >> 20} MB.")
        parts.append(block)
        have += len(block)
        if have < size:
            continue
        joined = b"".join(parts)
        whole = have - have % size
        for start in range(0, whole, size):
            yield joined[start : start + size]
        parts, have = [joined[whole:]], have - whole
    if have:
        yield b"".join(parts)
