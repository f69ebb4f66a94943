"""No space left under a sync: on the library's disk, in the temporary folder, from the first byte or midway."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import machine
from tests.faults.conftest import PROFILE, Home
from tests.support.fault_panel import FaultPanel
from tui_app.demo import DemoPanel
from tui_app.settings import ProfileStore

Counted = Callable[[str], None]


@pytest.fixture(autouse=True)
def counted(outcome_of: Counted) -> None:
    outcome_of("faults")


@pytest.mark.parametrize("kilobytes", [0, 4, 16, 40, 80, 120, 200, 300])
async def test_a_first_sync_that_runs_out_of_space(kilobytes: int, home: Home, panel: FaultPanel) -> None:
    profile = ProfileStore(home.paths).get(PROFILE)
    assert profile.name == PROFILE  # read before: the limit is about what is written
    with machine.no_file_larger_than(kilobytes << 10):
        finished = await home.sync()

    machine.assert_failed_plainly(finished)
    await machine.assert_heals(home, panel)


@pytest.mark.parametrize("mode", ["incremental", "full"])
@pytest.mark.parametrize("room", [0, 30, 90])
async def test_a_later_sync_that_runs_out_of_space_loses_nothing(
    mode: str, room: int, home: Home, panel: FaultPanel, demo: DemoPanel
) -> None:
    await home.sync()
    before = machine.kept(home)
    demo.generation = 1
    with machine.no_file_larger_than(room << 10):
        finished = await home.sync(mode=mode)

    machine.assert_failed_plainly(finished)
    home.assert_sound()
    for kind, ids in machine.kept(home).items():
        assert before[kind] <= ids or finished.report.lists[kind.plural].status == "completed"
    await machine.assert_heals(home, panel)


@pytest.mark.parametrize("kilobytes", [100, 400, 640])
async def test_a_disk_that_is_really_full(kilobytes: int, home: Home, panel: FaultPanel) -> None:
    with machine.small_disk(home.paths.data, kilobytes):
        finished = await home.sync()
        machine.assert_failed_plainly(finished)

    await machine.assert_heals(home, panel)


async def test_a_temporary_folder_that_is_full_is_named(
    home: Home, panel: FaultPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.sync()
    before = home.content()
    folder = tmp_path / "small"
    folder.mkdir()
    with machine.small_disk(folder, 8):
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        finished = await home.sync()

    machine.assert_failed_plainly(finished)
    assert "temporary folder" in finished.message
    assert "TMPDIR" in finished.hint
    assert home.content() == before
    monkeypatch.undo()


async def test_a_temporary_folder_that_is_gone_is_named(
    home: Home, panel: FaultPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.sync()
    before = home.content()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))

    finished = await home.sync()

    machine.assert_failed_plainly(finished)
    assert "temporary folder" in finished.message
    assert home.content() == before


def _no_large_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))


def test_the_command_line_says_in_a_line_that_there_is_no_space(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.unpaced", "sync", PROFILE, "--json"],
        capture_output=True,
        encoding="utf-8",
        env=home.command_line.environment,
        preexec_fn=_no_large_files,
        check=False,
    )
    assert done.returncode in (1, 3), done
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    json.loads(done.stdout)
