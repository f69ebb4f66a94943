"""`library.home`: what Home shows of a library and its user, and how little SQL that takes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.support.rows import category, channel, movie, series
from tui_app.catalog import ItemRef, Kind, Mark, Programme
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.store.connection import tracing
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.store.write.differences import ItemChange

#: So many statements at most, however large the library and the history are.
MOST_STATEMENTS = 60


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Movies of two categories, the later ones in the second; the newest sync brought two of them and a series."""
    found = Paths.under(tmp_path).ensure()
    with LibraryStore.open(found.library_db("home")) as store:
        store.save_categories(Kind.MOVIE, [category("c1", "Crime"), category("c2", "War", 1)])
        rows = [movie(n, f"Film {n}", "c1" if n <= 5 else "c2", added=n * 1_000) for n in range(1, 11)]
        store.save_rows(Kind.MOVIE, rows)
        store.save_rows(Kind.SERIES, [series(7, "Les Vampires", added=5_500)])
        store.save_rows(Kind.CHANNEL, [channel(3, "Three"), channel(4, "Four")])
        run = store.start_run("incremental", 100)
        new = [(Kind.MOVIE, "9"), (Kind.MOVIE, "10"), (Kind.SERIES, "7"), (Kind.MOVIE, "gone meanwhile")]
        store.record_changes(run, [ItemChange(kind, id, "", "added", {}) for kind, id in new])
        store.finish_run(run, "completed", 200)
        now = int(time.time())
        programme = Programme(now - 600, now + 600, "The Nine O'Clock News")
        store.guide.save_programmes("4", [programme], now, fresh_until=now + 900)
    return found


@pytest.fixture
async def library(paths: Paths) -> AsyncIterator[Library]:
    opened = Library(paths, "home")
    yield opened
    await opened.close()


async def test_without_a_history_it_shows_what_is_new_and_what_was_added_in_all_categories(library: Library) -> None:
    home = await library.home.read()
    assert {(new.kind, new.count) for new in home.new} == {(Kind.MOVIE, 2), (Kind.SERIES, 1)}
    assert [item.name for item in home.recent] == [
        *("Film 10", "Film 9", "Film 8", "Film 7", "Film 6", "Les Vampires", "Film 5"),
    ]
    assert not home.is_recent_watched
    assert (home.continuing, home.channels, home.folders) == ((), (), ())


async def test_what_was_added_is_of_the_categories_that_are_watched(library: Library) -> None:
    await library.watching.save_position(ItemRef(Kind.MOVIE, "1", "Film 1"), 1_200, 6_000)
    home = await library.home.read()
    assert [item.name for item in home.recent] == ["Film 5", "Film 4", "Film 3", "Film 2", "Film 1"]
    assert home.is_recent_watched
    assert [(one.ref.id, one.position_s) for one in home.continuing] == [("1", 1_200)]


async def test_favourite_channels_come_with_what_is_on(library: Library) -> None:
    refs = [ItemRef(Kind.CHANNEL, "3", "Three"), ItemRef(Kind.CHANNEL, "4", "Four"), ItemRef(Kind.CHANNEL, "99", "-")]
    await library.marks.put(refs, Mark.FAVOURITE, on=True)
    home = await library.home.read()
    titles = {item.name: guide.now and guide.now.title for item, guide in home.channels}
    assert titles == {"Three": None, "Four": "The Nine O'Clock News"}


async def test_only_folders_with_favourites_are_shown(library: Library) -> None:
    ref = ItemRef(Kind.MOVIE, "2", "Film 2")
    await library.marks.put([ref], Mark.FAVOURITE, on=True)
    await library.favourites.add_folder("Empty")
    await library.favourites.add_folder("Kids")
    await library.favourites.put([ref], "Kids")
    assert [(folder.name, folder.count) for folder in (await library.home.read()).folders] == [("Kids", 1)]


async def test_hidden_categories_stay_hidden_and_what_was_seen_is_no_longer_new(paths: Paths, library: Library) -> None:
    with UserStore(paths.user_db) as user:
        user.hide_categories("home", Kind.MOVIE, [("c2", "War")])
    home = await library.home.read()
    assert {new.kind for new in home.new} == {Kind.SERIES}
    assert not {"Film 6", "Film 10"} & {item.name for item in home.recent}
    await library.changes.mark_seen()
    assert (await library.home.read()).new == ()


async def test_without_the_users_file_it_shows_what_was_added(paths: Paths, library: Library) -> None:
    with UserStore(paths.user_db) as user:
        user.hide_categories("home", Kind.MOVIE, [])
    paths.user_db.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
    assert len((await library.home.read()).recent) == 7


async def test_it_takes_few_statements_however_much_was_watched(paths: Paths, measured: Callable[[str], None]) -> None:
    said: list[str] = []
    with tracing(said.append):
        library = Library(paths, "home")
        for number in range(1, 11):
            await library.watching.save_position(ItemRef(Kind.MOVIE, str(number), f"Film {number}"), 1_200, 6_000)
        await library.home.read()
        await library.watching.save_position(ItemRef(Kind.MOVIE, "3", "Film 3"), 1_300, 6_000)
        said.clear()
        await library.home.read()
        await library.close()
    measured(f"Home: {len(said)} statements")
    assert len(said) <= MOST_STATEMENTS
