"""Library files: opening, migrating, damage, kills, profiles beside each other, threads, upkeep."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import peewee
import pytest

from tests.support.present import present
from tests.support.rows import assert_sound, category, channel, dump, load, movie, series
from tui_app.catalog import Account, Changes, Details, Kind, PartState, Query
from tui_app.errors import LibraryError, NewerLibrary
from tui_app.paths import Paths
from tui_app.store import opening as files
from tui_app.store.database import columns_of, table_name
from tui_app.store.library_store import LibraryStore
from tui_app.store.maintenance.disk_use import clear_content_cache
from tui_app.store.migrations import LIBRARY, latest
from tui_app.store.migrations.runner import Step
from tui_app.store.models import EPG_MODELS, MODELS
from tui_app.store.opening import open_library
from tui_app.store.schema import TABLES
from tui_app.store.sync_models import SYNC_MODELS
from tui_app.store.user_models import USER_MODELS
from tui_app.store.write.sync_state import RowHashes, StoredPart


# ------------------------------------------------------------------------------------------- opening, migrating
def test_models_name_exactly_the_columns_that_migrations_make(store: LibraryStore, tmp_path: Path) -> None:
    with closing(files.open_user_file(tmp_path / "user.db")) as user:
        for database, models in ((store.database, (*MODELS, *EPG_MODELS, *SYNC_MODELS)), (user, USER_MODELS)):
            for model in models:
                table = table_name(model)
                made = {row[1] for row in database.rows(f"PRAGMA table_info({table})")}
                assert made == set(columns_of(model)), table


def test_a_full_load_rebuilds_exactly_the_indexes_that_migrations_make(store: LibraryStore) -> None:
    sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    before = store.database.rows(sql)
    for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES):
        load(store, kind)
    assert store.database.rows(sql) == before
    episode = set(TABLES[Kind.EPISODE].indexes.values())
    assert episode < {row[0] for row in before}


def test_a_missing_library_is_only_made_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "library-x.db"
    with pytest.raises(LibraryError):
        open_library(path, create=False)
    assert not path.exists()
    with LibraryStore.open(path) as store:
        assert store.count(Query(Kind.MOVIE)) == 0
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library-x.db"
    with LibraryStore.open(path) as store:
        store.database.run(f"PRAGMA user_version = {latest(LIBRARY) + 1}")
    with pytest.raises(NewerLibrary):
        open_library(path)
    assert [file.name for file in tmp_path.iterdir()] == ["library-x.db"]


def _open_newer(path: Path, step: Step) -> LibraryStore:
    """Open a file with a program that has one more migration."""
    return LibraryStore(open_library(path, family=replace(LIBRARY, steps=(*LIBRARY.steps, step))))


def _add_table(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE extra(a)")


def test_an_older_file_is_backed_up_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "library-x.db"
    with LibraryStore.open(path) as store:
        load(store, Kind.MOVIE, movie(1, "A"))
    with _open_newer(path, _add_table) as store:
        assert dump(store, "extra") == []
        assert dump(store, "movie", "name") == [("A",)]
    with closing(sqlite3.connect(tmp_path / f"library-x.db.backup-v{latest(LIBRARY)}")) as backup:
        assert backup.execute("PRAGMA user_version").fetchone() == (latest(LIBRARY),)
        assert backup.execute("SELECT name FROM movie").fetchall() == [("A",)]


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "library-x.db"
    with LibraryStore.open(path) as store:
        load(store, Kind.MOVIE, movie(1, "A"))

    def fails_halfway(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM movie")
        connection.execute("nonsense")

    with pytest.raises(LibraryError):
        _open_newer(path, fails_halfway)
    with LibraryStore.open(path) as store:
        assert dump(store, "movie", "name") == [("A",)]
        assert_sound(store)


@pytest.mark.parametrize("content", [b"this is no database at all" * 50, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_library_is_set_aside_and_a_new_one_started(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library-x.db"
    path.write_bytes(content)
    with LibraryStore.open(path) as store:
        aside = store.database.set_aside
        assert aside is not None
        assert aside.name.startswith("library-x.db.damaged-")
        assert aside.read_bytes() == content
        load(store, Kind.MOVIE, movie(1))
        assert_sound(store)
    path.write_bytes(content)
    with LibraryStore.open(path) as store:
        assert store.database.set_aside not in (None, aside)


# ------------------------------------------------------------------------------------------ kills, concurrency
_WRITER = """
import sys
from pathlib import Path
from tests.support.rows import movie
from tui_app.catalog import Kind
from tui_app.store.library_store import LibraryStore
with LibraryStore.open(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    for round in range(10**6):
        rows = [movie(id, f"Round {round} number {id}", plot=f"plot {round}") for id in range(3000)]
        if round % 2:
            store.apply(Kind.MOVIE, upserts=[(row, 0) for row in rows])
        else:
            with store.rewriting(Kind.MOVIE) as load:
                load.add(rows, list(range(3000)))
            store.index_texts(Kind.MOVIE)
"""


def test_a_kill_at_any_moment_leaves_a_sound_file_with_whole_parts(tmp_path: Path) -> None:
    path = tmp_path / "library-x.db"
    for delay in (0.05, 0.13, 0.21, 0.34, 0.55, 0.4):
        with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert present(writer.stdout).readline() == b"ready\n"
            time.sleep(delay)  # the moment of the kill is the point of the test
            writer.send_signal(signal.SIGKILL)
        with LibraryStore.open(path) as store:
            assert_sound(store)
            rounds = {name.split()[1] for (name,) in dump(store, "movie", "name")}
            assert len(rounds) <= 1
            assert store.count(Query(Kind.MOVIE)) in (0, 3000)


def test_readers_never_fail_nor_see_half_a_part_while_another_thread_writes(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(id, f"Round 0 {id}") for id in range(500)))
    stop = threading.Event()
    seen: list[set[str]] = []
    trouble: list[Exception] = []

    def read() -> None:
        with LibraryStore.open(store.database.path, readonly=True) as reader:
            try:
                while not stop.is_set():
                    page = reader.page(Query(Kind.MOVIE, sort="name"), limit=None)
                    seen.append({item.name.split()[1] for item in page.items})
                    reader.search("round 500")
                    reader.get_categories(Kind.MOVIE)
            except (peewee.DatabaseError, sqlite3.Error, IndexError) as error:
                trouble.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for round in range(1, 9):
        rows = [movie(id, f"Round {round} {id}") for id in range(500)]
        if round % 2:
            store.apply(Kind.MOVIE, upserts=[(row, 0) for row in rows])
        else:
            load(store, Kind.MOVIE, *rows)
    stop.set()
    for reader in readers:
        reader.join()
    assert not trouble
    assert seen
    assert all(len(rounds) == 1 for rounds in seen)


def test_one_store_serves_several_threads_each_with_its_own_connection(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A"))
    found: list[int] = []

    def ask() -> None:
        with pytest.raises(peewee.InterfaceError):
            store.count(Query(Kind.MOVIE))  # nothing connects by itself
        store.connect()
        found.append(store.page(Query(Kind.MOVIE)).total)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1]


def test_a_running_query_is_interrupted_from_another_thread(store: LibraryStore) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    timer = threading.Timer(0.1, store.interrupt)
    timer.start()
    with pytest.raises((peewee.OperationalError, sqlite3.OperationalError), match="interrupt"):
        store.database.value(endless)
    timer.join()


def test_a_read_only_library_refuses_to_write(store: LibraryStore) -> None:
    with (
        LibraryStore.open(store.database.path, readonly=True) as reader,
        pytest.raises(peewee.OperationalError, match="readonly"),
    ):
        reader.save_rows(Kind.MOVIE, [movie(1)])


def test_two_profiles_open_at_once_never_mix(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).ensure()
    with LibraryStore.open(paths.library_db("a")) as one, LibraryStore.open(paths.library_db("b")) as two:
        load(one, Kind.MOVIE, movie(1, "Only in A", cast="Ann"))
        load(two, Kind.MOVIE, movie(1, "Only in B"), movie(2, "More"))
        one.save_categories(Kind.MOVIE, [category("1", "A cat")])
        assert [item.name for item in one.page(Query(Kind.MOVIE)).items] == ["Only in A"]
        assert one.search("only").total == two.search("only").total == 1
        assert two.search("ann").total == 0
        assert [c.name for c in two.get_categories(Kind.MOVIE)] == ["Uncategorised"]
        one.apply(Kind.MOVIE, removed=[1])
        assert two.count(Query(Kind.MOVIE)) == 2
    assert clear_content_cache(paths, "a") > 0
    assert not paths.library_db("a").exists()
    with LibraryStore.open(paths.library_db("b"), create=False) as two:
        assert two.count(Query(Kind.MOVIE)) == 2


# --------------------------------------------------------------------------------------------- state of syncs
def test_a_manifest_comes_back_as_it_was_written(store: LibraryStore) -> None:
    assert store.read_row_hashes(Kind.MOVIE) is None
    manifest = RowHashes(numbers_digest=-(2**63))
    manifest.hashes.extend([2**63 - 1, -5, 0])
    manifest.keys.extend([1, -1, 2**53])
    store.write_row_hashes(Kind.MOVIE, manifest)
    assert store.read_row_hashes(Kind.MOVIE) == manifest
    manifest.keys.pop()
    with pytest.raises(ValueError, match="key"):
        store.write_row_hashes(Kind.MOVIE, manifest)


def test_the_state_of_a_part_comes_back_as_it_was_written(store: LibraryStore) -> None:
    assert store.read_part_state("movies").state.status == "never"
    first = StoredPart(PartState("movies", "completed", 10, 10), "digest", 7)
    held = StoredPart(PartState("movies", "partial", 20, 10, "pending", 2), None, 5, frozenset({-1, 4}))
    for stored in (first, held):
        store.write_part_state(stored)
        assert store.read_part_state("movies") == stored
    assert store.get_sync_status() == {"movies": held.state}


def test_writes_of_a_part_become_visible_together_or_not_at_all(store: LibraryStore) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.save_categories(Kind.MOVIE, [category("1", "One")])
        store.apply(Kind.MOVIE, upserts=[(movie("x1", "A", "1", genre="Drama"), 0)])
        store.write_part_state(StoredPart(PartState("movies", "completed", 1, 1)))
        raise RuntimeError
    for table in ("movie", "category", "genre", "id_map", "sync_state"):
        assert dump(store, table) == []
    assert store.apply(Kind.MOVIE, upserts=[(movie("x1", "A", "1", genre="Drama"), 0)]).added == 1
    assert_sound(store)


def test_the_account_is_remembered(store: LibraryStore) -> None:
    assert store.get_account() is None
    account = Account(expires=5, output_formats=("ts",), warnings=("w",))
    store.save_account(account)
    assert store.get_account() == account


# ----------------------------------------------------------------------------------------------------- upkeep
def test_stats_say_what_a_library_holds(store: LibraryStore) -> None:
    assert store.get_cache_stats("p").is_empty
    store.save_categories(Kind.MOVIE, [category("1", "One")])
    load(store, Kind.MOVIE, movie(1, "A", "1"), movie(2, "B", "404"))
    store.write_part_state(StoredPart(PartState("movies", "completed", 10, 10)))
    stats = store.get_cache_stats("p")
    assert (stats.profile, stats.counts[Kind.MOVIE], stats.category_counts[Kind.MOVIE]) == ("p", 2, 1)
    assert stats.last_success == 10
    assert stats.library_bytes > 10_000


def test_a_check_finds_what_is_wrong(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A"), movie(2, "B"))
    assert store.check().is_sound
    store.database.run("UPDATE movie SET fold = 'other' WHERE id = 1")
    report = store.check()
    assert not report.is_sound
    assert "movie_names" in report.problems[0]


def test_compacting_gives_space_back(store: LibraryStore) -> None:
    load(store, Kind.SERIES, *(series(id, f"Series {id}", plot="word " * 200) for id in range(2000)))
    store.compact()
    size = store.database.path.stat().st_size
    assert store.apply(Kind.SERIES, removed=range(100, 2000)) == Changes(100, removed=1900, rows_written=1900)
    store.compact()
    assert store.database.path.stat().st_size < size / 3
    assert_sound(store)


def test_channels_load_without_texts(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, channel(1, "A"))
    assert store.texts_ready(Kind.CHANNEL)
    load(store, Kind.MOVIE, movie(1))
    store.save_movie_details("1", Details(plot="x"), 1)
    assert store.index_texts(Kind.CHANNEL) == 0


def test_opening_a_library_loads_nothing_that_the_first_list_does_not_need() -> None:
    program = (
        "import sys, tui_app.store.library_store, tui_app.store.user.user_store, tui_app.store.maintenance.disk_use;"
        "print(sorted({'rapidfuzz', 'httpx', 'textual', 'msgspec', 'apscheduler', 'keyring'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
