"""Whole lists that fail while single categories work: what is fetched, what is kept, what is said of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.list_panel import category, channel, movie
from tests.sync.category_panel import CategoryPanel, Reply, cut, instead, status
from tests.sync.conftest import SyncHome
from tui_app.catalog import Kind
from tui_app.events import SyncProgress
from tui_app.sync import Cancellation

MOVIES = Kind.MOVIE


def counts(report: dict[str, Any], part: str = "movies") -> tuple[int, int, int]:
    return tuple(report[part][name] for name in ("added", "changed", "removed"))


TROUBLES = {
    "504": status(504),
    "429": status(429),
    "empty": instead(b"[]"),
    "null": instead(b"null"),
    "an empty body": instead(b""),
    "cut": cut(),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.fcase(43, 44, 49)
def test_f43_f44_f49_a_first_list_that_fails_is_put_together_by_category(
    trouble: str, home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.whole["movies"] = TROUBLES[trouble]

    finished = home.finish()

    assert (finished.status, finished.message, finished.report.errors) == ("completed", "", ())
    assert sorted(home.ids(MOVIES)) == sorted(str(row["stream_id"]) for row in category_panel.movies)
    assert category_panel.categories_asked() == ["1", "2", "3"]
    assert len(home.ids(MOVIES, category="1")) == len(home.ids(MOVIES, category="2")) == 25
    assert [event.phase for event in home.events if isinstance(event, SyncProgress) and event.part == "movies"].count(
        "by category"
    )


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_known_list_by_category_changes_nothing_and_the_next_whole_list_neither(
    trouble: str, home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    before = home.content()
    for part in ("movies", "channels", "series"):
        category_panel.whole[part] = TROUBLES[trouble]

    report = home.sync()
    assert (report["status"], report["rows_written"], report["positions_written"]) == ("completed", 0, 0), report
    assert report["movies"]["unchanged"] == 50
    assert home.content() == before

    category_panel.whole.clear()
    category_panel.asked.clear()
    report = home.sync()
    assert (report["status"], report["rows_written"], report["positions_written"]) == ("completed", 0, 0), report
    assert home.content() == before
    assert category_panel.categories_asked() == []


def test_a_silent_whole_list_is_fetched_by_category(home: SyncHome, category_panel: CategoryPanel) -> None:
    def silence(body: bytes) -> Reply:
        import time

        time.sleep(4)
        return 200, {}, body

    category_panel.whole["movies"] = silence
    report = home.sync()
    assert (report["status"], report["movies"]["total"]) == ("completed", 50)
    assert category_panel.wholes_asked() == 1


def test_a_connection_that_breaks_is_no_reason_to_ask_by_category(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    category_panel.asked.clear()
    category_panel.whole["channels"] = lambda body: (0, {}, b"")  # a status line no client understands
    report = home.sync(only=(Kind.CHANNEL,))
    assert report["channels"]["status"] == "failed"
    assert category_panel.categories_asked("channels") == []


@pytest.mark.fcase(49)
def test_f49_a_category_that_fails_keeps_its_old_rows(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.movie_categories = [category(n, f"Shelf {n}") for n in range(1, 52)]
    category_panel.movies = [movie(n, category_id=str(1 + n % 51)) for n in range(1, 103)]
    home.sync()
    category_panel.whole["movies"] = status(504)
    category_panel.broken["51"] = status(500)
    gone = [row for row in category_panel.movies if row["category_id"] == "51"]
    category_panel.movies = [row for row in category_panel.movies if row not in gone[:1]][1:]
    category_panel.movies.append(movie(900, category_id="7"))

    finished = home.finish()

    assert (finished.status, finished.exit_code) == ("partial", 3)
    movies = finished.report.movies
    assert (movies.status, movies.added, movies.removed, movies.total) == ("partial", 1, 0, 103)
    (error,) = finished.report.errors
    assert error.part == "movies"
    assert "1 of 51 categories" in error.reason and "Shelf 51" in error.reason and "504" in error.reason
    assert len(home.ids(MOVIES, category="51")) == 2
    assert category_panel.categories_asked()[-3:] == ["51"] * 3, "tried again like any request"


def test_vanished_items_leave_when_all_categories_answered(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    category_panel.whole["movies"] = status(500)
    del category_panel.movies[3:6]
    report = home.sync()
    assert (report["movies"]["status"], counts(report)) == ("completed", (0, 0, 3))
    assert home.ids(MOVIES) == [str(row["stream_id"]) for row in category_panel.movies]


def test_a_shrink_seen_by_category_stays_pending_and_is_confirmed_like_any_other(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    category_panel.whole["movies"] = status(500)
    category_panel.movies = category_panel.movies[:30]
    held = home.sync()
    assert (held["movies"]["status"], held["movies"]["removed"], held["movies"]["held_back"]) == ("partial", 0, 20)
    confirmed = home.sync()
    assert (confirmed["movies"]["status"], confirmed["movies"]["removed"]) == ("completed", 20)


@pytest.mark.parametrize("trouble", ["504", "empty", "an empty body"])
@pytest.mark.fcase(26)
def test_f26_when_all_categories_are_empty_too_nothing_is_deleted_however_often(
    trouble: str, home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    before = home.content()
    category_panel.whole["movies"] = TROUBLES[trouble]
    category_panel.movies = []
    for _ in range(3):
        report = home.sync()
        assert report["movies"]["status"] in ("partial", "failed")
        assert (report["status"], report["movies"]["removed"], report["movies"]["total"]) == ("partial", 0, 50)
        assert home.content() == before


def test_new_items_go_to_the_end_and_known_ones_keep_place_and_number(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    before = [(item.id, item.number) for item in home.items(Kind.CHANNEL)]
    category_panel.whole["channels"] = category_panel.whole["movies"] = status(500)
    category_panel.channels.insert(0, channel(90, category_id="1"))
    category_panel.movies.insert(0, movie(90, category_id="1"))
    report = home.sync()
    assert counts(report, "channels") == counts(report) == (1, 0, 0)
    assert report["positions_written"] == 0
    assert home.ids(MOVIES)[-1] == "1090"
    now = [(item.id, item.number) for item in home.items(Kind.CHANNEL)]
    assert [pair for pair in now if pair[0] != "190"] == before
    assert dict(now)["190"] is None

    category_panel.whole.clear()
    report = home.sync()
    assert home.ids(MOVIES)[0] == "1090"
    assert {item.id: item.number for item in home.items(Kind.CHANNEL)}["190"] == 90


def test_an_item_in_two_categories_is_in_both_and_one_without_is_in_the_one_asked(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.movies = [movie(n, category_id=str(1 + n % 2)) for n in range(1, 21)]
    category_panel.movies[0]["category_ids"] = [2, 1]
    category_panel.whole["movies"] = status(500)
    first = home.sync()
    assert first["movies"]["total"] == 20
    assert "1001" in home.ids(MOVIES, category="1") and "1001" in home.ids(MOVIES, category="2")
    assert home.sync()["rows_written"] == 0

    category_panel.whole.clear()
    report = home.sync()
    assert "1001" in home.ids(MOVIES, category="1") and "1001" in home.ids(MOVIES, category="2")
    assert report["rows_written"] <= 1  # which of the two comes first


@pytest.mark.parametrize("value", [None, "", "0"])
def test_a_row_that_names_no_category_is_in_the_one_it_came_for(
    value: Any, home: SyncHome, category_panel: CategoryPanel
) -> None:
    rows = {"1": [movie(1, category_id=value)], "2": [movie(2, category_id=value), movie(3, category_id="2")]}
    category_panel.in_category = lambda _rows, asked: rows.get(asked, [])  # type: ignore[method-assign,assignment]  # a panel that ignores its rows
    category_panel.whole["movies"] = status(500)
    home.sync()
    assert (home.ids(MOVIES, category="1"), home.ids(MOVIES, category="2")) == (["1001"], ["1002", "1003"])


@pytest.mark.fcase(23)
def test_f23_ids_that_are_no_filter_are_never_asked_for(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.movie_categories += [category(0, "All"), {"category_id": "*", "category_name": "Everything"}]
    category_panel.movies.append(movie(77, category_id="0"))
    home.sync()
    assert home.ids(MOVIES, category="0") == ["1077"]
    category_panel.whole["movies"] = status(500)
    report = home.sync()
    assert category_panel.categories_asked() == ["1", "2", "3"]
    assert (report["status"], counts(report)) == ("completed", (0, 0, 0))
    assert "1077" in home.ids(MOVIES), "nobody could have named it"


def test_items_without_a_listed_category_never_vanish_by_category(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.movies += [movie(60 + n, category_id=None) for n in range(20)] + [movie(99, category_id="999")]
    home.sync()
    category_panel.whole["movies"] = status(500)
    for _ in range(2):
        report = home.sync()
        assert (report["status"], counts(report), report["movies"]["total"]) == ("completed", (0, 0, 0), 71)
        assert report["movies"]["held_back"] == 0


def test_a_title_keeps_its_category_that_failed_until_a_list_can_tell(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.movies[0] = movie(1, category_id="1", category_ids=[1, 3])
    category_panel.rewrites = False
    home.sync()
    category_panel.movies[0] = movie(1, category_id="1", category_ids=[1])
    category_panel.whole["movies"] = status(500)
    category_panel.broken["3"] = status(500)
    assert home.sync()["movies"]["status"] == "partial"
    assert home.ids(MOVIES, category="3") == ["1001"]
    category_panel.whole.clear()
    assert counts(home.sync()) == (0, 1, 0)
    assert home.ids(MOVIES, category="3") == []


@pytest.mark.fcase(43, 50)
def test_f43_f50_a_panel_that_ignores_the_category_and_cuts_every_answer_moves_no_item(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    category_panel.whole["movies"] = cut()
    category_panel.ignores_filter = True
    category_panel.broken = dict.fromkeys("123", cut())

    report = home.sync()

    assert (report["status"], counts(report)) == ("partial", (0, 0, 0))
    assert category_panel.categories_asked() == ["1", "2"]


@pytest.mark.parametrize("trouble", ["504", "empty", "cut"])
@pytest.mark.fcase(50)
def test_f50_a_panel_that_ignores_the_category_gives_its_whole_list_twice_and_is_left_alone(
    trouble: str, home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.whole["movies"] = TROUBLES[trouble]
    category_panel.ignores_filter = True
    category_panel.movie_categories = [category(n, f"Shelf {n}") for n in range(1, 31)]

    report = home.sync()

    assert (report["status"], report["movies"]["total"]) == ("completed", 50)
    assert category_panel.categories_asked() == ["1", "2"]
    assert (len(home.ids(MOVIES, category="1")), len(home.ids(MOVIES, category="2"))) == (25, 25)
    assert home.ids(MOVIES) == [str(row["stream_id"]) for row in category_panel.movies]
    assert home.sync()["rows_written"] == 0


def test_f50_small_categories_with_the_same_titles_are_no_ignored_filter(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.movies = [movie(1, category_id="1", category_ids=[1, 2]), movie(2, category_id="3")]
    category_panel.whole["movies"] = status(500)
    home.sync()
    assert category_panel.categories_asked() == ["1", "2", "3"]
    assert sorted(home.ids(MOVIES)) == ["1001", "1002"]


def test_a_panel_with_very_many_categories_is_left_alone_in_time(
    home: SyncHome, category_panel: CategoryPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.sync.category_lists.MOST_CATEGORIES", 20)
    monkeypatch.setattr("tui_app.sync.coverage.MOST_CATEGORIES", 20)
    category_panel.movie_categories = [category(n, f"Shelf {n}") for n in range(1, 101)]
    category_panel.movies = [movie(n, category_id=str(n)) for n in range(1, 101)]
    category_panel.whole["movies"] = status(500)
    report = home.sync()
    assert (report["movies"]["status"], report["movies"]["total"]) == ("partial", 20)
    assert len(category_panel.categories_asked()) == 20
    assert "80 of 100 categories" in report["errors"][0]["reason"]


def test_failures_in_a_row_end_the_round(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.movie_categories = [category(n, f"Shelf {n}") for n in range(1, 101)]
    category_panel.movies = [movie(n, category_id=str(n)) for n in range(1, 101)]
    category_panel.whole["movies"] = status(500)
    category_panel.broken = {str(n): status(404) for n in range(11, 101)}
    report = home.sync()
    assert (report["movies"]["status"], report["movies"]["total"]) == ("partial", 10)
    assert category_panel.categories_asked() == [str(n) for n in range(1, 16)]


def test_empty_categories_from_the_start_end_the_round(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.movie_categories = [category(n, f"Shelf {n}") for n in range(1, 101)]
    category_panel.movies = []
    report = home.sync()
    assert (report["status"], report["movies"]["total"]) == ("completed", 0)
    assert len(category_panel.categories_asked()) == 10


def test_a_refused_login_in_the_middle_ends_the_sync_without_a_change(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    before = home.content()
    category_panel.whole["movies"] = status(500)
    category_panel.broken["2"] = status(403)
    category_panel.movies = category_panel.movies[:40]
    category_panel.asked.clear()
    report = home.sync()
    assert report["movies"]["status"] == "failed"
    assert home.content() == before
    assert not [asked for asked in category_panel.asked if asked.action == "get_series"]


@pytest.mark.fcase(43)
def test_f43_what_came_before_a_cut_is_taken_when_the_categories_give_less(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.whole["movies"] = cut(0.8)
    category_panel.broken = {"2": status(500), "3": status(500)}
    report = home.sync()
    assert report["movies"]["status"] == "partial"
    assert 35 <= report["movies"]["total"] <= 40
    assert "cut short" in report["errors"][0]["reason"]


@pytest.mark.parametrize("share", [0.3, 0.301, 0.302, 0.303, 0.304, 0.305])
@pytest.mark.fcase(43)
def test_f43_a_cut_without_a_length_is_seen_wherever_it_falls(
    share: float, home: SyncHome, category_panel: CategoryPanel
) -> None:
    """Rows with lists in them hold closing brackets, too."""
    category_panel.movies = [row | {"category_ids": [int(row["category_id"])]} for row in category_panel.movies]
    category_panel.whole["movies"] = lambda body: (200, {"Content-Length": None}, body[: int(len(body) * share)])
    report = home.sync()
    assert (report["status"], report["movies"]["total"]) == ("completed", 50)
    assert category_panel.wholes_asked() == 2


PAGES = {
    "a web page": b"<!DOCTYPE html><html><head><title>Just [a] moment</title></head></html>",
    "words": b"Blocked",
    "the account": b'{"user_info":{"auth":1,"status":"Active"},"server_info":{}}',
    "an error": b'{"error":"no such action"}',
}


@pytest.mark.parametrize("page", PAGES)
def test_what_is_no_list_is_no_reason_to_ask_by_category(
    page: str, home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.whole["movies"] = instead(PAGES[page])
    report = home.sync()
    assert report["movies"]["status"] == "failed"
    assert (category_panel.wholes_asked(), category_panel.categories_asked()) == (1, [])


@pytest.mark.fcase(51)
def test_f51_a_panel_that_says_it_has_had_enough_is_not_asked_by_category(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    category_panel.asked.clear()
    category_panel.whole["movies"] = instead(json.dumps({"message": "too many requests"}).encode())
    report = home.sync()
    assert (report["movies"]["status"], report["movies"]["total"]) == ("failed", 50)
    assert category_panel.categories_asked() == []


def test_a_full_sync_by_category_keeps_what_the_categories_cannot_name(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.movies.append(movie(99, category_id=None))
    home.sync()
    category_panel.whole["movies"] = status(500)
    report = home.sync(mode="full")
    assert (report["movies"]["status"], report["movies"]["total"], counts(report)) == ("completed", 51, (0, 0, 0))


def test_categories_the_user_left_out_are_not_asked_for(home: SyncHome, category_panel: CategoryPanel) -> None:
    from dataclasses import replace

    from tui_app.settings import ProfileStore

    home.sync()
    profiles = ProfileStore(home.paths)
    settings = profiles.get_sync_settings("home")
    profiles.save_sync_settings("home", replace(settings, excluded_categories={MOVIES: ("2",)}))
    category_panel.whole["movies"] = status(500)
    report = home.sync()
    assert category_panel.categories_asked() == ["1", "3"]
    assert (report["movies"]["status"], counts(report)) == ("completed", (0, 0, 25))


@pytest.mark.fcase(28, 43)
def test_f28_f43_a_cut_between_the_rows_of_one_item_costs_no_category(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.movies.append(movie(1, category_id="3"))  # it is in 2 as well, far above
    home.sync()
    assert home.ids(MOVIES, category="3") == ["1001"]
    category_panel.whole["movies"] = cut(0.9)
    category_panel.broken = {id_: status(404) for id_ in ("1", "2", "3")}
    category_panel.movies[0]["name"] = "Renamed"
    report = home.sync()
    assert (report["movies"]["status"], counts(report)) == ("partial", (0, 1, 0))
    assert home.ids(MOVIES, category="3") == ["1001"]
    assert "1001" in home.ids(MOVIES, category="2")

    category_panel.whole.clear()
    category_panel.movies.pop()
    assert counts(home.sync()) == (0, 1, 0)
    assert home.ids(MOVIES, category="3") == []


@pytest.mark.fcase(82)
def test_f82_cancelling_between_two_categories_leaves_everything_as_it_was(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    before = home.content()
    cancellation = Cancellation()

    def cancel(_body: bytes) -> Reply:
        cancellation.cancel()
        return 200, {}, b"[]"

    category_panel.whole["movies"] = status(504)
    category_panel.broken["2"] = cancel
    category_panel.movies = category_panel.movies[:45]
    finished = home.finish(cancellation=cancellation)
    assert (finished.status, finished.report.movies.status) == ("cancelled", "cancelled")
    assert home.content() == before
    assert "3" not in category_panel.categories_asked()
