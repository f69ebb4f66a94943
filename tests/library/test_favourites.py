"""`library.favourites` and `library.undo`: favourites beside the library, and every act taken back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.rows import category, channel, movie, series
from tui_app.catalog import Details, Episode, ItemRef, Kind, Mark, Season
from tui_app.library import FavouriteItems, FolderCount, Library, UndoHistory
from tui_app.library.marks import MOST_STEPS
from tui_app.paths import Paths
from tui_app.services.app_state import make_app_state
from tui_app.settings import Profile, ProfileStore
from tui_app.store.id_remap.moved_ids import record_moved_ids
from tui_app.store.library_store import LibraryStore

FAUST = ItemRef(Kind.MOVIE, "1", "Faust")
ARTE = ItemRef(Kind.CHANNEL, "1", "Arte")  # the same id, another kind
JUDEX = ItemRef(Kind.SERIES, "7", "Judex")
PART = ItemRef(Kind.EPISODE, "71", "Prologue", "7", "Judex", 1, 1)
LOST = ItemRef(Kind.MOVIE, "404", "London After Midnight")
ALL = (FAUST, ARTE, JUDEX, PART, LOST)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = Paths.under(tmp_path).ensure()
    with LibraryStore.open(found.library_db("home")) as store:
        store.save_categories(Kind.MOVIE, [category(9, "Silent")])
        store.save_rows(Kind.MOVIE, [movie(1, "Faust (1926)", "9", year=1926), movie(2, "Éclipse")])
        store.save_rows(Kind.CHANNEL, [channel(1, "Arte", number=5)])
        store.save_rows(Kind.SERIES, [series(7, "Judex")])
        episodes = (Episode("71", 1, 1, "Prologue"),)
        store.save_series_details("7", Details(seasons=(Season(1, "Season 1", episodes=episodes),)), at=1)
    return found


@pytest.fixture
async def library(paths: Paths) -> AsyncIterator[Library]:
    opened = Library(paths, "home", UndoHistory())
    yield opened
    await opened.close()


async def keep(library: Library, *refs: ItemRef) -> None:
    await library.marks.put(refs, Mark.FAVOURITE, on=True)


def names(view: FavouriteItems) -> list[str]:
    return [found.favourite.name for found in view.items(0, 100)]


# ------------------------------------------------------------------------------------------------ favourites
async def test_favourites_stand_beside_what_the_library_has_of_them(library: Library) -> None:
    await keep(library, *ALL)
    found = {one.favourite.ref.name: one for one in (await library.favourites.list_entries()).items(0, 100)}
    faust = found["Faust"].item
    assert faust is not None and (faust.name, faust.year, faust.category) == ("Faust (1926)", 1926, "Silent")
    part = found["Prologue"].item
    assert part is not None and (part.series_id, part.series_name) == ("7", "Judex")
    assert [name for name, one in found.items() if one.is_gone] == ["London After Midnight"]


async def test_nothing_is_gone_as_long_as_the_library_has_nothing_of_the_kind(tmp_path: Path) -> None:
    library = Library(Paths.under(tmp_path).ensure(), "new")
    await keep(library, *ALL)
    found = (await library.favourites.list_entries()).items(0, 100)
    assert [(one.item, one.is_gone) for one in found] == [(None, False)] * len(ALL)
    await library.close()


async def test_what_comes_back_is_no_longer_gone(library: Library, paths: Paths) -> None:
    await keep(library, LOST)
    assert (await library.favourites.list_entries()).items(0, 1)[0].is_gone
    with LibraryStore.open(paths.library_db("home")) as store:
        store.save_rows(Kind.MOVIE, [movie(404, "London After Midnight")])
    found = (await library.favourites.list_entries()).items(0, 1)[0]
    assert not found.is_gone and found.item is not None


async def test_folders_are_counted_and_views_are_of_one_folder_and_kind(library: Library) -> None:
    await keep(library, *ALL)
    assert await library.favourites.put([FAUST, LOST, ARTE], "Kids") == 3
    assert await library.favourites.folders() == (FolderCount("", 2), FolderCount("Kids", 3))
    assert await library.favourites.folders(Kind.MOVIE) == (FolderCount("", 0), FolderCount("Kids", 2))
    view = await library.favourites.list_entries("Kids", Kind.CHANNEL)
    assert (view.total, names(view), view.index_of(Kind.CHANNEL, "1")) == (1, ["Arte"], 0)
    assert view.index_of(Kind.MOVIE, "1") is None
    assert sorted(names(await library.favourites.list_entries(""))) == ["Judex", "Prologue"]


async def test_sorting_goes_by_the_names_that_are_shown_without_accents(library: Library) -> None:
    eclipse, zorro = ItemRef(Kind.MOVIE, "2", "The old name"), ItemRef(Kind.MOVIE, "9", "Zorro")
    await keep(library, *ALL, eclipse, zorro)
    assert await library.favourites.sort_by_name()
    shown = [
        (one.item.name if one.item else one.favourite.name)
        for one in (await library.favourites.list_entries()).items(0, 9)
    ]
    assert shown == ["Arte", "Éclipse", "Faust (1926)", "Judex", "London After Midnight", "Prologue", "Zorro"]
    assert not await library.favourites.sort_by_name()


# ------------------------------------------------------------------------------------------------------- undo
async def test_acts_are_taken_back_in_turn_and_each_says_what_it_was(library: Library) -> None:
    silent = (await library.categories(Kind.MOVIE))[:1]
    await keep(library, *ALL)
    await library.marks.toggle([FAUST], Mark.WATCHED)
    await library.marks.hide_categories(Kind.MOVIE, silent, hide=True)
    await library.favourites.put([FAUST, LOST], "Kids")
    await library.favourites.shift([LOST], -1)
    await library.favourites.rename_folder("Kids", "Noir")
    await library.favourites.remove_folder("Noir")
    assert await library.marks.toggle(ALL, Mark.FAVOURITE) is False
    said = []
    while (undone := await library.undo.undo()) is not None:
        said.append(undone)
    assert [undone.words for undone in said] == [
        "5 titles are in the favourites again",
        "The folder “Noir” is restored",
        "The folder is called “Kids” again",
        "“London After Midnight” is back in the former position",
        "2 titles are back in the former folder",
        "“Silent” is visible again",
        "“Faust” is no longer marked as watched",
        "5 titles are no longer in the favourites",
    ]
    assert [undone.is_of_categories for undone in said] == [False] * 5 + [True] + [False] * 2
    assert not await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE)
    assert not await library.marks.ids(Kind.MOVIE, Mark.WATCHED)
    assert not await library.marks.hidden_categories(Kind.MOVIE)
    assert await library.favourites.folders() == (FolderCount("", 0),)


async def test_a_title_toggled_many_times_at_once_ends_as_their_number_says(library: Library) -> None:
    answers = await asyncio.gather(*(library.marks.toggle([FAUST], Mark.FAVOURITE) for _ in range(7)))
    assert sorted(answers) == [False] * 3 + [True] * 4
    assert await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE) == {"1"}
    for _ in range(7):
        assert await library.undo.undo() is not None
    assert not await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE)
    assert await library.undo.undo() is None


async def test_what_changes_nothing_is_no_step_and_fifty_steps_are_kept(library: Library) -> None:
    for _ in range(MOST_STEPS + 5):
        await library.marks.toggle([FAUST], Mark.FAVOURITE)
    await library.favourites.put([FAUST], "")
    undone = 0
    while await library.undo.undo() is not None:
        undone += 1
    assert undone == MOST_STEPS


async def test_undo_follows_ids_that_a_sync_found_moved_since(library: Library, paths: Paths) -> None:
    await keep(library, FAUST, LOST)
    await library.favourites.put([FAUST], "Kids")
    await library.marks.put([FAUST], Mark.FAVOURITE, on=False)
    with LibraryStore.open(paths.library_db("home")) as store:
        record_moved_ids(store.database, Kind.MOVIE.value, {"1": "2", "404": "405"}, at=int(time.time()))
    assert await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE) == {"405"}
    assert await library.undo.undo() is not None
    assert names(await library.favourites.list_entries("Kids")) == ["Faust"]
    assert await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE) == {"2", "405"}
    assert await library.undo.undo() is not None and await library.undo.undo() is not None
    assert not await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE)


async def test_what_was_done_can_be_undone_after_going_to_another_profile_and_back(tmp_path: Path) -> None:
    app_state = make_app_state(Paths.under(tmp_path).ensure())
    for name in ("home", "other"):
        ProfileStore(app_state.paths).add(Profile(name, "http://127.0.0.1:1", "u", password_source="file"), "p")

    async def open_library(profile: str) -> Library:
        await app_state.open_profile(profile)
        assert app_state.active is not None
        return app_state.active.library

    await keep(await open_library("home"), FAUST)
    assert await (await open_library("other")).undo.undo() is None
    undone = await (await open_library("home")).undo.undo()
    assert undone is not None and undone.words == "“Faust” is no longer in the favourites"
    await app_state.close()


# ------------------------------------------------------------------------------------------------------ quick
async def test_a_page_of_ten_thousand_favourites_takes_no_time_to_speak_of(library: Library, paths: Paths) -> None:
    with LibraryStore.open(paths.library_db("home")) as store:
        store.save_rows(Kind.MOVIE, [movie(number, f"Film {number}") for number in range(1, 6_000)])
    await keep(library, *(ItemRef(Kind.MOVIE, str(number), f"Film {number:05}") for number in range(1, 10_001)))
    view = await library.favourites.list_entries()
    assert view.total == 10_000
    view.items(0, 100)  # the first one reads the names of the categories
    began = time.process_time()
    pages = [view.items(start, start + 100) for start in range(0, 10_000, 500)]
    seconds = (time.process_time() - began) / len(pages)
    assert seconds < 0.05  # on a busy machine; a tenth of it on an idle one
    assert sum(found.is_gone for page in pages for found in page) == 800
