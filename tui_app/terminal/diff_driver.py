"""Frame diffing: sends only the cells that changed. A scroll costs about a quarter of the bytes.

The diff parses the sequences Textual paints with (cursor moves, colours, text) and keeps the shown cells. Anything else
invalidates them, so that the next frame is sent whole.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from itertools import repeat
from typing import Final

from rich.cells import cell_len
from textual.drivers.linux_driver import LinuxDriver

#: A cell: what stands in it and how it is coloured. The second half of a wide letter holds "".
Cell = tuple[str, str]
Row = list["Cell | None"]  # None: the shown cell is unknown

_TOKEN: Final = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x00-\x1f\x7f\x1b]+)|(\n)")
#: Sequences that change no cell: modes (except the alternate screen), titles, clipboard, bell, keyboard protocols.
_HARMLESS: Final = re.compile(
    r"(?:\x1b\[\?(?!1049|1047|47\b)[\d;]+(?:[hl]|\$p)|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07|\x1b\[[<>=]\d*u|\x1b\[c)*"
)
#: Characters whose width is the same in every terminal, and which none reorders.
_CERTAIN: Final = re.compile(
    r"[\x20-\x7e\u00a0-\u052f\u1e00-\u1fff\u2010-\u205e\u20a0-\u20bf\u2190-\u21ff\u2500-\u25ff\u2800-\u28ff"
    r"\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)
#: Unchanged cells up to this gap are sent again: a cursor move would cost as much.
_GAP: Final = 4
#: SGR parameters that equal the state after a reset.
_DEFAULT: Final = frozenset({"39", "49", "0"})


class FrameDiff:
    """The cells one terminal shows; `reduce` removes unchanged cells from its output."""

    def __init__(self) -> None:
        self._width = 0
        self._rows: dict[int, Row] = {}

    def forget(self) -> None:
        """Invalidate the shown cells: the next frames are sent whole."""
        self._rows.clear()

    def resize(self, width: int) -> None:
        """Set the terminal's width in cells before each write. A change invalidates the shown cells."""
        if width != self._width:
            self._width = width
            self.forget()

    def reduce(self, data: str) -> str:
        """Return the output that has the same effect as `data`, cursor position included."""
        frame = _Frame(self._rows, self._width)
        if frame.read(data):
            return frame.difference()
        if not _HARMLESS.fullmatch(data):
            self.forget()
        return data


class _Frame:
    """One frame: the rows it changes, as they shall be."""

    def __init__(self, rows: dict[int, Row], width: int) -> None:
        self._shown = rows
        self._width = width
        self._wanted: dict[int, Row] = {}
        self._style = ""
        self._cursor = (0, 0)

    def read(self, data: str) -> bool:
        """Parse a frame; False when it contains anything but cursor moves, colours and text."""
        end = 0
        if not data.startswith("\x1b["):
            return False
        for token in _TOKEN.finditer(data):
            if token.start() != end:
                return False
            end = token.end()
            row, column, style, text, newline = token.groups()
            if text is not None:
                self._put(text)
            elif style is not None:
                self._style = _combined(self._style, style)
            elif newline is None:
                self._cursor = (int(row) - 1, int(column) - 1)
            else:
                self._cursor = (self._cursor[0] + 1, 0)
        return end == len(data)

    def _put(self, text: str) -> None:
        y, x = self._cursor
        cells = _cells(text, self._style)
        row = self._wanted.get(y)
        if row is None:
            row = self._wanted[y] = self._shown.get(y, [])[:]
        end = x + len(cells)
        if end > len(row):
            row.extend(repeat(None, end - len(row)))
        if x and _is_half(row[x]):
            row[x - 1] = None  # half of a wide letter is overwritten: the shown cell is unknown
        if end < len(row) and _is_half(row[end]):
            row[end] = None
        row[x:end] = cells
        if end > self._width:  # painted for a wider terminal: the result is unknown
            row[:] = repeat(None, len(row))
        self._cursor = (y, end)

    def difference(self) -> str:
        """Return the sequences that turn the shown rows into the wanted ones, and record those as shown."""
        out: list[str] = []
        style = ""
        for y, wanted in self._wanted.items():
            shown = self._shown.get(y, [])
            if shown != wanted:
                certain = _is_certain(shown) and _is_certain(wanted)
                at = -1
                for start, end in _runs(shown, wanted, certain):
                    # a relative move is shorter, but needs a known position
                    far = at < 0 or not certain
                    out.append(f"\x1b[{y + 1};{start + 1}H" if far else f"\x1b[{start - at}C")
                    style = _paint(wanted[start:end], (y, start), style, out)
                    at = end
            self._shown[y] = wanted
        if style:
            out.append("\x1b[m")
        out.append(f"\x1b[{self._cursor[0] + 1};{self._cursor[1] + 1}H")
        return "".join(out)


