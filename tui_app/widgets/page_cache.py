"""Keeps the pages of a view that were used last, and remembers which ones were asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from tui_app.widgets.list_rows import ListRow, ListSource

PAGE_SIZE: Final = 64  # rows; one read of a library takes 0.4 ms
_PAGES_KEPT: Final = 64


class PageCache:
    """Rows of one source, page by page. `ask(start, stop)` is called once for each page the source can't give now."""

    def __init__(self, source: ListSource, ask: Callable[[int, int], None]) -> None:
        self.source = source
        self.total = max(0, source.total)
        self._ask = ask
        self._pages: OrderedDict[int, Sequence[ListRow]] = OrderedDict()
        self._asked: set[int] = set()

    def row(self, index: int) -> ListRow | None:
        """The row at `index`; None when it is out of range or not here yet."""
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
        """Take a late page. `start` is what was asked for, a multiple of the page size."""
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
