"""Watched titles: marked in lists, search and details, left out by a filter, whole seasons and series at once."""

from __future__ import annotations

import pytest

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import ItemRef, Kind, Mark
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.screens.fields import Tick
from tui_app.screens.opened import OpenedItem
from tui_app.store.episodes import watched_series
from tui_app.store.library_store import LibraryStore
from tui_app.store.marks import UserStore
from tui_app.widgets.details import Details
from tui_app.widgets.series_tree import SeriesTree

SIZES = pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)


def watched_ids(paths: Paths, kind: Kind) -> frozenset[str]:
    with UserStore(paths.user_db) as user:
        return user.ids_with(PROFILE, kind, Mark.WATCHED)


async def open_first_series(driver: Driver) -> SeriesTree:
    await driver.go("series")
    await driver.rows_shown()
    series_id = driver.list.row.key if driver.list.row else ""
    await driver.app.push_screen(OpenedItem(Kind.SERIES, series_id, "series"))
    await driver.until(lambda: isinstance(driver.app.screen, OpenedItem), "the opened series")
    tree = driver.app.screen.query_one(SeriesTree)
    await driver.until(lambda: tree.episode is not None, "an episode")
    return tree


@SIZES
async def test_a_watched_movie_has_a_sign_and_keeps_its_star(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        await driver.press("w")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == " ✓", "the sign of watched")
        await driver.press("f")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == "★✓", "both signs")
        await driver.until(lambda: "★✓" in driver.seen(), "the signs on the screen")
        await driver.press("w", "f")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == "", "no sign")


async def test_details_and_search_say_it_too(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        name = driver.cells()[0]
        await driver.press("w")
        await driver.until(lambda: "✓ watched" in driver.app.screen.query_one("#details", Details).text, "the word")
        await driver.press("/")
        await driver.type(name[:6].lower().strip())
        found = driver.list
        await driver.until(
            lambda: any(row.marks == " ✓" for row in found._pages.source.rows(0, found.total) or ()), "the sign"
        )


async def test_the_filter_leaves_watched_movies_out_at_once_and_is_a_chip(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        total = driver.list.total
        await driver.press("F")
        await driver.until(lambda: driver.says("Unwatched only"), "the dialog")
        driver.app.screen.query_one("#unwatched", Tick).value = True
        await driver.press("enter")
        await driver.until(lambda: driver.says("unwatched"), "the chip")
        first = driver.list.row
        await driver.press("space", "space", "w")
        await driver.until(lambda: driver.list.total == total - 2, "two fewer")
        assert first is not None and driver.list.row is not None and driver.list.row.key != first.key
        await driver.press("delete")
        await driver.until(lambda: driver.list.total == total, "all of them")


async def test_a_range_of_movies_is_watched_and_unwatched_in_one_go(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        await driver.press("v", "down", "down", "down", "v", "w")
        await driver.until(lambda: "4 titles are watched" in driver.toasts(), "the toast")
        assert len(watched_ids(paths, Kind.MOVIE)) == 4


async def test_series_that_were_never_fetched_say_so_and_fetched_ones_are_watched_whole(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("series")
        await driver.rows_shown()
        await driver.press("w")
        await driver.until(lambda: "not fetched yet" in driver.toasts(), "why nothing was marked")
        tree = await open_first_series(driver)
        count = len(tree.episode_ids)
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, OpenedItem), "the list")
        await driver.press("w")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == " ✓", "the sign of watched")
        assert len(watched_ids(paths, Kind.EPISODE)) == count


async def test_channels_have_no_end(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        while driver.list.row is not None and driver.list.row.separator:
            await driver.press("down")
        await driver.press("w")
        await driver.until(lambda: "channels have no end" in driver.toasts(), "the toast")


async def test_a_series_is_watched_when_every_stored_episode_is(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await open_first_series(driver)
        ids = sorted(tree.episode_ids)
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        assert watched_series(store.database, []) == frozenset()
        assert watched_series(store.database, ids[1:]) == frozenset()
        assert len(watched_series(store.database, [*ids, "999999999", "no such"])) == 1


async def test_stopped_titles_say_where(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        row = driver.list.row
        library = driver.app.house.library
        assert row is not None and isinstance(library, Library)
        await library.watching.note_position(ItemRef(Kind.MOVIE, row.key, row.cells[0]), 41 * 60 + 5, 96 * 60)
        await driver.press("down", "up")
        pane = driver.app.screen.query_one("#details", Details)
        await driver.until(lambda: "stopped at 41 of 96 min" in pane.text, "where")
