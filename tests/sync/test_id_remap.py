"""A panel that gives all its items other ids: they are replaced, the user's marks follow, and it is said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.support.list_panel import category, channel, movie, series
from tests.sync.category_panel import CategoryPanel, status
from tests.sync.conftest import SyncHome
from tui_app.catalog import Details, Episode, ItemRef, Kind, Mark, Season
from tui_app.cli.session import hidden_categories, marked
from tui_app.library import Library
from tui_app.store.id_remap.moved_ids import follow_moved_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

Row = dict[str, Any]


def mark(home: SyncHome, kind: Kind, *ids: str, how: Mark = Mark.FAVOURITE) -> None:
    with UserStore(home.paths.user_db) as user:
        for id_ in ids:
            user.set_mark("home", kind, id_, how, f"marked {id_}")


def marks(home: SyncHome, kind: Kind, how: Mark = Mark.FAVOURITE) -> set[str]:
    """As the command line sees them."""
    return set(marked(home.paths, "home", kind, how))


def moved(row: Row, by: int = 70_000) -> Row:
    key = "series_id" if "series_id" in row else "stream_id"
    return row | {key: row[key] + by}


def lines(home: SyncHome) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home.paths.library_db("home"))) as library:
        return library.execute(
            "SELECT change, kind, item FROM sync_change WHERE run = (SELECT max(id) FROM sync_run) ORDER BY 1, 2, 3"
        ).fetchall()


@pytest.mark.fcase(81)
def test_f81_all_ids_changed_and_names_equal_favourites_follow(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    for kind, ids in ((Kind.CHANNEL, ("105", "120")), (Kind.MOVIE, ("1001", "1050")), (Kind.SERIES, ("5003",))):
        mark(home, kind, *ids)
        mark(home, kind, ids[0], how=Mark.WATCHED)
    category_panel.channels = [moved(row) for row in category_panel.channels]
    category_panel.movies = [moved(row) for row in category_panel.movies]
    category_panel.series = [moved(row) for row in category_panel.series]

    finished = home.finish()

    assert (finished.status, finished.exit_code, finished.report.errors) == ("completed", 0, ())
    movies = finished.report.movies
    assert (movies.added, movies.removed, movies.pending_removals, movies.total) == (50, 50, 0, 50)
    assert "movies new ids" in finished.message and "series new ids" in finished.message
    assert lines(home) == [], "nothing is new and nothing is gone"
    assert marks(home, Kind.CHANNEL) == {"70105", "70120"}
    assert marks(home, Kind.MOVIE) == {"71001", "71050"}
    assert marks(home, Kind.SERIES) == {"75003"}
    assert marks(home, Kind.MOVIE, Mark.WATCHED) == {"71001"}
    assert home.finish().message == ""


async def test_f81_the_apps_library_follows_too(home: SyncHome, category_panel: CategoryPanel) -> None:
    import asyncio

    await asyncio.to_thread(home.sync)
    mark(home, Kind.MOVIE, "1007")
    library = Library(home.paths, "home")
    try:
        assert await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE) == {"1007"}
        category_panel.movies = [moved(row) for row in category_panel.movies]
        await asyncio.to_thread(home.sync)
        assert await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE) == {"71007"}
        assert not await library.marks.toggle([ItemRef(Kind.MOVIE, "71007", "Film 7")], Mark.FAVOURITE)
    finally:
        await library.close()


def test_f81_twice_before_anybody_looks_and_never_twice_after(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    mark(home, Kind.MOVIE, "1001")
    for _ in range(2):
        category_panel.movies = [moved(row, 1_000) for row in category_panel.movies]
        assert home.sync()["status"] == "completed"
    assert marks(home, Kind.MOVIE) == {"3001"}
    mark(home, Kind.MOVIE, "1001")  # somebody's new item may get an old number one day
    assert marks(home, Kind.MOVIE) == {"1001", "3001"}


def test_ids_that_overlap_with_the_old_ones_are_not_mixed_up(home: SyncHome, category_panel: CategoryPanel) -> None:
    """A new id that was another item's old one: marks leave before any arrives."""
    home.sync()
    mark(home, Kind.MOVIE, "1001", "1049")
    category_panel.movies = [moved(row, 48) for row in category_panel.movies]  # 1049 and 1050 are used again
    home.sync()
    assert marks(home, Kind.MOVIE) == {"1049", "1097"}


