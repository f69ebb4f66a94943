"""Search as you type over the synced demo library."""

from __future__ import annotations

import pytest

from tests.screens.driving import SMALL, WIDE, Driver, running
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.screens.dialogs.base import ChoiceDialog
from tui_app.screens.item.title_page import TitlePage
from tui_app.screens.search import SearchScreen


def search(driver: Driver) -> SearchScreen:
    assert isinstance(driver.app.screen, SearchScreen)
    return driver.app.screen


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=str)
async def test_results_come_while_typing_with_the_matched_letters_marked(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("nosfer")
        await driver.until(lambda: any("Nosferatu" in title for title in driver.cells()), "the film")
        row = driver.list.row
        assert row is not None and row.spans
        start, end = row.spans[0]
        assert row.cells[0][start:end].casefold().startswith("nosfer")


async def test_a_typing_error_is_forgiven_and_nonsense_says_so(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.go("search")
        await driver.type("nosfeartu")
        await driver.until(lambda: any("Nosferatu" in title for title in driver.cells()), "the film")
        await driver.press("ctrl+u")
        await driver.until(lambda: driver.says("Type to search"), "the prompt")
        await driver.type("qqxxzzqq")
        await driver.until(lambda: driver.says("Nothing found for “qqxxzzqq”"), "the sentence")


async def test_a_results_page_opens_with_o_and_escape_comes_back_to_the_search(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("nosferatu")
        await driver.press("down", "o")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the opened film")
        opened = driver.app.screen
        assert isinstance(opened, TitlePage) and opened.kind is Kind.MOVIE
        await driver.until(lambda: driver.says("Nosferatu"), "its name")
        await driver.press("escape")
        await driver.until(lambda: search(driver).box.text == "nosferatu", "the search as it was")


async def test_earlier_searches_come_back_with_up(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("nosferatu")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, ChoiceDialog), "no player here")
        await driver.press("escape")
        await driver.until(lambda: search(driver).box._recent, "it is remembered")
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.until(lambda: search(driver).box._recent, "the recent searches")
        await driver.press("up")
        await driver.until(lambda: search(driver).box.text == "nosferatu", "the earlier search")


async def test_a_stale_answer_never_replaces_a_newer_one(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        for text in ("the", "nosferatu", "e", "metropolis", "nosferatu"):
            search(driver).box.text = text
        await driver.until(lambda: any("Nosferatu" in title for title in driver.cells()), "the last answer")
        await driver.pilot.pause(0.2)
        assert "nosferatu" in driver.cells()[0].casefold()


async def test_one_key_narrows_to_a_kind(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("e")
        await driver.until(lambda: driver.list.total > 0, "results")
        await driver.press("f3")
        await driver.until(lambda: driver.says("only channels"), "the chip")
        await driver.until(lambda: set(driver.cells(1)) == {"channel"}, "channels alone")


@pytest.mark.parametrize("text", ["[/]", "'\"; DROP", "%_%", "AND OR NOT", "\u202exyz", "日本", "***", "(" * 200])
async def test_any_text_is_a_search(paths: Paths, text: str) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        search(driver).box.text = text
        await driver.until(lambda: driver.list.total > 0 or driver.says("Nothing found"), "an answer")


async def test_down_goes_to_the_results_and_slash_back(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("the")
        await driver.until(lambda: driver.list.total > 1, "results")
        await driver.press("down")
        await driver.until(lambda: driver.list.has_focus, "the results")
        await driver.press("down")
        assert driver.list.cursor == 1
        await driver.press("slash")
        await driver.type("x")
        await driver.until(lambda: search(driver).box.text == "thex", "typing goes on")


async def test_the_end_of_the_first_hits_brings_the_others(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.screens.search.SEARCH_FIRST", 10)
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("t")
        await driver.until(lambda: driver.list.total == 10, "the first hits")
        await driver.press("down")
        await driver.until(lambda: driver.list.has_focus, "the results")
        await driver.press("G")
        await driver.until(lambda: driver.list.total > 10, "the others")
        await driver.sees(f"{driver.list.total:,} found")


async def test_earlier_searches_stand_below_the_empty_box_and_enter_searches_again(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("slash")
        for text in ("metropolis", "nosferatu"):
            await driver.type(text)
            await driver.press("enter")
            await driver.until(lambda: isinstance(driver.app.screen, ChoiceDialog), "no player here")
            await driver.press("escape", "ctrl+u")
        await driver.until(lambda: driver.says("Recent searches") and driver.list.total == 2, "both")
        assert driver.cells() == ["nosferatu", "metropolis"]
        await driver.press("down", "down", "enter")
        await driver.until(lambda: any("Metropolis" in title for title in driver.cells()), "the film")
        await driver.sees("Kind")
        assert search(driver).box.text == "metropolis"


async def test_escape_leads_back_to_where_the_search_began_and_a_new_search_is_of_everything(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("3")
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("x")
        await driver.press("f3")
        await driver.until(lambda: driver.says("only channels"), "one kind")
        await driver.press("escape")
        await driver.until(lambda: driver.app.current_mode == "series", "the series")
        await driver.press("slash")
        await driver.until(lambda: not driver.says("only channels"), "every kind again")
        await driver.type("nosferatu")
        await driver.until(lambda: search(driver).box.text == "nosferatu", "the new words in place of the old ones")


async def test_delete_searches_everything_when_a_kind_has_nothing(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("nosferatu")
        await driver.press("f3")
        await driver.until(lambda: driver.says("Del searches everything"), "the hint")
        await driver.press("delete")
        await driver.until(lambda: any("Nosferatu" in title for title in driver.cells()), "the film")


async def test_the_search_for_programmes_says_how_many_channels_it_covers(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("slash")
        await driver.type("the")
        await driver.press("f3", "f3", "f3", "f3", "f3")
        await driver.until(lambda: driver.says("only programmes"), "the scope")
        await driver.until(lambda: driver.says("guides of") and driver.says("channels"), "how much is covered")


async def test_hits_of_one_name_are_told_apart_by_where_they_belong(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("slash")
        await driver.type("nosferatu")
        await driver.until(lambda: any("Nosferatu" in title for title in driver.cells()), "the film")
        await driver.sees("Category")
        assert all(driver.cells(4))


@pytest.mark.fcase(102)
async def test_f102_what_is_in_hidden_categories_is_found_only_with_one_key_more(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("c", "down", "v", "end", "v", "X")
        await driver.sees("are hidden")
        await driver.go("search")
        await driver.type("nosferatu")
        await driver.until(lambda: driver.says("Nothing found for “nosferatu”"), "nothing of it")
        await driver.press("f4")
        await driver.until(lambda: any("Nosferatu" in title for title in driver.cells()), "it again")
        assert driver.says("including hidden")
        await driver.press("f4")
        await driver.until(lambda: not any("Nosferatu" in title for title in driver.cells()), "nothing again")
