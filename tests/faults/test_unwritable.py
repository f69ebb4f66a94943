"""A full disk, a read-only medium, a folder that may not be written: the library is read, and it is said why nothing is
kept."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults import machine
from tests.faults.conftest import PROFILE, SIZES, Home
from tests.screens.driving import running
from tui_app.catalog import Kind, Mark, Query
from tui_app.errors import LibraryError
from tui_app.library import Library
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

Counted = Callable[[str], None]


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """All folders of a home on a disk with no byte left."""
    held = folder.with_name("held")
    shutil.copytree(folder, held)
    shutil.rmtree(folder)
    folder.mkdir()
    with machine.small_disk(folder, 4096):
        shutil.copytree(held, folder, dirs_exist_ok=True)
        fill(folder / "filler")
        try:
            yield
        finally:
            (folder / "filler").unlink(missing_ok=True)
            for path in folder.iterdir():
                if path.is_dir():  # `small_disk` takes files along
                    shutil.rmtree(held / path.name, ignore_errors=True)
                    shutil.copytree(path, held / path.name)
    shutil.copytree(held, folder, dirs_exist_ok=True)


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(4096))


UNWRITABLE: dict[str, tuple[Callable[[Path], AbstractContextManager[None]], str]] = {
    "full disk": (full_disk, "the disk is full"),
    "read-only disk": (machine.read_only_disk, "the folder is read-only"),
}
READ = (
    ("list", "movies", "--json"),
    ("search", "the"),
    ("stats", "--json"),
    ("changes", "--json"),
    ("export", "movies", "--format", "csv", "-o", "-"),
    ("profile", "list", "--json"),
)


@pytest.fixture
async def synced(home: Home) -> Home:
    await home.sync()
    with UserStore(home.paths.user_db) as user:
        user.set_mark(PROFILE, Kind.MOVIE, "100001", Mark.FAVOURITE, "The General")
    return home


@pytest.mark.parametrize("case", UNWRITABLE)
async def test_what_reads_the_library_goes_on(case: str, synced: Home, tmp_path: Path) -> None:
    what, why = UNWRITABLE[case]
    said = {command: synced.command_line.run(*command).out for command in READ}
    movie = str(next(iter(synced.names(Kind.MOVIE))))
    for shared in synced.paths.data.glob("*-shm"):  # left by a reader; while it is there nothing has to be made
        shared.unlink()
    with what(synced.folder):
        for command, before in said.items():
            ran = synced.command_line.run(*command)
            assert ran.out == before, command
            assert why in ran.err, command
            assert ran.err.count("\n") == 1, command
        synced.command_line.run("show", "movie", movie, "--offline")
        synced.command_line.run("url", "movie", movie)
        backup = tmp_path / "taken.zip"
        synced.command_line.run("backup", str(backup))
        assert backup.stat().st_size > 500
        failed = synced.command_line.run("sync", PROFILE, expect=1)
        assert "unexpectedly" not in failed.err

    assert synced.command_line.run("list", "movies", "--json").err == ""


@pytest.mark.parametrize("case", UNWRITABLE)
async def test_commits_that_are_only_in_the_log_are_read(case: str, synced: Home) -> None:
    what, _ = UNWRITABLE[case]
    other = synced.library.with_name("killed.db")
    with closing(sqlite3.connect(synced.library, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE movie SET name = 'Only in the log' WHERE id = (SELECT min(id) FROM movie)")
        for ending in ("", "-wal"):  # as a kill leaves them
            shutil.copy(f"{synced.library}{ending}", f"{other}{ending}")
    for ending in ("", "-wal"):
        Path(f"{other}{ending}").replace(f"{synced.library}{ending}")

    with what(synced.folder), LibraryStore.open(synced.library, readonly=True) as store:
        names = [item.name for item in store.page(Query(Kind.MOVIE), limit=None).items]
    assert len(names) == SIZES["movies"]
    assert "Only in the log" in names


@pytest.mark.parametrize("case", UNWRITABLE)
async def test_marks_are_read_and_who_sets_one_is_told(case: str, synced: Home) -> None:
    what, why = UNWRITABLE[case]
    with what(synced.folder), UserStore(synced.paths.user_db) as user:
        assert user.ids_with(PROFILE, Kind.MOVIE, Mark.FAVOURITE) == {"100001"}
        with pytest.raises(LibraryError, match=why):
            user.set_mark(PROFILE, Kind.MOVIE, "100002", Mark.FAVOURITE, "Nosferatu")


@pytest.mark.parametrize("case", UNWRITABLE)
async def test_without_files_there_is_an_empty_library_and_no_marks(case: str, home: Home) -> None:
    what, why = UNWRITABLE[case]
    home.paths.ensure()
    with (
        what(home.folder),
        LibraryStore.open(home.library, readonly=True) as store,
        UserStore(home.paths.user_db) as user,
    ):
        assert store.database.unwritable == why
        assert store.page(Query(Kind.MOVIE)).total == 0
        assert user.recent_searches(PROFILE) == ()
    assert [path for path in home.paths.data.glob("*.db") if path.stat().st_size] == []


async def test_the_app_reads_on_and_writes_again_when_there_is_room(synced: Home) -> None:
    with full_disk(synced.folder):
        library = Library(synced.paths, PROFILE)
        view = await library.list_items(Query(Kind.MOVIE))
        assert view.total == SIZES["movies"]
        assert library.unwritable == "the disk is full"
        assert not await library.was_replaced()
        assert (await library.search("the")) is not None

        (synced.folder / "filler").unlink()
        assert await library.was_replaced()
        await library.close()
        library = Library(synced.paths, PROFILE)
        await library.list_items(Query(Kind.MOVIE))
        assert library.unwritable == ""
        await library.close()


@pytest.mark.parametrize("case", UNWRITABLE)
async def test_the_app_says_why_nothing_is_kept_and_shows_the_library(case: str, synced: Home) -> None:
    make, words = UNWRITABLE[case]
    with make(synced.folder):
        async with running(synced.paths) as driver:
            await driver.go("movies")
            await driver.rows_shown()
            await driver.until(lambda: driver.says(words), "the reason in the bar")
            await driver.press("f")
            await driver.until(lambda: words in driver.toasts(), "the reason at the mark")
            assert driver.list.total == SIZES["movies"]


def test_a_folder_that_may_not_be_written_is_read() -> None:
    with machine.folder_of_nobody() as folder, machine.as_nobody():
        path = folder / "user.db"
        with UserStore(path) as user:
            user.set_mark(PROFILE, Kind.MOVIE, "1", Mark.FAVOURITE, "One")
        folder.chmod(0o500)
        with UserStore(path) as user:
            assert user.unwritable == "the folder is read-only"
            assert user.ids_with(PROFILE, Kind.MOVIE, Mark.FAVOURITE) == {"1"}
        folder.chmod(0o700)
        assert list(folder.iterdir()) == [path]
