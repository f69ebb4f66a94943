"""The columns of each kind, and the conversion of items into rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from tui_app.catalog import Item, Kind
from tui_app.screens.marks import ShownMarks
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, ListRow
from tui_app.widgets.words import date_words

COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    Kind.CHANNEL: (
        Column("No.", 5, "right", 30),
        Column("Channel", 16, main=True),
        Column("On now", 14, min_list_width=38, most=48),
        Column("Until", 5, "right", 64),
        Column("Category", 22, min_list_width=104),
        Column("Catch-up", 8, "right", 50),
    ),
    Kind.MOVIE: (
        Column("Title", 20, main=True),
        Column("Year", 4, "right", 32),
        Column("Rating", 6, "right", 40),
        Column("Genre", 16, min_list_width=62),
        Column("Added", 10, "right", 80),
    ),
    Kind.SERIES: (
        Column("Title", 20, main=True),
        Column("Year", 4, "right", 32),
        Column("Rating", 6, "right", 40),
        Column("Genre", 16, min_list_width=62),
        Column("Changed", 10, "right", 80),
    ),
}


def row_of(item: Item, marks: ShownMarks) -> ListRow:
    """Return the row of a channel, a movie or a series in the list of its kind."""
    return ListRow(item.id, _CELLS[item.kind](item), marks.of(item), separator=item.is_separator)


def _channel_cells(item: Item) -> tuple[str, ...]:
    number = "" if item.number is None or item.is_separator else str(item.number)
    catchup = f"{glyphs().catchup} {item.archive_days} d" if item.archive_days else ""
    return number, item.name, "", "", item.category or "", catchup  # what is on now comes later: see `guide_rows`


def _title_cells(item: Item) -> tuple[str, ...]:
    year = str(item.year) if item.year else ""
    rating = f"{item.rating:.1f}" if item.rating else ""
    return item.name, year, rating, item.genre or "", date_words(item.added)


_CELLS: Final[Mapping[Kind, Callable[[Item], tuple[str, ...]]]] = {
    Kind.CHANNEL: _channel_cells,
    Kind.MOVIE: _title_cells,
    Kind.SERIES: _title_cells,
}


class Items(Protocol):
    """A list of the library, as `Library.view` returns it."""

    @property
    def total(self) -> int: ...

    @property
    def is_filled(self) -> bool: ...

    async def fill(self) -> None: ...

    def items(self, start: int, stop: int) -> Sequence[Item] | None: ...

    def index_of(self, item_id: str) -> int | None: ...


class ItemSource:
    """A list of the library as rows for a `PagedList`."""

    def __init__(self, view: Items, marks: ShownMarks) -> None:
        self._view = view
        self._marks = marks

    @property
    def total(self) -> int:
        return self._view.total

    def rows(self, start: int, stop: int) -> Sequence[ListRow] | None:
        items = self._view.items(start, stop)
        return None if items is None else [row_of(item, self._marks) for item in items]

    def index_of(self, key: str) -> int | None:
        return self._view.index_of(key)
