"""Writing a list to a file from the screen it is on: what is written, what is refused, and that it can be stopped."""

from __future__ import annotations

import asyncio
import csv
import json
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.screens.driving import SMALL, WIDE, Driver, running
from tui_app.demo import DemoPanel
from tui_app.errors import Cancelled
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.screens.dialogs.export import ExportDialog
from tui_app.widgets.form_fields import Tick


async def ask(driver: Driver, target: Path) -> None:
    """The dialog with another name in it, Enter pressed."""
    await driver.press("E")
    await driver.until(lambda: isinstance(driver.app.screen, ExportDialog), "the dialog")
    driver.app.screen.query_one(Input).value = str(target)
    await driver.press("enter")


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_the_whole_list_with_its_filters_is_written_in_its_order(
    paths: Paths, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        await driver.press("2")
        await driver.rows_shown()
        before = driver.cells(count=150)
        await driver.press("s", "2")
        await driver.until(lambda: driver.cells(count=150) != before, "by name")
        names = driver.cells(count=150)
        await ask(driver, tmp_path / "all.json")
        await driver.until(lambda: "150 rows" in driver.toasts(), "the word")
    written = json.loads((tmp_path / "all.json").read_text())
    assert [item["name"] for item in written["items"]] == names
    assert "{password}" in (tmp_path / "all.json").read_text()


async def test_of_selected_titles_only_those_are_written(paths: Paths, tmp_path: Path) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("space", "down", "space")
        chosen = {ref.name for ref in driver.screen.refs_to_act_on()}
        await ask(driver, tmp_path / "some.csv")
        await driver.until(lambda: "2 rows" in driver.toasts(), "the word")
        assert not driver.screen.titles.is_selecting
    with (tmp_path / "some.csv").open(newline="", encoding="utf-8-sig") as file:
        assert {row["name"] for row in csv.DictReader(file)} == chosen


def _is_the_problem(driver: Driver, words: str) -> bool:
    return words in driver.problem().lower()


async def test_what_can_not_be_written_is_said_and_the_dialog_stays(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "there.m3u").write_text("mine")
    async with running(paths) as driver:
        await driver.rows_shown()
        await ask(driver, tmp_path / "there.m3u")
        await driver.until(lambda: "This file exists already" in driver.problem(), "why")
        for name, words in (("a.exe", "must end with"), ("no/such/folder.csv", "folder")):
            driver.app.screen.query_one(Input).value = str(tmp_path / name)
            await driver.press("enter")
            await driver.until(partial(_is_the_problem, driver, words), words)
    assert (tmp_path / "there.m3u").read_text() == "mine"


async def test_escape_stops_it_and_leaves_nothing(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(
        self: Library, query: Any, target: Path, heard: Callable[[int, int], None], stop: threading.Event, **_: Any
    ) -> Any:
        def work() -> None:
            heard(10, 1_000)
            assert stop.wait(10)
            raise Cancelled("Stopped; nothing was exported.")

        return await asyncio.to_thread(work)

    monkeypatch.setattr(Library, "export", endless)
    async with running(paths) as driver:
        await driver.rows_shown()
        await ask(driver, tmp_path / "tv.m3u")
        await driver.until(lambda: driver.says("10 of 1,000"), "how far it is")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, ExportDialog), "the list")
        assert "Exported" not in driver.toasts()
    assert not (tmp_path / "tv.m3u").exists()


async def test_with_the_login_players_can_open_the_list_and_only_the_owner_reads_it(
    paths: Paths, tmp_path: Path, shared_panel: DemoPanel
) -> None:
    target = tmp_path / "films.m3u"
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("E")
        await driver.until(lambda: isinstance(driver.app.screen, ExportDialog), "the dialog")
        driver.app.screen.query_one("#login", Tick).value = True
        driver.app.screen.query_one(Input).value = str(target)
        await driver.press("enter")
        await driver.until(lambda: "150 rows" in driver.toasts(), "the word")
    written = target.read_text()
    assert shared_panel.password in written and "{password}" not in written
    assert target.stat().st_mode & 0o777 == 0o600
