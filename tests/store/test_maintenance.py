"""The life of a library file: what a check finds, what compacting and letting go give back, nothing dear goes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.old_files import fill
from tests.support.rows import assert_sound, channel, connection_of, dump, load, movie, series
from tui_app.catalog import Details, Episode, Kind, PartState, Programme, Query, Season
from tui_app.errors import Busy, Cancelled, DamagedLibrary, LibraryError
from tui_app.paths import Paths
from tui_app.store.library_store import LibraryStore
from tui_app.store.maintenance.compaction import compact, file_bytes, give_back, tidy, tidy_quietly
from tui_app.store.maintenance.disk_use import delete_leftover, disk_use, file_facts
from tui_app.store.maintenance.integrity import check, check_user_file
from tui_app.store.maintenance.space import KEPT_CHANGE_LISTS, OLD_DETAILS_DAYS, drop, droppable
from tui_app.store.write.differences import ItemChange
from tui_app.store.write.sync_state import RowHashes, StoredPart

DAY = 86_400
NOW = 1_000 * DAY
OLD = NOW - (OLD_DETAILS_DAYS + 1) * DAY
WIDE = {"plot": "a long story " * 60}


@pytest.fixture
def wide(store: LibraryStore) -> LibraryStore:
    """A library with gaps: most of its series have left."""
    load(store, Kind.SERIES, *(series(number, f"Series {number}", **WIDE) for number in range(2_000)))
    store.apply(Kind.SERIES, removed=range(100, 2_000))
    return store


# ------------------------------------------------------------------------------------------------------- check
def test_a_sound_library_has_no_problems_and_each_step_is_said(store: LibraryStore) -> None:
    fill(store)
    steps: list[str] = []
    assert check(store.database, steps.append).is_sound
    assert steps == ["pages and indexes", "search tables", "texts", "references", "list of the last sync"]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("UPDATE movie SET fold = 'other' WHERE id = 1", "movie_names"),
        ("DELETE FROM series WHERE id = 2", "1 episodes of no series"),
        ("INSERT INTO movie_details VALUES (999, 1, 0, '{}')", "1 details of no movie"),
        ("UPDATE movie SET category = 77 WHERE id = 3", "1 movies in unknown categories"),
        ("UPDATE meta SET value = 'x' WHERE name = 'revision'", "revision"),
        ("PRAGMA foreign_keys = off; UPDATE sync_change SET run = 77", "sync_run"),
    ],
)
def test_a_check_names_what_does_not_fit(store: LibraryStore, harm: str, words: str) -> None:
    fill(store)
    connection_of(store).executescript(harm)
    problems = check(store.database).problems
    assert any(words in problem for problem in problems), problems


def test_a_check_finds_items_that_no_sync_would_bring_back(store: LibraryStore) -> None:
    fill(store)
    manifest = RowHashes()
    manifest.hashes.extend([1, 2, 3])
    manifest.keys.extend([1, 888, -(1 << 62)])
    store.write_row_hashes(Kind.MOVIE, manifest)
    assert check(store.database).problems == (
        "1 movies that the last sync listed are missing; a full sync brings them back",
    )


def test_a_check_finds_broken_pages(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"Film {number}") for number in range(3_000)))
    store.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    path = store.database.path
    store.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8_192] = b"\xff" * 8_192
    path.write_bytes(content)
    with LibraryStore.open(path) as damaged:
        report = check(damaged.database)
    assert not report.is_sound
    assert len(report.problems) <= 4 * 8
    assert all("\n" not in problem for problem in report.problems)


def test_a_check_beside_a_writer_says_busy_and_no_false_alarm(
    store: LibraryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    store.database.run("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(store.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            check(store.database)
        with pytest.raises(Busy):
            compact(store.database)


def test_a_users_file_is_checked_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    assert check_user_file(path).is_sound
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    assert not check_user_file(path).is_sound
    assert [file.name for file in tmp_path.iterdir()] == ["user.db"]


# ----------------------------------------------------------------------------------------------------- compacting
def test_compacting_gives_space_back_and_readers_go_on(wide: LibraryStore) -> None:
    steps: list[str] = []
    with LibraryStore.open(wide.database.path, readonly=True) as reader:
        before = reader.page(Query(Kind.SERIES, sort="name"))
        done = compact(wide.database, steps.append)
        assert reader.page(Query(Kind.SERIES, sort="name")) == before
        assert reader.search("series 42").total > 0
    assert done.after < done.before / 3
    assert done.freed == done.before - done.after
    assert done.after == file_bytes(wide.database.path)
    assert steps == ["merging the search tables", "rewriting the file", "giving the space back"]
    assert_sound(wide)


def test_compacting_asks_for_room_first(wide: LibraryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage(10**9, 10**9, 1_000))
    before = wide.database.path.read_bytes()
    with pytest.raises(LibraryError, match=r"needs \d+ MB free"):
        compact(wide.database)
    assert wide.database.path.read_bytes() == before


def test_compacting_is_stopped_by_an_interruption_and_changes_nothing(wide: LibraryStore) -> None:
    rows = dump(wide, "series")

    done = threading.Event()

    def interrupt_until_done() -> None:
        while not done.wait(0.001):  # one that comes before the statement runs is lost
            wide.interrupt()

    interrupting = threading.Thread(target=interrupt_until_done)

    def interrupt_soon(step: str) -> None:
        if step == "rewriting the file":
            interrupting.start()

    load(wide, Kind.MOVIE, *(movie(number, f"Film {number}", **WIDE) for number in range(8_000)))
    try:
        with pytest.raises(Cancelled):
            compact(wide.database, interrupt_soon)
    finally:
        done.set()
        interrupting.join()
    assert dump(wide, "series") == rows
    assert_sound(wide)


_COMPACTS = """
import sys
from pathlib import Path
from tui_app.store.maintenance.compaction import compact
from tui_app.store.opening import open_library
database = open_library(Path(sys.argv[1]))
while True:
    compact(database, lambda step: print(step, flush=True))
    database.run("CREATE TABLE IF NOT EXISTS extra(a)")
    database.run("INSERT INTO extra SELECT randomblob(2000) FROM series")
    database.run("DELETE FROM extra")
