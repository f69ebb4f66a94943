"""Paints the lines of a list and caches recently painted rows; paints the centred text of an empty list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Final, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_app.text import cell_width, strip_controls
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, Emptiness, ListRow
from tui_app.widgets.row_painter import (
    PlacedColumn,
    RowStyles,
    main_room,
    name_cells,
    paint_line,
    paint_row,
    place_columns,
    placed_cells,
    shown_text,
    strip_of,
)

EmptyPart = Literal["title", "reason", "hint"]
EMPTY_PARTS: Final[tuple[EmptyPart, ...]] = ("title", "reason", "hint")
_WIDEST: Final = 60  # cells of a line: longer ones are hard to read
_LONGEST: Final = 500  # characters: these are sentences, not texts


@cache
def _console() -> Console:
    return Console(width=_WIDEST, force_terminal=False)  # needed for wrapping; nothing is printed


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines of at most `width` cells, between words where possible.

    Control characters are replaced.
    """
    if width < 1:
        return []
    lines: list[str] = []
    for paragraph in text.split("\n"):
        plain = strip_controls(paragraph)
        wrapped = Text(plain).wrap(_console(), width, tab_size=1) if cell_len(plain) > width else [Text(plain)]
        lines += [line.plain.rstrip() for line in wrapped]
    return lines


