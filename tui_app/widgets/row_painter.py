"""Turns rows into strips of exact width: visible columns, their positions, highlighted matches.

Each further segment costs bytes on a slow line, so neighbours of one style are joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_app.text import cell_width, fit, strip_controls
from tui_app.widgets.list_model import Column, ListRow

_GAP: Final = 2  # cells between columns
_EDGE: Final = 1  # cells left and right of a row
_MAIN_LEAST: Final = 12  # cells of the main column that other columns must leave
_MAIN_SPARE: Final = 8  # cells that it has above its least before others grow


@dataclass(frozen=True, slots=True)
class RowStyles:
    """The styles of one state of a row (plain, under the cursor, dim, heading)."""

    row: Style
    mark: Style
    match: Style


class PlacedColumn(NamedTuple):
    """A visible column: its number, its width in cells, and the blanks before it."""

    column: int
    width: int
    right: bool
    gap: int = _GAP  # blanks before it, unless it is the first


@lru_cache(maxsize=64)
def place_columns(columns: tuple[Column, ...], width: int, marks_width: int) -> tuple[PlacedColumn, ...]:
    """Return the columns shown in a list of `width` cells; the main one takes the remaining width.

    Columns are dropped by their `min_list_width`, then from the right until the main one has enough room.
    """
    shown = [i for i, column in enumerate(columns) if column.main or (column.width and width >= column.min_list_width)]
    main = next((column for column in columns if column.main), None)
    room = width - 2 * _EDGE - (marks_width + 1 if marks_width else 0)
    least = (main.width or _MAIN_LEAST) if main else 0

    def left_over() -> int:
        return room - sum(columns[i].width for i in shown if not columns[i].main) - _GAP * (len(shown) - 1)

    while len(shown) > 1 and left_over() < least:
        shown.remove(next(i for i in reversed(shown) if not columns[i].main))
    spare = max(0, left_over())
    widths = {i: columns[i].width for i in shown}
    for i in shown:
        more = max(0, min(columns[i].most - columns[i].width, spare - least - _MAIN_SPARE))
        widths[i] += more
        spare -= more
    return tuple(PlacedColumn(i, spare if columns[i].main else widths[i], columns[i].align == "right") for i in shown)


def shown_text(text: str, width: int, *, right: bool = False) -> str:
    """Return exactly `width` cells of untrusted text without control characters. Long texts are cut first."""
    return fit(strip_controls(text[: 4 * width + 16]), width, right=right)


def main_room(placed: Sequence[PlacedColumn], columns: Sequence[Column], marks_width: int) -> tuple[int, int]:
    """Return (first cell, width) of the main column; (0, 0) when there is none."""
    x = _EDGE + (marks_width + 1 if marks_width else 0)
    for column_at in placed:
        if columns[column_at.column].main:
            return x, column_at.width
        x += column_at.width + _GAP
    return 0, 0


def paint_row(
    row: ListRow,
    columns: tuple[Column, ...],
    placed: Sequence[PlacedColumn],
    width: int,
    marks_width: int,
    styles: RowStyles,
) -> Strip:
    """Paint one row as a strip of exactly `width` cells."""
    pieces: list[tuple[str, Style]] = [(" " * _EDGE, styles.row)]
    if marks_width:
        marks = shown_text(row.marks, marks_width)
        pieces.append((marks, styles.mark if row.marks else styles.row))
        pieces.append((" ", styles.row))
    for number, column_at in enumerate(with_wide_main(row, columns, placed)):
        cell = _cell(row, column_at)
        if number:
            pieces.append((" " * column_at.gap, styles.row))
        text = shown_text(cell, column_at.width, right=column_at.right)
        if row.spans and columns[column_at.column].main:
            pieces.extend(_highlighted(text, row.spans, styles))
        else:
            pieces.append((text, styles.row))
    return strip_of(pieces, width, styles.row)


def with_wide_main(row: ListRow, columns: tuple[Column, ...], placed: Sequence[PlacedColumn]) -> Sequence[PlacedColumn]:
    """Return the columns with a long main cell extended over the blanks behind it.

    These are the blanks before a short right-aligned cell, or all of an empty one.
    """
    for number, (main, after) in enumerate(pairwise(placed)):
        if columns[main.column].main and (after.right or not _cell(row, after)):
            wanted = cell_width(_cell(row, main)[: 4 * main.width + 16]) - main.width
            blanks = max(0, after.width - cell_width(_cell(row, after)[: after.width]))
            taken = min(wanted, blanks + _GAP - 1)
            if taken > 0:
                wider = main._replace(width=main.width + taken)
                shifted = after._replace(width=after.width - min(taken, blanks), gap=_GAP - max(0, taken - blanks))
                return [*placed[:number], wider, shifted, *placed[number + 2 :]]
    return placed


def _cell(row: ListRow, column_at: PlacedColumn) -> str:
    return row.cells[column_at.column] if column_at.column < len(row.cells) else ""


def paint_line(text: str, width: int, style: Style, indent: int = _EDGE) -> Strip:
    """Paint a line of one text that begins at cell `indent`."""
    return strip_of([(" " * indent, style), (shown_text(text, max(0, width - indent - _EDGE)), style)], width, style)


def strip_of(pieces: Sequence[tuple[str, Style]], width: int, filler: Style) -> Strip:
    """Join pieces into a strip padded or cut to exactly `width` cells."""
    joined: list[tuple[str, Style]] = []
    for text, style in pieces:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        elif text:
            joined.append((text, style))
    used = sum(cell_width(text) for text, _ in joined)
    if used < width:
        padding = " " * (width - used)
        if joined and joined[-1][1] == filler:
            joined[-1] = (joined[-1][0] + padding, filler)
        else:
            joined.append((padding, filler))
    strip = Strip([Segment(text, style) for text, style in joined], max(used, width))
    return strip if used <= width else strip.crop(0, width)


def _highlighted(text: str, spans: Sequence[tuple[int, int]], styles: RowStyles) -> Iterator[tuple[str, Style]]:
    at = 0
    for start, end in sorted(spans):
        start, end = max(at, start), min(end, len(text.rstrip()))
        if start >= end:
            continue
        yield text[at:start], styles.row
        yield text[start:end], styles.match
        at = end
    yield text[at:], styles.row
