"""The foreign panel as a process, and a home of its own for each test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop.foreign_panel import PASSWORD, USERNAME
from tests.support.command_line import REPOSITORY, CommandLine


@dataclass
class ForeignPanel:
    """A running `xtreamcodeserver`."""

    url: str
    process: subprocess.Popen[str]

    def change(self) -> None:
        """Alter the library; returns once that is done."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("change\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "changed\n"


@contextmanager
def running_panel(*arguments: str) -> Iterator[ForeignPanel]:
    """A panel process; it ends when its standard input does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.interop.foreign_panel", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        encoding="utf-8", cwd=REPOSITORY, env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        yield ForeignPanel(json.loads(process.stdout.readline())["url"], process)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="session")
def panel() -> Iterator[ForeignPanel]:
    """The small library, never changed."""
    with running_panel() as running:
        yield running


@pytest.fixture(scope="session")
def synced(panel: ForeignPanel, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A home whose profile was added from a pasted link and synced once. Only for tests that read."""
    line = CommandLine(tmp_path_factory.mktemp("synced"), secrets=(PASSWORD,))
    link = f"{panel.url}/get.php?username={USERNAME}&type=m3u_plus&output=ts"
    line.run("profile", "add", "cinema", "--url", link, "--password-stdin", stdin=PASSWORD + "\n")
    assert line.json("sync")["status"] == "completed"
    return line


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """A home with nothing in it. Its program does not pause between requests; that of `synced` does."""
    return CommandLine(tmp_path / "home", secrets=(PASSWORD,), module="tests.support.unpaced")
