"""Old files come up to date with everything kept: alone, together with others, killed half-way, on a full disk."""

from __future__ import annotations

import logging
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.old_files import MARKS, old_library, old_user_file, rows_of
from tests.support.rows import assert_sound
from tui_app.catalog import Kind, Mark
from tui_app.errors import LibraryError, NewerLibrary
from tui_app.store.library_store import LibraryStore
from tui_app.store.migrations import LIBRARY, USER, latest
from tui_app.store.migrations.runner import backup_share, backups_of, version_of
from tui_app.store.opening import is_outdated, open_library
from tui_app.store.user.user_store import UserStore


def version_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return version_of(connection)


def assert_untouched(path: Path, before: dict[str, list[tuple[object, ...]]]) -> None:
    assert version_in(path) == 1
    assert rows_of(path) == before


def test_a_library_of_the_first_release_keeps_everything(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = old_library(tmp_path / "library-x.db")
    before = rows_of(path)
    assert len(before["movie"]) == 30
    assert is_outdated(path)

    with caplog.at_level(logging.INFO), LibraryStore.open(path) as store:
        backup = store.database.backup
        assert backup == tmp_path / "library-x.db.backup-v1"
        assert_sound(store)
        assert store.search("fantomas").total == 1
        store.index_texts(Kind.MOVIE)
        assert store.search("plot 7").total > 0

    assert rows_of(path) | {"meta": []} == before | {"meta": []}  # the search of texts was built anew
    assert version_in(path) == latest(LIBRARY)
    assert not is_outdated(path)
    assert backup.name in caplog.text
    assert_untouched(backup, before)
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_user_file_of_the_first_release_keeps_every_mark(tmp_path: Path) -> None:
    path = old_user_file(tmp_path / "user.db")
    with UserStore(path) as user:
        assert len(user.ids_with("home", Kind.MOVIE, Mark.FAVOURITE)) == len(MARKS)
        assert user.recent_searches("home") == ("judex",)
    assert version_in(path) == latest(USER)
    assert [version_in(backup) for backup in backups_of(path)] == [1]


def test_only_the_newest_backup_is_kept(tmp_path: Path) -> None:
    path = old_library(tmp_path / "library-x.db")
    (tmp_path / "library-x.db.backup-v0.part").write_bytes(b"a copy that was cut short")
    LibraryStore.open(path).close()
    open_library(path, family=replace(LIBRARY, steps=(*LIBRARY.steps, lambda connection: None))).close_all()
    assert [backup.name for backup in backups_of(path)] == [f"library-x.db.backup-v{latest(LIBRARY)}"]


def test_an_old_file_that_is_damaged_is_set_aside(tmp_path: Path) -> None:
    path = old_library(tmp_path / "library-x.db")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x99" * (len(content) - 4096)
    path.write_bytes(content)
    with LibraryStore.open(path) as store:
        assert store.database.set_aside is not None
        assert_sound(store)


# ------------------------------------------------------------------------------- interrupted, together, no room
_KILLED = """
import sqlite3, sys, time
from pathlib import Path
from tui_app.store.opening import open_library
from dataclasses import replace
from tui_app.store.migrations import LIBRARY, runner

def halfway(connection):
    connection.execute("DELETE FROM movie")
    say("changing")

def say(what):
    if sys.argv[2] == what:
        print("ready", flush=True)
        time.sleep(30)

class Slow(sqlite3.Connection):
    def backup(self, target, **options):
        super().backup(target, **options)
        say("copying")

connect = sqlite3.connect
runner.sqlite3.connect = lambda *given, **named: connect(*given, **{"factory": Slow, **named})
open_library(Path(sys.argv[1]), family=replace(LIBRARY, steps=(halfway, *LIBRARY.steps)))
"""


@pytest.mark.parametrize("moment", ["copying", "changing"])
def test_a_kill_in_the_middle_of_an_update_loses_nothing(tmp_path: Path, moment: str) -> None:
    path = old_library(tmp_path / "library-x.db")
    before = rows_of(path)
    with subprocess.Popen([sys.executable, "-c", _KILLED, str(path), moment], stdout=subprocess.PIPE) as updating:
        assert updating.stdout is not None
        assert updating.stdout.readline() == b"ready\n"
        share = backup_share(path)
        assert share is not None and share > 0.5 if moment == "copying" else share is None
        updating.send_signal(signal.SIGKILL)
    assert_untouched(path, before)
    assert (tmp_path / "library-x.db.backup-v1").exists() == (moment == "changing")
    with LibraryStore.open(path) as store:
        assert_sound(store)
    assert rows_of(path) == before
    assert [backup.name for backup in backups_of(path)] == ["library-x.db.backup-v1"]


_OPENS = """
import sys
from pathlib import Path
from tui_app.store.library_store import LibraryStore
sys.stdin.readline()
with LibraryStore.open(Path(sys.argv[1])) as store:
    print(store.database.backup is not None, store.database.value("SELECT count(*) FROM movie"))
"""


def test_several_processes_at_an_old_file_update_it_once_and_wait_for_each_other(tmp_path: Path) -> None:
    path = old_library(tmp_path / "library-x.db", movies=3_000)
    before = rows_of(path)
    command = [sys.executable, "-c", _OPENS, str(path)]
    openers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(3)
    ]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    said = sorted(opener.communicate(timeout=60)[0].strip() for opener in openers)
    assert [opener.returncode for opener in openers] == [0, 0, 0]
    assert said == ["False 3000", "False 3000", "True 3000"]
    assert_untouched(tmp_path / "library-x.db.backup-v1", before)
    assert rows_of(path) == before


_NO_ROOM = """
import resource, signal, sys
from pathlib import Path
from tui_app.errors import LibraryError
from tui_app.store.opening import open_library
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2,) * 2)
try:
    open_library(path)
except LibraryError as error:
    print(error, error.hint)
"""


def test_without_room_for_the_backup_the_file_stays_as_it_is_and_the_reason_is_said(tmp_path: Path) -> None:
    path = old_library(tmp_path / "library-x.db", movies=500)
    before = rows_of(path)
    ran = subprocess.run([sys.executable, "-c", _NO_ROOM, str(path)], capture_output=True, text=True, check=True)
    assert "no backup of it could be made" in ran.stdout
    assert "MB free" in ran.stdout
    assert_untouched(path, before)
    assert backups_of(path) == []


def test_a_newer_file_is_refused_before_anything_is_copied(tmp_path: Path) -> None:
    path = old_library(tmp_path / "library-x.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {latest(LIBRARY) + 1}")
    with pytest.raises(NewerLibrary, match="newer xtream-tui") as refused:
        open_library(path)
    assert "clear" not in refused.value.hint  # nothing that destroys is offered
    assert backups_of(path) == []
    assert not is_outdated(path)


def test_a_file_that_is_locked_for_long_is_an_error_in_plain_words(tmp_path: Path) -> None:
    path = old_library(tmp_path / "library-x.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="locked"):
            open_library(path, family=replace(LIBRARY, patience_ms=50))
