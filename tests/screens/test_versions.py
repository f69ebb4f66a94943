"""One row for all versions of a title: what the list shows, which version is played, what is watched."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.screens.conftest import add_profile
from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import Kind, Mark, Query
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.screens.dialogs.choosers import VersionsDialog
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.tui.play_actions import PlayActions

MOVIES = 600  # the demo's first few hundred are single


@pytest.fixture(scope="module")
def many_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tui_app.sync import run_sync

    home = tmp_path_factory.mktemp("versions")
    with DemoPanel(seed=5, channels=5, movies=MOVIES, series=5) as panel:
        add_profile(Paths.under(home), panel)
        assert asyncio.run(run_sync(Paths.under(home), PROFILE, mode="full")).status == "completed"
    return home


@pytest.fixture
def paths(many_home: Path, tmp_path: Path) -> Paths:
    shutil.copytree(many_home, tmp_path / "home")
    return Paths.under(tmp_path / "home")


async def grouped(driver: Driver) -> None:
    await driver.press("2")
    await driver.rows_shown()
    await driver.press("O")
    await driver.until(lambda: driver.screen.state.grouped and driver.list.total < MOVIES, "fewer rows")


def counts(driver: Driver) -> list[int]:
    source = driver.list._pages.source
    rows = [row for start in range(0, source.total, 100) for row in source.rows(start, start + 100) or ()]
    return [int(row.cells[-1] or 1) for row in rows]


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL])
async def test_one_row_a_title_and_back(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        await grouped(driver)
        assert sum(counts(driver)) == MOVIES and max(counts(driver)) > 1
        with LibraryStore.open(paths.library_db(PROFILE)) as store:
            titles, _ = store.versions.firsts(Kind.MOVIE, store.ids(Query(Kind.MOVIE)))
        assert driver.list.total == len(titles)
        await driver.press("O")
        await driver.until(lambda: driver.list.total == MOVIES, "all rows")


async def test_it_stays_so_after_a_restart_and_its_chip_takes_it_off(paths: Paths) -> None:
    async with running(paths) as driver:
        await grouped(driver)
        total = driver.list.total
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.until(lambda: driver.list.total == total and driver.says("grouped"), "the chip")
        await driver.press("delete")
        assert driver.screen.state.grouped, "it is no filter"


async def _at_several(driver: Driver) -> tuple[str, int]:
    """The cursor on the first title of several versions: its id, and how many there are."""
    await grouped(driver)
    index = next(place for place, count in enumerate(counts(driver)) if count > 1)
    driver.list.move_to(index)
    await driver.until(lambda: driver.list.cursor == index and driver.list.row is not None, "the row")
    assert driver.list.row is not None
    return driver.list.row.key, counts(driver)[index]


async def test_enter_asks_which_version_and_escape_plays_none(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []
    monkeypatch.setattr(PlayActions, "play", lambda plays, ref, programme=None, **_: wanted.append(ref.id))
    async with running(paths) as driver:
        _first, count = await _at_several(driver)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, VersionsDialog), "the question")
        await driver.sees(f"{count} versions")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, VersionsDialog), "the list")
        await driver.press("p")
        await driver.until(lambda: isinstance(driver.app.screen, VersionsDialog), "the question again")
        await driver.press("down", "enter")
        await driver.until(lambda: wanted, "what is played")
        with LibraryStore.open(paths.library_db(PROFILE)) as store:
            versions = [one.item.id for one in store.versions.versions_of(Kind.MOVIE, wanted[0])]
        assert wanted == versions[1:2] and len(versions) == count


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL])
async def test_a_version_is_split_from_its_title_and_grouped_again(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size) as driver:
        _first, count = await _at_several(driver)
        total = driver.list.total
        await driver.press("A")
        await driver.until(lambda: isinstance(driver.app.screen, VersionsDialog), "all versions")
        await driver.sees("title and year")
        await driver.press("s")
        await driver.until(lambda: "split from its title" in driver.toasts(), "the word")
        await driver.until(lambda: isinstance(driver.app.screen, VersionsDialog), "the list again")
        await driver.press("escape")
        await driver.until(lambda: driver.list.total == total + 1, "a row of its own")
        await driver.press("z")
        await driver.until(lambda: driver.list.total == total and max(counts(driver)) >= count, "as before")


async def test_what_is_watched_is_watched_in_all_versions(paths: Paths) -> None:
    async with running(paths) as driver:
        first, count = await _at_several(driver)
        await driver.press("w")
        with UserStore(paths.user_db) as user:
            await driver.until(lambda: len(user.ids_with(PROFILE, Kind.MOVIE, Mark.WATCHED)) == count, "all of them")
            assert first in user.ids_with(PROFILE, Kind.MOVIE, Mark.WATCHED)


async def test_a_letter_leads_to_its_row_among_the_titles(paths: Paths) -> None:
    async with running(paths) as driver:
        await grouped(driver)
        await driver.press("apostrophe", "m")
        await driver.until(
            lambda: driver.list.row is not None and driver.list.row.cells[0].upper().startswith("M"), "M"
        )
        index = driver.list.cursor
        assert index and not driver.cells(0, 250)[index - 1].upper().startswith("M")
