"""Dates of a list that say nothing of its items: the time of the request, or others at each request. Pure.

Some panels send the moment they answer as `added` or `last_modified` of every row. Taken for dates, all items would be
new, and changed at each sync.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tui_app.catalog import ItemRow, SeriesRow

#: Rows that are looked at to tell; they stand for the list.
SAMPLE: Final = 500
#: A smaller list, of which most dates changed, may really have changed.
_FEWEST: Final = 20
_NEARLY_ALL: Final = 0.9
_NEAR_S: Final = 120


class RequestTime(NamedTuple):
    """When a list was asked for and when it was here, in our clock; how far the panel's clock is ahead."""

    asked_at: int
    here_at: int
    skew_s: int = 0

    def covers(self, at: int) -> bool:
        """Whether a moment lies in the request, in one of the clocks, within two minutes."""
        return any(self.asked_at - _NEAR_S <= at - skew <= self.here_at + _NEAR_S for skew in (0, self.skew_s))


def date_of(row: ItemRow) -> int | None:
    return row.last_modified if isinstance(row, SeriesRow) else row.added


def with_date(row: ItemRow, date: int | None) -> ItemRow:
    """The row with another date."""
    return row._replace(last_modified=date) if isinstance(row, SeriesRow) else row._replace(added=date)


def are_of_request(rows: Iterable[ItemRow], request: RequestTime) -> bool:
    """Whether most rows have the time of the request for their date."""
    dates = [date_of(row) for row in rows]
    return 2 * sum(date is not None and request.covers(date) for date in dates) > len(dates)


def are_others_each_time(rows: Iterable[tuple[int, ItemRow]], stored: Mapping[int, int]) -> bool:
    """Whether nearly all items, given by key, have another date than the stored one: dates don't change together."""
    pairs = [(before, date) for key, row in rows if (before := stored.get(key)) and (date := date_of(row))]
    return len(pairs) >= _FEWEST and sum(before != date for before, date in pairs) >= _NEARLY_ALL * len(pairs)
