"""The Favourites screen on a really synced library: all kinds, folders, an order of one's own, undo."""

from __future__ import annotations

from contextlib import closing
from typing import cast

import pytest

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import ItemRef, Kind, Mark, Query
from tui_app.paths import Paths
from tui_app.screens.dialogs.choosers import FolderNameDialog, MoveDialog
from tui_app.screens.favourites.screen import FavouritesScreen
from tui_app.screens.item.title_page import TitlePage
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.text import fold
from tui_app.text.fold import sort_key


@pytest.fixture
def kept(paths: Paths) -> list[ItemRef]:
    """Favourites of the three kinds, two each, kept one after the other."""
    refs = [ref for kind in (Kind.MOVIE, Kind.CHANNEL, Kind.SERIES) for ref in titles(paths, kind, 2)]
    with UserStore(paths.user_db) as user:
        for number, ref in enumerate(refs):
            user.set_mark(PROFILE, ref.kind, ref.id, Mark.FAVOURITE, ref.name)
            user._database.run("UPDATE mark SET at = ? WHERE id = ? AND kind = ?", (number, ref.id, ref.kind))
    return refs


def titles(paths: Paths, kind: Kind, count: int) -> list[ItemRef]:
    with closing(LibraryStore.open(paths.library_db(PROFILE), readonly=True)) as store:
        items = store.page(Query(kind, sort="name"), limit=count + 10).items
    return [ItemRef(kind, item.id, item.name) for item in items if not item.is_separator][:count]


def screen(driver: Driver) -> FavouritesScreen:
    return cast(FavouritesScreen, driver.app.screen)


def names(driver: Driver) -> list[str]:
    return driver_cells(driver, 0)


def driver_cells(driver: Driver, column: int) -> list[str]:
    source = screen(driver).titles._pages.source
    return [row.cells[column] for row in source.rows(0, source.total) or ()]


async def shown(driver: Driver, refs: list[ItemRef]) -> None:
    """Wait until exactly these are listed, in this order."""
    await driver.until(lambda: names(driver) == [ref.name for ref in refs], f"{[ref.name for ref in refs]}")


async def at_favourites(driver: Driver, refs: list[ItemRef]) -> None:
    await driver.go("favourites")
    await shown(driver, refs)


