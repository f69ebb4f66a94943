"""The Changes screen over really synced libraries, and the marks of new titles in the lists."""

from __future__ import annotations

import time

import pytest

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, help_words, running
from tui_app.catalog import LISTED_KINDS, Changes, Kind
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.screens.changes import ChangesScreen
from tui_app.screens.item.channel_page import ChannelPage
from tui_app.store.library_store import LibraryStore
from tui_app.store.write import history
from tui_app.store.write.differences import ItemChange
from tui_app.sync import run_sync
from tui_app.widgets.details import Details
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.paged_list import PagedList


@pytest.fixture
async def changed_paths(empty_paths: Paths, panel: DemoPanel) -> Paths:
    """Folders whose library was synced twice, with changes between."""
    assert (await run_sync(empty_paths, PROFILE)).status == "completed"
    panel.generation = 1
    assert (await run_sync(empty_paths, PROFILE)).status == "completed"
    return empty_paths


def changes(driver: Driver) -> ChangesScreen:
    assert isinstance(driver.app.screen, ChangesScreen)
    return driver.app.screen


def rows_of(found: PagedList) -> list[tuple[str, str]]:
    """(mark, first cell) of all rows."""
    return [(row.marks, row.cells[0]) for row in found._pages.source.rows(0, found.total) or ()]


async def go_to_changes(driver: Driver) -> ChangesScreen:
    await driver.go("changes")
    await driver.until(lambda: isinstance(driver.app.screen, ChangesScreen), "the screen")
    return changes(driver)


async def shown(driver: Driver, total: int) -> None:
    await driver.until(lambda: changes(driver).changes.total == total, f"{total} changes")


def later_run(paths: Paths, *found: ItemChange, mode: str = "incremental", **counts: Changes) -> None:
    """A sync of the next minute, as the engine writes it down."""
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        at = int(time.time()) + 60
        run = store.start_run(mode, at)
        store.record_changes(run, found)
        store.finish_run(run, "completed", at, summary=counts)


def films(count: int) -> list[ItemChange]:
    return [ItemChange(Kind.MOVIE, str(number), f"Film {number}", "added", {}) for number in range(count)]


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_the_newest_sync_is_there_at_once_and_older_ones_one_key_away(
    changed_paths: Paths, panel: DemoPanel, size: tuple[int, int]
) -> None:
    expected = sum(sum(panel.expected_changes(kind, 0, 1)) for kind in LISTED_KINDS)
    async with running(changed_paths, size) as driver:
        await driver.rows_shown()
        screen = await go_to_changes(driver)
        await shown(driver, expected)
        await driver.until(lambda: driver.says("What changed") and driver.says("+1 channel"), "the newest")
        assert {mark for mark, _ in rows_of(screen.changes)} == {"+", "~", glyphs().minus}
        assert any(glyphs().arrow in cell for mark, cell in rows_of(screen.changes) if mark == "~")
        await driver.press("down")
        await shown(driver, 60 + 150 + 30)
        await driver.until(lambda: driver.says("+60 channels"), "the older one")
        assert {mark for mark, _ in rows_of(screen.changes)} == {"+"}
        await driver.press("right", "end")
        await driver.until(lambda: screen.changes.cursor == 239 and driver.says("240/240"), "the last change")
        await driver.press("escape")
        assert driver.app.focused is screen.runs


async def test_enter_opens_what_still_exists_and_says_what_is_gone(changed_paths: Paths) -> None:
    async with running(changed_paths) as driver:
        await driver.rows_shown()
        screen = await go_to_changes(driver)
        await driver.until(lambda: screen.changes.total > 3, "changes")
        await driver.press("enter")  # from the sync to its changes
        assert driver.app.focused is screen.changes
        kinds = {row.cells[1] for row in screen.changes._pages.source.rows(0, screen.changes.total) or ()}
        assert kinds == {"channel", "movie", "series"}
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, ChannelPage), "the opened channel")
        opened, wanted = driver.app.screen.query(Details), rows_of(screen.changes)[0][1]
        await driver.until(lambda: any(pane.ref and pane.ref.name == wanted for pane in opened), "its name")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen, "back")
        gone = next(index for index, (mark, _) in enumerate(rows_of(screen.changes)) if mark == glyphs().minus)
        screen.changes.move_to(gone)
        name = rows_of(screen.changes)[gone][1]
        await driver.press("enter")
        await driver.until(lambda: f"“{name}” is no longer in the library." in driver.toasts(), "the words")
        assert driver.app.screen is screen


