"""The history: what to go on with on top, days below, what is gone, forgetting, and the place that is kept."""

from __future__ import annotations

import time

import pytest

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import ItemRef, Kind, Mark, Query
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.screens.item.title_page import TitlePage
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.sync import fetch_item_details
from tui_app.widgets.details import Details
from tui_app.widgets.series_tree import SeriesTree

SIZES = pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
DAY = 86_400


async def played(paths: Paths) -> dict[str, ItemRef]:
    """A channel, a movie stopped in the middle, a finished episode, another movie yesterday and a vanished one."""
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        first, second = store.page(Query(Kind.MOVIE, sort="name"), limit=2).items
        channel = next(item for item in store.page(Query(Kind.CHANNEL)).items if not item.is_separator)
        series = store.page(Query(Kind.SERIES, sort="name"), limit=1).items[0]
    full = await fetch_item_details(paths, PROFILE, Kind.SERIES, series.id)
    season = next(season for season in full.seasons if season.number)
    refs = {
        "movie": ItemRef(Kind.MOVIE, first.id, first.name),
        "older": ItemRef(Kind.MOVIE, second.id, second.name),
        "channel": ItemRef(Kind.CHANNEL, channel.id, channel.name),
        "gone": ItemRef(Kind.MOVIE, "987654321", "Vanished film"),
    }
    for name, episode in zip(("episode", "next"), season.episodes, strict=False):
        refs[name] = ItemRef(
            Kind.EPISODE, episode.id, episode.title, series.id, series.name, episode.season, episode.number
        )
    now = int(time.time())
    library = Library(paths, PROFILE)
    await library.watching.save_finished(refs["episode"])
    await library.close()
    with UserStore(paths.user_db) as user:
        user.watching.note_position(PROFILE, refs["gone"], 600, 6_000, at=now - 40 * DAY)
        user.watching.note_position(PROFILE, refs["older"], 5_990, 6_000, at=now - DAY)
        user.watching.note_position(PROFILE, refs["channel"], None, None, at=now - 5)
        user.watching.note_position(PROFILE, refs["episode"], None, None, at=now - 3)
        user.watching.note_position(PROFILE, refs["movie"], 41 * 60, 96 * 60, at=now)
    return refs


def keys(driver: Driver) -> list[str]:
    return [row.key for row in driver.list._pages.source.rows(0, driver.list.total) or ()]


@SIZES
async def test_what_to_go_on_with_comes_first_then_the_days(paths: Paths, size: tuple[int, int]) -> None:
    refs = await played(paths)
    async with running(paths, size) as driver:
        await driver.go("history")
        await driver.rows_shown()
        found = keys(driver)
        assert found[:4] == [
            "heading continue",
            f"continue movie {refs['movie'].id}",
            f"continue episode {refs['next'].id}",
            "continue movie 987654321",
        ]
        headings = [row.cells[0] for row in driver.list._pages.source.rows(0, len(found)) or () if row.separator]
        assert headings[:3] == ["Continue watching", "Today", "Yesterday"] and len(headings) == 4
        assert found[5:8] == [
            f"played movie {refs['movie'].id}",
            f"played episode {refs['episode'].id}",
            f"played channel {refs['channel'].id}",
        ]
        assert found[9] == f"played movie {refs['older'].id}"
        assert found[11:] == ["played movie 987654321"]
        await driver.sees(f"1/{len(found) - len(headings)}")  # headings are not counted
        assert driver.list.row is not None and driver.list.row.key == found[1]
        await driver.sees("Continue watching", "41 of 96 min", refs["movie"].name[:12])
        await driver.sees("Today")


async def test_rows_say_how_far_and_what_is_next_and_gone(paths: Paths) -> None:
    refs = await played(paths)
    async with running(paths) as driver:
        await driver.go("history")
        await driver.rows_shown()
        rows = driver.list._pages.source.rows(0, driver.list.total) or ()
        said = {row.key: row.cells[3] for row in rows if not row.separator}
        assert said[f"continue movie {refs['movie'].id}"] == "41 of 96 min"
        assert (
            said[f"continue episode {refs['next'].id}"] == f"next S{refs['next'].season:02}E{refs['next'].episode:02}"
        )
        assert said[f"played episode {refs['episode'].id}"] == "watched"
        assert said["played movie 987654321"] == "gone"
        await driver.sees("━━━╸────")
        pane = driver.app.screen.query_one("#details", Details)
        await driver.until(lambda: pane.ref == refs["movie"] and "41 of 96 min" in pane.text, "details")
        await driver.press("end")
        await driver.until(lambda: "no longer lists it" in " ".join(pane.text.split()), "that it is gone")


