"""Categories that the settings leave out: their titles leave and come back, and the guard is not fooled by them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.list_panel import ListPanel, movie
from tests.support.reports import as_document
from tui_app.catalog import Kind, Mark
from tui_app.errors import SettingsError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.sync import run_sync

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def panel() -> Iterator[ListPanel]:
    with ListPanel() as running:
        yield running  # 50 movies: the even ones in category 1, the odd ones in category 2


@pytest.fixture
def paths(tmp_path: Path, panel: ListPanel) -> Paths:
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, "me", password_source="file"), "secret-word")
    return paths


def sync(paths: Paths, **options: Any) -> dict[str, Any]:
    return as_document(asyncio.run(run_sync(paths, "home", **options)).report)


def leave_out(paths: Paths, *categories: str) -> None:
    store = ProfileStore(paths)
    settings = store.get_sync_settings("home")
    store.save_sync_settings("home", replace(settings, excluded_categories={Kind.MOVIE: categories}))


def movies(report: dict[str, Any]) -> tuple[str, int, int, int]:
    part = report["movies"]
    return part["status"], part["total"], part["removed"], part["held_back"]


def test_most_of_a_kind_may_be_left_out_at_once_and_the_same_list_brings_it_back(paths: Paths) -> None:
    """The panel's answer is the same byte for byte: what is read out of it is not."""
    sync(paths)
    leave_out(paths, "1", "2")
    assert movies(sync(paths)) == ("completed", 0, 50, 0)
    leave_out(paths, "1")
    report = sync(paths)
    assert movies(report) == ("completed", 25, 0, 0) and report["movies"]["added"] == 25
    leave_out(paths)
    assert movies(sync(paths)) == ("completed", 50, 0, 0)


def test_marks_of_titles_left_out_survive_their_absence(paths: Paths) -> None:
    sync(paths)
    with UserStore(paths.user_db) as user:
        user.set_mark("home", Kind.MOVIE, "1001", Mark.FAVOURITE, "Film 1")
    for excluded in (("2",), ()):
        leave_out(paths, *excluded)
        sync(paths)
    with UserStore(paths.user_db) as user:
        assert user.ids_with("home", Kind.MOVIE, Mark.FAVOURITE) == {"1001"}


def test_a_title_stays_as_long_as_one_of_its_categories_is_wanted(paths: Paths, panel: ListPanel) -> None:
    panel.movies.append(movie(99, category_ids=[1, 3], category_id="3"))
    leave_out(paths, "3")
    assert sync(paths)["movies"]["total"] == 51
    leave_out(paths, "1", "3")
    assert sync(paths)["movies"]["total"] == 25


def test_rows_left_out_do_not_vouch_for_a_list_that_shrank(paths: Paths, panel: ListPanel) -> None:
    """25 of 50 are left out for long; of the other 25 only 5 are listed: that is no plausible list."""
    leave_out(paths, "1")
    sync(paths)
    panel.movies = [row for row in panel.movies if row["category_id"] == "1"] + [movie(n) for n in (1, 3, 5, 7, 9)]
    assert movies(sync(paths)) == ("partial", 25, 0, 20)


def test_leaving_out_during_a_shrink_removes_nothing_the_panel_merely_forgot(paths: Paths, panel: ListPanel) -> None:
    sync(paths)
    leave_out(paths, "1")
    panel.movies = panel.movies[:12]
    status, total, removed, pending_removals = movies(sync(paths))
    assert (
        status == "partial"
        and removed + pending_removals + 6 == 50
        and pending_removals >= 19
        and total == 50 - removed
    )


def test_a_changed_row_in_a_category_left_out_stays_out_with_the_others(paths: Paths, panel: ListPanel) -> None:
    leave_out(paths, "1")
    assert sync(paths)["movies"]["total"] == 25
    panel.movies[1]["name"] = "Renamed"  # in category 1
    panel.movies[0]["name"] = "Renamed too"
    report = sync(paths)
    assert movies(report) == ("completed", 25, 0, 0)
    assert (report["movies"]["added"], report["movies"]["changed"], report["movies"]["unchanged"]) == (0, 1, 24)
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        assert store.get_cache_stats("home").counts[Kind.MOVIE] == 25


# ------------------------------------------------------------------------------------------- ids that changed
OTHER = {"1": "71", "2": "73", "3": "72"}


def renumber(panel: ListPanel) -> None:
    """All categories of movies get other ids, some of them those that others had."""
    panel.movie_categories = [row | {"category_id": OTHER[row["category_id"]]} for row in panel.movie_categories]
    panel.movies = [
        row | {"category_id": OTHER[row["category_id"]], "category_ids": [int(OTHER[row["category_id"]])]}
        for row in panel.movies
    ]


def excluded(paths: Paths) -> tuple[str, ...]:
    return tuple(ProfileStore(paths).get_sync_settings("home").excluded_categories.get(Kind.MOVIE, ()))


def test_categories_left_out_follow_their_new_ids_at_once(paths: Paths, panel: ListPanel) -> None:
    leave_out(paths, "2")
    assert movies(sync(paths)) == ("completed", 25, 0, 0)
    renumber(panel)
    assert movies(sync(paths)) == ("completed", 25, 0, 0)
    assert excluded(paths) == ("73",)
    assert movies(sync(paths)) == ("completed", 25, 0, 0)


def test_what_the_user_writes_after_a_move_is_meant_as_it_stands(paths: Paths, panel: ListPanel) -> None:
    leave_out(paths, "2")
    sync(paths)
    renumber(panel)
    sync(paths)
    leave_out(paths, "2", "71")  # somebody's new category may get an old number one day
    sync(paths)
    assert excluded(paths) == ("2", "71")


def test_ids_that_cannot_be_written_now_follow_with_the_next_sync(
    paths: Paths, panel: ListPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_out(paths, "2")
    sync(paths)
    renumber(panel)

    def refuse(*_: object) -> None:
        raise SettingsError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(ProfileStore, "save_sync_settings", refuse)
        assert movies(sync(paths)) == ("completed", 25, 0, 0), "this sync leaves it out all the same"
    assert excluded(paths) == ("2",)
    assert movies(sync(paths)) == ("completed", 25, 0, 0)
    assert excluded(paths) == ("73",)


def test_moves_from_before_nobody_followed_are_left_alone(paths: Paths, panel: ListPanel) -> None:
    """A library of an earlier version: what the settings say was written since, for all we know."""
    sync(paths)
    renumber(panel)
    sync(paths)
    with LibraryStore.open(paths.library_db("home")) as store:
        store.database.run("DELETE FROM meta WHERE name LIKE 'left_out%'")
    leave_out(paths, "2")
    sync(paths)
    assert excluded(paths) == ("2",)