def test_a_handful_of_new_titles_and_lost_ones_are_news_of_a_migration(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    mark(home, Kind.MOVIE, "1001", "1002")
    category_panel.movies = [*map(moved, category_panel.movies[1:]), movie(900)]
    report = home.sync()
    assert (report["status"], report["movies"]["added"], report["movies"]["removed"]) == ("completed", 50, 50)
    assert lines(home) == [("added", "movie", "1900"), ("removed", "movie", "1001")]
    assert marks(home, Kind.MOVIE) == {"1001", "71002"}, "the one that is gone keeps its mark for its return"


def test_what_a_smaller_new_list_does_not_name_stays_pending(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    mark(home, Kind.MOVIE, "1001")
    category_panel.movies = [moved(row) for row in category_panel.movies[:35]]
    held = home.finish()
    movies = held.report.movies
    assert (movies.status, movies.added, movies.removed, movies.pending_removals) == ("partial", 35, 35, 15)
    assert movies.total == 50
    assert "new ids" in held.message and "15 fewer movies" in held.message
    assert marks(home, Kind.MOVIE) == {"71001"}
    confirmed = home.sync()
    assert (confirmed["status"], confirmed["movies"]["removed"], confirmed["movies"]["total"]) == ("completed", 15, 35)


def test_other_titles_under_other_ids_are_no_migration(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    mark(home, Kind.MOVIE, "1001")
    category_panel.movies = [movie(n + 500) for n in range(1, 51)]
    report = home.finish()
    assert (report.status, report.message) == ("completed", "")
    assert (report.report.movies.added, report.report.movies.removed) == (50, 50)
    assert len(lines(home)) == 100
    assert marks(home, Kind.MOVIE) == {"1001"}


def test_same_names_are_told_apart_by_year_category_and_order(home: SyncHome, category_panel: CategoryPanel) -> None:
    alike = [
        movie(1, name="Solo", year=1950, category_id="1"),
        movie(2, name="Solo", year=1960, category_id="1"),
        movie(3, name="Twin", year=1950, category_id="1"),
        movie(4, name="Twin", year=1950, category_id="2"),
        movie(5, name="Row", year=1950, category_id="1"),
        movie(6, name="Row", year=1950, category_id="1"),
        movie(7, name="Lost", year=1950, category_id="1"),
        movie(8, name="Lost", year=1950, category_id="1"),
        movie(9, name="Found", year=1950, category_id="1", tmdb="4711"),
    ]
    category_panel.movies = alike + [movie(n) for n in range(20, 40)]
    home.sync()
    mark(home, Kind.MOVIE, *(str(1000 + n) for n in range(1, 10)))
    renamed = alike[8] | {"name": "Trouvé"}
    after = [alike[1], alike[0], alike[3], alike[2], alike[4], alike[5], alike[6], renamed]
    category_panel.movies = [moved(row) for row in after + [movie(n) for n in range(20, 40)]]

    finished = home.finish()

    followed = {"71001", "71002", "71003", "71004", "71005", "71006", "71009"}
    assert marks(home, Kind.MOVIE) == followed | {"1007", "1008"}, "one of two alike is left: nobody knows which"
    assert "but for 2 that can't be told apart" in finished.message


def test_many_alike_that_became_one_stay_pending_like_any_shrink(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.movies = [movie(n, name="No event", year=1950) for n in range(1, 31)] + [
        movie(n) for n in range(31, 51)
    ]
    home.sync()
    category_panel.movies = [moved(row) for row in category_panel.movies[29:]]
    report = home.sync()
    assert (report["movies"]["status"], report["movies"]["removed"], report["movies"]["held_back"]) == (
        "partial",
        20,
        30,
    )
    assert report["movies"]["total"] == 51


def test_channels_are_told_apart_by_name_then_guide(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.channels = [channel(n) for n in range(1, 21)] + [
        channel(31, name="One HD", epg_channel_id="one.tv"),
        channel(32, name="Two", epg_channel_id="two.tv"),
        channel(33, name="Two", epg_channel_id="two.uk"),
    ]
    home.sync()
    mark(home, Kind.CHANNEL, "131", "132", "133", "101")
    listed = category_panel.channels
    after = [listed[22], listed[21], listed[20] | {"name": "First FHD"}, *listed[:20]]
    category_panel.channels = [moved(row) for row in after]
    home.sync()
    assert marks(home, Kind.CHANNEL) == {"70131", "70132", "70133", "70101"}


def test_details_of_movies_go_along_and_count_as_old(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    with LibraryStore.open(home.paths.library_db("home")) as store:
        store.save_movie_details("1001", Details(plot="Fetched once."), 1_700_000_000)
    category_panel.movies = [moved(row) for row in category_panel.movies]
    home.sync()
    with LibraryStore.open(home.paths.library_db("home"), readonly=True) as store:
        found = store.full_item(Kind.MOVIE, "71001")
    assert (found.details_at, found.details_stale) == (1_700_000_000, True)


def test_a_cut_or_failing_list_is_never_a_migration(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    mark(home, Kind.MOVIE, "1001")
    category_panel.movies = [moved(row) for row in category_panel.movies]
    category_panel.whole["movies"] = status(500)
    category_panel.broken["2"] = status(500)
    report = home.sync()
    assert (report["movies"]["status"], report["movies"]["removed"]) == ("partial", 0)
    assert marks(home, Kind.MOVIE) == {"1001"}


def test_a_few_ids_that_changed_are_no_migration(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    category_panel.series = [*map(moved, category_panel.series[:5]), *category_panel.series[5:]]
    finished = home.finish()
    assert finished.message == ""
    assert (finished.report.series.added, finished.report.series.removed) == (5, 5)
    assert len(lines(home)) == 10
    assert series(1)["series_id"] == 5001


@pytest.mark.fcase(81)
def test_f81_hidden_categories_stay_hidden_when_they_get_other_ids_too(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    with UserStore(home.paths.user_db) as user:
        user.hide_categories("home", Kind.MOVIE, [("3", "Adults"), ("1", "Drama")])
        user.hide_categories("home", Kind.CHANNEL, [("1", "News")])
    other = {"1": "71", "2": "73", "3": "72"}
    category_panel.movie_categories = [
        row | {"category_id": other[row["category_id"]]} for row in reversed(category_panel.movie_categories)
    ]
    category_panel.movies = [moved(row) | {"category_id": other[row["category_id"]]} for row in category_panel.movies]

    assert home.sync()["status"] == "completed"

    assert hidden_categories(home.paths, "home", Kind.MOVIE) == {"72", "71"}
    assert hidden_categories(home.paths, "home", Kind.CHANNEL) == {"1"}
    with UserStore(home.paths.user_db) as user:
        user.show_categories("home", Kind.MOVIE, ["71"])
    assert hidden_categories(home.paths, "home", Kind.MOVIE) == {"72"}


def test_other_categories_under_other_ids_are_no_migration(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    with UserStore(home.paths.user_db) as user:
        user.hide_categories("home", Kind.MOVIE, [("3", "Adults")])
    category_panel.movie_categories = [category(n, f"Shelf {n}") for n in (91, 92, 93)]
    home.sync()
    assert hidden_categories(home.paths, "home", Kind.MOVIE) == {"3"}


def test_following_is_done_once_by_whoever_comes_first(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    mark(home, Kind.MOVIE, "1001")
    category_panel.movies = [moved(row) for row in category_panel.movies]
    home.sync()
    with (
        UserStore(home.paths.user_db) as user,
        LibraryStore.open(home.paths.library_db("home"), readonly=True) as store,
    ):
        assert follow_moved_ids(user, store.database, "home") == 1
        assert follow_moved_ids(user, store.database, "home") == 0
        assert user.marked("home", Kind.MOVIE, Mark.FAVOURITE)[0].name == "marked 1001"
        assert follow_moved_ids(user, store.database, "another") == 0


def test_marks_on_episodes_follow_once_their_series_is_opened_again(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    def store_details(series_id: str, first: int, at: int) -> None:
        episodes = tuple(Episode(str(first + n), 1, n, f"Part {n}") for n in (1, 2, 3))
        with LibraryStore.open(home.paths.library_db("home")) as store:
            store.save_series_details(series_id, Details(seasons=(Season(1, "Season 1", episodes=episodes),)), at)

    home.sync()
    store_details("5003", 100, 50)
    store_details("5004", 200, 50)
    mark(home, Kind.EPISODE, "102", "203", how=Mark.WATCHED)
    category_panel.series = [moved(row) for row in category_panel.series]
    home.sync()
    store_details("75004", 100, 2_000_000_000)  # with the ids that the other series had
    assert {"102", "103"} & marks(home, Kind.EPISODE, Mark.WATCHED) == {"103"}
    store_details("75003", 900, 2_000_000_001)
    assert marks(home, Kind.EPISODE, Mark.WATCHED) == {"103", "902"}