async def test_titles_open_and_gone_ones_say_so(paths: Paths) -> None:
    refs = await played(paths)
    async with running(paths) as driver:
        await driver.go("history")
        await driver.rows_shown()
        await driver.press("end", "o")
        await driver.until(lambda: driver.says("no longer in the library"), "the word")
        while isinstance(driver.app.screen, TitlePage):
            await driver.press("escape")
        await driver.press("home", "down", "o")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the series")
        tree = driver.app.screen.query_one(SeriesTree)
        await driver.until(lambda: tree.episode is not None and tree.episode.id == refs["next"].id, "the episode")


async def test_rows_are_forgotten_one_by_one_and_series_whole(paths: Paths) -> None:
    refs = await played(paths)
    async with running(paths) as driver:
        await driver.go("history")
        await driver.rows_shown()
        await driver.press("end", "delete")
        await driver.until(lambda: not any("987654321" in key for key in keys(driver)), "the vanished film forgotten")
        await driver.press("home", "down", "delete")
        await driver.until(lambda: not any("episode" in key for key in keys(driver)), "the series forgotten")
        assert refs["episode"].series_name is not None and refs["episode"].series_name in driver.toasts()
        assert len(keys(driver)) == 7
        await driver.press("z", "z")
        await driver.until(lambda: len(keys(driver)) == 12, "all of them again")


async def test_all_is_forgotten_after_a_question_and_marks_stay(paths: Paths) -> None:
    refs = await played(paths)
    async with running(paths) as driver:
        await driver.go("history")
        await driver.rows_shown()
        await driver.press("C")
        await driver.until(lambda: driver.says("Remove everything"), "the question")
        await driver.press("enter")
        await driver.until(lambda: not driver.says("Remove everything"), "no question")
        assert driver.list.total > 0
        await driver.press("C")
        await driver.until(lambda: driver.says("Remove everything"), "the question again")
        await driver.press("shift+tab", "enter")
        await driver.until(lambda: driver.says("Nothing played yet"), "the empty history")
        library = driver.active.library
        assert refs["episode"].id in await library.watching.watched(Kind.EPISODE)


async def test_watched_and_favourite_act_on_rows_and_on_the_series_of_episodes(paths: Paths) -> None:
    refs = await played(paths)
    async with running(paths) as driver:
        await driver.go("history")
        await driver.rows_shown()
        await driver.press("w")
        await driver.until(lambda: f"continue movie {refs['movie'].id}" not in keys(driver), "nothing to go on with")
        await driver.press("home", "f")
        library = driver.active.library
        assert driver.list.row is not None
        assert driver.list.row.key == f"continue episode {refs['next'].id}"

        async def kept() -> bool:
            return refs["next"].series_id in await library.marks.ids(Kind.SERIES, Mark.FAVOURITE)

        for _ in range(100):
            if await kept():
                break
            await driver.pilot.pause(0.02)
        assert await kept()


@SIZES
async def test_an_empty_history_says_what_comes_here(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        await driver.go("history")
        await driver.until(lambda: driver.says("Nothing played yet"), "the words")
        await driver.press("enter", "delete", "C", "w", "f", "d", "space", "v")
        await driver.sees("Nothing played yet")


async def test_the_place_is_kept_over_a_restart(paths: Paths) -> None:
    refs = await played(paths)
    async with running(paths) as driver:
        await driver.go("history")
        await driver.rows_shown()
        await driver.press("end", "up")
        await driver.until(
            lambda: driver.list.row and driver.list.row.key == f"played movie {refs['older'].id}", "the row"
        )
    async with running(paths) as driver:
        await driver.go("history")
        await driver.until(
            lambda: driver.list.row and driver.list.row.key == f"played movie {refs['older'].id}", "the row again"
        )
