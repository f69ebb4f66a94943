"""The Home screen: its parts, what Enter does on each row, how it follows what changes, and the way there."""

from __future__ import annotations

import pytest

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tests.screens.states import with_history
from tui_app.catalog import ItemRef, Kind, Mark, Query
from tui_app.paths import Paths
from tui_app.screens.home import HomeScreen
from tui_app.screens.item.title_page import TitlePage
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.store.write.differences import ItemChange
from tui_app.tui.play_actions import PlayActions

HOME = "home"


def keys(driver: Driver) -> list[str]:
    return [row.key for row in driver.list._pages.source.rows(0, driver.list.total) or ()]


async def to_row(driver: Driver, start: str) -> str:
    """Put the cursor on the first row with such a key."""
    await driver.rows_shown()
    driver.list.move_to(next(index for index, key in enumerate(keys(driver)) if key.startswith(start)))
    await driver.press("ctrl+l")
    row = driver.list.row
    assert row is not None and row.key.startswith(start)
    return row.key


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_the_app_begins_with_what_to_continue(paths: Paths, size: tuple[int, int]) -> None:
    with_history(paths)
    async with running(paths, size, first_screen=HOME) as driver:
        await driver.sees("Continue watching", "of 100 min")
        assert isinstance(driver.app.screen, HomeScreen)
        headings = [key.removeprefix("heading ") for key in keys(driver) if key.startswith("heading")]
        assert headings == [
            *("Continue watching", "On now on your channels", "Recently added in what you watch"),
            *("Your folders", "More"),
        ]
        assert driver.list.row is not None and driver.list.row.key.startswith("continue")


async def test_parts_without_rows_are_left_out(paths: Paths) -> None:
    async with running(paths, first_screen=HOME) as driver:
        await driver.rows_shown()
        headings = [key for key in keys(driver) if key.startswith("heading")]
        assert headings == ["heading A short tour", "heading Recently added"]


async def test_the_tour_ends_step_by_step_or_for_ever(paths: Paths) -> None:
    async with running(paths, first_screen=HOME) as driver:
        await driver.sees("A short tour", "Find: / and", "Play: Enter", "Favourite: f", "All commands")
        await driver.press("home", "enter")
        await driver.until(lambda: driver.app.current_mode == "search", "the search it is about")
        await driver.press("escape", "0")
        await driver.until(lambda: not driver.says("Find: / and"), "one step less")
        await to_row(driver, "recent movie")
        await driver.press("f")
        await driver.until(lambda: not driver.says("Favourite: f"), "the step done by doing it")
        await driver.sees("Play: Enter", "All commands")
    async with running(paths, first_screen=HOME) as driver:
        await driver.sees("Play: Enter", "All commands")
        await to_row(driver, "tip ")  # some step
        await driver.press(*["down"] * 2, "enter")
        await driver.until(lambda: not driver.says("A short tour"), "no tour")
    async with running(paths, first_screen=HOME) as driver:
        await driver.rows_shown()
        assert not driver.says("A short tour")


async def test_who_played_something_before_sees_no_tour(paths: Paths) -> None:
    with_history(paths)
    async with running(paths, first_screen=HOME) as driver:
        await driver.rows_shown()
        assert not driver.says("A short tour")


@pytest.mark.parametrize(
    ("start", "word"), [("continue movie", "Resume"), ("recent movie", "Play"), ("channel", "Play")]
)
async def test_enter_plays_as_its_label_says(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, start: str, word: str
) -> None:
    with_history(paths)
    played: list[str] = []
    monkeypatch.setattr(PlayActions, "play", lambda plays, ref, programme=None, **_: played.append(ref.id))
    async with running(paths, first_screen=HOME) as driver:
        key = await to_row(driver, start)
        await driver.sees(f"⏎ {word}")
        await driver.press("enter")
        await driver.until(lambda: played, "what is played")
        assert played == [key.rpartition(" ")[2]]


async def test_enter_opens_series_folders_and_the_history(paths: Paths) -> None:
    with_history(paths)
    async with running(paths, first_screen=HOME) as driver:
        await to_row(driver, "recent series")
        await driver.sees("⏎ Open")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the series")
        await driver.press("0")
        await to_row(driver, "folder")
        await driver.press("enter")
        await driver.until(lambda: driver.app.current_mode == "favourites" and driver.says("1/3"), "the folder")
        assert driver.says("Silent classics")
        await driver.press("0")
        await to_row(driver, "history")
        await driver.press("enter")
        await driver.until(lambda: driver.app.current_mode == "history", "the history")
        await driver.press("0", "W")
        await driver.until(lambda: driver.app.current_mode == "history", "the history by its key")


