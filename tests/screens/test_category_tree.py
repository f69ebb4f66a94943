"""Four hundred categories in forty languages: walked as a tree, hidden, shown and chosen for syncs by the group."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screens.driving import PROFILE, USUAL, WIDE, Driver, running
from tests.support.list_panel import ListPanel
from tests.support.many_categories import panel_with_many_categories
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.sync import run_sync
from tui_app.widgets.category_tree import CategoryList


@pytest.fixture(scope="module")
def panel() -> Iterator[ListPanel]:
    with panel_with_many_categories() as panel:
        yield panel


@pytest.fixture(scope="module")
def many_home(panel: ListPanel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = Paths.under(tmp_path_factory.mktemp("many"))
    ProfileStore(paths.ensure()).add(Profile(PROFILE, panel.url, "u", password_source="file"), "p")
    assert asyncio.run(run_sync(paths, PROFILE, mode="full")).status == "completed"
    return paths.config.parent


@pytest.fixture
def paths(many_home: Path, tmp_path: Path) -> Paths:
    shutil.copytree(many_home, tmp_path / "home")
    return Paths.under(tmp_path / "home")


async def at_categories(driver: Driver) -> CategoryList:
    await driver.press("2")
    await driver.rows_shown()
    tree = driver.app.screen.query_one(CategoryList)
    await driver.until(lambda: tree.total > 1, "the categories")
    await driver.press("c")
    return tree


def excluded(paths: Paths) -> tuple[str, ...]:
    return ProfileStore(paths).get_sync_settings(PROFILE).excluded_categories.get(Kind.MOVIE, ())


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_groups_are_rows_with_counts_and_show_all_their_titles(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size=size) as driver:
        tree = await at_categories(driver)
        assert tree.total == 1 + 40
        await driver.press("down", "down")
        await driver.until(lambda: driver.list.total == 20, "the titles of DE")
        assert driver.screen.state.group == "DE"
        await driver.press("right", "down", "down")
        await driver.until(lambda: driver.list.total == 2, "those of DE | COMEDY")
        assert driver.screen.state.category_name == "DE | COMEDY"
        await driver.press("left")
        await driver.until(lambda: driver.list.total == 20 and tree.total == 41, "the group, folded")
        await driver.press("enter")
        assert driver.list.has_focus


async def test_the_text_of_the_filter_line_is_the_group_and_counts_follow_the_filter(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await at_categories(driver)
        await driver.press("down", "enter")
        await driver.until(lambda: driver.list.total == 20, "the titles of EN")
        await driver.press("ampersand")
        await driver.type("film 1")
        await driver.until(lambda: 0 < driver.list.total < 20, "fewer")
        await driver.press("enter")
        assert driver.screen.state.group == "EN" and driver.screen.state.text == "film 1"
        await driver.until(lambda: driver.screen.browse.all_count < 800, "counts of what is shown")
        everything = driver.screen.browse.all_count
        rows = tree._pages.source.rows(0, 2) or ()
        assert [row.cells[1] for row in rows] == [f"{everything:,}", str(driver.list.total)]


async def test_the_group_is_kept_over_a_restart(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_categories(driver)
        await driver.press("down", "down", "enter")
        await driver.until(lambda: driver.list.total == 20, "the titles of DE")
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        assert driver.screen.state.group == "DE" and driver.list.total == 20


async def test_a_group_is_hidden_as_a_whole_and_undo_goes_back_to_it(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await at_categories(driver)
        await driver.press("down", "down")
        await driver.until(lambda: driver.list.total == 20, "the titles of DE")
        await driver.press("X")
        await driver.until(lambda: driver.list.total == 780 and tree.total == 40, "all but DE")
        await driver.sees("10 categories are hidden")
        await driver.press("z")
        await driver.until(lambda: driver.list.total == 20 and tree.total == 41, "back in DE")
        assert driver.screen.state.group == "DE"


async def test_selected_groups_and_categories_are_left_out_of_syncs_and_undo_takes_them_back(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_categories(driver)
        await driver.press("down", "space", "right", "down", "space", "Y")
        await driver.sees("22 titles in 11 categories")
        await driver.press("tab", "tab", "enter")
        await driver.until(lambda: len(excluded(paths)) == 11, "they are left out")
        await driver.sees("left out of the next syncs")
        assert set(excluded(paths)) == {str(number) for number in range(1, 12)}
        await driver.press("z")
        await driver.until(lambda: not excluded(paths), "undone")
        await driver.sees("11 categories are part of the syncs again")


async def test_what_was_left_out_before_stays_so_after_undoing_more(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await at_categories(driver)
        await driver.press("down", "right", "down", "Y")
        await driver.sees("EN | ACTION")
        await driver.press("tab", "tab", "enter")
        await driver.until(lambda: excluded(paths) == ("1",), "one is left out")
        await driver.press("left", "Y")
        await driver.sees("20 titles in 10 categories")
        await driver.press("tab", "tab", "enter")
        await driver.until(lambda: len(excluded(paths)) == 10, "the group is left out")
        await driver.press("Y")
        await driver.sees("Sync again")
        await driver.press("tab", "tab", "enter")
        await driver.until(lambda: not excluded(paths), "all are synced")
        await driver.press("z")
        await driver.until(lambda: len(excluded(paths)) == 10, "the group is left out again")
        await driver.press("z")
        await driver.until(lambda: excluded(paths) == ("1",), "and as before")
        assert tree.has_focus


async def test_marks_that_change_meanwhile_do_not_keep_the_categories_from_being_read(paths: Paths) -> None:
    async with running(paths) as driver:
        tree = await at_categories(driver)
        await driver.press("down", "down")
        await driver.until(lambda: driver.list.total == 20, "the titles of DE")
        for _ in range(5):
            await driver.press("X")
            await driver.until(lambda: tree.total == 40, "all but DE")
            await driver.press("z")
            driver.screen.library_changed(frozenset({"marks"}))
            await driver.until(lambda: driver.list.total == 20 and tree.total == 41, "back in DE")
