"""The lock that lets one process at a time sync a profile."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from tui_app.errors import Busy
from tui_app.sync.lock import SyncLock


def _hold(path, ready, done) -> None:  # type: ignore[no-untyped-def]
    with SyncLock(path, "home"):
        ready.set()
        done.wait(20)


def test_a_second_process_is_told_who_syncs(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Event(), spawn.Event()
    holder = spawn.Process(target=_hold, args=(tmp_path / "home.lock", ready, done))
    holder.start()
    try:
        assert ready.wait(20)
        with pytest.raises(Busy, match=f"process {holder.pid}"), SyncLock(tmp_path / "home.lock", "home"):
            pass
    finally:
        done.set()
        holder.join()
    with SyncLock(tmp_path / "home.lock", "home"):  # free again
        pass


def test_a_killed_holder_leaves_the_profile_free(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Event(), spawn.Event()
    holder = spawn.Process(target=_hold, args=(tmp_path / "home.lock", ready, done))
    holder.start()
    assert ready.wait(20)
    holder.kill()
    holder.join()
    with SyncLock(tmp_path / "home.lock", "home") as lock:
        assert lock is not None
