"""The data of a `PagedList`: rows, columns, sources of rows, and the cache of their pages."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Protocol, runtime_checkable

from tui_app.text import split_ending, without_lead

RowTone = Literal["", "added", "changed", "removed"]


class ListRow(NamedTuple):
    """One row, ready to be painted."""

    key: str  # unique in its list; the cursor follows it over refreshes
    cells: tuple[str, ...]  # one text per column, in the order of the columns
    marks: str = ""  # at most `marks_width` cells, left of the main column: "★", "✓", "●"
    dim: bool = False
    separator: bool = False  # a heading among the rows
    spans: tuple[tuple[int, int], ...] = ()  # (start, end) characters of the main cell to highlight
    tone: RowTone = ""  # the colour of the marks


class NameParts(NamedTuple):
    """A name as it is written, cut where a list changes its looks. `year` is 0 where none stands behind the title."""

    prefix: str  # "EN - "
    title: str
    year: int = 0
    tags: tuple[str, ...] = ()  # "4K", "MULTI"

    @property
    def language(self) -> str:
        """The letters of the prefix: "EN"."""
        return self.prefix.strip(" |┃[]()-:")


@lru_cache(maxsize=2_048)
def name_parts(name: str) -> NameParts:
    """Cut a cleaned name into prefix, title, year and tags."""
    rest = without_lead(name)
    title, year, tags = split_ending(rest)
    if not title.strip():
        return NameParts("", name)
    return NameParts(name[: len(name) - len(rest)], title, year or 0, tuple(map(_plain_tag, tags)))


def _plain_tag(tag: str) -> str:
    return tag if tag.isascii() else unicodedata.normalize("NFKC", tag).upper()


class Emptiness(NamedTuple):
    """The text of an empty list: one sentence, a reason, and a key ("r starts a sync")."""

    title: str
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. The main one takes the remaining width and is never dropped; `ListRow.spans` refer to its cell."""

    title: str
    width: int = 0  # cells; of the main column: the minimum before others are dropped
    align: Literal["left", "right"] = "left"
    min_list_width: int = 0  # cells of the whole list below which this column is dropped
    main: bool = False
    most: int = 0  # cells it grows to when the main column has room
    lends: bool = False  # blanks before its right-aligned cells belong to the main column before it
    sorted: bool = False  # the rows are in its order; it stays visible
    names: bool = False  # the main cells are names: their prefixes are dimmed, their tags shown as badges
    omits: str = ""  # a prefix of names that is left out, as the list has no other: "UK"


class ListSource(Protocol):
    """An immutable list of rows. Refreshing a list means passing a new source."""

    @property
    def total(self) -> int:
        """The number of rows."""
        ...

    def rows(self, start: int, stop: int) -> Sequence[ListRow] | None:
        """Return the rows `start` to `stop` (exclusive, never beyond `total`) within milliseconds.

        Must not raise. None means "not available yet": placeholders are painted, `PagedList.PageNeeded` is
        posted, and `PagedList.put` delivers the rows. Fewer rows than requested are allowed: the rest stay
        placeholders.
        """
        ...


@runtime_checkable
class FindsKeys(Protocol):
    """A source that finds rows by key, so that the cursor follows its row over a refresh."""

    def index_of(self, key: str) -> int | None:
        """Return the index of the row with this key; None when it is not in this source."""
        ...


@runtime_checkable
class CountsTitles(Protocol):
    """A source with headings among its rows, which are not counted."""

    def titles_until(self, index: int) -> int:
        """Return the number of rows up to and including this index that are no headings."""
        ...


class RowsSource:
    """Rows held in memory, for short lists."""

    def __init__(self, rows: Sequence[ListRow] = ()) -> None:
        self._rows = rows

    @property
    def total(self) -> int:
        return len(self._rows)

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        return self._rows[start:stop]

    def index_of(self, key: str) -> int | None:
        return next((index for index, row in enumerate(self._rows) if row.key == key), None)


@dataclass(frozen=True, slots=True)
class AwaitedSource:
    """A source whose pages are all delivered later by `PagedList.put`."""

    total: int

    def rows(self, start: int, stop: int) -> None:
        return None


PAGE_SIZE: Final = 64  # rows; one read of a library takes 0.4 ms
_PAGES_KEPT: Final = 64


class PageCache:
    """The rows of one source, page by page. `ask(start, stop)` is called once per missing page."""

    def __init__(self, source: ListSource, ask: Callable[[int, int], None]) -> None:
        self.source = source
        self.total = max(0, source.total)
        self._ask = ask
        self._pages: OrderedDict[int, Sequence[ListRow]] = OrderedDict()
        self._asked: set[int] = set()

    def row(self, index: int) -> ListRow | None:
        """Return the row at `index`; None when it is out of range or not available yet."""
        if not 0 <= index < self.total:
            return None
        number, offset = divmod(index, PAGE_SIZE)
        page = self._pages.get(number)
        if page is None:
            page = self._fetch(number)
        else:
            self._pages.move_to_end(number)
        return page[offset] if page is not None and offset < len(page) else None

    def put(self, start: int, rows: Sequence[ListRow]) -> None:
        """Store a late page. `start` is the requested start, a multiple of the page size."""
        for offset in range(0, len(rows), PAGE_SIZE):
            self._keep((start + offset) // PAGE_SIZE, rows[offset : offset + PAGE_SIZE])

    def _fetch(self, number: int) -> Sequence[ListRow] | None:
        if number in self._asked:
            return None
        start, stop = number * PAGE_SIZE, min(self.total, (number + 1) * PAGE_SIZE)
        rows = self.source.rows(start, stop)
        if rows is None:
            self._asked.add(number)
            self._ask(start, stop)
            return None
        self._keep(number, rows)
        return rows

    def _keep(self, number: int, rows: Sequence[ListRow]) -> None:
        self._asked.discard(number)
        self._pages[number] = rows
        if len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
