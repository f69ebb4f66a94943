"""Turns rows into strips of exact width: visible columns, their positions, highlighted matches.

Each further segment costs bytes on a slow line, so neighbours of one style are joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_app.text import cell_width, fit, strip_controls
from tui_app.widgets.list_model import Column, ListRow

_GAP: Final = 2  # cells between columns
_EDGE: Final = 1  # cells left and right of a row
_MAIN_LEAST: Final = 12  # cells of the main column that other columns must leave
_NAME_CELLS: Final = 32  # of a long name, for which other columns leave
_YEAR: Final = re.compile(r" \(\d{4}\)\Z")


@dataclass(frozen=True, slots=True)
class RowStyles:
    """The styles of one state of a row (plain, under the cursor, dim, heading)."""

    row: Style
    mark: Style
    match: Style


class PlacedColumn(NamedTuple):
    """A visible column: its number and its width in cells."""

    column: int
    width: int
    right: bool


@lru_cache(maxsize=64)
def place_columns(
    columns: tuple[Column, ...], width: int, marks_width: int, wanted: int = 0
) -> tuple[PlacedColumn, ...]:
    """Return the columns shown in a list of `width` cells; the main one takes the remaining width.

    Columns are dropped by their `min_list_width`, then from the right until the main one has enough room; those that
    may grow do so when the main one has the `wanted` cells. A sorted column is dropped last.
    """
    shown = [
        i
        for i, column in enumerate(columns)
        if column.main or column.sorted or (column.width and width >= column.min_list_width)
    ]
    main = next((column for column in columns if column.main), None)
    room = width - 2 * _EDGE - (marks_width + 1 if marks_width else 0)
    least = (main.width or _MAIN_LEAST) if main else 0

    def left_over() -> int:
        return room - sum(columns[i].width for i in shown if not columns[i].main) - _GAP * (len(shown) - 1)

    while len(shown) > 1 and left_over() < least:
        shown.remove(min(reversed(shown), key=lambda i: columns[i].main * 2 + columns[i].sorted))
    grows = next((i for i in shown if columns[i].most), len(columns))
    while shown[-1] > grows and not columns[shown[-1]].sorted and left_over() < min(wanted, _NAME_CELLS):
        shown.pop()  # names count more than what stands behind the column that grows
    spare = max(0, left_over())
    widths = {i: columns[i].width for i in shown}
    for i in shown:
        more = max(0, min(columns[i].most - columns[i].width, spare - max(least, wanted)))
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
    for number, column_at in enumerate(_with_lent_cells(row, columns, placed)):
        is_main = columns[column_at.column].main
        cell = main_text(row, column_at.column, placed) if is_main else _cell(row, column_at)
        if number:
            pieces.append((" " * _GAP, styles.row))
        text = shown_text(cell, column_at.width, right=column_at.right)
        if row.spans and is_main:
            pieces.extend(_highlighted(text, row.spans, styles))
        else:
            pieces.append((text, styles.row))
    return strip_of(pieces, width, styles.row)


def _with_lent_cells(
    row: ListRow, columns: tuple[Column, ...], placed: Sequence[PlacedColumn]
) -> Sequence[PlacedColumn]:
    """Return the columns with a long main cell extended over the blanks of a short count behind it."""
    if len(placed) != 2 or not columns[placed[1].column].lends:
        return placed
    main, count = placed
    wanted = cell_width(_cell(row, main)[: 4 * main.width + 16]) - main.width
    taken = max(0, min(wanted, count.width - cell_width(_cell(row, count)[: count.width])))
    return main._replace(width=main.width + taken), count._replace(width=count.width - taken)


def main_text(row: ListRow, main: int, placed: Sequence[PlacedColumn]) -> str:
    """Return the text of the main cell, without a year at its end that another visible column shows."""
    text = row.cells[main] if main < len(row.cells) else ""
    if _YEAR.search(text) and any(_cell(row, at) == text[-5:-1] for at in placed if at.column != main):
        return text[: -len("(1926)")].rstrip()
    return text


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
