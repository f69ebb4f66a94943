"""Watched titles: marked in lists, search and details, left out by a filter, whole seasons and series at once."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import ItemRef, Kind, Mark
from tui_app.paths import Paths
from tui_app.screens.item.title_page import SeriesVisit, TitlePage
from tui_app.store.items.episodes import watched_series
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.widgets.details import Details
from tui_app.widgets.form_fields import Tick
from tui_app.widgets.series_tree import SeriesTree

SIZES = pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)


def watched_ids(paths: Paths, kind: Kind) -> frozenset[str]:
    with UserStore(paths.user_db) as user:
        return user.ids_with(PROFILE, kind, Mark.WATCHED)


async def open_first_series(driver: Driver) -> SeriesTree:
    await driver.go("series")
    await driver.rows_shown()
    series_id = driver.list.row.key if driver.list.row else ""
    await driver.app.push_screen(TitlePage(driver.active, Kind.SERIES, series_id, "series"))
    await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the opened series")
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
        await driver.until(lambda: "4 titles are marked as watched" in driver.toasts(), "the toast")
        assert len(watched_ids(paths, Kind.MOVIE)) == 4


async def test_series_that_were_never_fetched_say_so_and_fetched_ones_are_watched_whole(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("series")
        await driver.rows_shown()
        await driver.press("w")
        await driver.until(lambda: "have not been fetched yet" in driver.toasts(), "why nothing was marked")
        tree = await open_first_series(driver)
        count = len(tree.episode_ids)
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, TitlePage), "the list")
        await driver.press("w")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == " ✓", "the sign of watched")
        assert len(watched_ids(paths, Kind.EPISODE)) == count


async def test_channels_have_no_end(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        while driver.list.row is not None and driver.list.row.separator:
            await driver.press("down")
        await driver.press("w")
        await driver.until(lambda: "Channels can't be marked as watched" in driver.toasts(), "the toast")


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
        library = driver.active.library
        assert row is not None
        await library.watching.save_position(ItemRef(Kind.MOVIE, row.key, row.cells[0]), 41 * 60 + 5, 96 * 60)
        await driver.press("down", "up")
        pane = driver.app.screen.query_one("#details", Details)
        await driver.until(lambda: "stopped at 41 of 96 min" in pane.text, "where")


async def test_w_on_a_season_marks_all_its_episodes_and_a_selection_marks_some(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await open_first_series(driver)
        season = tree.episode.season if tree.episode else 0
        await driver.press("space", "space", "w")
        await driver.until(lambda: "2 titles are marked as watched" in driver.toasts(), "two of them")
        assert len(watched_ids(paths, Kind.EPISODE)) == 2
        await driver.until(lambda: not tree.is_selecting, "nothing selected")
        while tree.episode is not None:
            await driver.press("up")
        count = len(tree.chosen)
        assert count > 2 and {episode.season for episode in tree.chosen} == {season}
        await driver.sees(f"2 of {count} watched")
        await driver.press("w")
        await driver.until(lambda: driver.says(f"{count} of {count} watched"), "all of the season")
        assert len(watched_ids(paths, Kind.EPISODE)) == count
        await driver.press("w")
        await driver.until(lambda: driver.says(f"  {count} episodes"), "none of the season")


async def test_a_series_opens_at_the_next_unwatched_episode_with_the_seasons_of_last_time(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await open_first_series(driver)
        first = tree.chosen[0].id
        await driver.press("w", "down")
        second = tree.chosen[0].id
        await driver.press("end", "right")
        opened = tree.open_seasons
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, TitlePage), "the list")
        tree = await open_first_series(driver)
        assert first != second and tree.chosen[0].id == second
        assert tree.open_seasons == opened
        pane = driver.app.screen.query_one("#episode", Details)
        await driver.press("up")
        await driver.until(lambda: "✓ watched" in pane.text, "the word in the details of the episode")


async def test_episodes_that_came_since_the_last_visit_are_new_once(paths: Paths) -> None:
    async with running(paths) as driver:
        await open_first_series(driver)
        assert ", 1 new" not in driver.seen()
        series_id = driver.app.screen.item_id if isinstance(driver.app.screen, TitlePage) else ""
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, TitlePage), "the list")
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        full = store.full_item(Kind.SERIES, series_id)
        assert full.details is not None
        last = full.seasons[-1]
        came = replace(last.episodes[-1], id="came1", number=last.episodes[-1].number + 1, title="It came")
        seasons = (*full.seasons[:-1], replace(last, episodes=(*last.episodes, came)))
        store.save_series_details(series_id, replace(full.details, seasons=seasons), at=int(time.time()))
    await look_at_the_newest(paths, is_new=True)
    await look_at_the_newest(paths, is_new=False)


async def look_at_the_newest(paths: Paths, *, is_new: bool) -> None:
    async with running(paths) as driver:
        tree = await open_first_series(driver)
        assert (", 1 new" in driver.seen()) is is_new
        await driver.press("end", "right", "end")
        await driver.until(lambda: tree.row and tree.row.key == "came1", "the episode")
        assert tree.row is not None and tree.row.marks == ("●" if is_new else "")
        pane = driver.app.screen.query_one("#episode", Details)
        await driver.until(lambda: "It came" in pane.text and (("new" in pane.text) is is_new), "the word")
        await driver.press("escape")


def test_a_visit_is_kept_and_other_texts_are_none() -> None:
    visit = SeriesVisit(frozenset({"1", "a"}), frozenset({0, 2}))
    assert SeriesVisit.from_json(visit.to_json()) == visit
    assert visit.new_among(["1", "9"]) == {"9"}
    assert visit.new_among(["8", "9"]) == frozenset()  # other ids altogether
    assert SeriesVisit().new_among(["1"]) == frozenset()
    for text in (
        None,
        "",
        "[]",
        "no json",
        '{"episodes": 1, "open": []}',
        '{"open": [1]}',
        '{"episodes": [], "open": ["x"]}',
    ):
        assert SeriesVisit.from_json(text) == SeriesVisit()
