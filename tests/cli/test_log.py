"""The log: how much goes into it, how large it grows, what never gets in, and several processes at it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest

from tests.cli.conftest import PASSWORD, USERNAME, add_profile
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tui_app.cli.log_file import LOG_LEVEL_VARIABLE, LogFile
from tui_app.demo import DemoPanel


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """The level is told to engines by the environment: not to the tests that follow."""
    before = os.environ.pop(LOG_LEVEL_VARIABLE, None)
    yield
    os.environ.pop(LOG_LEVEL_VARIABLE, None)
    if before is not None:
        os.environ[LOG_LEVEL_VARIABLE] = before


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("tui_app.test", logging.WARNING, __file__, 1, text, None, None)


def log_of(cli: Cli) -> str:
    return cli.paths.log_file.read_text() if cli.paths.log_file.exists() else ""


def test_requests_are_logged_when_asked_for_and_hold_no_secret(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    cli("profile", "test", "home")
    assert "player_api" not in log_of(cli)
    cli("--log-level", "debug", "sync", "home")
    log = log_of(cli)
    assert "player_api.php: 200" in log and "get_vod_streams: 200" in log
    assert PASSWORD not in log and "s3cret" not in log and USERNAME not in log


def test_the_environment_says_the_level_too_and_nonsense_in_it_harms_nobody(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    line = CommandLine(cli.home, extra_environment={LOG_LEVEL_VARIABLE: "debug"})
    line.run("profile", "test", "home")
    assert "player_api.php" in log_of(cli)
    line.extra_environment[LOG_LEVEL_VARIABLE] = "loud"
    line.run("profile", "list")
    assert "--log-level" in cli("--log-level", "loud", "profile", "list", expect=2).err


def test_it_is_bounded(cli: Cli) -> None:
    log = LogFile(cli.paths)
    for _ in range(300):
        log.emit(record("x" * 10_000))
    log.close()
    sizes = [file.stat().st_size for file in cli.paths.logs.iterdir()]
    assert len(sizes) == 2 and max(sizes) <= 1_000_000


def test_what_another_process_put_aside_is_not_written_on(cli: Cli) -> None:
    app, cron = LogFile(cli.paths), LogFile(cli.paths)
    app.emit(record("from the app, early"))
    cron.emit(record("from cron, early"))
    cron.doRollover()
    cron.emit(record("from cron, late"))
    app.emit(record("from the app, late"))
    app.close()
    cron.close()
    now = log_of(cli)
    assert "from cron, late" in now and "from the app, late" in now and "early" not in now
