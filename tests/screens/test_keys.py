"""One key has one meaning on all screens: Enter and its label, panes, hiding, quitting."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.screens.driving import WIDE, Driver, running, to_movies
from tui_app.catalog import Kind
from tui_app.messages import PlayWanted
from tui_app.paths import Paths
from tui_app.screens.dialogs.base import ChoiceDialog
from tui_app.screens.favourites.screen import FavouritesScreen
from tui_app.screens.item.title_page import TitlePage
from tui_app.screens.registry import KEYED_WIDGETS, all_screens
from tui_app.tui.app import TuiApp
from tui_app.tui.keymap import known_keys, merge_keys
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.footer import KeyFooter


def footer(driver: Driver) -> str:
    return driver.app.screen.query_one(KeyFooter).shown


def focused(driver: Driver, kind: type) -> Callable[[], bool]:
    return lambda: isinstance(driver.app.focused, kind)


def to_favourite(driver: Driver, kind: Kind) -> None:
    """Move the cursor to the favourite of a kind."""
    assert isinstance(driver.app.screen, FavouritesScreen)
    titles = driver.app.screen.titles
    rows = titles._pages.source.rows(0, titles.total) or ()
    titles.move_to(next(number for number, row in enumerate(rows) if row.key.startswith(f"{kind} ")))


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> list[PlayWanted]:
    """What is to be played; nothing plays."""
    found: list[PlayWanted] = []
    monkeypatch.setattr(TuiApp, "on_play_wanted", lambda _app, message: found.append(message))
    return found


async def test_enter_plays_a_favourite_film_and_opens_a_series_as_the_footer_says(
    paths: Paths, wanted: list[PlayWanted]
) -> None:
    async with running(paths, WIDE) as driver:
        film = await to_movies(driver)
        await driver.press("f")
        await driver.go("series")
        await driver.rows_shown()
        await driver.press("f")
        await driver.go("favourites")
        await driver.until(lambda: "2/2" in driver.seen() or "1/2" in driver.seen(), "both")
        to_favourite(driver, Kind.MOVIE)
        await driver.until(lambda: "⏎ Play" in footer(driver), "the word for a film")
        await driver.press("enter")
        await driver.until(lambda: [message.ref.id for message in wanted] == [film.id], "the film plays")
        to_favourite(driver, Kind.SERIES)
        await driver.until(lambda: "⏎ Open" in footer(driver), "the word for a series")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the page")
        await driver.until(lambda: "⏎ Play" in footer(driver), "the word for an episode")


async def test_enter_in_the_search_box_plays_what_is_under_the_cursor(paths: Paths, wanted: list[PlayWanted]) -> None:
    async with running(paths, WIDE) as driver:
        film = await to_movies(driver)
        await driver.press("slash")
        await driver.type("".join(char for char in film.name.casefold() if char.isalnum() or char == " "))
        await driver.until(lambda: driver.list.row is not None and driver.list.row.key.endswith(film.id), "the film")
        await driver.press("enter")
        await driver.until(lambda: [message.ref.id for message in wanted] == [film.id], "the film plays")


async def test_h_and_l_move_between_the_panes_and_hide_nothing(paths: Paths) -> None:
    async with running(paths, WIDE) as driver:
        await to_movies(driver)
        categories = driver.app.screen.query_one(CategoryList)
        count = categories.total
        await driver.press("h")
        await driver.until(focused(driver, CategoryList), "the categories")
        await driver.press("l", "right")
        await driver.until(focused(driver, Details), "the details")
        await driver.press("left", "left", "h")
        await driver.until(focused(driver, CategoryList), "the categories again")
        assert categories.total == count


async def test_undoing_a_hidden_category_returns_to_it_and_to_the_row(paths: Paths) -> None:
    async with running(paths, WIDE) as driver:
        await to_movies(driver)
        everything = driver.list.total
        await driver.press("c", "down")
        await driver.until(lambda: driver.list.total < everything, "one category")
        inside = driver.list.total
        await driver.press("l", "down")
        row = driver.list.row
        assert row is not None
        await driver.press("X")
        await driver.until(lambda: driver.list.total != inside and driver.screen.state.category is None, "all others")
        await driver.press("z")
        await driver.until(lambda: driver.list.total == inside, "the category")
        await driver.until(lambda: driver.list.row is not None and driver.list.row.key == row.key, "the row")


async def test_q_goes_back_from_a_page_and_quits_from_a_list(paths: Paths) -> None:
    async with running(paths, WIDE) as driver:
        await to_movies(driver)
        assert "q Quit" in footer(driver)
        await driver.press("o")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the page")
        await driver.press("q")
        await driver.until(lambda: driver.app.screen is driver.screen and driver.list.total, "the list")
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running, "the end")


async def test_q_asks_while_a_sync_runs(empty_paths: Paths) -> None:
    async with running(empty_paths, WIDE, polite=True) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("escape", "r")
        await driver.until(lambda: driver.app.app_state.is_syncing, "a sync")
        await driver.press("q")
        await driver.until(lambda: isinstance(driver.app.screen, ChoiceDialog), "the question")
        assert driver.focused_words() == "Stay"
        await driver.press("enter")
        await driver.until(lambda: not isinstance(driver.app.screen, ChoiceDialog), "the list")
        assert driver.app.is_running


async def test_keys_on_a_heading_say_that_it_is_one(paths: Paths) -> None:
    async with running(paths, WIDE) as driver:
        await driver.rows_shown()
        rows = driver.list._pages.source.rows(0, driver.list.total) or ()
        heading = next(number for number, row in enumerate(rows) if row.separator)
        driver.list.move_to(heading)
        for key in ("enter", "f", "w", "o", "p", "y"):
            driver.record.notices.clear()
            await driver.press(key)
            await driver.until(lambda: "This row is a heading." in driver.toasts(), key)


def test_keys_that_users_gave_to_other_actions_stay_theirs() -> None:
    known = known_keys((TuiApp, *all_screens(), *KEYED_WIDGETS))
    earlier = {"app.quit": "q", "library.hide": "h", "item.favourite": "X", "opened.fetch": "q", "sync.full": "l"}
    merged = merge_keys(known, earlier)
    assert merged.problems == ()
    assert merged.keymap == earlier
