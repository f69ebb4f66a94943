"""The filter typed in one line above a list, completion while typing, and the query language in the search box."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Select

from tests.screens.driving import PROFILE, Driver, running
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.screens.dialogs.filters import FilterDialog
from tui_app.screens.list_state import ListState
from tui_app.screens.search import SearchScreen
from tui_app.store.user.user_store import UserStore
from tui_app.widgets.search_box import SearchEntry


@pytest.mark.parametrize("size", [(120, 40), (40, 12)])
async def test_a_line_filters_while_typing_and_enter_keeps_it(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        await driver.press("2")
        await driver.rows_shown()
        everything = driver.list.total
        await driver.press("&")
        await driver.type("genre:comedy year:1910..1929")
        await driver.until(lambda: driver.screen.state.year_to == 1929, "the filter")
        await driver.until(lambda: 0 < driver.list.total < everything, "fewer titles")
        assert driver.screen.state.genre == "comedy"
        await driver.press("enter")
        await driver.until(lambda: driver.list.has_focus, "the list")
        await driver.sees("year 1910–1929")
        # the dialog is another view of the same filter
        await driver.press("F")
        await driver.until(lambda: isinstance(driver.app.screen, FilterDialog), "the dialog")
        assert driver.app.screen.query_one("#year_from", Input).value == "1910"
        assert str(driver.app.screen.query_one("#genre", Select).value).casefold() == "comedy"
        await driver.press("escape", "&")
        await driver.until(lambda: _entry(driver).value == "genre:comedy year:1910..1929 ", "the text")


async def test_escape_restores_what_was_there(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        everything = driver.list.total
        await driver.press("&")
        await driver.type("-genre:drama")
        await driver.until(lambda: driver.list.total < everything, "fewer titles")
        await driver.press("escape")
        await driver.until(lambda: driver.list.total == everything and driver.list.has_focus, "all titles")
        assert driver.screen.state == ListState(row_key=driver.screen.state.row_key)


async def test_a_bad_value_is_said_under_the_line(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("&")
        await driver.type("year:soon is:favourite")
        await driver.sees("“soon” is not a value of “year”")
        await driver.until(lambda: driver.screen.state.favourites, "the rest")


async def test_keys_and_values_of_the_library_are_completed(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("&")
        await driver.type("ge")
        await driver.press("tab")
        assert _entry(driver).value == "genre:"
        await driver.type("com")
        await driver.press("right")
        assert _entry(driver).value == "genre:Comedy"
        await driver.type(' cat:"class')
        await driver.press("tab")
        await driver.until(lambda: driver.screen.state.category is not None, "the category in the tree")
        assert _entry(driver).value.startswith('genre:Comedy cat:"CLASSICS')


async def test_excluded_values_are_chips_that_can_be_removed(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("&")
        await driver.type("-genre:drama lang:en")
        await driver.press("enter")
        await driver.sees("not genre:drama", "language en")
        state = driver.screen.state
        assert [name for name, _ in state.chips] == ["language", "nested excluded 0"]
        assert state.without("nested excluded 0") == ListState(language="en", row_key=state.row_key)


async def test_saved_filters_are_stored_as_text(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("&")
        await driver.type("-genre:drama year:<1930 sort:year")
        await driver.press("enter", "V")
        await driver.until(lambda: driver.app.screen.query("#name"), "the dialog")
        await driver.type("Silent")
        await driver.press("enter")
        await driver.until(lambda: driver.says("Saved as “Silent”"), "the word")
    with UserStore(paths.user_db) as user:
        assert user.saved_filters(PROFILE, Kind.MOVIE) == (("Silent", "year:<=1929 -genre:drama sort:year"),)


async def test_the_search_box_takes_filters_and_says_what_it_does_not_take(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("/")
        await driver.until(lambda: isinstance(driver.app.screen, SearchScreen), "the search")
        await driver.type("kind:movie year:1910..1929 rating:lots")
        await driver.sees("“lots” is not a value of “rating”", "found")
        assert set(driver.cells(1)) == {"movie"}
        assert all(1910 <= int(year) <= 1929 for year in driver.cells(2))


def _entry(driver: Driver) -> SearchEntry:
    found: SearchEntry = driver.app.screen.query_one(SearchEntry)
    return found
