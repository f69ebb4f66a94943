"""Stored details are renewed after the lists: which, in what order, how many, and what becomes of failures."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.refusing_panel import RefusingPanel
from tests.support.reports import as_document
from tui_app.catalog import Details, Kind, Mark
from tui_app.events import PartFinished, SyncEvent, SyncFinished, SyncProgress
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.sync import Cancellation, run_sync

OLD, NEW = "What was told before.", "What is told now."


pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def asked() -> list[str]:
    """The ids whose details the panel was asked for, in order."""
    return []


@pytest.fixture
def panel(asked: list[str]) -> Iterator[RefusingPanel]:
    def movie_info(query: dict[str, str]) -> Any:
        asked.append(query["vod_id"])
        return {"info": {"plot": NEW}}

    def series_info(query: dict[str, str]) -> Any:
        asked.append(query["series_id"])
        return {"info": {"plot": NEW}, "episodes": {"1": [{"id": f"9{query['series_id']}", "title": "One"}]}}

    with RefusingPanel() as running:
        running.answers = {"get_vod_info": movie_info, "get_series_info": series_info}
        yield running


@pytest.fixture
def paths(tmp_path: Path, panel: RefusingPanel) -> Paths:
    """A profile that was synced once; no details were fetched."""
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, "me", password_source="file"), "secret-word")
    assert sync(paths)["status"] == "completed"
    return paths


def sync(paths: Paths, **options: Any) -> dict[str, Any]:
    return as_document(asyncio.run(run_sync(paths, "home", **options)).report)


def store_details(paths: Paths, kind: Kind, ids: list[int], details: Details | None = None) -> None:
    """Details fetched one second after the other."""
    with LibraryStore.open(paths.library_db("home")) as store:
        save = store.save_movie_details if kind is Kind.MOVIE else store.save_series_details
        for at, id in enumerate(ids, 1_700_000_000):
            save(str(id), details or Details(plot=OLD), at)


def plots(paths: Paths, kind: Kind) -> dict[str, str | None]:
    """Item id → stored plot of its details, a stale one with a question mark."""
    with closing(sqlite3.connect(paths.library_db("home"))) as library:
        rows = library.execute(f"SELECT id, facts ->> 'plot', stale FROM {kind.value}_details").fetchall()
    return {str(id): f"{plot}{'?' * stale}" for id, plot, stale in rows}


def rename(panel: RefusingPanel, *numbers: int) -> None:
    panel.movies = [
        row | {"name": f"{row['name']} anew"} if n in numbers else row for n, row in enumerate(panel.movies, 1)
    ]


def test_what_the_list_changed_is_renewed_and_nothing_else(
    paths: Paths, panel: RefusingPanel, asked: list[str]
) -> None:
    store_details(paths, Kind.MOVIE, [1001, 1002, 1003])
    store_details(paths, Kind.SERIES, [5001])
    rename(panel, 2, 30)

    report = sync(paths)

    assert report["status"] == "completed"
    assert report["details"] == {"renewed": 1, "failed": 0, "left": 0}
    assert asked == ["1002"]
    assert plots(paths, Kind.MOVIE) == {"1001": OLD, "1002": NEW, "1003": OLD}


def test_nothing_stored_is_nothing_to_renew(paths: Paths, panel: RefusingPanel, asked: list[str]) -> None:
    rename(panel, *range(1, 20))
    report = sync(paths, mode="full")
    assert "details" not in report
    assert asked == []


def test_a_full_sync_renews_all_that_is_stored_of_its_kinds(paths: Paths, asked: list[str]) -> None:
    store_details(paths, Kind.MOVIE, [1001, 1002])
    store_details(paths, Kind.SERIES, [5001])

    report = sync(paths, mode="full", only=(Kind.SERIES,))
    assert report["details"]["renewed"] == 1
    assert asked == ["5001"]

    report = sync(paths, mode="full")
    assert report["details"] == {"renewed": 3, "failed": 0, "left": 0}
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        assert [episode.title for episode in store.full_item(Kind.SERIES, "5001").seasons[0].episodes] == ["One"]


def test_favourites_come_first_then_what_was_fetched_last(paths: Paths, asked: list[str]) -> None:
    store_details(paths, Kind.MOVIE, [1004, 1001, 1003, 1002])
    with UserStore(paths.user_db) as user:
        user.set_mark("home", Kind.MOVIE, "1001", Mark.FAVOURITE, "Film 1")
        user.set_mark("another", Kind.MOVIE, "1004", Mark.FAVOURITE, "Film 4")
    sync(paths, mode="full")
    assert asked == ["1001", "1002", "1003", "1004"]


def test_an_incremental_sync_renews_a_few_and_the_next_the_rest(
    paths: Paths, panel: RefusingPanel, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.sync.engine.MOST_AT_ONCE", 3)
    store_details(paths, Kind.MOVIE, [1001, 1002, 1003, 1004, 1005])
    rename(panel, 1, 2, 3, 4, 5)
    assert sync(paths)["details"] == {"renewed": 3, "failed": 0, "left": 2}
    assert asked == ["1005", "1004", "1003"]
    assert sync(paths)["details"] == {"renewed": 2, "failed": 0, "left": 0}
    assert "details" not in sync(paths)


def test_what_fails_keeps_what_is_stored_and_comes_last_next_time(
    paths: Paths, panel: RefusingPanel, asked: list[str]
) -> None:
    store_details(paths, Kind.MOVIE, [1001, 1002, 1003])
    tell = panel.answers["get_vod_info"]
    panel.answers["get_vod_info"] = lambda query: {"info": []} if query["vod_id"] == "1003" else tell(query)

    report = sync(paths, mode="full")

    assert report["status"] == "completed"
    assert report["details"] == {"renewed": 2, "failed": 1, "left": 0}
    assert report["errors"] == [
        {"part": "details", "reason": "1 of 1 could not be renewed: the panel sent no details any more; the stored "
         "ones were kept"}
    ]  # fmt: skip
    assert plots(paths, Kind.MOVIE) == {"1001": NEW, "1002": NEW, "1003": f"{OLD}?"}
    panel.answers["get_vod_info"] = tell
    rename(panel, 1)
    asked.clear()
    assert sync(paths)["details"]["renewed"] == 2
    assert asked == ["1001", "1003"]


def test_episodes_are_not_lost_to_an_answer_without_any(paths: Paths, panel: RefusingPanel) -> None:
    store_details(paths, Kind.SERIES, [5001])
    sync(paths, mode="full")
    panel.answers["get_series_info"] = lambda query: {"info": {"plot": "Only words."}}
    assert sync(paths, mode="full")["details"]["failed"] == 1
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        assert len(store.full_item(Kind.SERIES, "5001").seasons) == 1


def test_five_failures_in_a_row_end_the_renewing(paths: Paths, panel: RefusingPanel) -> None:
    store_details(paths, Kind.MOVIE, list(range(1001, 1011)))
    panel.refused["get_vod_info"] = 503

    report = sync(paths, mode="full")

    assert report["status"] == "completed"
    assert report["details"] == {"renewed": 0, "failed": 5, "left": 5}
    (error,) = report["errors"]
    assert error["reason"].startswith("renewing stopped after 5 failures in a row: the panel can't serve us now")
    assert panel.requests.count("get_vod_info") == 15  # three tries each


def test_a_login_that_is_lost_meanwhile_ends_the_renewing_at_once(paths: Paths, panel: RefusingPanel) -> None:
    store_details(paths, Kind.MOVIE, [1001, 1002])
    panel.refused["get_vod_info"] = 403
    report = sync(paths, mode="full")
    assert (report["status"], report["details"]) == ("completed", {"renewed": 0, "failed": 1, "left": 1})
    assert panel.requests.count("get_vod_info") == 1


def test_details_of_a_list_that_did_not_come_are_left_alone(
    paths: Paths, panel: RefusingPanel, asked: list[str]
) -> None:
    store_details(paths, Kind.MOVIE, [1001])
    rename(panel, 1)
    panel.refused["get_vod_info"] = 503
    sync(paths)
    panel.refused = {"get_vod_streams": 503}
    asked.clear()
    report = sync(paths)
    assert report["status"] == "partial"
    assert "details" not in report
    assert asked == []


def test_equal_details_only_become_fresh(paths: Paths) -> None:
    store_details(paths, Kind.MOVIE, [1001], Details(plot=NEW))
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        before = store.full_item(Kind.MOVIE, "1001")
    sync(paths, mode="full")
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        after = store.full_item(Kind.MOVIE, "1001")
    assert after.details == before.details
    assert after.details_at is not None and before.details_at is not None and after.details_at > before.details_at
    assert not after.details_stale


def test_progress_never_goes_back_and_the_lists_are_told_before(paths: Paths, panel: RefusingPanel) -> None:
    store_details(paths, Kind.MOVIE, list(range(1001, 1006)))
    events: list[SyncEvent] = []
    sync(paths, mode="full", emit=events.append)

    progress = [event for event in events if isinstance(event, SyncProgress)]
    fractions = [event.fraction for event in progress]
    assert all(a <= b for a, b in itertools.pairwise(fractions))
    assert fractions[-1] == 1.0
    renewing = [event for event in progress if event.phase == "details"]
    assert renewing and renewing[0].part == "details"
    assert renewing[0].fraction < 0.9, "five details take longer than these lists"
    assert renewing[0].seconds_left == pytest.approx(5.1)
    finished = [event for event in events if isinstance(event, PartFinished)]
    assert [event.part for event in finished] == ["categories", "channels", "movies", "series", "details"]
    assert events.index(finished[3]) < events.index(renewing[0])


async def test_cancelling_in_the_middle_keeps_the_lists_and_what_was_renewed(
    paths: Paths, panel: RefusingPanel, asked: list[str]
) -> None:
    await asyncio.to_thread(store_details, paths, Kind.MOVIE, list(range(1001, 1006)))
    tell = panel.answers["get_vod_info"]
    is_over = threading.Event()

    def slow_after_two(query: dict[str, str]) -> Any:
        said = tell(query)
        if len(asked) > 2:
            is_over.wait(60)
        return said

    panel.answers["get_vod_info"] = slow_after_two
    cancellation = Cancellation()
    running = asyncio.create_task(run_sync(paths, "home", mode="full", cancellation=cancellation))
    await until(lambda: len(asked) == 3)
    begun = time.monotonic()
    cancellation.cancel()
    finished: SyncFinished = await running
    is_over.set()

    assert time.monotonic() - begun < 20, "the answer under way is not waited for"
    assert finished.status == "cancelled"
    assert as_document(finished.report)["details"] == {"renewed": 2, "failed": 0, "left": 3}
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        states = store.get_sync_status()
    assert {part: state.status for part, state in states.items()} == dict.fromkeys(
        ("categories", "channels", "movies", "series"), "completed"
    )


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
