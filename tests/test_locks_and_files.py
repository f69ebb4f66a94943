"""Locks between processes, files replaced as a whole, and what is refused in the place of a file."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.irregular import IRREGULAR
from tui_app import locks
from tui_app.errors import Busy, LibraryError, SettingsError
from tui_app.file_access import UMASK_DECIDES, make_private_folder, read_regular, replace_file, replacing
from tui_app.sync.lock import SyncLock


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# ----------------------------------------------------------------------------------------------------- the locks
def test_a_lock_file_that_names_a_living_process_is_not_held(tmp_path: Path) -> None:
    lock = tmp_path / "library-home.lock"
    lock.write_text(json.dumps({"pid": os.getpid(), "since": 0, "work": "sync"}))

    assert not locks.is_held(lock)
    with SyncLock(lock, "home"):
        assert locks.is_held(lock)
        with pytest.raises(Busy, match=f"process {os.getpid()}"), SyncLock(lock, "home"):
            pass
    assert not locks.is_held(lock)


def test_who_asks_all_the_time_whether_it_is_held_keeps_no_sync_out(tmp_path: Path) -> None:
    lock = tmp_path / "library-home.lock"
    lock.touch()
    asker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from tui_app.locks import is_held\n"
            "print(is_held(Path(sys.argv[1])), flush=True)\n"
            "while True: is_held(Path(sys.argv[1]))",
            str(lock),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert asker.stdout is not None
        assert asker.stdout.readline() == "False\n"
        for _ in range(50):
            with SyncLock(lock, "home"):
                pass
    finally:
        asker.kill()
        asker.wait()


def test_a_lock_file_deleted_under_its_holder_is_no_lock_for_the_next(tmp_path: Path) -> None:
    lock = tmp_path / "library-home.lock"
    first = locks.take(lock)
    assert first is not None
    lock.unlink()
    second = locks.take(lock)
    assert second is not None
    assert os.path.samestat(os.fstat(second), lock.stat())
    os.close(first)
    assert locks.take(lock) is None
    os.close(second)


@pytest.mark.parametrize("what", IRREGULAR)
def test_what_stands_in_the_place_of_a_lock_file_is_named_and_not_waited_for(what: str, tmp_path: Path) -> None:
    lock = tmp_path / "library-home.lock"
    IRREGULAR[what](lock)

    assert not locks.is_held(lock)
    with pytest.raises(LibraryError, match=what), SyncLock(lock, "home"):
        pass


def test_the_lock_of_another_process_is_waited_for_and_then_said(tmp_path: Path) -> None:
    with (
        locks.held(tmp_path / "settings.toml"),
        pytest.raises(SettingsError, match="does not finish"),
        locks.held(tmp_path / "settings.toml", patience_s=0.05),
    ):
        pass


# ----------------------------------------------------------------------------------------------------- replacing
def test_what_fails_in_the_middle_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "list.m3u"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as stream:
        stream.write(b"new")
        raise ZeroDivisionError
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("list.m3u", "old")]


def test_two_writers_of_one_file_leave_one_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "list.m3u"
    with replacing(target) as one, replacing(target) as other:
        one.write(b"a" * 100_000)
        other.write(b"b" * 100_000)
    assert set(target.read_bytes()) == {ord("a")}
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_modes_are_as_asked_whatever_the_umask(mask: int, tmp_path: Path) -> None:
    with umask(mask):
        make_private_folder(tmp_path / "a" / "b")
        replace_file(tmp_path / "private", b"")
        with replacing(tmp_path / "public", mode=UMASK_DECIDES):
            pass
    assert [mode_of(tmp_path / name) for name in ("a", "a/b")] == [0o700, 0o700]
    assert mode_of(tmp_path / "private") == 0o600
    assert mode_of(tmp_path / "public") == 0o666 & ~mask


def test_the_longest_name_can_be_replaced(tmp_path: Path) -> None:
    target = tmp_path / ("é" * 127)
    replace_file(target, b"x")
    assert target.read_bytes() == b"x"


@pytest.mark.parametrize("what", IRREGULAR)
def test_only_files_are_read_and_replaced(what: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    IRREGULAR[what](path)
    for attempt in (lambda: read_regular(path), lambda: replace_file(path, b"")):
        with pytest.raises(OSError, match=what):
            attempt()


def test_a_file_larger_than_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(OSError, match="larger than 16 MB"):
        read_regular(path)
