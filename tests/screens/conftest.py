"""A small demo library, really synced once over loopback; each test gets its own copy of the folders."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screens.driving import PROFILE
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore


@pytest.fixture(autouse=True)
def quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pilot looks every 4 ms whether the app rests, not every 20: most keys are answered long before."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)


@pytest.fixture(autouse=True)
def no_pauses_between_requests(no_pauses: None) -> None:
    """Details, logins and syncs of this process don't wait between requests; `running` says it of the engine."""


def new_panel() -> DemoPanel:
    return DemoPanel(seed=5, channels=60, movies=150, series=30)


def add_profile(paths: Paths, panel: DemoPanel, name: str = PROFILE) -> None:
    profile = Profile(name, panel.url, panel.username, password_source="file")
    ProfileStore(paths.ensure()).add(profile, panel.password)


@pytest.fixture(scope="session")
def shared_panel() -> Iterator[DemoPanel]:
    with new_panel() as panel:
        yield panel


@pytest.fixture(scope="session")
def synced_home(shared_panel: DemoPanel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tui_app.sync import run_sync

    home = tmp_path_factory.mktemp("synced")
    add_profile(Paths.under(home), shared_panel)
    finished = asyncio.run(run_sync(Paths.under(home), PROFILE, mode="full"))
    assert finished.status == "completed", finished
    return home


@pytest.fixture
def paths(synced_home: Path, tmp_path: Path) -> Paths:
    """Folders with a synced library; the panel behind it is shared: don't change it."""
    shutil.copytree(synced_home, tmp_path / "home")
    return Paths.under(tmp_path / "home")


@pytest.fixture
def panel() -> Iterator[DemoPanel]:
    """A panel of the test's own, to be changed or stopped."""
    with new_panel() as panel:
        yield panel


@pytest.fixture
def empty_paths(tmp_path: Path, panel: DemoPanel) -> Paths:
    """Folders with a profile on the test's own panel, never synced."""
    paths = Paths.under(tmp_path / "empty")
    add_profile(paths, panel)
    return paths