async def test_the_cursor_stays_on_its_row_when_marks_change_and_over_a_restart(paths: Paths) -> None:
    with_history(paths)
    async with running(paths, first_screen=HOME) as driver:
        key = await to_row(driver, "recent series")
        row = driver.list.row
        await driver.go("channels")
        await driver.rows_shown()
        await driver.press("end", "f")
        await driver.go(HOME)
        await driver.until(lambda: sum(one.startswith("channel") for one in keys(driver)) == 4, "the new favourite")
        assert driver.list.row == row
    async with running(paths, first_screen=HOME) as driver:
        await driver.rows_shown()
        assert driver.list.row is not None and driver.list.row.key == key


async def test_a_title_played_elsewhere_appears_without_a_key(paths: Paths) -> None:
    async with running(paths, first_screen=HOME) as driver:
        await driver.rows_shown()
        with UserStore(paths.user_db) as user:
            user.watching.note_position(PROFILE, ItemRef(Kind.MOVIE, "1", "Watched on the other screen"), 900, 6_000)
        driver.app.screens.record_change("marks")
        await driver.sees("Continue watching", "Watched on the other")


async def test_what_is_new_opens_the_changes_and_is_seen_with_its_key(paths: Paths) -> None:
    async with running(paths, first_screen=HOME) as driver:
        await driver.rows_shown()
        run = new_movies(paths)
        driver.app.screens.record_change("all")
        await driver.sees("New since you last looked", "2 new movies")
        await to_row(driver, "new movie")
        await driver.press("enter")
        await driver.until(lambda: driver.app.current_mode == "changes", f"the changes of run {run}")
        await driver.press("0", "N")
        await driver.until(lambda: not driver.says("New since you last looked"), "nothing new any more")


def new_movies(paths: Paths) -> int:
    """A sync that says it brought two of the movies."""
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        at = max(run.at for run in store.get_runs())
        with UserStore(paths.user_db) as user:
            user.save_seen_changes(PROFILE, at)
        movies = store.page(Query(Kind.MOVIE), limit=2).items
        run = store.start_run("incremental", at + 10)
        store.record_changes(run, [ItemChange(Kind.MOVIE, one.id, one.name, "added", {}) for one in movies])
        store.finish_run(run, "completed", at + 20)
    return run


# ---------------------------------------------------------------------------------------------- empty libraries
async def test_an_empty_library_says_why_and_which_key_helps(empty_paths: Paths) -> None:
    async with running(empty_paths, first_screen=HOME) as driver:
        await driver.sees("First sync")
        await driver.press("escape")
        await driver.sees("This library is empty", "r starts the first sync")
        async with driver.a_sync():
            await driver.press("r")
            await driver.until(lambda: not driver.says("This library is empty"), "other words at once")
        await driver.sees("Recently added")


@pytest.mark.parametrize("first_screen", [HOME, "channels"])
async def test_the_demo_says_from_its_first_frame_that_a_sync_runs(empty_paths: Paths, first_screen: str) -> None:
    said: list[str] = []
    async with running(empty_paths, sync_empty=True, first_screen=first_screen) as driver:
        await driver.until(lambda: said.append(driver.seen()) or driver.list.total, "rows")  # type: ignore[func-returns-value]
        await driver.until(lambda: driver.record.ended, "the end of the sync")
    assert not any("This library is empty" in one for one in said)
    assert any("A sync is running" in one or "Fetching the" in one for one in said)


# --------------------------------------------------------------------------------------------------- navigation
async def test_the_bar_says_where_each_key_leads_at_80_columns(paths: Paths) -> None:
    async with running(paths, USUAL, first_screen=HOME) as driver:
        await driver.rows_shown()
        top, *_, bottom = driver.seen().splitlines()
        for words in ("0 Home", "1 TV", "2 Films", "3 Series", "4 Favs", "6 Find", "7 New", "8 Set", "9 Accts"):
            assert words in top
        assert "? Help" in bottom and "q Quit" in bottom


async def test_q_quits(paths: Paths) -> None:
    async with running(paths, first_screen=HOME) as driver:
        await driver.rows_shown()
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running, "the end")


async def test_favourites_marked_on_home_keep_their_star(paths: Paths) -> None:
    async with running(paths, first_screen=HOME) as driver:
        key = await to_row(driver, "recent movie")
        await driver.press("f")
        row = driver.list.row
        assert row is not None
        await driver.until(lambda: driver.list.row is not None and "★" in driver.list.row.marks, "the star")
        with UserStore(paths.user_db) as user:
            assert key.rpartition(" ")[2] in user.ids_with(PROFILE, Kind.MOVIE, Mark.FAVOURITE)
