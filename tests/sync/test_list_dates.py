"""Dates that say nothing: the time of the request, and values that are others at each request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.sync.category_panel import CategoryPanel
from tests.sync.conftest import SyncHome
from tui_app.catalog import Kind

DAY = 86_400
LISTS = ("channels", "movies", "series")


def with_dates(panel: CategoryPanel, date: Callable[[int], Any]) -> None:
    """Give every row a date made from its place in the list."""
    for name, field in (("channels", "added"), ("movies", "added"), ("series", "last_modified")):
        rows = getattr(panel, name)
        setattr(panel, name, [row | {field: date(place)} for place, row in enumerate(rows)])


def written(report: dict[str, Any]) -> tuple[int, int]:
    assert report["status"] == "completed"
    return report["rows_written"], sum(report[part]["changed"] for part in LISTS)


def spelt(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


@pytest.mark.parametrize("spell", [int, str, float, spelt, lambda at: int(at * 1000)])
@pytest.mark.fcase(89)
def test_f89_the_time_of_the_request_is_no_date_and_no_change(
    home: SyncHome, category_panel: CategoryPanel, spell: Callable[[int], Any]
) -> None:
    now = int(time.time())
    for later in (0, 37, 74):  # within two minutes of the request: the panel's clock ran on
        with_dates(category_panel, lambda place, later=later: spell(now + later + place % 3))  # type: ignore[misc]
        report = home.sync()
        if later:
            assert written(report) == (0, 0)
    assert {item.added for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES) for item in home.items(kind)} == {None}


@pytest.mark.fcase(89)
def test_f89_the_time_of_a_panel_whose_clock_is_wrong_is_none_either(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    ahead = int(time.time()) + 3 * DAY
    category_panel.login = {
        "user_info": {"auth": 1, "status": "Active"},
        "server_info": {"timezone": "UTC", "timestamp_now": ahead},
    }
    for later in (0, 40):
        with_dates(category_panel, lambda place, later=later: ahead + later)  # type: ignore[misc]
        report = home.sync()
    assert written(report) == (0, 0)
    assert {item.added for item in home.items(Kind.MOVIE)} == {None}


@pytest.mark.fcase(89)
def test_f89_real_changes_are_seen_beside_dates_that_are_none(home: SyncHome, category_panel: CategoryPanel) -> None:
    now = int(time.time())
    with_dates(category_panel, lambda place: now)
    home.sync()
    with_dates(category_panel, lambda place: now + 20)
    category_panel.movies[3] = category_panel.movies[3] | {"name": "Another name"}
    category_panel.movies.append(category_panel.movies[0] | {"stream_id": 9_999, "name": "New"})
    report = home.sync()
    assert [report["movies"][word] for word in ("added", "changed", "removed")] == [1, 1, 0]
    assert {"Another name", "New"} <= set(home.names(Kind.MOVIE))


@pytest.mark.fcase(89)
def test_f89_dates_that_are_others_at_each_request_write_nothing_and_the_first_stay(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    first = int(time.time()) - 400 * DAY
    with_dates(category_panel, lambda place: first + place)
    home.sync()
    before = {item.id: item.added for item in home.items(Kind.MOVIE)}
    for days in (1, 2):
        with_dates(category_panel, lambda place, days=days: first + days * DAY + place * 7)  # type: ignore[misc]
        category_panel.movies[2] = category_panel.movies[2] | {"name": f"Name {days}"}
        report = home.sync()
        assert report["movies"]["changed"] == 1
        assert report["channels"]["changed"] == 0
    assert {item.id: item.added for item in home.items(Kind.MOVIE)} == before
    assert "Name 2" in home.names(Kind.MOVIE)
    home.sync(mode="full")  # believes what it is told
    assert {item.id: item.added for item in home.items(Kind.MOVIE)} != before


@pytest.mark.fcase(89)
def test_f89_dates_of_some_items_are_changes(home: SyncHome, category_panel: CategoryPanel) -> None:
    first = int(time.time()) - 400 * DAY
    with_dates(category_panel, lambda place: first + place)
    home.sync()
    with_dates(category_panel, lambda place: first + place + (DAY if place < 4 else 0))
    report = home.sync()
    assert [report[part]["changed"] for part in LISTS] == [4, 4, 4]
    fresh = int(time.time())
    category_panel.movies[0] = category_panel.movies[0] | {"added": fresh}  # one new title is not most of them
    assert home.sync()["movies"]["changed"] == 1
    assert fresh in {item.added for item in home.items(Kind.MOVIE)}