async def test_the_fields_of_a_change_stand_below_in_full_also_on_a_small_terminal(paths: Paths) -> None:
    plot = "It begins here and goes on for more than one line of any list. " * 2
    fields = {"plot": ("", plot.strip()), "rating": (6.1, 6.5), "year": (None, 1926)}
    later_run(paths, ItemChange(Kind.MOVIE, "1", "Faust [/b] [red]", "changed", fields), movies=Changes(changed=1))
    for size in (WIDE, SMALL):
        async with running(paths, size) as driver:
            await driver.rows_shown()
            screen = await go_to_changes(driver)
            await shown(driver, 1)
            words = f"plot changed, rating 6.1 {glyphs().arrow} 6.5, year none {glyphs().arrow} 1926"
            assert rows_of(screen.changes) == [("~", f"Faust [/b] [red]  {words}")]
            if size == SMALL:
                assert not driver.says("rating: ")
                await driver.press("d")
            await driver.until(lambda: driver.says("plot: none → It begins here"), "the plot")
            await driver.sees("Faust [/b] [red]")
            assert size == SMALL or driver.says("rating: 6.1")


async def test_titles_stay_marked_as_new_until_a_key_says_that_they_were_seen(
    changed_paths: Paths, panel: DemoPanel
) -> None:
    added = panel.expected_changes(Kind.MOVIE, 0, 1).added
    async with running(changed_paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("end")
        assert [mark for mark, _ in rows_of(driver.list)].count(glyphs().new) == added
        row = driver.list.row
        assert row is not None and row.marks == glyphs().new
        await driver.until(lambda: driver.says(f"new {glyphs().dot} "), "the word in the details")
        await driver.press("slash")
        await driver.type(row.cells[0])
        await driver.until(lambda: (glyphs().new, row.cells[0]) in rows_of(driver.list), "the mark of the hit")
        await driver.press("escape", "escape")
        screen = await go_to_changes(driver)
        await driver.until(lambda: [mark for mark, _ in rows_of(screen.runs)] == [glyphs().new] * 2, "new syncs")
        await driver.press("2")
        await driver.until(lambda: [mark for mark, _ in rows_of(driver.list)].count(glyphs().new) == added, "all marks")
        await driver.go("changes")
        await driver.press("N")
        await driver.press("2")
        await driver.until(lambda: not any(mark for mark, _ in rows_of(driver.list)), "no marks")
        assert driver.list.row is not None and driver.list.row.key == row.key
        await driver.go("changes")
        await driver.until(lambda: [mark for mark, _ in rows_of(screen.runs)] == ["", ""], "no new syncs")


async def test_a_key_takes_the_marks_away_and_a_favourite_shows_its_star(changed_paths: Paths) -> None:
    async with running(changed_paths) as driver:
        await driver.press("3")
        await driver.rows_shown()
        await driver.press("end")
        assert driver.list.row is not None and driver.list.row.marks == glyphs().new
        await driver.press("f")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == glyphs().favourite, "the star")
        await driver.press("f")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == glyphs().new, "the mark")
        await driver.press("N")
        await driver.until(lambda: driver.list.row and driver.list.row.marks == "", "no mark")


