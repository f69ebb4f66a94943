"""What counts as a change between two lists, and what is written for it, over real HTTP on real files."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.list_panel import ListPanel, channel, movie
from tests.support.reports import as_document
from tui_app.catalog import Kind, Query
from tui_app.events import PartFinished, SyncEvent, SyncFinished, SyncProgress, SyncStarted
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import run_sync

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def panel() -> Iterator[ListPanel]:
    with ListPanel() as running:
        yield running


@pytest.fixture
def paths(tmp_path: Path, panel: ListPanel) -> Paths:
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, "me", password_source="file"), "secret-word")
    return paths


def sync(paths: Paths, **options: Any) -> dict[str, Any]:
    return as_document(asyncio.run(run_sync(paths, "home", **options)).report)


def counts(report: dict[str, Any], part: str) -> tuple[int, int, int]:
    return tuple(report[part][name] for name in ("added", "changed", "removed"))


def names(paths: Paths, query: Query) -> list[str]:
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        return [item.name for item in store.page(query, limit=None).items]


def items_of(paths: Paths) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(paths.library_db("home"))) as library:
        tables = ("channel", "movie", "series", "movie_text", "series_text", "category", "item_category")
        return {table: library.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def test_a_first_sync_takes_everything_in(paths: Paths) -> None:
    report = sync(paths)
    assert report["status"] == "completed"
    assert [report[part]["total"] for part in ("channels", "movies", "series", "categories")] == [20, 50, 10, 6]
    assert report["rows_written"] == 86


def test_the_same_bytes_again_write_nothing(paths: Paths) -> None:
    sync(paths)
    before = items_of(paths)
    report = sync(paths)
    assert (report["rows_written"], report["positions_written"]) == (0, 0)
    assert report["movies"]["unchanged"] == 50
    assert items_of(paths) == before


def reordered(row: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(row.items()))


def quoted(row: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, int | float) else value for key, value in row.items()}


def renumbered(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"num": row["num"] + 7}


def other_host(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.replace("cdn1", "cdn2") if isinstance(v, str) else v for k, v in row.items()}


@pytest.mark.parametrize("disguise", [reordered, quoted, renumbered, other_host])
def test_a_change_of_form_is_no_change(paths: Paths, panel: ListPanel, disguise: Any) -> None:
    sync(paths)
    before = items_of(paths)
    panel.movies = [disguise(row) for row in panel.movies]
    panel.series = [disguise(row) for row in panel.series]
    report = sync(paths)
    assert (report["rows_written"], report["positions_written"]) == (0, 0)
    assert items_of(paths) == before


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another name"},
        {"category_id": "2"},
        {"category_id": "1", "category_ids": [1, 2]},
        {"rating": 9.1},
        {"year": 1999},
        {"plot": "Another story."},
        {"container_extension": "mkv"},
        {"added": 1_700_000_000},
        {"genre": "Western"},
        {"cast": "Somebody New"},
    ],
)
def test_a_change_of_meaning_writes_its_row_alone(paths: Paths, panel: ListPanel, change: dict[str, Any]) -> None:
    panel.movies[7] = movie(8, category_id="1")
    sync(paths)
    panel.movies[7] = movie(8, category_id="1") | change
    report = sync(paths)
    assert counts(report, "movies") == (0, 1, 0)
    assert (report["rows_written"], report["positions_written"]) == (1, 0)


def test_added_and_vanished_items_are_counted_and_the_order_follows_the_panel(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    del panel.movies[10:13]
    panel.movies.insert(0, movie(900))
    panel.movies.insert(20, movie(901))
    report = sync(paths)
    assert counts(report, "movies") == (2, 0, 3)
    assert report["positions_written"] == 0  # nothing that was there before moved
    assert names(paths, Query(Kind.MOVIE)) == [row["name"] for row in panel.movies]


def test_a_moved_item_is_no_change_and_writes_one_position(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    panel.movies.append(panel.movies.pop(3))
    report = sync(paths)
    assert (report["rows_written"], report["positions_written"]) == (0, 1)
    assert names(paths, Query(Kind.MOVIE)) == [row["name"] for row in panel.movies]


def test_channel_numbers_are_followed_without_being_changes(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    panel.channels = [row | {"num": row["num"] + 1} for row in panel.channels]
    report = sync(paths)
    assert (report["rows_written"], report["positions_written"]) == (0, 20)
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        assert [item.number for item in store.page(Query(Kind.CHANNEL), limit=None).items] == list(range(2, 22))


@pytest.mark.fcase(28)
def test_one_id_in_two_rows_is_one_item_in_two_categories(paths: Paths, panel: ListPanel) -> None:
    panel.channels += [channel(1, category_id="1", epg_channel_id="one.tv")]
    report = sync(paths)
    assert report["channels"]["total"] == 20
    for wanted in ("1", "2"):
        assert "Channel 1" in names(paths, Query(Kind.CHANNEL, category=wanted))
    assert sync(paths)["rows_written"] == 0
    panel.channels.pop()
    assert counts(sync(paths), "channels") == (0, 1, 0)
    assert "Channel 1" not in names(paths, Query(Kind.CHANNEL, category="1"))


@pytest.mark.fcase(29, 30)
def test_ids_that_are_no_numbers_are_items_like_others(paths: Paths, panel: ListPanel) -> None:
    panel.movies += [movie(60, stream_id="abc-9f"), movie(61, stream_id=12345678901234567890)]
    assert counts(sync(paths), "movies") == (52, 0, 0)
    panel.movies[-2]["name"] = "Renamed"
    assert counts(sync(paths), "movies") == (0, 1, 0)
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        assert store.full_item(Kind.MOVIE, "abc-9f").item.name == "Renamed"
        assert store.full_item(Kind.MOVIE, "12345678901234567890").item.name == "Film 61"


def test_excluded_categories_leave_and_come_back_with_the_setting(paths: Paths, panel: ListPanel) -> None:
    panel.movies = [movie(n, category_id="3" if n > 10 else "1") for n in range(1, 51)]
    sync(paths)
    profiles = ProfileStore(paths)
    settings = profiles.get_sync_settings("home")
    profiles.save_sync_settings("home", replace(settings, excluded_categories={Kind.MOVIE: ("3",)}))
    report = sync(paths)
    assert counts(report, "movies") == (0, 0, 40)  # the user's own wish is no suspicious shrink
    assert report["status"] == "completed"
    assert sync(paths)["rows_written"] == 0
    profiles.save_sync_settings("home", settings)
    assert counts(sync(paths), "movies") == (40, 0, 0)


def test_a_full_sync_rewrites_every_row_and_says_what_differed(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    panel.movies[0]["name"] = "Renamed"
    del panel.movies[-1]
    report = sync(paths, mode="full")
    assert counts(report, "movies") == (0, 1, 1)
    assert report["rows_written"] >= 20 + 49 + 10
    assert names(paths, Query(Kind.MOVIE)) == [row["name"] for row in panel.movies]
    assert sync(paths)["rows_written"] == 0


def test_a_single_kind_can_be_synced_alone(paths: Paths) -> None:
    report = sync(paths, only=(Kind.SERIES,))
    assert (report["series"]["total"], report["movies"]["status"]) == (10, "skipped")
    assert names(paths, Query(Kind.MOVIE)) == []


def test_a_renamed_category_is_a_change_and_its_items_are_not(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    panel.movie_categories[0]["category_name"] = "Tragedy"
    report = sync(paths)
    assert counts(report, "categories") == (0, 1, 0)
    assert report["rows_written"] == 1


def test_a_panel_without_categories_is_no_trouble(paths: Paths, panel: ListPanel) -> None:
    panel.series_categories = []
    for _ in range(2):
        report = sync(paths)
        assert (report["status"], report["errors"]) == ("completed", [])


def test_parts_that_were_not_reached_still_say_what_the_library_holds(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    report = sync(paths, only=(Kind.SERIES,))
    assert (report["movies"]["status"], report["movies"]["total"]) == ("skipped", 50)
    panel.login = {"user_info": {"auth": 0}}
    report = sync(paths)
    assert [report[part]["total"] for part in ("channels", "movies", "series")] == [20, 50, 10]
    assert report["status"] == "failed"


def test_categories_that_were_kept_count_as_held(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    panel.movie_categories = []
    report = sync(paths)
    assert (report["status"], report["categories"]["total"]) == ("partial", 6)


def test_events_tell_the_parts_in_order_and_progress_to_the_end(paths: Paths) -> None:
    events: list[SyncEvent] = []
    asyncio.run(run_sync(paths, "home", emit=events.append))
    assert isinstance(events[0], SyncStarted)
    assert isinstance(events[-1], SyncFinished)
    parts = [event.part for event in events if isinstance(event, PartFinished)]
    assert parts == ["categories", "channels", "movies", "series"]
    fractions = [event.fraction for event in events if isinstance(event, SyncProgress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_no_event_and_no_file_but_the_secret_one_holds_the_password(paths: Paths) -> None:
    events: list[SyncEvent] = []
    asyncio.run(run_sync(paths, "home", emit=events.append))
    assert "secret-word" not in repr(events)
    holders = {
        file.name for file in paths.data.parent.rglob("*") if file.is_file() and b"secret-word" in file.read_bytes()
    }
    assert holders == {"secrets.toml"}
