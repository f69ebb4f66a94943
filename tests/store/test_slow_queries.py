"""Slow queries are said once, with their plan and without what the user typed, and kept in a bounded file."""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path

import peewee
import pytest

from tests.support.rows import load, movie
from tui_app.catalog import Kind, Query
from tui_app.cli.log_file import start_logging
from tui_app.paths import Paths
from tui_app.store.database import LibraryDatabase
from tui_app.store.library_store import LibraryStore
from tui_app.store.slow_queries import KEPT, SlowQuery, append_slow_query, read_slow_queries, record_slow

TYPED = "my secret title"


@pytest.fixture
def all_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.store.database.SLOW_S", 0.0)


def settle() -> None:
    """Wait for the threads that ask for plans."""
    for thread in threading.enumerate():
        if thread.name == "slow query":
            thread.join()


def queries(caplog: pytest.LogCaptureFixture) -> list[SlowQuery]:
    settle()
    return [record.slow_query for record in caplog.records if hasattr(record, "slow_query")]


def test_a_question_that_takes_long_is_logged_with_its_plan_and_without_its_parameters(
    store: LibraryStore, caplog: pytest.LogCaptureFixture
) -> None:
    load(store, Kind.MOVIE, movie(1, TYPED))
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
    store.database.rows(endless + "SELECT max(i), (SELECT id FROM movie WHERE sort_key = ?) FROM n", (2_000_000, TYPED))
    (query,) = queries(caplog)
    assert query.ms > 100
    assert query.file == store.database.path.name
    assert any("movie USING" in step and "INDEX movie_name (sort_key=?)" in step for step in query.plan)
    assert TYPED not in caplog.text
    assert "movie_name" in caplog.text


@pytest.mark.usefixtures("all_are_slow")
def test_pages_searches_and_whole_lists_are_timed_and_all_have_plans(
    store: LibraryStore, caplog: pytest.LogCaptureFixture
) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"{TYPED} {number}", genre="Drama") for number in range(20)))
    store.ids(Query(Kind.MOVIE, sort="name"))
    store.page(Query(Kind.MOVIE, text=TYPED, genre="Drama"))
    store.search(TYPED)
    store.get_sync_status()
    found = queries(caplog)
    assert [query.plan for query in found if "no plan" in " ".join(query.plan)] == []
    assert TYPED not in caplog.text
    sql = " ".join(query.sql for query in found)
    for part in ("INDEXED BY movie_name", "MATCH", "json_each", 'FROM "sync_state"'):
        assert part in sql, part
    writes = [query.sql for query in found if query.sql.upper().startswith(("INSERT", "UPDATE", "DELETE", "CREATE"))]
    assert writes == []


def test_quick_questions_and_long_upkeep_are_not_logged(store: LibraryStore, caplog: pytest.LogCaptureFixture) -> None:
    load(store, Kind.MOVIE, movie(1))
    store.search("general")
    record_slow(store.database.path, "PRAGMA integrity_check", (), 9)
    record_slow(store.database.path, "INSERT INTO movie_names(movie_names) VALUES ('optimize')", (), 1.5)
    assert queries(caplog) == []
    record_slow(store.database.path, "DELETE FROM movie WHERE id = ?", (1,), 2.5)
    assert [query.sql for query in queries(caplog)] == ["DELETE FROM movie WHERE id = ?"]


def test_a_plan_that_can_not_be_had_says_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record_slow(tmp_path / "gone.db", "SELECT 1", (), 1)
    (query,) = queries(caplog)
    assert query.plan[0].startswith("no plan: ")


@pytest.mark.usefixtures("all_are_slow")
def test_an_interrupted_question_still_raises(store: LibraryStore) -> None:
    timer = threading.Timer(0.1, store.interrupt)
    timer.start()
    with pytest.raises((sqlite3.OperationalError, peewee.OperationalError), match="interrupt"):
        store.database.rows("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")
    timer.join()


def test_the_file_keeps_the_last_ones_and_reads_past_torn_lines(tmp_path: Path) -> None:
    path = tmp_path / "slow.jsonl"
    assert read_slow_queries(path) == ()
    for number in range(3 * KEPT):
        append_slow_query(path, SlowQuery(number, 101.5, "library-x.db", "SELECT 1", ("SCAN x", "  SEARCH y")))
    assert len(path.read_text().splitlines()) <= 2 * KEPT
    kept = read_slow_queries(path)
    assert [query.at for query in kept] == list(range(2 * KEPT, 3 * KEPT))
    assert kept[-1].plan == ("SCAN x", "  SEARCH y")
    with path.open("a") as file:
        file.write('{"at": 1\n[]\n"x"\n')
    assert read_slow_queries(path) == kept[3:]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("all_are_slow")
def test_they_land_in_the_log_and_in_their_file(store: LibraryStore, tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "home")
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        start_logging(paths)
        store.get_categories(Kind.MOVIE)
        settle()
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
    kept = read_slow_queries(paths.slow_queries_file)
    assert kept
    assert kept[-1].file == store.database.path.name
    log = paths.log_file.read_text()
    assert all(query.sql in log for query in kept)


def test_a_home_that_can_not_be_written_adds_no_trouble(tmp_path: Path, store: LibraryStore) -> None:
    (tmp_path / "home").write_text("a file where the folders should be")
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        start_logging(Paths.under(tmp_path / "home"))
        record_slow(store.database.path, "SELECT 1", (), 1)
        settle()
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
    assert isinstance(store.database, LibraryDatabase)
    assert store.count(Query(Kind.MOVIE)) == 0
