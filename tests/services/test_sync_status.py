"""What the schedule makes of stored runs and of what the app saw itself; with a panel that refuses, for real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.refusing_panel import RefusingPanel
from tests.support.reports import report
from tui_app.catalog import Kind, PartState, RunState
from tui_app.demo import DemoPanel
from tui_app.events import SyncFinished
from tui_app.paths import Paths
from tui_app.services.sync_policy import History, SyncStatus, history_of, trouble_of
from tui_app.settings import Profile, ProfileStore
from tui_app.sync import run_sync
from tui_app.tui.run import make_app

DONE, LATER = 1_000, 2_000


def part(name: str, status: str = "completed", at: int = DONE, pending_removals: int = 0) -> PartState:
    return PartState(name, status, at, DONE, "", pending_removals)


def runs(*statuses: str) -> Sequence[RunState]:
    """Runs, newest first, the newest at LATER."""
    return [RunState(LATER - number, status) for number, status in enumerate(statuses)]


def failed(code: str, at: int = LATER) -> SyncFinished:
    return SyncFinished("home", "failed", at, report=report(error=code))


def seen(*ends: SyncFinished) -> SyncStatus:
    news = SyncStatus()
    for end in ends:
        news.record_end(end, 0.0)
    return news


def test_nothing_is_known_of_a_new_profile() -> None:
    assert history_of([], [], SyncStatus()) == History()


def test_the_oldest_part_counts_and_runs_of_other_processes_too() -> None:
    parts = [part("movies"), PartState("channels", "completed", 500, 500)]
    assert history_of(parts, runs("completed"), SyncStatus()) == History(500, LATER)


def test_runs_that_did_not_complete_are_counted_up_to_the_last_that_did() -> None:
    history = history_of([part("movies")], runs("failed", "running", "partial", "completed", "failed"), SyncStatus())
    assert history == History(DONE, LATER, 3, "")


def test_a_sync_that_the_app_saw_failing_says_why() -> None:
    news = seen(failed("unreachable", LATER + 5))
    assert history_of([part("movies")], runs("failed", "completed"), news) == History(DONE, LATER + 5, 1, "unreachable")
    assert trouble_of(failed("denied")) == trouble_of(failed("login_refused")) == "refused"


def test_an_answer_of_the_provider_makes_up_for_not_having_reached_it() -> None:
    news = seen(failed("unreachable"))
    news.was_reached = True
    assert history_of([part("movies")], runs("failed", "failed"), news).failures == 0


def test_a_success_of_another_process_ends_the_failures_seen_here() -> None:
    news = seen(failed("", 1_500), failed("", 1_600))
    assert history_of([part("movies", at=LATER)], runs("completed", "failed", "failed"), news).failures == 0


def test_a_part_left_behind_is_a_partial_failure() -> None:
    parts = [part("movies"), part("series", "failed")]
    assert history_of(parts, runs("partial", "completed"), SyncStatus()) == History(DONE, LATER, 1, "partial")


def test_pending_removals_wait_for_the_next_regular_sync() -> None:
    """A glitch of the panel must not be "confirmed" a quarter of an hour later."""
    parts = [part("movies", "partial", LATER, pending_removals=90), part("channels", at=LATER)]
    held = report(movies={"status": "partial", "pending_removals": 90})
    news = seen(SyncFinished("home", "partial", LATER, report=held))
    assert news.failures == 0
    history = history_of(parts, runs("partial", "completed"), news)
    assert (history.failures, history.trouble) == (0, "")
    assert history.last_success is not None and history.last_success >= DONE


def test_a_sync_cancelled_by_the_user_is_remembered_as_such() -> None:
    news = seen(SyncFinished("home", "cancelled", LATER))
    assert history_of([part("movies", "cancelled", LATER)], runs("cancelled", "completed"), news) == History(
        DONE, LATER, 1, "cancelled"
    )
    assert news.failures == 0


def test_another_process_at_work_is_no_failure() -> None:
    assert seen(failed("busy")).failures == 0


# --------------------------------------------------------------------------------- a real panel, a real refusal
@pytest.fixture
def home(tmp_path: Path, no_pauses: None) -> Paths:
    return Paths.under(tmp_path / "home").ensure()


async def test_a_refused_login_is_not_tried_every_minute(home: Paths) -> None:
    with DemoPanel(seed=5, channels=5, movies=5, series=2) as panel:
        store = ProfileStore(home)
        store.add(Profile("home", panel.url, panel.username, password_source="file"), panel.password)
        assert (await run_sync(home, "home")).status == "completed"
        store.update(store.get("home"), "another password")
        finished = await run_sync(home, "home")
        assert finished.status == "failed" and trouble_of(finished) == "refused"
        app_state = make_app(home).app_state
        try:
            (stored,) = await app_state.candidates()
            app_state.record_end(finished)
            (told,) = await app_state.candidates()
        finally:
            await app_state.close()
    assert stored.host == "127.0.0.1"
    much_later = int(time.time()) + 13 * 3600
    assert stored.history.failures == told.history.failures == 1
    assert told.history.trouble == "refused"
    assert told.due(much_later).now and not told.due(finished.at + 11 * 3600).now
    assert stored.history.last_attempt is not None and stored.history.last_attempt >= finished.at - 5


async def test_what_a_partial_sync_left_is_all_that_the_schedule_retries(home: Paths) -> None:
    with RefusingPanel() as panel:
        ProfileStore(home).add(Profile("home", panel.url, "me", password_source="file"), "secret-word")
        panel.refused["get_vod_streams"] = 404
        assert (await run_sync(home, "home")).status == "partial"
        panel.refused.clear()
        panel.requests.clear()
        app_state = make_app(home).app_state
        try:
            (candidate,) = await app_state.candidates()
            soon = int(time.time()) + 16 * 60
            assert candidate.left == (Kind.MOVIE,) and candidate.history.trouble == "partial"
            assert not candidate.due(soon - 3 * 60).now and candidate.due(soon).reason == "retry"
            assert await app_state.start_due(candidate, candidate.due(soon))
            async with asyncio.timeout(60):
                while app_state.runner.is_busy():
                    await asyncio.sleep(0.02)
            (candidate,) = await app_state.candidates()
        finally:
            await app_state.close()
    assert "get_vod_streams" in panel.requests and "get_live_streams" not in panel.requests
    assert candidate.history.failures == 0 and candidate.left == ()
