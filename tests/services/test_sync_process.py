"""The runner against real engine processes that play a script."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from typing import TypeVar

import pytest
from textual.message import Message

from tui_app.messages import (
    ConnectionChanged,
    LibraryChanged,
    SyncCancelling,
    SyncEnded,
    SyncProgressed,
    SyncStartedMessage,
)
from tui_app.paths import Paths
from tui_app.services.sync_process import SyncRunner, engine_environment

ENGINE = Path(__file__).parents[1] / "support" / "fake_engine.py"
M = TypeVar("M", bound=Message)


class Heard(list[Message]):
    def of(self, kind: type[M]) -> list[M]:
        return [message for message in self if isinstance(message, kind)]

    async def end(self, deadline_s: float = 60) -> SyncEnded:
        limit = time.monotonic() + deadline_s
        while not (ended := self.of(SyncEnded)):
            assert time.monotonic() < limit, f"no end; heard {self}"
            await asyncio.sleep(0.01)
        return ended[0]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def runner(tmp_path: Path, heard: Heard) -> SyncRunner:
    command = (sys.executable, str(ENGINE))
    return SyncRunner(Paths.under(tmp_path), heard.append, command=command, terminate_after_s=0.2, kill_after_s=0.5)


async def test_a_good_sync_is_told_from_start_to_end(runner: SyncRunner, heard: Heard) -> None:
    assert await runner.start_content_sync("good")
    ended = await heard.end()
    assert ended.finished.status == "completed"
    assert [message.started.profile for message in heard.of(SyncStartedMessage)] == ["good"]
    assert [message.part for message in heard.of(LibraryChanged)] == ["movies"], "an unchanged part is not read anew"
    assert heard.of(ConnectionChanged)[0].online
    assert isinstance(heard[-1], SyncEnded)
    assert not runner.is_busy()


async def test_a_sync_has_ended_while_its_hooks_run_on_and_closing_ends_them(runner: SyncRunner, heard: Heard) -> None:
    await runner.start_content_sync("hooked")
    assert (await heard.end()).finished.status == "completed"
    assert not runner.is_busy()
    (process,) = runner._ending.values()
    assert process.returncode is None
    await runner.close()
    assert process.returncode is not None


async def test_progress_is_thinned_out(runner: SyncRunner, heard: Heard) -> None:
    await runner.start_content_sync("good")
    await heard.end()
    assert 1 <= len(heard.of(SyncProgressed)) <= 10  # of 101 lines in a moment


async def test_the_engine_is_told_what_was_asked_and_works_in_the_same_folders(
    runner: SyncRunner, heard: Heard, tmp_path: Path
) -> None:
    await runner.start_content_sync("good", full=True, accept_shrink=True)
    told = json.loads((await heard.end()).finished.message)
    assert told["arguments"] == ["sync", "good", "--events", "--full", "--accept-shrink"]
    assert told["home"] == str(tmp_path)


async def test_a_profile_has_one_sync_at_a_time_and_others_may_run_beside(runner: SyncRunner, heard: Heard) -> None:
    assert await runner.start_content_sync("polite")
    assert not await runner.start_content_sync("polite")
    assert runner.is_busy("polite") and not runner.is_busy("good")
    assert await runner.start_content_sync("good")
    await heard.end()
    await runner.close()
    assert {message.finished.profile for message in heard.of(SyncEnded)} == {"good", "polite"}


async def test_cancel_is_acknowledged_at_once_and_the_engine_ends_by_its_own_word(
    runner: SyncRunner, heard: Heard
) -> None:
    await runner.start_content_sync("polite")
    assert runner.cancel_content_sync("polite")
    assert heard.of(SyncCancelling)
    finished = (await heard.end()).finished
    assert (finished.status, finished.exit_code) == ("cancelled", 130)
    assert not runner.cancel_content_sync("polite")


async def test_an_engine_that_hears_nothing_is_killed(runner: SyncRunner, heard: Heard) -> None:
    await runner.start_content_sync("deaf")
    while not heard.of(SyncProgressed):
        await asyncio.sleep(0.01)
    asked = time.monotonic()
    runner.cancel_content_sync("deaf")
    finished = (await heard.end()).finished
    assert finished.status == "cancelled"
    assert time.monotonic() - asked < 20, "it would sleep for a minute"


async def test_an_engine_that_dies_is_a_failed_sync_in_plain_words(
    runner: SyncRunner, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await runner.start_content_sync("dead")
        finished = (await heard.end()).finished
    assert (finished.status, finished.exit_code) == ("failed", 3)
    assert "unexpectedly" in finished.message and finished.hint
    assert not heard.of(ConnectionChanged)
    assert "Traceback" in caplog.text and "hunter2secret" not in caplog.text


async def test_a_flood_on_standard_error_neither_blocks_nor_fills_the_log(
    runner: SyncRunner, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    await runner.start_content_sync("chatty")
    finished = (await heard.end()).finished
    assert finished.message == "No answer."
    assert [message.online for message in heard.of(ConnectionChanged)] == [False]
    assert len(caplog.text) < 100_000


async def test_an_engine_that_cannot_be_started_is_a_failed_sync(tmp_path: Path, heard: Heard) -> None:
    runner = SyncRunner(Paths.under(tmp_path), heard.append, command=(str(tmp_path / "missing"),))
    await runner.start_content_sync("good")
    assert (await heard.end()).finished.status == "failed"
    assert not runner.is_busy()


async def test_closing_ends_every_engine(runner: SyncRunner, heard: Heard) -> None:
    await runner.start_content_sync("deaf")
    await runner.start_content_sync("polite")
    await runner.close()
    assert not runner.is_busy()
    assert len(heard.of(SyncEnded)) == 2


def test_folders_that_are_the_platforms_own_set_no_home(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "a", tmp_path / "b", tmp_path / "c", tmp_path / "d")
    assert "XTREAM_TUI_HOME" not in engine_environment(paths, {})
