"""What is read quickly shows nothing in between; what takes long says so, and nothing jumps when it is there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.screens.driving import PROFILE, USUAL, running
from tui_app.library import Library
from tui_app.paths import Paths


def slowed(monkeypatch: pytest.MonkeyPatch, wait: asyncio.Event) -> None:
    """The library answers when the event is set."""
    read = Library.list_with_marks

    async def late(self: Library, *args: Any, **options: Any) -> Any:
        await wait.wait()
        return await read(self, *args, **options)

    monkeypatch.setattr(Library, "list_with_marks", late)


async def test_a_list_that_takes_long_says_so_and_gives_its_rows_the_same_place(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = asyncio.Event()
    slowed(monkeypatch, wait)
    async with running(paths, USUAL) as driver:
        await driver.until(lambda: driver.says("Reading the library"), "the words")
        before = driver.list.region
        wait.set()
        await driver.rows_shown()
        assert not driver.says("Reading the library")
        assert driver.list.region == before


async def test_a_file_of_an_earlier_version_says_that_it_is_updated(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = asyncio.Event()
    slowed(monkeypatch, wait)
    monkeypatch.setattr("tui_app.tui.notices.is_outdated", lambda path: True)
    async with running(paths, USUAL) as driver:
        await driver.until(lambda: driver.says("Updating the library file"), "the words")
        await driver.until(lambda: "migrating" in driver.bar, "no backup is being written")
        library = paths.library_db(PROFILE)
        backup = library.with_name(f"{library.name}.backup-v1.part")
        backup.write_bytes(bytes(library.stat().st_size // 2))
        await driver.until(lambda: "50 %" in driver.bar and "writing the backup" in driver.bar, "how far it is")
        backup.unlink()
        await driver.until(lambda: "migrating" in driver.bar, "the backup is written")
        wait.set()
        await driver.rows_shown()
        await driver.until(lambda: not driver.app.app_state.is_updating, "the end of it")
        await driver.until(lambda: "updated" in driver.bar, "the bar at rest")