"""


@pytest.mark.parametrize("delay", [0.0, 0.004, 0.012, 0.03])
def test_a_kill_while_compacting_loses_nothing(wide: LibraryStore, delay: float) -> None:
    rows = dump(wide, "series")
    path = wide.database.path
    wide.close()
    with subprocess.Popen([sys.executable, "-c", _COMPACTS, str(path)], stdout=subprocess.PIPE) as compacting_:
        assert compacting_.stdout is not None
        for line in compacting_.stdout:
            if line == b"rewriting the file\n":
                break
        time.sleep(delay)  # the moment of the kill is the point of the test
        compacting_.send_signal(signal.SIGKILL)
    with LibraryStore.open(path) as store:
        assert dump(store, "series") == rows
        assert_sound(store)


def test_after_a_sync_only_many_free_pages_go_back(wide: LibraryStore) -> None:
    assert tidy(wide.database) > 1_000_000
    assert wide.database.value("PRAGMA freelist_count") == 0
    assert wide.database.path.with_name(wide.database.path.name + "-wal").stat().st_size == 0
    before = wide.database.value("PRAGMA page_count")
    wide.apply(Kind.SERIES, removed=range(90, 100))
    assert wide.database.value("PRAGMA freelist_count") > 0
    tidy(wide.database)
    assert wide.database.value("PRAGMA page_count") == before  # the next sync fills them
    assert_sound(wide)


def test_trouble_while_tidying_is_logged_and_no_trouble_of_the_sync(
    wide: LibraryStore, caplog: pytest.LogCaptureFixture
) -> None:
    with LibraryStore.open(wide.database.path, readonly=True) as reader:
        tidy_quietly(reader.database)
    assert "could not be tidied" in caplog.text
    with caplog.at_level("INFO"):
        tidy_quietly(wide.database)
    assert "given back" in caplog.text


def test_a_file_without_incremental_vacuum_is_left_as_it_is(tmp_path: Path) -> None:
    with LibraryStore.open(tmp_path / "library-x.db") as store:
        load(store, Kind.MOVIE, *(movie(number, f"Film {number}", **WIDE) for number in range(500)))
        store.database.run("PRAGMA auto_vacuum = NONE")
        store.database.run("VACUUM")
        store.apply(Kind.MOVIE, removed=range(10, 500))
        free = store.database.value("PRAGMA freelist_count")
        assert free > 0
        give_back(store.database)
        assert store.database.value("PRAGMA freelist_count") == free


# ------------------------------------------------------------------------------------------------- letting go
def offers(store: LibraryStore, keep: dict[Kind, frozenset[str]] | None = None) -> dict[str, tuple[int, int]]:
    return {offer.name: (offer.count, offer.bytes) for offer in droppable(store.database, keep or {}, now=NOW)}


def test_nothing_is_offered_that_does_not_exist(store: LibraryStore) -> None:
    assert offers(store) == {}
    load(store, Kind.MOVIE, movie(1))
    assert offers(store) == {}


def detailed(store: LibraryStore) -> None:
    """Movies 1 and 2 and series 1 to 3 have old details, movie 3 new ones; series 3 has an episode."""
    load(store, Kind.MOVIE, *(movie(number) for number in range(1, 4)))
    load(store, Kind.SERIES, *(series(number) for number in range(1, 4)))
    for number, at in ((1, OLD), (2, OLD), (3, NOW)):
        store.save_movie_details(str(number), Details(plot="p" * 5_000), at)
    for number in (1, 2, 3):
        episodes = tuple(Episode(f"{number}{e}", 1, e, f"Part {e} of {number}", plot="q" * 900) for e in range(9))
        store.save_series_details(str(number), Details(seasons=(Season(1, "One", episodes=episodes),)), OLD)


def test_old_details_go_but_not_those_of_favourites(store: LibraryStore) -> None:
    detailed(store)
    keep = {Kind.MOVIE: frozenset({"2"}), Kind.SERIES: frozenset({"1"}), Kind.EPISODE: frozenset({"34"})}
    assert offers(store)["details"][0] == 5
    count, size = offers(store, keep)["details"]
    assert count == 2
    assert 10_000 < size < 40_000
    freed = drop(store.database, "details", keep, now=NOW)
    assert freed > 0
    assert [row[0] for row in dump(store, "movie_details", "id")] == [2, 3]
    assert [row[0] for row in dump(store, "series_details", "id")] == [1, 3]
    assert {row[0] for row in dump(store, "episode", "series")} == {1, 3}
    for name, remains in (("Part 4 of 1", True), ("Part 4 of 2", False)):
        assert (name in {hit.item.name for hit in store.search(name, kinds=(Kind.EPISODE,)).hits}) is remains
    assert len(dump(store, "movie")) == len(dump(store, "series")) == 3
    assert offers(store, keep) == {}
    assert_sound(store)


def test_only_the_newest_change_lists_and_no_guide_stay(store: LibraryStore) -> None:
    for number in range(KEPT_CHANGE_LISTS + 3):
        run = store.start_run("incremental", number)
        store.record_changes(run, [ItemChange(Kind.MOVIE, str(run), "A", "changed", {"plot": ("x" * 90, "y")})] * 2)
        store.finish_run(run, "completed", number)
    load(store, Kind.CHANNEL, channel(1, "One"))
    store.guide.save_programmes("1", (Programme(2, 3, "News"),), 2, fresh_until=3)
    assert {name: count for name, (count, _) in offers(store).items()} == {"guide": 1, "changes": 6}
    drop(store.database, "guide", {})
    drop(store.database, "changes", {})
    assert offers(store) == {}
    assert {row[0] for row in dump(store, "sync_change", "run")} == {4, 5, 6, 7, 8}
    assert dump(store, "programme") == []
    assert len(dump(store, "sync_run")) == KEPT_CHANGE_LISTS + 3


def test_vanished_items_go_but_not_favourites_and_come_back_as_new_when_listed_again(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"Film {number}") for number in range(10)))
    manifest = RowHashes()
    manifest.hashes.extend(range(100, 110))
    manifest.keys.extend(range(10))
    store.write_row_hashes(Kind.MOVIE, manifest)
    held = StoredPart(PartState("movies", "partial", 5, 4, "4 fewer", 4), "r:", 10, frozenset({1, 2, 3, 4}), "d")
    store.write_part_state(held)
    keep = {Kind.MOVIE: frozenset({"3"})}
    assert offers(store, keep)["vanished"][0] == 3

    drop(store.database, "vanished", keep)

    assert [row[0] for row in dump(store, "movie", "id")] == [0, 3, 5, 6, 7, 8, 9]
    after = store.read_row_hashes(Kind.MOVIE)
    assert after is not None
    assert after.keys.tolist() == [0, 3, 5, 6, 7, 8, 9]
    assert after.hashes.tolist() == [100, 103, 105, 106, 107, 108, 109]
    part = store.read_part_state("movies")
    assert (part.pending_keys, part.state.pending_removals, part.total, part.state.status) == (
        frozenset({3}),
        1,
        7,
        "partial",
    )
    assert check(store.database).is_sound
    drop(store.database, "vanished", {})
    assert store.read_part_state("movies").state == PartState("movies", "completed", 5, 4, "", 0)


def test_categories_and_marks_are_never_offered(store: LibraryStore) -> None:
    fill(store)
    before = dump(store, "category")
    for name in ("details", "guide", "changes", "vanished"):
        drop(store.database, name, {}, now=NOW)
    assert dump(store, "category") == before
    assert_sound(store)


# --------------------------------------------------------------------------------------------------- disk use
def test_the_use_of_the_disk_is_told_by_purpose_and_leftovers_can_go(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).ensure()
    for name in ("home", "other"):
        LibraryStore.open(paths.library_db(name)).close()
    library = paths.library_db("home")
    damaged = library.with_name(f"{library.name}.damaged-20240101-000000")
    damaged.write_bytes(b"x" * 1_000)
    damaged.with_name(damaged.name + "-wal").write_bytes(b"y" * 500)
    backup = library.with_name(f"{library.name}.backup-v1")
    backup.write_bytes(b"z" * 300)
    os.utime(backup, (5, 5))
    (tmp_path / "data" / "library-home2.db.backup-v1").write_bytes(b"of another profile")
    paths.log_file.write_text("lines")
    used = disk_use(paths, "home")
    assert [(left.path.name, left.bytes, left.is_backup) for left in used.leftovers] == [
        (damaged.name, 1_500, False),
        (backup.name, 300, True),
    ]
    assert used.library == library.stat().st_size
    assert used.other_libraries == paths.library_db("other").stat().st_size
    assert (used.user, used.logs) == (0, 5)
    assert used.total == used.library + 1_800
    assert delete_leftover(damaged) == 1_500
    assert [left.path.name for left in disk_use(paths, "home").leftovers] == [backup.name]
    with pytest.raises(LibraryError):
        delete_leftover(library)
    assert library.exists()


def test_a_file_tells_its_version_pages_and_largest_parts(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"Film {number}", **WIDE) for number in range(200)))
    facts = file_facts(store.database)
    assert facts.version == store.database.value("PRAGMA user_version")
    assert facts.pages * facts.page_bytes >= 100_000
    if facts.parts:  # some builds of SQLite can't tell
        assert facts.parts[0].name == "movie_text"
        assert "movie_names" in [part.name for part in facts.parts]
        told = sum(part.bytes for part in facts.parts)
        assert 0.95 < told / ((facts.pages - facts.free_pages) * facts.page_bytes) <= 1


def test_a_library_that_lost_its_revision_says_that_it_is_damaged(store: LibraryStore) -> None:
    fill(store)
    store.database.run("DELETE FROM meta WHERE name = 'revision'")
    with pytest.raises(DamagedLibrary):
        store.page(Query(Kind.MOVIE))
    assert not check(store.database).is_sound