def paint_emptiness(
    said: Emptiness, y: int, width: int, height: int, style_of: Callable[[EmptyPart], Style], ground: Style
) -> Strip:
    """Paint line `y` of the text, centred in `width` x `height` cells."""
    lines: list[tuple[str, EmptyPart]] = []
    for part, text in zip(EMPTY_PARTS, said, strict=True):
        lines += [(line, part) for line in wrap(text[:_LONGEST], min(width - 2, _WIDEST))] if text else []
    number = y - max(0, (height - len(lines)) // 2)
    if not 0 <= number < len(lines):
        return strip_of([], width, ground)
    text, part = lines[number]
    return strip_of([(" " * max(0, (width - cell_len(text)) // 2), ground), (text, style_of(part))], width, ground)


RowState = Literal["plain", "cursor", "blurred"]
#: The parts that have a style of their own.
PARTS: Final = (
    "row",
    "mark",
    "match",
    "cursor",
    "blurred",
    "cursor-match",
    "dim",
    "badge",
    "separator",
    "header",
    "entry",
    "selected",
    "added",
    "changed",
    "removed",
)
LIST_CSS: Final = """
PagedList {
    height: 1fr; overflow: hidden hidden; scrollbar-size: 0 0; background: $surface; color: $foreground;
    & > .paged-list--row { background: $surface; color: $foreground; }
    & > .paged-list--mark { background: $surface; color: $text-accent; }
    & > .paged-list--added { background: $surface; color: $text-success; }
    & > .paged-list--changed { background: $surface; color: $text-warning; }
    & > .paged-list--removed { background: $surface; color: $text-error; }
    & > .paged-list--match { background: $surface; color: $text-accent; text-style: bold; }
    & > .paged-list--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    & > .paged-list--cursor-match { text-style: bold underline; }
    & > .paged-list--blurred {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
        text-style: $block-cursor-blurred-text-style;
    }
    & > .paged-list--selected { background: $primary-muted; color: $foreground; text-style: bold; }
    & > .paged-list--dim { background: $surface; color: $text-muted; }
    & > .paged-list--badge { background: $primary-muted; color: $text-primary; }
    & > .paged-list--separator { background: $surface; color: $text-primary; text-style: bold; }
    & > .paged-list--header { background: $panel; color: $text-muted; }
    & > .paged-list--entry { background: $panel; color: $text-accent; text-style: bold; }
}
"""
_STRIPS_KEPT: Final = 1_000
_HEADING_EDGES: Final = "#=*-_|~•◉★►◄─━<> "  # of `##### SPORTS #####`


class ListPainter:
    """Paints rows. `style_of(part, partial)` returns the style of one of `PARTS`; partial ones are overlays."""

    def __init__(self, columns: tuple[Column, ...], marks_width: int, style_of: Callable[[str, bool], Style]) -> None:
        self.columns = columns
        self._marks_width = marks_width
        self._style_of = style_of
        self._styles: dict[str, RowStyles] = {}
        self._strips: dict[tuple[int, int], Strip] = {}
        self._wanted = 0  # cells of the longest main cell that was visible

    def measure(self, rows: Iterable[ListRow | None]) -> bool:
        """Give the main column the cells that the longest of these rows needs; True when that changed the columns.

        It never shrinks while a list is scrolled, and other cells, such as late programmes, don't count.
        """
        if not any(column.most for column in self.columns):
            return False
        wanted = max((self._main_cells(row) for row in rows if row is not None and not row.separator), default=0)
        if wanted <= self._wanted:
            return False
        self._wanted = wanted
        self._strips.clear()
        return True

    def _main_cells(self, row: ListRow) -> int:
        return name_cells(row, self._main) if self.columns[self._main].names else cell_width(row.cells[self._main])

    def column_at(self, x: int, width: int) -> int | None:
        """Return the number of the column at a cell; None between and outside of columns."""
        found = placed_cells(self._placed(width), self.columns, self._marks_width)
        return next((at.column for at, start in found if start <= x < start + at.width), None)

    def forget_rows(self) -> None:
        """Drop cached rows after rows, columns or the width changed."""
        self._strips.clear()

    def forget_styles(self) -> None:
        """Drop cached styles and rows after the theme changed."""
        self._styles.clear()
        self._strips.clear()

    def row(self, index: int, row_at: Callable[[int], ListRow | None], width: int, state: RowState) -> Strip:
        """Paint the row at `index`, from the cache if possible; a placeholder while `row_at` returns None."""
        kept = self._strips.get((index, width)) if state == "plain" else None
        if kept is not None:
            return kept
        row = row_at(index)
        if row is None:
            return paint_line(glyphs().ellipsis, width, self._styles_for("dim" if state == "plain" else state).row)
        strip = self._paint(row, width, state)
        if state == "plain":
            if len(self._strips) >= _STRIPS_KEPT:
                self._strips.clear()
            self._strips[index, width] = strip
        return strip

    def selected_row(self, row: ListRow, width: int, state: RowState) -> Strip:
        """Paint a selected row."""
        return self._paint_cells(row, width, self._styles_for("selected" if state == "plain" else state))

    def header(self, width: int, counter: str, *, typing: bool) -> Strip:
        """Paint the column titles, with the counter or the typed text at the end of the main column."""
        style = self._styles_for("header").row
        room = self._main_room(width)[1]
        titles = [column.title for column in self.columns]
        spans: tuple[tuple[int, int], ...] = ()
        if len(counter) <= (room if typing else room - cell_width(titles[self._main]) - 1):
            title = shown_text(titles[self._main], room - len(counter))
            titles[self._main] = title + counter
            spans = ((len(title), len(title) + len(counter)),) if typing else ()
        styles = RowStyles.plain(style, self._styles_for("entry").row)
        columns = tuple(replace(column, names=False) for column in self.columns)
        row = ListRow("", tuple(titles), spans=spans)
        return paint_row(row, columns, self._placed(width), width, self._marks_width, styles)

    def main_end(self, width: int) -> int:
        """Return the cell after the main column, where the counter ends."""
        x, room = self._main_room(width)
        return x + room

    @property
    def _main(self) -> int:
        return next((number for number, column in enumerate(self.columns) if column.main), 0)

    def _placed(self, width: int) -> tuple[PlacedColumn, ...]:
        return place_columns(self.columns, width, self._marks_width, self._wanted)

    def _main_room(self, width: int) -> tuple[int, int]:
        return main_room(self._placed(width), self.columns, self._marks_width)

    def _paint(self, row: ListRow, width: int, state: RowState) -> Strip:
        kind = "separator" if row.separator else "dim" if row.dim else "row"
        styles = self._styles_for(kind if state == "plain" else state)
        if row.separator:
            text = row.cells[self._main] if self._main < len(row.cells) else ""
            return paint_line(text.strip(_HEADING_EDGES) or text, width, styles.row, self._main_room(width)[0] or 1)
        if row.tone and state == "plain":
            styles = replace(styles, mark=self._style_of(row.tone, False))
        return self._paint_cells(row, width, styles)

    def _paint_cells(self, row: ListRow, width: int, styles: RowStyles) -> Strip:
        return paint_row(row, self.columns, self._placed(width), width, self._marks_width, styles)

    def _styles_for(self, part: str) -> RowStyles:
        styles = self._styles.get(part)
        if styles is None:
            styles = self._styles[part] = self._make_styles(part)
        return styles

    def _make_styles(self, part: str) -> RowStyles:
        row = self._style_of(part, False)
        if part in ("row", "dim"):
            parts = ("mark", "match", "dim", "badge" if part == "row" else "dim")
            return RowStyles(row, *(self._style_of(each, False) for each in parts))
        is_cursor = part in ("cursor", "blurred")
        return RowStyles.plain(row, row + self._style_of("cursor-match", True) if is_cursor else None)
