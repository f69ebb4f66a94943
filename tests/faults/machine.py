"""Makes a machine misbehave for the length of a `with`: full disks, files nobody may write, locks, other clocks."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from tests.faults.conftest import Home
from tests.support.fault_panel import FaultPanel
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.events import SyncFinished

_NOBODY: Final = 65534


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writes past `size` bytes of any file fail in this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """`folder` becomes a disk of that size with what it held on it; skips where mounting is not allowed."""
    held = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
    try:
        for name, content in held.items():
            (folder / name).write_bytes(content)
        yield
    finally:
        after = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        for file in folder.iterdir():
            file.unlink()
        for name, content in after.items():
            (folder / name).write_bytes(content)


@contextmanager
def read_only_disk(folder: Path) -> Iterator[None]:
    """Nothing below `folder` can be written, not even by root; skips where mounting is not allowed."""
    _mount("--bind", str(folder), str(folder))
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """A folder that whoever runs the tests can read, but not write: by its mode, or for root by its mount."""
    if os.geteuid() == 0:
        with read_only_disk(folder):
            yield
        return
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting is not allowed here")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the powers of root, for whom no file is forbidden; as whoever runs the tests otherwise."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@contextmanager
def folder_of_nobody() -> Iterator[Path]:
    """A new folder that `as_nobody` can reach; everything in it is made writable again before it goes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, -1)
        yield folder
        for found in (folder, *folder.rglob("*")):
            found.chmod(0o700)


@contextmanager
def locked(file: Path, how: str) -> Iterator[None]:
    """Somebody else holds the database: "IMMEDIATE" keeps writers out, "EXCLUSIVE" more than that."""
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as holder:
        if how == "EXCLUSIVE":
            holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute(f"BEGIN {how}")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")


def open_files_under(folder: Path) -> list[str]:
    """What this process holds open there."""
    links = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists them
            links.append(str(entry.readlink()))
    return [link for link in links if link.startswith(str(folder))]


def assert_failed_plainly(finished: SyncFinished) -> None:
    assert (finished.status, finished.exit_code) in (("failed", 1), ("partial", 3)), finished
    assert finished.message
    assert "\n" not in finished.message
    assert finished.report.errors


async def assert_heals(home: Home, panel: FaultPanel) -> None:
    """Once the machine is well a sync completes, with exactly what the panel has."""
    panel.heal()
    finished = await home.sync()
    assert (finished.status, finished.exit_code, finished.message) == ("completed", 0, ""), finished.report
    for kind in LISTED_KINDS:
        count = panel.demo.library.count(kind, panel.demo.answers.generation)
        assert finished.report.lists[kind.plural].total == len(home.names(kind)) == count
    home.assert_sound()


def kept(home: Home) -> dict[Kind, set[int]]:
    return {kind: set(home.names(kind)) for kind in LISTED_KINDS}
