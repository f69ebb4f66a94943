"""Faults of the machine under a sync: no right to write, locks, odd clocks, files that go away or are others."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults import machine
from tests.faults.conftest import PROFILE, Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import FaultPanel, Reply
from tui_app.catalog import LISTED_KINDS, Kind, Mark
from tui_app.demo import DemoPanel
from tui_app.errors import LibraryError
from tui_app.settings import Profile, ProfileStore
from tui_app.store.user.user_store import UserStore

Counted = Callable[[str], None]


@pytest.fixture(autouse=True)
def counted(outcome_of: Counted) -> None:
    outcome_of("faults")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.store.database.BUSY_TIMEOUT_S", 0.2)


# --------------------------------------------------------------------------------------------- no right to write
@pytest.fixture
async def mortal(home: Home, demo: DemoPanel, panel: FaultPanel) -> AsyncIterator[Home]:
    """A home of somebody whom permissions hold back; use within `as_nobody`."""
    await home.sync()  # what is imported late is imported while we still may read it
    with machine.folder_of_nobody() as folder:
        home = Home(folder / "home", demo.password)
        with machine.as_nobody():
            ProfileStore(home.paths.ensure()).add(Profile(PROFILE, panel.url, demo.username, "file"), demo.password)
        yield home


def _library_file(home: Home) -> list[Path]:
    return [home.library]


def _both(home: Home) -> list[Path]:
    return [home.library, home.paths.data]


@pytest.mark.parametrize("what", [_library_file, _both])
async def test_a_library_that_may_not_be_written_is_named_and_left_alone(
    what: Callable[[Home], list[Path]], mortal: Home, panel: FaultPanel, demo: DemoPanel
) -> None:
    with machine.as_nobody():
        await mortal.sync()
        before = mortal.content()
        demo.generation = 1
        for path in what(mortal):
            path.chmod(0o500 if path.is_dir() else 0o400)
        finished = await mortal.sync()
        for path in reversed(what(mortal)):
            path.chmod(0o700 if path.is_dir() else 0o600)

        machine.assert_failed_plainly(finished)
        assert "written" in finished.message
        assert mortal.content() == before
        await machine.assert_heals(mortal, panel)


async def test_a_first_sync_into_a_folder_that_may_not_be_written(mortal: Home, panel: FaultPanel) -> None:
    with machine.as_nobody():
        mortal.paths.data.chmod(0o500)
        finished = await mortal.sync()
        mortal.paths.data.chmod(0o700)

        machine.assert_failed_plainly(finished)
        await machine.assert_heals(mortal, panel)


async def test_a_disk_that_is_read_only(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    with machine.read_only_disk(home.folder):
        finished = await home.sync()
        shown = home.command_line.run("sync", PROFILE, "--json", expect=1)

    machine.assert_failed_plainly(finished)
    assert shown.document["error"]["message"]
    assert home.content() == before
    await machine.assert_heals(home, panel)


# ---------------------------------------------------------------------------------------------------------- locks
@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
async def test_a_library_somebody_holds_is_waited_for_and_then_named(
    how: str, home: Home, panel: FaultPanel, demo: DemoPanel
) -> None:
    await home.sync()
    before = home.content()
    demo.generation = 1
    with machine.locked(home.library, how):
        finished = await home.sync()

    machine.assert_failed_plainly(finished)
    assert "locked" in finished.message
    assert home.content() == before
    await machine.assert_heals(home, panel)


async def test_a_library_that_is_locked_while_a_list_comes_in(home: Home, panel: FaultPanel, demo: DemoPanel) -> None:
    await home.sync()
    before = home.content()
    demo.generation = 1
    holder = machine.locked(home.library, "IMMEDIATE")

    def lock_and_answer(body: bytes) -> Reply:
        holder.__enter__()
        return faults.honest(body)

    panel.faults["get_vod_streams"] = lock_and_answer
    finished = await home.sync()
    holder.__exit__(None, None, None)

    machine.assert_failed_plainly(finished)
    assert home.content()["movie"] == before["movie"]
    await machine.assert_heals(home, panel)


async def test_a_user_file_somebody_holds_is_nothing_to_a_sync(home: Home, panel: FaultPanel) -> None:
    with UserStore(home.paths.user_db) as user:
        user.set_mark(PROFILE, Kind.MOVIE, "1", Mark.FAVOURITE, "A")
    with machine.locked(home.paths.user_db, "EXCLUSIVE"):
        finished = await home.sync()
        with pytest.raises(LibraryError):
            UserStore(home.paths.user_db)

    assert finished.status == "completed"
    with UserStore(home.paths.user_db) as user:
        assert user.ids_with(PROFILE, Kind.MOVIE, Mark.FAVOURITE) == {"1"}


# --------------------------------------------------------------------------------------------------------- clocks
YEAR = 365 * 86_400


@pytest.mark.parametrize("years", [[-60, 0], [-10, 10, 0], [40, 0, -1], [300, 0]])
async def test_a_clock_that_jumps_changes_nothing(
    years: list[int], home: Home, panel: FaultPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.sync()
    before = home.content()
    real = time.time
    for jump in years:
        monkeypatch.setattr(time, "time", lambda jump=jump: max(real() + jump * YEAR, 0.0))
        finished = await home.sync()
        assert (finished.status, finished.report.rows_written) == ("completed", 0), finished.report
    monkeypatch.undo()
    assert home.content() == before
    home.assert_sound()


# ------------------------------------------------------------------------------------- files and others in the way
@pytest.mark.parametrize("name", ["library-home.db", "user.db"])
async def test_a_folder_in_the_place_of_a_file_is_named(name: str, home: Home) -> None:
    await home.sync()
    path = home.paths.data / name
    path.unlink(missing_ok=True)
    path.mkdir()

    for command in (["cache", "check"], ["list", "movies"]):
        ran = home.command_line.run(*command, expect=1)
        assert name in ran.err
        assert "xtream-tui where" in ran.err
        assert ran.err.count("\n") <= 2


@pytest.mark.parametrize("during", ["get_live_categories", "get_vod_streams", "get_series"])
async def test_a_library_that_goes_away_during_a_sync_is_filled_by_the_next(
    during: str, home: Home, panel: FaultPanel
) -> None:
    await home.sync()

    def lose_it(body: bytes) -> Reply:
        home.library.unlink(missing_ok=True)
        return faults.honest(body)

    panel.faults[during] = lose_it
    finished = await home.sync()

    assert finished.status in ("completed", "partial", "failed")
    panel.heal()
    again = await home.sync()
    assert again.status == "completed"
    for kind in LISTED_KINDS:
        assert len(home.names(kind)) == panel.demo.library.count(kind)
    home.assert_sound()


async def test_a_library_that_is_overwritten_during_a_sync_is_set_aside_by_the_next(
    home: Home, panel: FaultPanel
) -> None:
    await home.sync()

    def spoil_it(body: bytes) -> Reply:
        home.library.write_bytes(os.urandom(60_000))
        return faults.honest(body)

    panel.faults["get_vod_streams"] = spoil_it
    finished = await home.sync()

    assert finished.exit_code in (0, 1, 3)
    panel.heal()
    assert (await home.sync()).status == "completed"
    for kind in LISTED_KINDS:
        assert len(home.names(kind)) == panel.demo.library.count(kind)
    home.assert_sound()


def test_of_several_engines_at_once_some_sync_and_the_others_are_told(home: Home) -> None:
    engines = [home.command_line.start("sync", PROFILE, "--json") for _ in range(4)]

    ended: list[tuple[int, Any]] = []
    for engine in engines:
        out, err = engine.communicate(timeout=60)
        assert "Traceback" not in err
        ended.append((engine.returncode, json.loads(out)))

    assert {code for code, _ in ended} <= {0, 5}
    assert 0 in {code for code, _ in ended}
    assert all(said["error"]["code"] == "busy" for code, said in ended if code == 5)
    home.assert_sound()
