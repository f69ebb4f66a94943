"""The columns of each kind, the conversion of items and hits into rows, and the current programme of channels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from tui_app.catalog import Hit, Item, ItemRef, Kind, NowNext, Programme, ProgrammeHit, SortKey
from tui_app.screens.marks import ShownMarks
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, ListRow
from tui_app.widgets.words import clock, date_words, moment_words

#: By the tags of the title or its category, where there is room.
_FACETS: Final = (Column("Language", 8, min_list_width=100), Column("Quality", 9, min_list_width=100))
COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    Kind.CHANNEL: (
        Column("No.", 5, "right", 30),
        Column("Channel", 16, main=True, names=True),
        Column("On now", 14, min_list_width=38, most=60),
        Column("Until", 5, "right", 64),
        Column("Category", 22, min_list_width=104),
        Column("Catch-up", 8, "right", 50),
        *(replace(column, min_list_width=124) for column in _FACETS),
    ),
    Kind.MOVIE: (
        Column("Title", 20, main=True, names=True),
        Column("Year", 4, "right", 32),
        Column("Rating", 6, "right", 40),
        Column("Genre", 16, min_list_width=62, most=30),
        Column("Added", 10, "right", 80),
        *_FACETS,
    ),
    Kind.SERIES: (
        Column("Title", 20, main=True, names=True),
        Column("Year", 4, "right", 32),
        Column("Rating", 6, "right", 40),
        Column("Genre", 16, min_list_width=62, most=30),
        Column("Changed", 10, "right", 80),
        *_FACETS,
    ),
}


#: The order that each column shows.
SORT_OF_COLUMN: Final[Mapping[str, SortKey]] = {
    "No.": "number",
    "Channel": "name",
    "Title": "name",
    "Year": "year",
    "Rating": "rating",
    "Added": "added",
    "Changed": "added",
}


def row_of(item: Item, marks: ShownMarks) -> ListRow:
    """Return the row of a channel, a movie or a series in the list of its kind."""
    return ListRow(item.id, _CELLS[item.kind](item), marks.of(item), separator=item.is_separator)


def _channel_cells(item: Item) -> tuple[str, ...]:
    number = "" if item.number is None or item.is_separator else str(item.number)
    catchup = f"{glyphs().catchup} {item.archive_days} d" if item.archive_days else ""
    return number, item.name, "", "", item.category or "", catchup, *_facets(item)  # `GuideSource` adds "On now"


def _title_cells(item: Item) -> tuple[str, ...]:
    year = str(item.year) if item.year else ""
    rating = f"{item.rating:.1f}" if item.rating else ""
    return item.name, year, rating, item.genre or "", date_words(item.added), *_facets(item)


def _facets(item: Item) -> tuple[str, str]:
    return item.language or "", item.quality or ""


_CELLS: Final[Mapping[Kind, Callable[[Item], tuple[str, ...]]]] = {
    Kind.CHANNEL: _channel_cells,
    Kind.MOVIE: _title_cells,
    Kind.SERIES: _title_cells,
}


class Items(Protocol):
    """A list of the library, as `Library.list_items` returns it."""

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

    @property
    def is_filled(self) -> bool:
        return self._view.is_filled

    async def fill(self) -> None:
        await self._view.fill()


VERSIONS_COLUMN: Final = Column("Versions", 8, "right", 48)


class GroupedSource(ItemSource):
    """Rows that show how many versions they stand for."""

    def rows(self, start: int, stop: int) -> Sequence[ListRow] | None:
        items, rows = self._view.items(start, stop), super().rows(start, stop)
        if items is None or rows is None:
            return None
        count = [str(item.versions) if item.versions > 1 else "" for item in items]
        return [row._replace(cells=(*row.cells, words)) for row, words in zip(rows, count, strict=True)]


_NOW_AT: Final = next(index for index, column in enumerate(COLUMNS[Kind.CHANNEL]) if column.title == "On now")


class GuideSource(ItemSource):
    """A list of channels with their current programmes. `known` may grow later."""

    def __init__(self, view: Items, marks: ShownMarks, known: Mapping[str, NowNext]) -> None:
        super().__init__(view, marks)
        self._known = known

    def rows(self, start: int, stop: int) -> Sequence[ListRow] | None:
        rows = super().rows(start, stop)
        return None if rows is None else [self._with_guide(row) for row in rows]

    def _with_guide(self, row: ListRow) -> ListRow:
        on = running(self._known.get(row.key), time.time())
        if on is None or row.separator:
            return row
        cells = (*row.cells[:_NOW_AT], on.title, clock(on.stop), *row.cells[_NOW_AT + 2 :])
        return row._replace(cells=cells)


def running(known: NowNext | None, at: float) -> Programme | None:
    """Return the programme that is on at a time, from what is known of an earlier time."""
    if known is None:
        return None
    return next((one for one in (known.now, known.next) if one is not None and one.start <= at < one.stop), None)


def next_change(known: Iterable[NowNext], at: float) -> float | None:
    """Return when the next of these programmes begins or ends; None when nothing is known."""
    moments = [
        moment
        for one in known
        for programme in (one.now, one.next)
        if programme is not None
        for moment in (programme.start, programme.stop)
        if moment > at
    ]
    return min(moments, default=None)


def guide_lines(programmes: Sequence[Programme], at: float) -> tuple[tuple[str, str], ...]:
    """Return (label, words) for the current, the next and later programmes."""
    found = [one for one in programmes if one.stop > at]
    lines: list[tuple[str, str]] = []
    for one in found:
        if one.start <= at:
            label = "Now"
        else:
            label = "Next" if not any(line[0] in ("Next", "Later") for line in lines) else "Later"
        until = f" (until {clock(one.stop)})" if label == "Now" else ""
        lines.append((label, f"{clock(one.start)} {one.title}{until}"))
    return tuple(("" if n and lines[n - 1][0] == label else label, words) for n, (label, words) in enumerate(lines))


# ------------------------------------------------------------------------------------------ hits of a search
AnyHit = Hit | ProgrammeHit

HIT_COLUMNS: Final = (
    Column("Title", 18, main=True, names=True),
    Column("Kind", 7, min_list_width=36),
    Column("Year", 4, "right", 48),
    Column("Rating", 6, "right", 56),
    Column("Category", 18, min_list_width=76, most=36),
)
PROGRAMME_COLUMNS: Final = (
    Column("Programme", 16, main=True),
    Column("When", 11, min_list_width=34),
    Column("On", 16, min_list_width=50, most=36),
)


def hit_key(hit: AnyHit) -> str:
    """Return the row key of a hit."""
    if isinstance(hit, ProgrammeHit):
        return f"programme {hit.programme.start} {hit.channel.id}"
    return f"{hit.item.kind} {hit.item.id}"


def hit_ref(hit: AnyHit) -> ItemRef:
    """Return the title to act on: of a programme its channel."""
    return (hit.channel if isinstance(hit, ProgrammeHit) else hit.item).ref


def hit_row(hit: AnyHit, marks: ShownMarks) -> ListRow:
    """Return the row of a hit with what distinguishes it from others of the same name.

    That is the category, an episode's series, or the time and channel of a programme.
    """
    if isinstance(hit, ProgrammeHit):
        more = f" +{hit.more_channels}" if hit.more_channels else ""
        cells = (hit.programme.title, moment_words(hit.programme.start, time.time()), f"{hit.channel.name}{more}")
        return ListRow(hit_key(hit), cells, marks.of(hit.channel), spans=hit.spans)
    item = hit.item
    year = str(item.year) if item.year else ""
    rating = f"{item.rating:.1f}" if item.rating else ""
    belongs_to = item.series_name if item.kind is Kind.EPISODE else item.category
    return ListRow(
        hit_key(hit), (item.name, item.kind.value, year, rating, belongs_to or ""), marks.of(item), spans=hit.spans
    )
