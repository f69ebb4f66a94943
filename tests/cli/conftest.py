"""A command line with an empty home, and one whose home holds a synced demo library."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.invoke import Cli
from tests.support.unpaced import unpaced
from tui_app.demo import DemoPanel

PASSWORD = "s3cret-Wörd-42"
USERNAME = "viewer-one"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """No profile, no library."""
    return Cli(tmp_path / "home")


@pytest.fixture(scope="package")
def panel() -> Iterator[DemoPanel]:
    """A small panel that every test may ask but none may change."""
    with DemoPanel(channels=60, movies=240, series=30, username=USERNAME, password=PASSWORD) as running:
        yield running


@pytest.fixture(scope="package")
def synced_home(panel: DemoPanel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the profile `home`, synced from `panel`. Copy it, never use it as it is."""
    prepared = Cli(tmp_path_factory.mktemp("synced") / "home")
    add_profile(prepared, panel)
    prepared("sync")
    return prepared.home


@pytest.fixture
def synced(synced_home: Path, tmp_path: Path) -> Cli:
    """A command line on a fresh copy of the synced home."""
    shutil.copytree(synced_home, tmp_path / "home")
    return Cli(tmp_path / "home")


@pytest.fixture(autouse=True, scope="package")
def _hurried() -> Iterator[None]:
    """No pauses between requests: nobody in these tests needs them."""
    with unpaced():
        yield


def add_profile(cli: Cli, panel: DemoPanel, name: str = "home", *more: str) -> None:
    """Add a profile the way a script does, its password on standard input."""
    arguments = ("profile", "add", name, "--url", panel.url, "--username", panel.username, "--password-stdin", *more)
    cli(*arguments, stdin=f"{panel.password}\n")