async def make_folder(driver: Driver, name: str) -> None:
    """Ask for a folder of this name."""
    await driver.press("n")
    await driver.until(lambda: isinstance(driver.app.screen, FolderNameDialog), "the dialog")
    await driver.type(name)
    await driver.press("enter")


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_all_kinds_are_listed_in_the_order_they_were_kept_in(
    paths: Paths, kept: list[ItemRef], size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        await at_favourites(driver, kept)
        assert driver_cells(driver, 1) == ["movie", "movie", "channel", "channel", "series", "series"]
        assert screen(driver).titles.has_focus
        await driver.until(lambda: driver.says(kept[0].name[:9]), "the first one")


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_without_favourites_it_says_which_key_makes_one_and_one_made_appears(
    paths: Paths, size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        await driver.go("favourites")
        await driver.until(
            lambda: driver.says("No favourites yet") and driver.says("Press f on a channel"), "the words"
        )
        await driver.go("movies")
        await driver.rows_shown()
        await driver.press("f")
        await driver.go("favourites")
        await driver.until(lambda: len(names(driver)) == 1, "the movie")


async def test_f_takes_out_z_brings_back_to_the_same_place_and_the_lists_show_it(
    paths: Paths, kept: list[ItemRef]
) -> None:
    async with running(paths) as driver:
        await at_favourites(driver, kept)
        await driver.press("down", "f")
        await shown(driver, [kept[0], *kept[2:]])
        await driver.until(lambda: screen(driver).titles.cursor == 1, "the cursor stays")
        await driver.until(lambda: "Press z to undo" in driver.toasts(), "the toast")
        await driver.go("movies")
        await driver.press("z")
        await driver.until(lambda: f"“{kept[1].name}” is in the favourites again" in driver.toasts(), "words")
        await driver.go("favourites")
        await shown(driver, kept)
        await driver.press("z")
        await driver.until(lambda: "Nothing to undo" in driver.toasts(), "nothing is left")


async def test_several_are_moved_up_and_down_together_and_the_order_stays_after_a_restart(
    paths: Paths, kept: list[ItemRef]
) -> None:
    a, b, c, d, e, f = kept
    async with running(paths) as driver:
        await at_favourites(driver, kept)
        await driver.press("alt+down")
        await shown(driver, [b, a, c, d, e, f])
        await driver.until(lambda: screen(driver).titles.cursor == 1, "the cursor goes along")
        await driver.press("down", "down", "space", "space", "<")
        await shown(driver, [b, a, d, e, c, f])
        await driver.press("<")
        await shown(driver, [b, d, e, a, c, f])
        await driver.press("z")
        await shown(driver, [b, a, d, e, c, f])
    async with running(paths) as driver:
        await at_favourites(driver, [b, a, d, e, c, f])


async def test_favourites_go_into_folders_which_are_renamed_and_deleted_and_nothing_is_lost(
    paths: Paths, kept: list[ItemRef]
) -> None:
    async with running(paths) as driver:
        await at_favourites(driver, kept)
        await driver.press("space", "space", "m")
        await driver.until(lambda: isinstance(driver.app.screen, MoveDialog), "the dialog")
        await driver.type("Kids")
        await driver.press("enter")
        await driver.until(lambda: driver.says("Kids") and screen(driver).folder_names == ("Kids",), "the folder")
        await shown(driver, [*kept[2:], *kept[:2]])
        assert driver_cells(driver, 3) == ["", "", "", "", "Kids", "Kids"]
        await driver.press("c", "end")
        await shown(driver, kept[:2])
        await driver.press("e")
        await driver.until(lambda: isinstance(driver.app.screen, FolderNameDialog), "the dialog")
        await driver.press("end", *["backspace"] * 4)
        await driver.type("Noir")
        await driver.press("enter")
        await driver.until(lambda: screen(driver).folder_names == ("Noir",) and names(driver), "its new name")
        await shown(driver, kept[:2])
        await driver.until(lambda: screen(driver).folder_list.folder == "Noir", "the cursor on it")
        await driver.press("delete")
        await driver.until(lambda: not screen(driver).folder_names, "no folder")
        await shown(driver, [*kept[2:], *kept[:2]])
        await driver.press("z")
        await driver.until(lambda: screen(driver).folder_names == ("Noir",), "the folder again")


async def test_an_empty_folder_says_how_to_fill_it_and_a_name_is_taken_once(paths: Paths, kept: list[ItemRef]) -> None:
    async with running(paths) as driver:
        await at_favourites(driver, kept)
        await make_folder(driver, "Later")
        await driver.until(lambda: isinstance(driver.app.screen, FavouritesScreen), "the list")
        await driver.until(lambda: screen(driver).folder_names == ("Later",), "the folder")
        await make_folder(driver, "Later")
        await driver.until(lambda: "There is a folder “Later” already" in driver.problem(), "the problem")
        await driver.press("escape", "c", "end")
        await driver.until(lambda: driver.says("This folder is empty") and driver.says("Press m to move"), "the words")


async def test_one_kind_is_shown_and_its_order_is_changed_among_its_own(paths: Paths, kept: list[ItemRef]) -> None:
    async with running(paths) as driver:
        await at_favourites(driver, kept)
        await driver.press("t")
        await shown(driver, kept[2:4])
        await driver.until(lambda: driver.says("only channels"), "the chip")
        await driver.press(">")
        await shown(driver, [kept[3], kept[2]])
        await driver.press("t", "t", "t", "t")
        await shown(driver, [kept[0], kept[1], kept[3], kept[2], kept[4], kept[5]])
        await driver.press("s")
        await shown(driver, sorted(kept, key=lambda ref: sort_key(fold(ref.name))))
        await driver.press("z", "z")
        await shown(driver, kept)


async def test_folder_kind_and_row_are_found_again_after_a_restart(paths: Paths, kept: list[ItemRef]) -> None:
    with UserStore(paths.user_db) as user:
        user.favourites.put(PROFILE, [(ref.kind.value, ref.id) for ref in kept[1:5]], "Kids")
    async with running(paths) as driver:
        await at_favourites(driver, [kept[0], kept[5], *kept[1:5]])
        await driver.press("c", "end")
        await shown(driver, kept[1:5])
        await driver.press("c", "down", "down")
        await driver.until(lambda: screen(driver).titles.cursor == 2, "the cursor")
    async with running(paths) as driver:
        await at_favourites(driver, kept[1:5])
        assert screen(driver).titles.cursor == 2


async def test_what_vanished_stays_as_gone_and_comes_back(paths: Paths, kept: list[ItemRef]) -> None:
    movie = kept[0]
    with closing(LibraryStore.open(paths.library_db(PROFILE))) as store, store.transaction():
        store.delete_rows(Kind.MOVIE, [movie.id])
    async with running(paths) as driver:
        await at_favourites(driver, kept)
        assert driver_cells(driver, 1)[:2] == ["gone", "movie"]
        await driver.until(lambda: driver.says("no longer lists it"), "the details")
        await driver.press("enter")
        await driver.until(lambda: "is gone" in driver.toasts(), "why it can't be played")
        assert isinstance(driver.app.screen, FavouritesScreen)
        await driver.press(">")
        await shown(driver, [kept[1], kept[0], *kept[2:]])


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=str)
async def test_a_series_opens_and_details_are_a_key_away(
    paths: Paths, kept: list[ItemRef], size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        await at_favourites(driver, kept)
        await driver.press("end", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "its page")
        assert cast(TitlePage, driver.app.screen).item_id == kept[5].id
        await driver.press("escape")
        await shown(driver, kept)


async def test_on_a_small_terminal_folders_take_the_place_of_the_list(paths: Paths, kept: list[ItemRef]) -> None:
    async with running(paths, SMALL) as driver:
        await at_favourites(driver, kept)
        folders = screen(driver).folder_list
        titles = screen(driver).titles
        await driver.until(lambda: titles.is_on_screen and not folders.is_on_screen, "the list")
        await driver.press("c")
        await driver.until(lambda: folders.is_on_screen and not titles.is_on_screen, "the folders")
        await driver.press("enter")
        await driver.until(lambda: titles.is_on_screen and titles.has_focus, "the list again")


async def test_hidden_categories_are_shown_again_by_one_step_and_the_list_is_as_before(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        before = len(driver.screen.browse.categories)
        await driver.press("c", "home", "down", "v", "end", "v", "X")
        await driver.until(lambda: sum(one.hidden for one in driver.screen.browse.categories) == before, "all hidden")
        assert "z to undo" in driver.toasts()
        await driver.press("z")
        await driver.until(lambda: not any(one.hidden for one in driver.screen.browse.categories), "none hidden")
        await driver.press("home")
        await driver.until(lambda: driver.list.total == 150, "all movies")


async def test_a_favourite_channel_shows_its_number_and_what_is_on(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("channels")
        await driver.rows_shown()
        await driver.until(lambda: any(driver.cells(2)), "what is on")
        driver.list.move_to(next(number for number, title in enumerate(driver.cells(2)) if title))
        row = driver.list.row
        assert row is not None
        await driver.press("f")
        await driver.go("favourites")
        found = cast(FavouritesScreen, driver.app.screen).titles
        await driver.until(lambda: found.total == 1, "the favourite")
        shown = found.row
        assert shown is not None
        assert shown.cells[2] == f"No. {row.cells[0]}" and shown.cells[4] == row.cells[2]
