"""A library file that is damaged, newer, or being read while a sync writes it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from tests.faults.conftest import PROFILE, SIZES, Home
from tui_app.catalog import LISTED_KINDS, Kind, Query
from tui_app.demo import DemoPanel
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore


async def test_a_damaged_library_is_set_aside_and_a_new_one_filled(home: Home) -> None:
    await home.sync()
    for side in home.library.parent.glob(home.library.name + "-*"):
        side.unlink()
    damaged = b"SQLite format 3\0" + b"\xff" * 5000
    home.library.write_bytes(damaged)

    finished = await home.sync()

    assert finished.status == "completed"
    assert len(home.names(Kind.MOVIE)) == SIZES["movies"]
    (kept,) = home.library.parent.glob(home.library.name + ".damaged-*")
    assert kept.read_bytes() == damaged
    home.assert_sound()


async def test_a_library_of_a_newer_program_is_left_alone(home: Home) -> None:
    await home.sync()
    with closing(sqlite3.connect(home.library)) as database:
        database.execute("PRAGMA user_version = 9999")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = home.library.read_bytes()

    ran = home.command_line.run("sync", PROFILE, "--json", expect=1)
    home.command_line.run("list", "movies", expect=1)

    assert ran.document["error"]["code"] == "newer_library"
    assert ran.err.count("\n") == 1
    assert home.library.read_bytes() == before


async def test_a_reader_never_fails_and_sees_whole_parts_only_while_syncs_write(tmp_path: Path) -> None:
    with DemoPanel(channels=400, movies=600, series=400) as demo:
        home = Home(tmp_path / "home", demo.password)
        ProfileStore(home.paths.ensure()).add(Profile(PROFILE, demo.url, demo.username, "file"), demo.password)
        await home.sync()
        await _read_during_syncs(home, demo)


async def _read_during_syncs(home: Home, demo: DemoPanel) -> None:
    whole = {kind: {demo.library.count(kind, generation) for generation in range(4)} for kind in LISTED_KINDS}
    seen: dict[Kind, set[int]] = {kind: set() for kind in LISTED_KINDS}
    trouble: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        with LibraryStore.open(home.library, readonly=True) as store:
            while not done.is_set():
                try:
                    for kind in LISTED_KINDS:
                        seen[kind].add(store.page(Query(kind), limit=20).total)
                        store.search("the", kinds=(kind,))
                except Exception as error:  # noqa: BLE001  # whatever it is, the test must see it
                    trouble.append(error)
                    return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for generation, mode in ((1, "incremental"), (2, "full"), (3, "incremental")):
            demo.generation = generation
            assert (await home.sync(mode=mode)).status == "completed"
    finally:
        done.set()
        reader.join()

    assert trouble == []
    for kind in LISTED_KINDS:
        assert seen[kind] <= whole[kind]
        assert len(seen[kind]) > 1
