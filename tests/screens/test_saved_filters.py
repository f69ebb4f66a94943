"""Filters saved under a name, and the filter by days."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.screens.dialogs.filters import SavedFiltersDialog
from tui_app.screens.list_state import ListState
from tui_app.store.user.user_store import UserStore

DAY = 86_400


async def _open(driver: Driver) -> None:
    await driver.press("V")
    await driver.until(lambda: isinstance(driver.app.screen, SavedFiltersDialog), "the dialog")


async def _filter_years(driver: Driver, first: str) -> None:
    await driver.press("F")
    await driver.until(lambda: driver.app.screen.query("#year_from"), "the filters")
    driver.app.screen.query_one("#year_from", Input).value = first
    driver.app.screen.query_one("#year_from").focus()
    await driver.press("enter")
    await driver.until(lambda: driver.list.total < 150, "the filtered list")


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_a_filter_saved_under_a_name_comes_back_after_a_restart(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await _filter_years(driver, "2015")
        found = driver.list.total
        await _open(driver)
        await driver.type("Of late [x]")
        await driver.press("enter")
        await driver.until(lambda: not isinstance(driver.app.screen, SavedFiltersDialog), "saved")
        await driver.press("delete")
        await driver.until(lambda: driver.list.total == 150, "all again")
    async with running(paths, size) as driver:
        await driver.press("2")
        await driver.rows_shown()
        assert driver.list.total == 150
        await _open(driver)
        await driver.sees("Of late [x]", "year 2015–")
        await driver.press("enter")
        await driver.until(lambda: driver.list.total == found and driver.screen.state.year_from == 2015, "the view")


async def test_a_saved_filter_is_forgotten_and_belongs_to_its_kind(paths: Paths) -> None:
    with UserStore(paths.user_db) as user:
        user.save_filter(PROFILE, Kind.MOVIE, "New", ListState(added_days=7).to_json())
    async with running(paths) as driver:
        await driver.press("3")
        await driver.rows_shown()
        await _open(driver)
        await driver.sees("No filter is active")
        assert not driver.says("New")
        await driver.press("escape", "2")
        await driver.rows_shown()
        await _open(driver)
        assert driver.app.screen.query_one(OptionList).option_count == 1
        await driver.press("delete")
        await driver.until(lambda: driver.says("“New” deleted"), "the word")
    with UserStore(paths.user_db) as user:
        assert user.saved_filters(PROFILE, Kind.MOVIE) == ()


async def test_a_saved_category_that_is_gone_is_named_and_left_out(paths: Paths) -> None:
    gone = ListState(category="no such id", category_name="Old Shelf", year_from=1900)
    with UserStore(paths.user_db) as user:
        user.save_filter(PROFILE, Kind.MOVIE, "Shelf", gone.to_json())
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await _open(driver)
        await driver.press("enter")
        await driver.until(lambda: driver.says("category “Old Shelf” no longer exists"), "the word")
        assert driver.screen.state == ListState(year_from=1900, row_key=driver.screen.state.row_key)


async def test_titles_added_of_late_are_filtered_by_days(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("F")
        await driver.until(lambda: driver.app.screen.query("#added_days"), "the filters")
        driver.app.screen.query_one("#added_days", Input).value = "0"
        driver.app.screen.query_one("#added_days").focus()
        await driver.press("enter")
        await driver.until(lambda: "“0” is not between" in driver.problem(), "the problem")
        driver.app.screen.query_one("#added_days", Input).value = "3000"
        await driver.press("enter")
        await driver.until(lambda: driver.says("added in 3000 days"), "the chip")


def test_days_are_counted_from_the_beginning_of_one() -> None:
    now = 20_000 * DAY + 5_000
    query = ListState(added_days=7).query(Kind.MOVIE, now=now)
    assert query.added_since == (20_000 - 7) * DAY
    assert query == ListState(added_days=7).query(Kind.MOVIE, now=now + 60)
    assert ListState().query(Kind.MOVIE).added_since is None
    assert ListState(added_days=1).chips == (("added_days", "added since yesterday"),)


@pytest.mark.parametrize("days", ["0", "-3", "40000", '"7"', "true"])
def test_days_that_make_no_sense_are_left_out(days: str) -> None:
    assert ListState.from_json(f'{{"added_days": {days}}}') == ListState()


def test_the_words_of_a_view_say_all_that_is_special() -> None:
    state = ListState(
        category="7", category_name="Drama", sort="rating", descending=True, year_from=1920, favourites=True
    )
    assert state.words == "Drama · favourites · year 1920– · by rating ↓"
    assert ListState().words == ""
