"""The way from every earlier version of a file to today's: with all rows, also when it is interrupted, never back.

`test_migrations` tests how a migration is run; this tests what became of files that people have.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.store.old_versions import FAMILIES, NEVER_FILLED, PROFILE, USER_ROWS, earlier_versions
from tests.store.test_models_and_migrations import structure
from tests.support.command_line import CommandLine
from tests.support.old_files import kept, tables_of, unpack
from tests.support.rows import assert_sound
from tui_app.catalog import Kind, Mark, Query
from tui_app.errors import NewerLibrary
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.store.migrations import latest
from tui_app.store.migrations.runner import backups_of, version_of
from tui_app.store.opening import open_library, open_user_file
from tui_app.store.user.user_store import UserStore

EACH = pytest.mark.parametrize(("name", "version"), earlier_versions(), ids=lambda value: str(value))
OPENERS = {"library": open_library, "user": open_user_file}
Rows = Mapping[str, list[tuple[Any, ...]]]


def rows_in(path: Path, columns: Mapping[str, list[str]] | None = None) -> Rows:
    """The rows of tables; of those a later version did away with, none."""
    with closing(sqlite3.connect(path)) as file:
        today = tables_of(file)
        found: dict[str, list[tuple[Any, ...]]] = {}
        for table, names in (columns or today).items():
            if set(names) <= set(today.get(table, ())):
                listed = ", ".join(f'"{name}"' for name in names)
                found[table] = sorted(file.execute(f"SELECT {listed} FROM {table}").fetchall(), key=repr)
        return found


def columns_in(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as file:
        return tables_of(file)


def version_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as file:
        return version_of(file)


# ----------------------------------------------------------------------------------------------- what is kept
def test_a_file_of_every_version_is_kept() -> None:
    every = [(name, version) for name, family in FAMILIES.items() for version in range(1, latest(family) + 1)]
    missing = [kept(name, version).name for name, version in every if not kept(name, version).exists()]
    assert missing == [], "a new version began; run: python -m tests.store.old_versions"


@pytest.mark.parametrize("name", list(FAMILIES))
def test_the_models_are_changed_with_a_new_version_only(name: str, tmp_path: Path) -> None:
    OPENERS[name](tmp_path / "new.db").close_all()
    newest = unpack(name, latest(FAMILIES[name]), tmp_path / "kept.db")
    assert structure(newest) == structure(tmp_path / "new.db"), (
        "the models changed: append a step to the family in tui_app/store/migrations/__init__.py; or, if this version "
        f"was never released, delete {kept(name, latest(FAMILIES[name])).name} and run: "
        "python -m tests.store.old_versions"
    )


@EACH
def test_a_file_of_any_version_becomes_one_like_a_new_one(name: str, version: int, tmp_path: Path) -> None:
    OPENERS[name](tmp_path / "new.db").close_all()
    OPENERS[name](unpack(name, version, tmp_path / "old.db")).close_all()
    assert structure(tmp_path / "old.db") == structure(tmp_path / "new.db")


@EACH
def test_the_kept_files_have_rows_everywhere(name: str, version: int, tmp_path: Path) -> None:
    rows = rows_in(unpack(name, version, tmp_path / "old.db"))
    empty = {table for table, found in rows.items() if not found} - NEVER_FILLED.get((name, version), set())
    assert empty == set(), "add rows for them in tests/store/old_versions.py"


# --------------------------------------------------------------------------------------------------- forwards
@EACH
def test_every_row_arrives(name: str, version: int, tmp_path: Path) -> None:
    path = unpack(name, version, tmp_path / "file.db")
    before, columns = rows_in(path), columns_in(path)
    OPENERS[name](path).close_all()
    after = rows_in(path, columns)
    assert version_in(path) == latest(FAMILIES[name])
    for table, found in before.items():
        if found:
            assert after.get(table) == found, f"{table} of version {version} lost or changed rows"
    (backup,) = backups_of(path)
    assert (version_in(backup), rows_in(backup)) == (version, before)


@pytest.mark.parametrize("version", range(1, latest(FAMILIES["library"])))
def test_an_upgraded_library_answers(version: int, tmp_path: Path) -> None:
    with LibraryStore.open(unpack("library", version, tmp_path / "library-x.db")) as store:
        for kind in (Kind.MOVIE, Kind.SERIES):
            store.index_texts(kind)
        assert_sound(store)
        assert store.page(Query(Kind.MOVIE, sort="year"), limit=100).total == 30
        assert [hit.item.name for hit in store.search("fantomas").hits] == ["Fantômas"]
        assert store.search("plot 7").total > 0
        found = store.get_details(Kind.SERIES, "2")
        assert found is not None
        assert [episode.title for season in found[0].seasons for episode in season.episodes] == [
            "The Mysterious Shadow"
        ]


@pytest.mark.parametrize("version", range(1, latest(FAMILIES["user"])))
def test_every_mark_of_the_user_arrives(version: int, tmp_path: Path) -> None:
    path = unpack("user", version, tmp_path / "user.db")
    had = columns_in(path)
    with UserStore(path) as user:
        for mark in ("favourite", "watched"):
            assert len(user.ids_with(PROFILE, Kind.MOVIE, Mark(mark))) == 40
        assert user.hidden_categories(PROFILE, Kind.MOVIE) == {"7"}
        assert user.recent_searches(PROFILE) == ("judex",)
        assert user.get_view_state(PROFILE, "movies") == '{"sort": "year"}'
        assert user.get_seen_changes(PROFILE) == (1_700_000_000 if "seen_changes" in had else None)
        saved = (("old ones", '{"year_to": 1930}'),) if "saved_filter" in had else ()
        assert user.saved_filters(PROFILE, Kind.MOVIE) == saved


def test_the_program_starts_on_files_of_the_first_version(tmp_path: Path) -> None:
    line = _home_of_old_files(tmp_path)
    listed = line.json("list", "movies", "--limit", "50", "--include-hidden")
    assert listed["total"] == 30
    assert sum(item["favourite"] for item in listed["items"]) == 30
    assert line.json("cache", "check")["sound"] is True
    for name in ("library-home.db", "user.db"):
        assert [backup.name for backup in backups_of(tmp_path / "data" / name)] == [f"{name}.backup-v1"]


# -------------------------------------------------------------------------------------------------- backwards
@pytest.mark.parametrize("name", list(FAMILIES))
def test_a_newer_file_is_refused_in_one_sentence_and_not_touched(tmp_path: Path, name: str) -> None:
    line = _home_of_old_files(tmp_path)
    file = tmp_path / "data" / {"library": "library-home.db", "user": "user.db"}[name]
    with closing(sqlite3.connect(file)) as newer:
        newer.execute(f"PRAGMA user_version = {latest(FAMILIES[name]) + 1}")
    before = file.read_bytes()
    with pytest.raises(NewerLibrary):
        OPENERS[name](file)
    said = line.run("list", "movies", expect=1)
    assert said.err == f"{file.name} was written by a newer xtream-tui (version {latest(FAMILIES[name]) + 1} of the " \
                       "file). Nothing was changed. Update xtream-tui to use it.\n"  # fmt: skip
    assert line.json("list", "movies", expect=1)["error"]["code"] == "newer_library"
    assert file.read_bytes() == before
    assert backups_of(file) == []


# ------------------------------------------------------------------------------------------------ interrupted
_UPGRADES_AND_STOPS = """
import sqlite3, sys, time
from pathlib import Path
from dataclasses import replace
from tests.store.old_versions import FAMILIES
from tui_app.store import opening as files

