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
from tui_app.widgets.list_model import Column, ListRow, NameParts, name_parts

_GAP: Final = 2  # cells between columns
_EDGE: Final = 1  # cells left and right of a row
_MAIN_LEAST: Final = 12  # cells of the main column that other columns must leave
_NAME_CELLS: Final = 36  # of a long name, for which other columns leave
_LONGEST_NAME: Final = 100  # characters of a name that are measured
_NAME_LEAST: Final = 8  # cells of a name beside its badges


@dataclass(frozen=True, slots=True)
class RowStyles:
    """The styles of one state of a row (plain, under the cursor, dim, heading)."""

    row: Style
    mark: Style
    match: Style
    faint: Style  # prefixes and years
    badge: Style

    @classmethod
    def plain(cls, row: Style, match: Style | None = None) -> RowStyles:
        """Return styles that set nothing off but matches."""
        return cls(row, row, match or row, row, row)


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


def placed_cells(
    placed: Sequence[PlacedColumn], columns: Sequence[Column], marks_width: int
) -> Iterator[tuple[PlacedColumn, int]]:
    """Yield the columns and their first cells. The marks stand before the main one."""
    x = _EDGE
    for at in placed:
        x += marks_width + 1 if marks_width and columns[at.column].main else 0
        yield at, x
        x += at.width + _GAP


def main_room(placed: Sequence[PlacedColumn], columns: Sequence[Column], marks_width: int) -> tuple[int, int]:
    """Return (first cell, width) of the main column; (0, 0) when there is none."""
    found = placed_cells(placed, columns, marks_width)
    return next(((x, at.width) for at, x in found if columns[at.column].main), (0, 0))


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
    for number, at in enumerate(_with_lent_cells(row, columns, placed)):
        column = columns[at.column]
        if number:
            pieces.append((" " * _GAP, styles.row))
        if column.main and marks_width:
            pieces.append((shown_text(row.marks, marks_width), styles.mark if row.marks else styles.row))
            pieces.append((" ", styles.row))
        if column.names:
            pieces.extend(_name_pieces(row, column, at, placed, styles))
            continue
        text = shown_text(_cell(row, at), at.width, right=at.right)
        pieces.extend(_highlighted(text, row.spans if column.main else (), styles))
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


def _name_pieces(
    row: ListRow, column: Column, at: PlacedColumn, placed: Sequence[PlacedColumn], styles: RowStyles
) -> Iterator[tuple[str, Style]]:
    """Yield a name in pieces of exactly the column's width; a long one is cut before its badges."""
    parts = name_parts(_cell(row, at))
    others = [_cell(row, other) for other in placed if other.column != at.column]
    year, badges = _year_words(parts, others), _badges(parts, at.width - _NAME_LEAST)
    prefix = "" if column.omits and parts.language == column.omits else parts.prefix
    room = at.width - cell_width(badges)
    front = strip_controls((prefix + parts.title + year)[: 4 * room + 16])
    front = fit(front, min(room, cell_width(front)))
    offset = len(parts.prefix) - len(prefix)
    spans = [(max(0, start - offset), end - offset) for start, end in row.spans if end > offset]
    spans = [(start, min(end, len(prefix) + len(parts.title))) for start, end in spans]
    ends = (0, len(prefix), len(prefix) + len(parts.title), len(front))
    for (start, end), style in zip(pairwise(ends), (styles.faint, styles.row, styles.faint), strict=True):
        within = [(first - start, last - start) for first, last in spans if first < end and last > start]
        yield from _highlighted(front[start:end], within, styles, style)
    yield from _badge_pieces(badges, styles)
    yield " " * (room - cell_width(front)), styles.row


def name_cells(row: ListRow, main: int) -> int:
    """Return the cells that a name needs where all other columns are visible."""
    parts = name_parts(row.cells[main])
    year = _year_words(parts, row.cells)
    return cell_width((parts.prefix + parts.title)[:_LONGEST_NAME] + year) + cell_width(_badges(parts, _LONGEST_NAME))


def _year_words(parts: NameParts, others: Sequence[str]) -> str:
    """Return the year behind a title; "" where another column shows it."""
    return f" ({parts.year})" if parts.year and str(parts.year) not in others else ""


def _badges(parts: NameParts, room: int) -> str:
    """Return the badges in their room, each between blanks; "" when they need more."""
    words = "".join(f"  {tag} " for tag in parts.tags)
    return words if cell_width(words) <= room else ""


def _badge_pieces(badges: str, styles: RowStyles) -> Iterator[tuple[str, Style]]:
    for tag in badges.split():
        yield " ", styles.row
        yield f" {tag} ", styles.badge


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


def _highlighted(
    text: str, spans: Sequence[tuple[int, int]], styles: RowStyles, base: Style | None = None
) -> Iterator[tuple[str, Style]]:
    at, base = 0, base or styles.row
    for start, end in sorted(spans):
        start, end = max(at, start), min(end, len(text.rstrip()))
        if start >= end:
            continue
        yield text[at:start], base
        yield text[start:end], styles.match
        at = end
    yield text[at:], base
