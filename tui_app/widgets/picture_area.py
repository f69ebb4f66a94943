"""Where a picture stands among the details of a title, and how its cells are painted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from rich.color import Color
from rich.style import Style

from tui_app.catalog import Kind
from tui_app.pictures import Colour, Picture

#: The upper half of a cell; the lower one has the colour behind it.
_HALF: Final = "▀"
GAP: Final = 2  # cells between a picture and the text beside it
_BESIDE_FROM: Final = 60  # cells of width: below, a picture stands above the text
_BESIDE_IN_LOW_FROM: Final = 40  # the same for a pane without the height for that
_LOW: Final = 24  # lines
_WIDEST: Final = 28
_WIDEST_LOGO: Final = 20
_HIGHEST_LOGO: Final = 6
_LEAST_ROWS: Final = 4
#: The share of the height that a picture above the text may take.
_SHARE_ABOVE: Final = 0.45


class PictureArea(NamedTuple):
    """The cells kept for a picture: to the left of the text, or above it."""

    columns: int
    rows: int
    is_beside: bool

    @property
    def indent(self) -> int:
        """The cells that the text stands further to the right."""
        return self.columns + GAP if self.is_beside else 0


def picture_area(kind: Kind, width: int, height: int) -> PictureArea | None:
    """Return the area in a pane of this size; None where it would leave too little room for the text.

    It depends on nothing but kind and size, so that the text stands still when a picture arrives, or none.
    """
    is_logo = kind is Kind.CHANNEL
    is_beside = width >= (_BESIDE_FROM if height >= _LOW else _BESIDE_IN_LOW_FROM)
    rows_left = height - 2 if is_beside else int(height * _SHARE_ABOVE)
    columns = min(_WIDEST_LOGO if is_logo else _WIDEST, width // 3 if is_beside else width)
    rows = min(_HIGHEST_LOGO if is_logo else columns * 3 // 4, rows_left)  # posters are 2 wide, 3 high
    if not is_logo:
        columns = min(columns, rows * 4 // 3)
    return PictureArea(columns, rows, is_beside) if rows >= _LEAST_ROWS else None


def picture_pieces(picture: Picture | None, row: int, columns: int, ground: Style) -> Iterator[tuple[str, Style]]:
    """Yield the text and styles of one row, `columns` cells in all; without a picture they are blank."""
    cells = picture.rows[row] if picture is not None and 0 <= row < len(picture.rows) else ()
    for pair, run in groupby(cells):
        yield _HALF * len(list(run)), _style(*pair)
    if columns > len(cells):
        yield " " * (columns - len(cells)), ground


@lru_cache(maxsize=4_096)
def _style(upper: Colour, lower: Colour) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
