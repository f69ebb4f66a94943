"""What holds for every test: it never sees the folders, the keyring or the terminal of whoever runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.support.examples  # noqa: F401 - its profiles must be known before the command line names one
from tests.support.unpaced import unpaced
from tui_app.paths import HOME_VARIABLE

pytest_plugins = ("tests.support.counts",)
#: More processes than cores: most of the time tests wait for sockets, programs and frames.
_WORKERS_PER_CORE = 2


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run folders in several processes, unless `-n` says how many; single files and `-m slow` in this one.

    What is slow measures time, or has its own idea of what runs beside it.
    """
    option = config.option
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    is_undecided = getattr(option, "numprocesses", 0) is None and not option.usepdb and not is_worker
    if is_undecided and option.markexpr == "not slow" and any(Path(name).is_dir() for name in config.args):
        option.numprocesses, option.dist = _WORKERS_PER_CORE * (os.cpu_count() or 1), "worksteal"


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