async def test_a_sync_that_ends_while_the_screen_is_seen_takes_its_place_on_top(
    changed_paths: Paths, panel: DemoPanel
) -> None:
    async with running(changed_paths) as driver:
        await driver.rows_shown()
        screen = await go_to_changes(driver)
        await driver.until(lambda: screen.runs.total == 2, "two syncs")
        before = screen.runs.row
        panel.generation = 2
        await driver.press("r")
        await driver.until(lambda: screen.runs.total == 3 and not driver.app.app_state.is_syncing, "a third")
        assert screen.runs.row and before and screen.runs.row.key == before.key
        await driver.until(
            lambda: "synced  +1 channel" in driver.bar and "press 7 to see what's new" in driver.bar, "the bar"
        )
        await driver.press("home")
        await driver.until(
            lambda: "running" not in rows_of(screen.runs)[0][1] and screen.changes.total > 0, "its changes"
        )


async def test_each_kind_of_emptiness_says_why(
    empty_paths: Paths, panel: DemoPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("escape")
        await go_to_changes(driver)
        await driver.until(lambda: driver.says("No sync yet") and driver.says("r starts the first sync"), "why")
    await run_sync(empty_paths, PROFILE)
    await run_sync(empty_paths, PROFILE)
    monkeypatch.setattr(history, "RUN_CHANGES", 0)
    later_run(empty_paths, *films(8_000), mode="full", movies=Changes(added=8_000))
    panel.stop()
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths) as driver:
        await driver.rows_shown()
        screen = await go_to_changes(driver)
        await driver.until(lambda: driver.says("This sync failed") and driver.says("refuses connections"), "why")
        await driver.sees("press r to try again")
        await driver.press("down")
        await driver.until(lambda: driver.says("Only the counts are kept") and driver.says("8,000 changes"), "why")
        await driver.press("enter")
        assert driver.app.focused is screen.runs
        await driver.press("down")
        await driver.until(lambda: driver.says("Nothing changed"), "why")


async def test_more_changes_than_are_kept_end_with_their_number(paths: Paths) -> None:
    later_run(paths, *films(21_000), movies=Changes(added=21_000))
    async with running(paths, USUAL) as driver:
        await driver.rows_shown()
        screen = await go_to_changes(driver)
        await shown(driver, 20_001)
        await driver.press("right", "end")
        await driver.until(lambda: driver.says("and 1,000 more changes"), "the rest")
        await driver.press("enter")
        assert driver.app.screen is screen


async def test_the_keys_are_in_the_help(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await go_to_changes(driver)
        await driver.press("question_mark")
        await driver.until(lambda: driver.says("Keyboard shortcuts"), "the help")
        assert "Go to the changes" in help_words(driver) and "Go to the syncs" in help_words(driver)


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_changes_are_shown_by_kind_and_only_the_new_ones(changed_paths: Paths, size: tuple[int, int]) -> None:
    async with running(changed_paths, size) as driver:
        screen = await go_to_changes(driver)
        await driver.until(lambda: screen.changes.total > 0, "all changes")
        runs = await driver.active.library.changes.runs()
        counts = runs[0].counts
        everything = sum(part.added + part.changed + part.removed for part in counts.values())
        await shown(driver, everything)
        await driver.sees(f"All {everything}")
        await driver.press("t")
        movies = counts["movies"]
        await shown(driver, movies.added + movies.changed + movies.removed)
        assert {row.cells[1] for row in screen.changes._pages.source.rows(0, 99) or ()} == {"movie"}
        await driver.press("n")
        await shown(driver, movies.added)
        assert {mark for mark, _ in rows_of(screen.changes)} == {"+"}
        await driver.press("t", "t", "t", "n")
        await shown(driver, everything)
        if size != SMALL:
            await driver.pilot.click("#tabs", offset=(len(f" All {everything}  Mov"), 0))
            await shown(driver, movies.added + movies.changed + movies.removed)


async def test_a_failed_sync_says_which_key_tries_again(changed_paths: Paths) -> None:
    with LibraryStore.open(changed_paths.library_db(PROFILE)) as store:
        at = int(time.time()) + 60
        store.finish_run(store.start_run("incremental", at), "failed", at, reason="The server does not answer.")
    async with running(changed_paths, USUAL) as driver:
        await go_to_changes(driver)
        await driver.sees("This sync failed", "press r to try again")
