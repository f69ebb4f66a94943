"""The examples for cron and systemd, as the handbook has them, in the bare environment they run in."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.command_line import REPOSITORY
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore

CHAPTER: Final = (REPOSITORY / "tui_app" / "handbook" / "unattended.md").read_text()


def block(mark: str) -> str:
    """The text of the block marked so."""
    found = re.search(rf"^```{mark}\n(.*?)^```", CHAPTER, re.MULTILINE | re.DOTALL)
    assert found is not None, mark
    return found[1]


@pytest.fixture
def machine(tmp_path: Path, panel: DemoPanel) -> Path:
    """A home as cron finds it: the program in `~/.local/bin`, one profile that works and one that does not."""
    program = tmp_path / ".local" / "bin" / "xtream-tui"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{REPOSITORY}" exec "{sys.executable}" -m tests.support.unpaced "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    paths = Paths(*(tmp_path / place / "xtream-tui" for place in (".config", ".local/share", ".cache", ".local/state")))
    profiles = ProfileStore(paths.ensure())
    profiles.add(Profile("gone", "http://127.0.0.1:9", "u", "file"), "another-s3cret")
    profiles.add(Profile("home", panel.url, panel.username, "file"), panel.password)
    return tmp_path


def run(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """As cron and systemd do: a shell, a home, a short path, and nothing else."""
    bare = ["env", "-i", f"HOME={home}", "PATH=/usr/bin:/bin", "/bin/sh", "-c", command]
    return subprocess.run(bare, capture_output=True, text=True, cwd=home, timeout=60, check=False)


def test_the_line_for_cron_syncs_and_keeps_a_log(machine: Path, panel: DemoPanel) -> None:
    shutil.rmtree(machine / ".cache")  # a new account has none
    minute, hour, *_days, command = block("cron").strip().split(" ", 5)
    assert minute.isdecimal() and hour.isdecimal()
    done = run(command, machine)
    assert done.returncode == 3, done  # one profile is done, the other can't be reached
    report = json.loads((machine / ".cache" / "xtream-tui-sync.log").read_text())
    assert {one["profile"]: one["status"] for one in report["profiles"]} == {"gone": "failed", "home": "completed"}
    written = "".join(path.read_text(errors="ignore") for path in machine.rglob("*.log"))
    assert panel.password not in written + done.stdout + done.stderr


def test_the_service_of_systemd_runs_what_it_says(machine: Path) -> None:
    service = block("ini service")
    found = re.search(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert found is not None
    done = run(found[1].replace("%h", str(machine)), machine)
    succeeded = re.search(r"^SuccessExitStatus=(.*)$", service, re.MULTILINE)
    assert succeeded is not None
    assert done.returncode in {int(code) for code in succeeded[1].split()}
    assert "home: completed" in done.stdout
    assert "gone" in done.stderr


def test_systemd_finds_no_fault_with_the_units(machine: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    units = machine / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    for kind in ("service", "timer"):
        (units / f"xtream-tui-sync.{kind}").write_text(block(f"ini {kind}"))
    argv = ["systemd-analyze", "verify", "--user", "--man=no", *sorted(str(unit) for unit in units.iterdir())]
    environment = {"HOME": str(machine), "XDG_RUNTIME_DIR": str(machine), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(argv, capture_output=True, text=True, env=environment, check=False)
    assert (said.returncode, [line for line in said.stderr.splitlines() if "xtream-tui" in line]) == (0, [])
