"""What holds for every test: it never sees the folders, the keyring or the terminal of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.support.examples  # noqa: F401 - its profiles must be known before the command line names one
from tests.support.unpaced import unpaced
from tui_app.paths import HOME_VARIABLE

pytest_plugins = ("tests.support.counts",)


@pytest.fixture
def no_pauses() -> Iterator[None]:
    """The clients of this process don't wait between requests and tries."""
    with unpaced():
        yield


@pytest.fixture(autouse=True)
def home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    proxies = (f"{scheme}_proxy" for scheme in ("http", "https", "all", "no"))
    names = [spelt for name in proxies for spelt in (name, name.upper())]
    for name in ("SSH_CONNECTION", "SSH_TTY", "NO_COLOR", "COLORTERM", *names):
        monkeypatch.delenv(name, raising=False)
