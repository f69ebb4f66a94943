"""Titles, opened: from the copy at once, details fetched and kept, and what is said when there is no connection."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable

import pytest

from tests.screens.conftest import add_profile
from tests.screens.driving import PROFILE, SMALL, USUAL, Driver, running, to_movies
from tui_app.catalog import Item, ItemRef, Kind, Query
from tui_app.demo import DemoPanel
from tui_app.library import Library
from tui_app.messages import TitleWanted
from tui_app.paths import Paths
from tui_app.screens.item.title_page import TitlePage
from tui_app.screens.search import SearchScreen
from tui_app.store.library_store import LibraryStore
from tui_app.sync import run_sync
from tui_app.widgets.details import Details
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.search_box import SearchBox
from tui_app.widgets.series_tree import SeriesTree


async def open_first_series(driver: Driver) -> SeriesTree:
    await driver.press("3")
    await driver.rows_shown()
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the opened series")
    return driver.app.screen.query_one(SeriesTree)


async def open_page_of(driver: Driver, item_id: str) -> Details:
    await driver.press("2")
    await driver.rows_shown()
    await driver.until(lambda: driver.list.total and driver.list.row is not None, "rows")
    ref = (await driver.active.library.open_item(Kind.MOVIE, item_id)).item.ref
    driver.app.post_message(TitleWanted(ref))
    await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the page")
    pane = driver.app.screen.query_one(Details)
    await driver.until(lambda: "Similar" in pane.text and "fetching" not in pane.text, "the similar titles")
    return pane


def first_movie(paths: Paths) -> Item:
    store = LibraryStore.open(paths.library_db(PROFILE))
    found = next(one for one in store.page(Query(Kind.MOVIE)).items if one.genre)
    store.close()
    return found


async def choose(driver: Driver, pane: Details, words: str, wanted: Callable[[str | ItemRef], bool]) -> str | ItemRef:
    for _ in range(60):
        if pane.entry is not None and pane.entry.words == words and wanted(pane.entry.target):
            target = pane.entry.target
            await driver.press("enter")
            return target
        await driver.press("down")
    raise AssertionError(f"no entry {words}: {pane.text}")


async def test_a_person_of_a_title_leads_to_a_search_and_escape_back(paths: Paths) -> None:
    async with running(paths) as driver:
        pane = await open_page_of(driver, first_movie(paths).id)
        page = driver.app.screen
        query = await choose(driver, pane, "Search", lambda target: str(target).startswith("cast:"))
        await driver.until(lambda: isinstance(driver.app.screen, SearchScreen), "the search")
        results = driver.app.screen.query_one("#results", PagedList)
        await driver.until(lambda: results.has_focus and results.total, "the titles of the person")
        assert driver.app.screen.query_one(SearchBox).text == query
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is page, "the page again")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.screen and driver.list.has_focus, "the list")


async def test_a_similar_title_opens_its_page_and_escape_goes_back(paths: Paths) -> None:
    async with running(paths) as driver:
        pane = await open_page_of(driver, first_movie(paths).id)
        page = driver.app.screen
        similar = await choose(driver, pane, "Open", lambda target: isinstance(target, ItemRef))
        assert isinstance(similar, ItemRef)
        await driver.until(lambda: driver.app.screen is not page, "another page")
        await driver.until(lambda: driver.app.screen.query_one(Details).ref == similar, "the similar title")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is page, "the first page")
        assert pane.entry is not None and pane.entry.target == similar


async def test_the_details_beside_a_list_lead_on_when_they_have_the_focus(paths: Paths) -> None:
    async with running(paths) as driver:
        await to_movies(driver)
        await driver.press("l")
        await driver.until(lambda: "Similar" in driver.screen.pane.text, "the similar titles")
        await driver.press("down")
        assert driver.screen.pane.entry is not None and driver.screen.pane.entry.words == "Search"
        await driver.until(lambda: driver.says("⏎ Search"), "what Enter does")
        await driver.press("escape")
        await driver.until(lambda: driver.list.has_focus, "the list")


async def test_the_address_of_a_trailer_is_copied(paths: Paths) -> None:
    item = first_movie(paths)
    async with running(paths) as driver:
        await open_page_of(driver, item.id)
        await driver.press("t")
        await driver.until(lambda: "no trailer" in driver.toasts() or "youtu.be" in driver.toasts(), "the trailer")
        trailer = (await driver.active.library.open_item(Kind.MOVIE, item.id)).trailer
        assert driver.app.clipboard == (f"https://youtu.be/{trailer}" if trailer else "")


@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_a_series_opens_to_its_seasons_and_episodes(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        tree = await open_first_series(driver)
        await driver.until(lambda: tree.episode is not None, "an episode")
        await driver.sees("Season 1")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, TitlePage), "back")
        assert driver.list.has_focus


async def test_fetched_episodes_are_kept_and_open_without_a_connection(empty_paths: Paths, panel: DemoPanel) -> None:
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths) as driver:
        tree = await open_first_series(driver)
        await driver.until(lambda: tree.episode is not None, "an episode")
    panel.stop()
    async with running(empty_paths) as driver:
        tree = await open_first_series(driver)
        await driver.until(lambda: tree.episode is not None, "the kept episode")
        await driver.press("escape", "down", "enter")
        await driver.until(lambda: driver.says("No copy of the episodes yet"), "what is missing")
        await driver.until(lambda: "offline" in driver.bar, "the banner")


async def test_a_watched_episode_is_marked(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await open_first_series(driver)
        await driver.until(lambda: tree.episode is not None, "an episode")
        await driver.press("w")
        await driver.until(lambda: tree.row is not None and tree.row.marks == "✓", "the mark")


async def test_o_on_an_episode_shows_its_words_also_where_there_is_little_room(paths: Paths) -> None:
    async with running(paths, SMALL) as driver:
        tree = await open_first_series(driver)
        await driver.until(lambda: tree.episode is not None, "an episode")
        title = tree.episode.title if tree.episode else ""
        await driver.press("o")
        await driver.until(lambda: driver.says(title) and not tree.is_on_screen, "the episode's words")
        await driver.press("escape")
        await driver.until(lambda: tree.is_on_screen and tree.has_focus, "the episodes again")


async def test_details_of_a_movie_are_fetched_when_it_is_opened(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        row = driver.list.row
        assert row is not None
        await driver.press("o")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the opened movie")
        await driver.until(lambda: "fetching" not in driver.app.screen.query_one(Details).text, "the fetched details")
        store = LibraryStore.open(paths.library_db(PROFILE))
        assert store.full_item(Kind.MOVIE, row.key).details is not None
        store.close()


async def test_copying_an_address_goes_through_the_terminal_and_says_that_it_is_a_secret(
    paths: Paths, shared_panel: DemoPanel
) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("y")
        await driver.until(lambda: "keep it secret" in driver.toasts(), "the toast")
        assert driver.app.clipboard.startswith(f"{shared_panel.url}/movie/")
        assert shared_panel.password in driver.app.clipboard
        assert shared_panel.password not in driver.toasts() and shared_panel.password not in driver.seen()
        assert base64.b64encode(driver.app.clipboard.encode())


async def test_opened_titles_of_another_profile_are_closed_with_it(paths: Paths, shared_panel: DemoPanel) -> None:
    add_profile(paths, shared_panel, "second")
    async with running(paths) as driver:
        await open_first_series(driver)
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 2, "two profiles")
        await driver.press("end", "enter")
        await driver.until(lambda: driver.says("First sync"), "the offer for the other profile")
        await driver.press("escape", "3")
        await driver.until(lambda: driver.says("This library is empty"), "the empty list, not the opened series")


async def test_offline_is_said_at_once_while_the_panel_is_asked_again(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_arguments: object) -> None:
        await asyncio.Event().wait()

    async with running(paths) as driver:
        await driver.go("series")
        await driver.rows_shown()
        monkeypatch.setattr(Library, "fetch_details", never)
        driver.active.offline_since = time.time()
        await driver.press("enter")
        await driver.until(lambda: driver.says("offline") and driver.says("No copy of the episodes yet"), "the word")
        assert not driver.says("fetching the details")