def _combined(before: str, style: str) -> str:
    """Return the SGR parameters in force after `style`: a reset ends all others."""
    if _DEFAULT.issuperset(style.split(";")) or not style:
        return "" if not before or style in ("", "0") else f"{before};{style}"
    return f"{before};{style}" if before else style


def _cells(text: str, style: str) -> list[Cell]:
    if text.isascii():
        return list(zip(text, repeat(style)))
    cells: list[Cell] = []
    for letter in text:
        width = cell_len(letter)
        if width:
            cells.append((letter, style))
            cells.extend(repeat(("", style), width - 1))
        elif cells:  # a combining character joins the letter before it
            index = -2 if cells[-1][0] == "" and len(cells) > 1 else -1
            cells[index] = (cells[index][0] + letter, style)
    return cells


def _is_half(cell: Cell | None) -> bool:
    return cell is not None and cell[0] == ""


def _runs(shown: Row, wanted: Row, certain: bool) -> list[tuple[int, int]]:
    """Return (start, end) of the cells to send.

    Near ones are joined; a run never splits a wide letter and never contains an unknown cell.
    """
    known = len(shown)
    changed = [
        index for index, cell in enumerate(wanted) if cell is not None and (index >= known or shown[index] != cell)
    ]
    if not changed:
        return []
    if not certain:
        changed = [index for index in range(_uncertain_from(shown, wanted, changed[0]), len(wanted)) if wanted[index]]
    runs: list[tuple[int, int]] = []
    start = last = changed[0]
    for index in changed[1:]:
        if index - last > _GAP or None in wanted[last:index]:
            runs.append((start, last + 1))
            start = index
        last = index
    runs.append((start, last + 1))
    return [_whole_letters(wanted, start, end) for start, end in runs]


def _is_certain(row: Row) -> bool:
    return _CERTAIN.fullmatch("".join([cell[0] for cell in row if cell is not None])) is not None


def _uncertain_from(shown: Row, wanted: Row, first: int) -> int:
    """Return where to start sending in a row whose layout differs between terminals."""
    for index, cells in enumerate(zip(shown[:first], wanted[:first], strict=False)):
        if any(cell is not None and not _CERTAIN.fullmatch(cell[0]) for cell in cells):
            return index
    return first


def _whole_letters(row: Row, start: int, end: int) -> tuple[int, int]:
    while start > 0 and _is_half(row[start]) and row[start - 1] is not None:
        start -= 1
    while end < len(row) and _is_half(row[end]):
        end += 1
    return start, end


def _paint(cells: Row, at: tuple[int, int], style: str, out: list[str]) -> str:
    """Append the cells from row and column `at` on, starting in `style`; return the style in force at the end.

    Where the cursor stands after letters of uncertain width is up to the terminal, so it is placed anew behind them:
    whatever they did to each other, the rest of the row stands where it belongs.
    """
    y, start = at
    has_drifted = False
    for x, cell in enumerate(cells, start):
        if cell is None or not cell[0]:
            continue
        letter, wanted = cell
        is_certain = letter.isascii() or _CERTAIN.fullmatch(letter) is not None
        if has_drifted and is_certain:
            out.append(f"\x1b[{y + 1};{x + 1}H")
        has_drifted = not is_certain
        if wanted != style:
            out.append("\x1b[m" if not wanted else f"\x1b[0;{wanted}m" if style else f"\x1b[{wanted}m")
            style = wanted
        out.append(letter)
    return style


class DiffDriver(LinuxDriver):
    """A Linux driver that sends only what differs from the shown cells."""

    _cells: FrameDiff | None = None

    def write(self, data: str) -> None:
        """Write the part of `data` that the terminal does not show yet."""
        if self._cells is None:
            self._cells = FrameDiff()
        with suppress(OSError):  # no terminal
            self._cells.resize(os.get_terminal_size(self.fileno).columns)
        super().write(self._cells.reduce(data))

    def forget(self) -> None:
        """Send the next frames whole, after something else wrote to the terminal."""
        if self._cells is not None:
            self._cells.forget()
