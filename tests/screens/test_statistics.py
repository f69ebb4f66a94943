"""The statistics: what a library holds and takes, and what can be done for it without a hitch in the lists."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Button

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import Details, Kind, Mark
from tui_app.errors import Cancelled
from tui_app.paths import Paths
from tui_app.screens.dialogs.free_space import FreeSpaceDialog
from tui_app.screens.statistics import StatisticsScreen
from tui_app.store.library_store import LibraryStore
from tui_app.store.slow_queries import SlowQuery, append_slow_query
from tui_app.store.user.user_store import UserStore
from tui_app.sync.lock import SyncLock
from tui_app.widgets.form_fields import Tick

OLD = int(time.time()) - 90 * 86_400


async def at_statistics(driver: Driver) -> None:
    await driver.rows_shown()
    await driver.press("f7")
    await driver.until(lambda: driver.says(f"The library of {PROFILE}"), "the figures")


def with_old_details(paths: Paths) -> None:
    """The first 20 movies have old details; the first of them is a favourite."""
    with LibraryStore.open(paths.library_db(PROFILE)) as store, UserStore(paths.user_db) as user:
        ids = [str(row[0]) for row in store.database.rows("SELECT id FROM movie ORDER BY id LIMIT 20")]
        for movie_id in ids:
            store.save_movie_details(movie_id, Details(plot="p" * 3_000), OLD)
        user.set_mark(PROFILE, Kind.MOVIE, ids[0], Mark.FAVOURITE, "kept")


def ballast(paths: Paths, size: int) -> None:
    """Make the library larger by random bytes that a table of its own holds."""
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        store.database.run("CREATE TABLE ballast(a)")
        store.database.run("INSERT INTO ballast VALUES (?)", (os.urandom(size),))


def details_left(paths: Paths) -> int:
    with LibraryStore.open(paths.library_db(PROFILE), readonly=True) as store:
        return int(store.database.value("SELECT count(*) FROM movie_details"))


# ----------------------------------------------------------------------------------------------- what is shown
@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL])
async def test_a_key_shows_the_figures_from_anywhere_and_back_leads_to_the_settings(
    paths: Paths, size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        await driver.press("2")
        await at_statistics(driver)
        await driver.until(lambda: driver.says("Movies"), "the kinds")
        for words in ("150", "complete"):
            await driver.sees(words)
        await driver.press("end")
        await driver.until(lambda: driver.says("Database") or driver.says("movie_"), "the parts")
        await driver.press("escape")
        await driver.until(lambda: driver.says(f"Synchronisation of {PROFILE}"), "the settings")


async def test_the_settings_and_the_palette_lead_there_too(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.app.run_action("go('settings')")
        await driver.until(lambda: driver.app.screen.query("#statistics"), "the button")
        driver.app.screen.query_one("#statistics", Button).press()
        await driver.until(lambda: driver.says("On disk"), "the figures")
        await driver.press("escape", "2")
        await driver.rows_shown()
        await driver.press("ctrl+p")
        await driver.type("statist")
        await driver.until(lambda: driver.says("Size and maintenance of the library"), "the command")


async def test_leftovers_slow_questions_and_the_limit_are_shown(paths: Paths) -> None:
    library = paths.library_db(PROFILE)
    library.with_name(f"{library.name}.damaged-20240101-000000").write_bytes(b"x" * 2_000)
    for ms in (432, 150):
        query = SlowQuery(OLD, ms, "f", "SELECT slow [/b]", ("SCAN movie",))
        append_slow_query(paths.ensure().slow_queries_file, query)
    paths.settings_file.write_text("size_limit_mb = 1\n")
    ballast(paths, 1_500_000)
    async with running(paths) as driver:
        await at_statistics(driver)
        await driver.until(lambda: driver.says("more than the limit of 1.0 MB"), "the limit")
        for words in (
            "damaged-20240101",
            "432 ms",
            "SELECT slow [/b]",
            "2 times",
            "SCAN movie",
            "Damaged, set aside: 2.0 kB",
        ):
            await driver.sees(words)
        assert driver.toasts().count("more than the limit") == 1
        await driver.app.background.each_minute()
        assert driver.toasts().count("more than the limit") == 1  # once a run


async def test_an_empty_library_says_so_and_which_key_helps(empty_paths: Paths) -> None:
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("escape", "f7")
        await driver.until(lambda: driver.says("r starts the first sync"), "the sentence")
        await driver.press("m")
        await driver.until(lambda: driver.says("nothing old to delete"), "the answer")


# --------------------------------------------------------------------------------------------- what can be done
async def test_a_check_says_what_it_found(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_statistics(driver)
        await driver.press("c")
        await driver.until(lambda: driver.says("No damage found"), "the verdict")
        with LibraryStore.open(paths.library_db(PROFILE)) as store:
            store.database.run("INSERT INTO movie_details VALUES (987654, 1, 0, '{}')")
        await driver.press("c")
        await driver.until(lambda: driver.says("1 problem: 1 details of no movie"), "the problem")


async def test_after_compacting_the_lists_go_on(paths: Paths) -> None:
    ballast(paths, 3_000_000)
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        store.database.run("DROP TABLE ballast")
    before = paths.library_db(PROFILE).stat().st_size
    async with running(paths, USUAL) as driver:
        await driver.press("2")
        await at_statistics(driver)
        await driver.press("o")
        await driver.until(lambda: driver.says("Compacted: "), "the end")
        assert paths.library_db(PROFILE).stat().st_size < before / 2
        await driver.press("escape", "2")
        await driver.rows_shown()
        await driver.press("S", "end", "home")
        await driver.rows_shown()
        await driver.press("slash", "t", "h", "e")
        await driver.until(lambda: driver.list.total > 0, "hits")


async def test_old_details_go_when_ticked_and_favourites_keep_theirs(paths: Paths) -> None:
    with_old_details(paths)
    async with running(paths, USUAL) as driver:
        await at_statistics(driver)
        await driver.press("m")
        await driver.until(lambda: driver.says("Old details: 19 titles, about"), "the offer")
        await driver.until(lambda: isinstance(driver.app.focused, Tick), "the first tick")
        driver.app.screen.query_one("#go", Button).press()
        await driver.until(lambda: driver.says("Nothing is ticked."), "the refusal")
        await driver.press("space")
        driver.app.screen.query_one("#go", Button).press()
        await driver.until(lambda: driver.says(" freed."), "the result")
        assert details_left(paths) == 1
        await driver.press("m")
        await driver.until(lambda: driver.says("nothing old to delete"), "nothing is left")


async def test_damaged_files_are_deleted_only_after_another_question(paths: Paths) -> None:
    library = paths.library_db(PROFILE)
    damaged = library.with_name(f"{library.name}.damaged-20240101-000000")
    damaged.write_bytes(b"x" * 2_000)

    async def ask(driver: Driver, answer: str) -> None:
        await driver.press("m")
        await driver.until(lambda: isinstance(driver.app.screen, FreeSpaceDialog), "the dialog")
        await driver.until(lambda: isinstance(driver.app.focused, Tick), "the file")
        await driver.press("space")
        driver.app.screen.query_one("#go", Button).press()
        await driver.until(lambda: driver.says("Delete 1 file for good?"), "the question")
        await driver.press(*answer.split())

    async with running(paths) as driver:
        await at_statistics(driver)
        await ask(driver, "enter")  # the harmless answer has the focus
        await driver.until(lambda: isinstance(driver.app.screen, StatisticsScreen), "the figures")
        assert damaged.exists()
        await ask(driver, "left enter")
        await driver.until(lambda: not damaged.exists(), "it is gone")
        await driver.until(lambda: driver.says("2.0 kB freed"), "the result")
        assert library.exists()


async def test_clearing_asks_and_leaves_the_statistics_of_an_empty_library(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_statistics(driver)
        await driver.press("delete")
        await driver.until(lambda: driver.says("Remove the copy of 240 items?"), "the question")
        await driver.press("left", "enter")
        await driver.until(lambda: "Press r to fetch everything again" in driver.toasts(), "the end")
        await driver.until(lambda: driver.says("r starts the first sync"), "the empty figures")


async def test_a_job_is_stopped_by_escape_and_by_leaving(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    def forever(database: object, say: Callable[[str], None]) -> None:
        try:
            while True:
                say("rewriting the file")
                time.sleep(0.005)
        except Cancelled:
            ended.append("stopped")
            raise

    monkeypatch.setattr("tui_app.maintenance.jobs.compact", forever)
    async with running(paths) as driver:
        await at_statistics(driver)
        await driver.press("o")
        await driver.until(lambda: driver.says("rewriting the file"), "the step")
        await driver.press("c", "m")  # one job at a time
        await driver.sees("Compacting")
        await driver.press("escape")
        await driver.until(lambda: ended == ["stopped"], "the end")
        await driver.until(lambda: driver.says("Stopped; the file is unchanged."), "the word")
        assert isinstance(driver.app.screen, StatisticsScreen)
        await driver.press("o")
        await driver.until(lambda: driver.says("rewriting the file"), "the step")
    assert ended == ["stopped", "stopped"]


async def test_while_a_sync_elsewhere_holds_the_profile_compacting_says_so(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_statistics(driver)
        with SyncLock(paths.sync_lock(PROFILE), PROFILE):
            await driver.press("o")
            await driver.until(lambda: driver.says("Another sync of"), "the reason")


# --------------------------------------------------------------------------------------------- files of other ages
async def test_a_newer_file_is_refused_in_words_and_nothing_is_offered_that_destroys(paths: Paths) -> None:
    library = paths.library_db(PROFILE)
    with LibraryStore.open(library) as store:
        store.database.run("PRAGMA user_version = 9999")
    before = library.read_bytes()
    async with running(paths) as driver:
        await driver.until(lambda: driver.says("newer xtream-tui"), "the reason")
        assert not driver.says("lear the cache")
        await driver.press("f7")
        await driver.until(lambda: driver.says("newer xtream-tui"), "the reason")
        for key in ("c", "o"):
            await driver.press(key)
            await driver.until(lambda: driver.says("newer xtream-tui"), "the reason")
        await driver.press("slash", "t", "h", "e")
        await driver.pilot.pause(0.3)
    assert library.read_bytes() == before


async def test_an_older_file_is_updated_behind_a_painted_screen(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui_app.store import opening
    from tui_app.store.migrations import LIBRARY, latest

    def slow(connection: object) -> None:
        time.sleep(0.8)

    newer = replace(LIBRARY, steps=(*LIBRARY.steps, slow))
    monkeypatch.setattr(opening, "LIBRARY", newer)
    async with running(paths, USUAL) as driver:
        await driver.until(lambda: "Updating the library file" in driver.toasts(), "the word")
        await driver.sees("1 TV")  # painted, and keys are heard
        await driver.press("question_mark")
        await driver.until(lambda: driver.says("Keyboard shortcuts"), "the help")
        await driver.press("escape")
        await driver.rows_shown()
    (backup,) = paths.data.glob("*.backup-v*")
    assert backup.name == f"{Path(paths.library_db(PROFILE)).name}.backup-v{latest(LIBRARY)}"


async def test_marks_of_a_newer_program_are_left_alone_and_the_app_can_be_left(paths: Paths) -> None:
    with UserStore(paths.user_db) as user:
        user.set_mark(PROFILE, Kind.MOVIE, "1", Mark.FAVOURITE, "kept")
        user._database.run("PRAGMA user_version = 9999")
    before = paths.user_db.read_bytes()
    async with running(paths, USUAL) as driver:
        await driver.until(lambda: driver.says("Your marks can't be read"), "the reason")
        await driver.sees("newer xtream-tui")
        await driver.press("f", "f7")
        await driver.until(lambda: driver.says("newer xtream-tui"), "the reason")
    assert paths.user_db.read_bytes() == before
