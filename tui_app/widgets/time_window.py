"""The visible time of the guide grid: which cell a moment is in, which cells a programme takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from rich.cells import set_cell_size

from tui_app.catalog import Programme
from tui_app.text import cell_width, strip_controls
from tui_app.widgets.row_painter import shown_text

SLOT_S: Final = 1_800


class ShownProgrammes(Protocol):
    """What is known of the guide by now."""

    def between(self, key: str, start: int, stop: int) -> Sequence[Programme] | None:
        """Return the programmes of a channel between two times; None when they are not read yet."""
        ...

    def archive_days(self, key: str) -> int: ...

    def is_reminded(self, key: str, start: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The visible time: from `start` on `span` seconds over `cells` cells."""

    start: int
    span: int
    cells: int

    def cell(self, at: float) -> int:
        return max(0, min(self.cells, int((at - self.start) * self.cells // self.span)))

    @property
    def stop(self) -> int:
        return self.start + self.span


def slot_of(at: float) -> int:
    """Return the half hour a time is in."""
    return int(at // SLOT_S) * SLOT_S


def with_gaps(found: Sequence[Programme], window: TimeWindow) -> Iterator[tuple[int, int, Programme | None]]:
    """Yield (first cell, last cell + 1, programme) from left to right; None for a gap."""
    x = 0
    for one in found:
        begin, end = window.cell(one.start), window.cell(one.stop)
        if end <= max(begin, x):
            continue
        if begin > x:
            yield x, begin, None
        yield max(begin, x), end, one
        x = end
    if x < window.cells:
        yield x, window.cells, None


def split_at(text: str, at: int) -> tuple[str, str]:
    """Return the text before cell `at`, and the rest of it in one cell less than there are behind.

    The blanks at its end make room for that cell.
    """
    plain = strip_controls(text)
    before = set_cell_size(plain, at)
    kept = len(before) if plain.startswith(before) else len(before.rstrip(" "))
    return before, shown_text(plain[kept:].rstrip(), cell_width(plain) - at - 1)