name, path, stop = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])

def stopping(number, step):
    def run(connection):
        step(connection)
        if number == stop:
            print("ready", flush=True)
            time.sleep(60)
    return run

family = FAMILIES[name]
patched = replace(family, steps=tuple(stopping(number, step) for number, step in enumerate(family.steps, 2)))
setattr(files, {"library": "LIBRARY", "user": "USER"}[name], patched)
{"library": files.open_library, "user": files.open_user_file}[name](path)
"""


@EACH
def test_killed_behind_any_step_nothing_is_lost_and_the_next_start_finishes(
    name: str, version: int, tmp_path: Path
) -> None:
    for stop in range(version + 1, latest(FAMILIES[name]) + 1):
        path = unpack(name, version, tmp_path / str(stop) / "file.db")
        before, columns = rows_in(path), columns_in(path)
        command = [sys.executable, "-c", _UPGRADES_AND_STOPS, name, str(path), str(stop)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=CommandLine(tmp_path).environment) as upgrading:
            assert upgrading.stdout is not None
            assert upgrading.stdout.readline() == b"ready\n"
            upgrading.send_signal(signal.SIGKILL)
        assert (version_in(path), rows_in(path)) == (version, before)
        OPENERS[name](path).close_all()
        assert version_in(path) == latest(FAMILIES[name])
        assert {table: found for table, found in rows_in(path, columns).items() if found} == {
            table: found for table, found in before.items() if found
        }


_UPGRADES_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.store.old_versions import FAMILIES
from tui_app.errors import LibraryError
from dataclasses import replace
from tui_app.store import opening as files

def greedy(connection):
    connection.execute("CREATE TABLE ballast(text TEXT)")
    for _ in range(200):
        connection.execute("INSERT INTO ballast VALUES (hex(randomblob(20000)))")

name, path = sys.argv[1], Path(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
room = path.stat().st_size + 200_000  # enough for the backup, not for the change
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
grown = replace(FAMILIES[name], steps=(*FAMILIES[name].steps, greedy))
setattr(files, {"library": "LIBRARY", "user": "USER"}[name], grown)
try:
    {"library": files.open_library, "user": files.open_user_file}[name](path)
except LibraryError as error:
    print(error, error.hint)
"""


@EACH
def test_a_disk_that_fills_during_the_upgrade_leaves_the_file_as_it_was(
    name: str, version: int, tmp_path: Path
) -> None:
    path = unpack(name, version, tmp_path / "file.db")
    before = rows_in(path)
    command = [sys.executable, "-c", _UPGRADES_ON_A_FULL_DISK, name, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, env=CommandLine(tmp_path).environment, check=True)
    assert "could not be brought up to date and is as it was" in said.stdout
    assert "Free some space" in said.stdout
    assert (version_in(path), rows_in(path)) == (version, before)
    OPENERS[name](path).close_all()  # there is room again
    assert version_in(path) == latest(FAMILIES[name])


def test_rows_for_every_table_of_the_users_file_are_known(tmp_path: Path) -> None:
    open_user_file(tmp_path / "user.db").close_all()
    with closing(sqlite3.connect(tmp_path / "user.db")) as file:
        assert set(tables_of(file)) == set(USER_ROWS), "add rows for it in tests/store/old_versions.py: USER_ROWS"


def _home_of_old_files(home: Path) -> CommandLine:
    """A home whose profile has a library and marks of version 1."""
    line = CommandLine(home)
    from tui_app.paths import Paths

    paths = Paths.under(home).ensure()
    ProfileStore(paths).add(Profile(PROFILE, "http://127.0.0.1:9", "u", "file"), "a-password")
    unpack("library", 1, paths.library_db(PROFILE))
    unpack("user", 1, paths.user_db)
    return line
