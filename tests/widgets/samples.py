"""Values that several tests of widgets show."""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.catalog import Category, Details, FullItem, Item, Kind
from tui_app.events import SyncProgress
from tui_app.widgets.paged_list import Column, ListRow

CATEGORIES = (
    Category(Kind.MOVIE, "1", "Action", 30),
    Category(Kind.MOVIE, "2", "Éclair", 1_204),
    Category(Kind.MOVIE, "3", "Hidden one", 7, hidden=True),
    Category(Kind.MOVIE, "4", "4K", 2),
)


GENERAL = FullItem(
    Item(Kind.MOVIE, "1", "The General", year=1926, rating=8.1, genre="Comedy", duration_s=4_020, container="mkv"),
    categories=(Category(Kind.MOVIE, "1", "Silent"), Category(Kind.MOVIE, "2", "Trains")),
    plot="A locomotive is stolen.\n\n" + "He pursues it. " * 60,
    cast="Buster Keaton, Marion Mack",
    director="Clyde Bruckman",
    released="1926-12-31",
    trailer="abcdefghijk",
    details=Details(video="1920x1080 h264", audio="aac 2ch", country="USA"),
)


PROGRESS = SyncProgress("movies", "writing", 0.429, rows=63_123, rows_per_s=21_345.6, seconds_left=18.2)


COLUMNS = (
    Column("Title", main=True, width=16),
    Column("Year", width=4, min_list_width=30),
    Column("Rating", width=6, align="right", min_list_width=40),
)


class Numbers:
    """Row n is "Row n"; keys may be shifted, as after a sync that put rows before them."""

    def __init__(self, total: int, shift: int = 0) -> None:
        self.total = total
        self.shift = shift
        self.asked: list[tuple[int, int]] = []

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        self.asked.append((start, stop))
        return [ListRow(str(n - self.shift), (f"Row {n - self.shift}", "1926", "8.1")) for n in range(start, stop)]

    def index_of(self, key: str) -> int | None:
        index = int(key) + self.shift
        return index if 0 <= index < self.total else None
