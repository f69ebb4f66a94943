"""A list's body in blocks → its raw rows in batches, in bounded memory, whatever the panel did to the list.

The usual body is an array: each block is cut after its last whole row and split by msgspec; a wrong cut can't parse, so
a parse proves the cut. Where that fails (`tolerant.py`) rows are taken one by one, and a broken one costs itself only.
Knows bytes and brackets; what a row means is not its business.
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
    """What is to be thought of a list, known when its last row was taken.

    Only a `complete` list may ever delete anything. `skipped` counts members that are no rows (`null`, `"x"`) or are
    broken; broken ones also make the list `salvaged`.
    """

    complete: bool = False  # the document closed, nothing was cut off or salvaged
    sound: bool = False  # complete, or an array that is, with junk before or behind it alone
    salvaged: bool = False  # junk around the list, or broken rows in it
    lossy: bool = False  # bytes that are no UTF-8: names may show U+FFFD, the structure is sound
    truncated: bool = False  # the document did not close
    skipped: int = 0
    rows: int = 0
    shape: str = "empty"  # "array", "nested", "object", "single", "empty"


class RowStream:
    """The rows of one list body: iterate once for batches of raw rows, then read `verdict`.

    Iterating raises UnsupportedAction (the account instead of a list), LoginRefused (the account, not authorised),
    Overloaded or BadAnswer (a message, a web page, plain text, beyond the caps).
    """

    def __init__(self, blocks: Iterable[bytes], *, block_size: int = BLOCK) -> None:
        self._blocks = _reblocked(blocks, block_size)
        self._scanner = Scanner()
        self._buffer = b""
        self._enough = 0  # bytes the buffer must hold before it is worth another look
        self._mark = b""  # from the end of one row to the first key of the next, as this panel writes it
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
        """All whole rows of the buffer; what remains of it begins where the next row, or the end, is expected."""
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
        """Rows up to the last cut that parses; none when the first two cuts tried don't."""
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
        """What the scanner finds. It begins anew where it got no further, so it is only asked again at twice the size:
        all its looks at one value cost less than twice the last."""
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
    """The raw rows of a list's body, in batches; see `RowStream`."""
    return RowStream(blocks)


def _reblocked(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in blocks of one size: how the network cut them must change nothing."""
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
