"""The upkeep commands: check, compact, and what is said of a profile that grew too large."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing

import pytest

from tests.cli.conftest import PASSWORD, USERNAME
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.table_damage import spoil_table
from tui_app.store.library_store import LibraryStore
from tui_app.store.slow_queries import read_slow_queries
from tui_app.sync.lock import SyncLock


def test_compacting_says_what_it_was_and_is(synced: Cli) -> None:
    assert "is now" in synced("cache", "compact").out
    document = synced.json("cache", "compact", "--yes")
    library = synced.paths.library_db("home")
    assert document["profile"] == "home"
    assert document["bytes_after"] == library.stat().st_size
    assert document["bytes_freed"] == max(0, document["bytes_before"] - document["bytes_after"])
    assert synced.json("cache", "check")["sound"]
    assert synced.json("search", "the")["total"] > 0


def test_without_a_library_there_is_nothing_to_look_after(synced: Cli) -> None:
    synced("cache", "clear", "--yes")
    assert synced.json("cache", "compact", expect=1)["error"]["code"] == "not_found"
    assert synced.json("cache", "check")["problems"] == []
    assert not synced.paths.library_db("home").exists()


def test_the_command_that_fetches_a_cleared_library_again_can_be_pasted(synced: Cli) -> None:
    synced("profile", "add", "two words", "--url", "127.0.0.1:9/get.php?username=u&password=p4ss", "--no-test")
    assert "xtream-tui sync 'two words'" in synced("--profile", "two words", "cache", "clear", "--yes").out


def test_compacting_waits_for_no_sync_and_says_who_holds_the_profile(synced: Cli) -> None:
    with SyncLock(synced.paths.sync_lock("home"), "home"):
        assert synced.json("cache", "compact", expect=5)["error"]["code"] == "busy"
        assert synced.json("cache", "check")["sound"]  # reads beside it
    with SyncLock(synced.paths.sync_lock("home"), "home", "compacting"):
        assert "being looked after: compacting" in synced.json("sync", expect=5)["error"]["message"]


def test_a_check_looks_at_the_marks_too(synced: Cli) -> None:
    content = b"SQLite format 3\0" + b"\xff" * 5_000
    synced.paths.user_db.write_bytes(content)
    document = synced.json("cache", "check", expect=1)
    assert all(problem.startswith("user.db: ") for problem in document["problems"])
    assert "recovers what can be read" in synced("cache", "check", expect=1).out
    assert synced.paths.user_db.read_bytes() == content


def test_a_check_of_an_unreadable_library_says_where_it_is_kept(synced: Cli) -> None:
    synced.paths.library_db("home").write_bytes(b"no database" * 900)
    (problem,) = synced.json("cache", "check", expect=1)["problems"]
    assert ".damaged-" in problem
    assert synced.json("sync")["movies"]["total"] == 240


def test_a_profile_that_is_too_large_is_said_to_people_and_to_scripts(synced: Cli) -> None:
    on_disk = synced.json("stats")["size"]
    assert on_disk["bytes"] >= synced.paths.library_db("home").stat().st_size
    assert (on_disk["limit_bytes"], on_disk["over_limit"]) == (2_048_000_000, False)
    assert "limit" not in synced("sync").err

    synced.paths.settings_file.write_text("size_limit_mb = 1\n")
    with LibraryStore.open(synced.paths.library_db("home")) as store:
        store.database.run("CREATE TABLE ballast(a)")
        store.database.run("INSERT INTO ballast VALUES (zeroblob(1500000))")
    assert synced.json("stats")["size"]["over_limit"]
    assert "over the limit of 1.0 MB" in synced("stats").err
    assert "cache compact" in synced("sync").err
    assert synced.json("sync")["size"]["over_limit"]
    assert synced.json("sync", "--all")["profiles"][0]["size"]["over_limit"]

    synced.paths.settings_file.write_text("size_limit_mb = = 1\n")  # nothing that these commands need to know
    assert not synced.json("stats")["size"]["over_limit"]


def test_broken_pages_are_one_plain_line(synced: Cli) -> None:
    library = synced.paths.library_db("home")
    for table in ("movie", "movie_names_data", "category"):
        spoil_table(library, table)
    for arguments in (("list", "movies", "--sort", "name"), ("stats",), ("search", "the")):
        error = synced.json(*arguments, expect=1)["error"]
        assert error["code"] == "library", arguments
        assert "cache check" in error["hint"]
    document = synced.json("cache", "check", expect=1)
    assert document.get("problems"), document


def test_slow_queries_of_commands_are_kept(synced: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.store.database.SLOW_S", 0.0)
    synced("search", "general")
    deadline = time.monotonic() + 5
    while not (kept := read_slow_queries(synced.paths.slow_queries_file)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert kept
    written = synced.paths.slow_queries_file.read_text() + synced.paths.log_file.read_text()
    assert not any(secret in written for secret in (PASSWORD, USERNAME, "general"))


def test_control_c_stops_compacting_and_the_file_is_as_it_was(synced: Cli) -> None:
    with LibraryStore.open(synced.paths.library_db("home")) as store:
        store.database.run("CREATE TABLE ballast(a)")
        for _ in range(8):
            store.database.run("INSERT INTO ballast VALUES (randomblob(10000000))")
    process = CommandLine(synced.home).start("cache", "compact")
    lock = synced.paths.sync_lock("home")
    deadline = time.monotonic() + 20
    while not lock.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode in (130, 0)  # 0: it was done already
    assert "Traceback" not in said
    with closing(sqlite3.connect(synced.paths.library_db("home"))) as database:
        assert database.execute("SELECT count(*) FROM ballast").fetchone() == (8,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
