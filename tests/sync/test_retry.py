"""A retry does only what did not complete; a sync by the schedule leaves a server alone that fails and fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.refusing_panel import RefusingPanel
from tests.support.reports import as_document
from tui_app.catalog import Kind, PartState
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import run_sync

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def panel() -> Iterator[RefusingPanel]:
    with RefusingPanel() as running:
        yield running


@pytest.fixture
def paths(tmp_path: Path, panel: RefusingPanel) -> Paths:
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, "me", password_source="file"), "secret-word")
    return paths


def sync(paths: Paths, **options: Any) -> dict[str, Any]:
    return as_document(asyncio.run(run_sync(paths, "home", **options)).report)


def states(paths: Paths) -> dict[str, PartState]:
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        return dict(store.get_sync_status())


def test_a_retry_does_what_failed_and_nothing_else(paths: Paths, panel: RefusingPanel) -> None:
    panel.refused["get_vod_streams"] = 404
    assert sync(paths)["status"] == "partial"
    before = states(paths)
    assert before["movies"].status == "failed"
    assert "404" in before["movies"].reason
    panel.refused.clear()
    panel.requests.clear()

    report = sync(paths, retry=True)

    assert report["status"] == "completed"
    assert [report[part]["status"] for part in ("channels", "movies", "series")] == ["skipped", "completed", "skipped"]
    assert (report["movies"]["added"], report["channels"]["total"]) == (50, 20)
    assert panel.requests == ["", "get_vod_streams"]
    after = states(paths)
    assert (after["movies"].status, after["movies"].reason) == ("completed", "")
    assert {part: state for part, state in after.items() if part != "movies"} == {
        part: state for part, state in before.items() if part != "movies"
    }


def test_nothing_to_retry_asks_nobody_and_is_no_failure(paths: Paths, panel: RefusingPanel) -> None:
    sync(paths)
    panel.requests.clear()
    finished = asyncio.run(run_sync(paths, "home", retry=True))
    assert (finished.status, finished.exit_code) == ("completed", 0)
    assert finished.message == "Nothing to retry: the last sync of every part was complete."
    assert panel.requests == []


def test_categories_alone_are_retried_when_they_alone_failed(paths: Paths, panel: RefusingPanel) -> None:
    panel.refused["get_vod_categories"] = 404
    assert sync(paths)["status"] == "partial"
    panel.refused.clear()
    panel.requests.clear()

    report = sync(paths, retry=True)

    assert (report["status"], report["categories"]["total"]) == ("completed", 6)
    assert panel.requests == ["", "get_live_categories", "get_vod_categories", "get_series_categories"]


def test_a_retry_that_fails_again_is_a_failure_with_its_reason(paths: Paths, panel: RefusingPanel) -> None:
    panel.refused["get_series"] = 404
    sync(paths)
    report = sync(paths, retry=True)
    assert report["status"] == "failed"
    assert [error["part"] for error in report["errors"]] == ["series"]
    assert states(paths)["channels"].status == "completed"


def test_a_part_that_was_never_reached_is_retried_too(paths: Paths, panel: RefusingPanel) -> None:
    sync(paths, only=(Kind.CHANNEL,))
    report = sync(paths, retry=True)
    assert [report[part]["status"] for part in ("channels", "movies", "series")] == [
        "skipped",
        "completed",
        "completed",
    ]


def test_a_retry_keeps_to_the_kinds_it_is_given(paths: Paths, panel: RefusingPanel) -> None:
    panel.refused |= {"get_series": 404, "get_vod_streams": 404}
    sync(paths)
    panel.refused.clear()
    report = sync(paths, retry=True, only=(Kind.SERIES,))
    assert (report["movies"]["status"], report["series"]["status"]) == ("skipped", "completed")


def test_a_second_list_that_is_short_as_well_confirms_removals_that_waited(paths: Paths, panel: RefusingPanel) -> None:
    sync(paths)
    panel.movies = panel.movies[:20]
    assert sync(paths)["movies"]["held_back"] == 30
    assert sync(paths, retry=True)["movies"]["removed"] == 30


# --------------------------------------------------------------------------------------------- rest after failures
def test_a_sync_by_the_schedule_leaves_a_failing_server_alone_and_one_by_the_user_does_not(
    paths: Paths, panel: RefusingPanel
) -> None:
    panel.refused[""] = 503
    for _ in range(5):
        assert sync(paths, background=True)["error"]["message"] == "The panel can't serve us now (HTTP 503)."
    panel.requests.clear()

    finished = asyncio.run(run_sync(paths, "home", background=True))

    assert panel.requests == []
    assert (finished.status, finished.exit_code) == ("failed", 6)
    assert finished.message.startswith("The server has failed 5 times in a row; next try at ")
    assert as_document(finished.report)["errors"] == [{"part": "connection", "reason": finished.message}]
    sync(paths)
    assert panel.requests == ["", ""], "what the user asks for is tried"


def test_one_good_answer_ends_the_rest(paths: Paths, panel: RefusingPanel) -> None:
    panel.refused[""] = 503
    for _ in range(5):
        sync(paths, background=True)
    panel.refused = {}
    assert sync(paths)["status"] == "completed"
    assert sync(paths, background=True)["status"] == "completed"


# ------------------------------------------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("status", "part", "code"),
    [(503, "connection", "overloaded"), (403, "login", "denied"), (404, "login", "denied")],
)
def test_a_refused_login_is_told_apart_from_trouble_on_the_way(
    status: int, part: str, code: str, paths: Paths, panel: RefusingPanel
) -> None:
    sync(paths)
    panel.refused[""] = status
    report = sync(paths)
    assert [error["part"] for error in report["errors"]] == [part]
    assert report["error"]["code"] == code
    assert ("refused the login" in report["error"]["message"]) is (part == "login")
    assert report["error"]["hint"]


def test_a_login_lost_in_the_middle_stops_the_sync_and_deletes_nothing(paths: Paths, panel: RefusingPanel) -> None:
    sync(paths)
    panel.refused["get_vod_streams"] = 401
    panel.channels = panel.channels[:-1]
    panel.requests.clear()

    report = sync(paths)

    assert report["status"] == "partial"
    assert "get_series" not in panel.requests
    assert (report["channels"]["removed"], report["movies"]["total"], report["series"]["total"]) == (1, 50, 10)
    reasons = {error["part"]: error["reason"] for error in report["errors"]}
    assert "no longer accepts the login (HTTP 401)" in reasons["movies"]
