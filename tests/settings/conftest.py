from __future__ import annotations

from pathlib import Path

import pytest

from tui_app.paths import HOME_VARIABLE, Paths
from tui_app.settings import Profile, ProfileStore


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return Paths.under(tmp_path)


@pytest.fixture
def profiles(paths: Paths) -> ProfileStore:
    return ProfileStore(paths)


@pytest.fixture
def home() -> Profile:
    """A profile whose password is kept in the secrets file."""
    return Profile("home", "http://panel.example:8080", "ann", password_source="file")
