"""Lists of channels, movies and series on a really synced library."""

from __future__ import annotations

import pytest

from tests.screens.driving import SMALL, USUAL, WIDE, Driver, running, to_movies
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.screens.item.channel_page import ChannelPage
from tui_app.screens.item.title_page import TitlePage
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import FilterBar


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_number_keys_lead_to_lists_that_are_filled(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        for key, kind, count in (("2", Kind.MOVIE, 150), ("3", Kind.SERIES, 30), ("1", Kind.CHANNEL, 60)):
            await driver.press(key)
            assert driver.screen.kind is kind
            await driver.until(lambda count=count: driver.list.total == count, f"{count} rows")  # type: ignore[misc]
            assert driver.list.has_focus


async def test_categories_show_their_titles_as_the_cursor_moves_and_all_shows_all(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("c", "down")
        await driver.until(lambda: driver.list.total < 150, "fewer titles")
        category = driver.screen.state.category
        assert category is not None
        await driver.press("home")
        await driver.until(lambda: driver.list.total == 150, "all titles")
        await driver.press("c")
        assert driver.list.has_focus


async def test_on_a_small_terminal_categories_take_the_place_of_the_list(paths: Paths) -> None:
    async with running(paths, SMALL) as driver:
        await driver.rows_shown()
        categories = driver.app.screen.query_one(CategoryList)
        assert driver.list.display and not categories.is_on_screen
        await driver.press("c")
        await driver.pilot.pause()
        assert categories.is_on_screen and not driver.list.is_on_screen
        await driver.press("down", "enter")
        await driver.pilot.pause()
        assert driver.list.is_on_screen and driver.list.has_focus


async def test_sort_goes_through_the_orders_and_backwards(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("s", "4")
        await driver.until(lambda: driver.says("by rating ↓"), "the chip")
        ratings = [float(cell or 0) for cell in driver.cells(2)]
        assert ratings == sorted(ratings, reverse=True)
        await driver.press("S")
        await driver.until(lambda: driver.says("by rating ↑"), "the chip")


async def test_another_order_begins_at_its_top_and_its_end_is_a_key_away(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press(*["down"] * 5, "s", "2", "G")
        await driver.until(lambda: driver.list.cursor == 149 and driver.list.row is not None, "the last row")
        last = driver.list.row
        assert last is not None
        await driver.sees(last.cells[0][:20])
        await driver.press("S")
        await driver.until(lambda: driver.list.row == last and driver.list.cursor == 0, "the top, which was the end")


async def test_filters_are_set_in_a_dialog_shown_as_chips_and_taken_off(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("F")
        await driver.until(lambda: driver.app.screen.query("#year_from"), "the dialog")
        driver.app.screen.query_one("#year_from").focus()
        await driver.type("2015")
        await driver.press("enter")
        await driver.until(lambda: driver.list.total < 150 and driver.says("year 2015–"), "the filtered list")
        assert all(int(cell) >= 2015 for cell in driver.cells(1))
        driver.app.screen.query_one(FilterBar).focus()
        await driver.press("delete")
        await driver.until(lambda: driver.list.total == 150, "all again")


async def test_a_filter_that_makes_no_sense_says_so_and_stays(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("F")
        await driver.until(lambda: driver.app.screen.query("#year_from"), "the dialog")
        driver.app.screen.query_one("#year_from").focus()
        await driver.type("abc")
        await driver.press("enter")
        await driver.until(lambda: "abc" in driver.problem(), "the problem")


async def test_favourites_are_marked_kept_and_filtered(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("down", "f")
        await driver.until(lambda: driver.list.row is not None and driver.list.row.marks == "★", "the star")
        chosen = driver.list.row
        assert chosen is not None and driver.list.cursor == 1
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("F")
        await driver.until(lambda: driver.app.screen.query("#favourites"), "the dialog")
        driver.app.screen.query_one("#favourites").focus()
        await driver.press("space")
        driver.app.screen.query_one("#apply").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.list.total == 1, "the favourite alone")
        assert driver.list.row is not None and driver.list.row.key == chosen.key


async def test_favourites_are_set_and_unset_for_all_that_is_selected(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("f", "home", "v", "down", "down", "f")
        await driver.until(lambda: driver.says("3 titles are favourites now"), "what was done")
        assert not driver.screen.titles.is_selecting
        await driver.press("home", "space", "space", "space", "f")
        await driver.until(lambda: driver.says("3 titles are favourites no longer"), "what was undone")


async def test_several_categories_are_hidden_at_once(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        categories = driver.app.screen.query_one(CategoryList)
        before = categories.total
        await driver.press("c", "down", "space", "space", "X")
        await driver.until(lambda: categories.total == before - 2, "two are hidden")
        await driver.sees("2 categories are hidden")


async def test_no_favourites_says_so_and_names_the_key(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("3")
        await driver.rows_shown()
        await driver.press("F")
        await driver.until(lambda: driver.app.screen.query("#favourites"), "the dialog")
        driver.app.screen.query_one("#favourites").focus()
        await driver.press("space")
        driver.app.screen.query_one("#apply").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.says("No favourite series here"), "the sentence")
        await driver.press("delete")
        await driver.until(lambda: driver.list.total == 30, "all again")


async def test_a_hidden_category_leaves_with_its_titles_and_one_key_reveals_it(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        categories = driver.app.screen.query_one(CategoryList)
        await driver.until(lambda: categories.total > 1, "categories")
        before = categories.total
        await driver.press("c", "down", "X")
        await driver.until(lambda: driver.list.total < 60 and categories.total == before - 1, "it is hidden")
        await driver.press("H")
        await driver.until(lambda: driver.list.total == 60 and categories.total == before, "it is revealed")


def counts(driver: Driver) -> dict[str, int]:
    """What the list of categories says of each."""
    categories = driver.app.screen.query_one(CategoryList)
    rows = categories._pages.source.rows(0, categories.total) or ()
    return {row.cells[0]: int(row.cells[1].replace(",", "")) for row in rows}


@pytest.mark.fcase(102)
async def test_f102_counts_of_categories_are_those_of_what_is_shown(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        everything = counts(driver)
        assert everything["All"] == driver.list.total == 150
        await driver.press("F")
        await driver.until(lambda: driver.app.screen.query("#min_rating"), "the dialog")
        driver.app.screen.query_one("#min_rating").focus()
        await driver.type("7")
        await driver.press("enter")
        await driver.until(lambda: 0 < driver.list.total < 150, "the best alone")
        best = driver.list.total
        await driver.until(lambda: counts(driver)["All"] == best, "their number")
        fewer = counts(driver)
        assert all(fewer[name] <= everything[name] for name in fewer)
        await driver.press("c", "down")
        await driver.until(lambda: driver.list.total == list(fewer.values())[1], "as many as the category says")
        await driver.press("X")
        await driver.until(lambda: counts(driver)["All"] < best, "without the hidden one")
        await driver.until(lambda: counts(driver)["All"] == driver.list.total, "the same number in the list")
        await driver.press("H")
        await driver.until(lambda: counts(driver)["All"] == best == driver.list.total, "with it")


async def test_each_screen_keeps_its_place_over_a_restart(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("s", "2")
        await driver.until(lambda: driver.says("by name ↑"), "the order")
        await driver.press(*["down"] * 7)
        await driver.pilot.pause()
        kept = driver.list.row
        assert kept is not None
        await driver.press("1", "2")
        assert driver.list.row == kept
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        assert driver.screen.state.sort == "name"
        assert driver.list.row is not None and driver.list.row.key == kept.key


async def test_a_letter_leads_to_the_names_that_begin_with_it(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("apostrophe", "t")
        await driver.until(lambda: (driver.list.cursor or 0) > 0, "the jump")
        assert driver.list.row is not None
        assert driver.list.row.cells[0].casefold().startswith("t")


async def test_details_follow_the_cursor_on_a_wide_terminal(paths: Paths) -> None:
    async with running(paths, WIDE) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("down", "down")
        row, pane = driver.list.row, driver.app.screen.query_one(Details)
        assert row is not None
        await driver.until(lambda: pane.ref is not None and pane.ref.name == row.cells[0], "the details")


async def test_one_key_shows_details_below_the_list_on_a_usual_terminal_and_they_follow_the_cursor(
    paths: Paths,
) -> None:
    async with running(paths, USUAL) as driver:
        await driver.press("2")
        await driver.rows_shown()
        pane = driver.app.screen.query_one(Details)
        await driver.sees("d Details")
        assert not pane.is_on_screen
        await driver.press("d", "down")
        row = driver.list.row
        assert row is not None
        await driver.until(lambda: pane.is_on_screen and pane.ref and pane.ref.id == row.key, "its details")
        assert driver.list.has_focus and pane.region.y > driver.list.region.y
        before = pane.scroll_offset.y
        await driver.press("J")
        assert pane.scroll_offset.y == before + 1 and driver.list.row == row
        await driver.press("d")
        await driver.until(lambda: not pane.is_on_screen, "no details")


async def test_where_there_is_no_room_beside_the_list_the_details_key_opens_the_title(paths: Paths) -> None:
    async with running(paths, SMALL) as driver:
        await driver.rows_shown()
        await driver.sees("q Quit", "? Help")
        await driver.press("down", "d")
        await driver.until(lambda: isinstance(driver.app.screen, (TitlePage, ChannelPage)), "the title")
        await driver.press("escape")
        assert driver.list.has_focus


async def test_details_hidden_on_a_wide_terminal_give_their_room_to_the_titles(paths: Paths) -> None:
    async with running(paths, WIDE) as driver:
        await driver.rows_shown()
        width = driver.list.size.width
        await driver.press("d")
        await driver.until(lambda: driver.list.size.width > width + 30, "a wider list")
        await driver.press("d")
        await driver.until(lambda: driver.list.size.width == width, "the details again")


@pytest.mark.parametrize("size", [USUAL, (10, 3)], ids=str)
async def test_no_name_of_the_demo_breaks_a_screen_or_reaches_the_terminal_raw(
    paths: Paths, size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        for key in ("1", "2", "3"):
            await driver.press(key)
            await driver.rows_shown()
            await driver.press(*["pagedown"] * 4)
            await driver.pilot.pause()
            assert not [char for char in driver.seen() if ord(char) < 32 and char != "\n"]
            assert "\x9b" not in driver.seen() and "\u202e" not in driver.seen()


async def test_a_terminal_too_small_says_so_and_recovers(paths: Paths) -> None:
    async with running(paths, (30, 8)) as driver:
        await driver.until(lambda: driver.says("too small"), "the sentence")
        await driver.pilot.resize_terminal(80, 24)
        await driver.rows_shown()
        await driver.until(lambda: not driver.says("too small"), "the list instead of the sentence")


async def test_category_names_have_the_room_they_need_where_the_details_are_hidden(paths: Paths) -> None:
    async with running(paths, WIDE) as driver:
        await to_movies(driver)
        names = [category.name for category in await driver.active.library.categories(Kind.MOVIE)]
        longest = max((name for name in names if name.isascii()), key=len)
        await driver.press("d")
        await driver.until(lambda: driver.says(longest), "the longest name")
        assert driver.screen.side.size.width <= WIDE[0] // 3


async def test_categories_keep_their_room_beside_list_and_details_one_above_the_other(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("d")
        await driver.until(lambda: driver.screen.pane.display, "the details")
        await driver.until(lambda: driver.screen.side.size.width >= 24, "the categories")
