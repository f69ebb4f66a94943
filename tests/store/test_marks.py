"""The user's own file: marks, hidden categories, recent searches, view states; profiles apart; damage survived."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tui_app.catalog import Kind, Mark
from tui_app.store.user.user_store import RECENT_SEARCHES, UserStore


@pytest.fixture
def user(tmp_path: Path) -> Iterator[UserStore]:
    with UserStore(tmp_path / "user.db") as opened:
        yield opened


def test_marks_are_set_cleared_and_toggled(user: UserStore) -> None:
    user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "A")
    assert user.toggle_mark("p", Kind.MOVIE, "x2", Mark.FAVOURITE, "B") is True
    assert user.ids_with("p", Kind.MOVIE, Mark.FAVOURITE) == {"1", "x2"}
    assert user.toggle_mark("p", Kind.MOVIE, "x2", Mark.FAVOURITE, "B") is False
    user.clear_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE)
    assert user.ids_with("p", Kind.MOVIE, Mark.FAVOURITE) == frozenset()


def test_marks_of_profiles_kinds_and_sorts_do_not_mix(user: UserStore) -> None:
    user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "A")
    assert user.ids_with("q", Kind.MOVIE, Mark.FAVOURITE) == frozenset()
    assert user.ids_with("p", Kind.SERIES, Mark.FAVOURITE) == frozenset()
    assert user.ids_with("p", Kind.MOVIE, Mark.WATCHED) == frozenset()


def test_a_marked_item_keeps_its_name_and_the_time_of_its_mark(user: UserStore) -> None:
    user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "Old name")
    (before,) = user.marked("p", Kind.MOVIE, Mark.FAVOURITE)
    user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "New name")
    (after,) = user.marked("p", Kind.MOVIE, Mark.FAVOURITE)
    assert (after.id, after.name, after.at) == ("1", "New name", before.at)


def test_categories_are_hidden_and_shown_in_bulk(user: UserStore) -> None:
    user.hide_categories("p", Kind.CHANNEL, [("1", "News"), ("2", "Sport")])
    assert user.hidden_categories("p", Kind.CHANNEL) == {"1", "2"}
    assert user.hidden_categories("p", Kind.MOVIE) == frozenset()
    assert user.ids_with("p", Kind.CHANNEL, Mark.HIDDEN) == frozenset()
    user.show_categories("p", Kind.CHANNEL, ["1", "nope"])
    assert user.hidden_categories("p", Kind.CHANNEL) == {"2"}


def test_the_last_searches_come_newest_first_each_once(user: UserStore) -> None:
    for number in range(RECENT_SEARCHES + 10):
        user.add_recent_search("p", f"s{number}")
    user.add_recent_search("p", " s20 ")
    user.add_recent_search("p", "   ")
    recent = user.recent_searches("p")
    assert recent[:2] == ("s20", f"s{RECENT_SEARCHES + 9}")
    assert len(recent) == len(set(recent)) == RECENT_SEARCHES
    assert user.recent_searches("q") == ()


def test_a_screen_finds_its_place_again(user: UserStore) -> None:
    assert user.get_view_state("p", "movies") is None
    user.save_view_state("p", "movies", '{"row": 1}')
    user.save_view_state("p", "movies", '{"row": 2}')
    assert user.get_view_state("p", "movies") == '{"row": 2}'
    assert user.get_view_state("q", "movies") is None


def test_removing_a_profile_forgets_all_of_it_and_nothing_else(user: UserStore) -> None:
    for profile in ("p", "q"):
        user.set_mark(profile, Kind.MOVIE, "1", Mark.FAVOURITE, "A")
        user.add_recent_search(profile, "x")
        user.save_view_state(profile, "movies", "{}")
    user.remove_profile("p")
    assert user.ids_with("p", Kind.MOVIE, Mark.FAVOURITE) == frozenset()
    assert (user.recent_searches("p"), user.get_view_state("p", "movies")) == ((), None)
    assert user.ids_with("q", Kind.MOVIE, Mark.FAVOURITE) == {"1"}
    assert (user.recent_searches("q"), user.get_view_state("q", "movies")) == (("x",), "{}")


def test_threads_mark_at_the_same_time(user: UserStore) -> None:
    def mark(start: int) -> None:
        user.connect()
        for number in range(start, start + 20):
            user.set_mark("p", Kind.MOVIE, str(number), Mark.WATCHED, "A")

    threads = [threading.Thread(target=mark, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(user.ids_with("p", Kind.MOVIE, Mark.WATCHED)) == 60


def test_marks_are_rescued_from_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    with UserStore(path) as user:
        user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "A")
        user.add_recent_search("p", "x")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = delete")
        connection.execute("PRAGMA writable_schema = on")
        connection.execute("UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'view_state'")
        connection.commit()
    with UserStore(path) as user:
        assert user.set_aside is not None
        assert user.ids_with("p", Kind.MOVIE, Mark.FAVOURITE) == {"1"}
        assert user.recent_searches("p") == ("x",)


def test_a_broken_page_is_found_when_the_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    with UserStore(path) as user:
        user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "A")
        user.add_recent_search("p", "x")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = delete")
        page, size = connection.execute("SELECT rootpage, 4096 FROM sqlite_master WHERE name = 'mark'").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xaa" * size
    path.write_bytes(content)
    with UserStore(path) as user:
        assert user.set_aside is not None
        assert user.ids_with("p", Kind.MOVIE, Mark.FAVOURITE) == frozenset()
        assert user.recent_searches("p") == ("x",)


def test_nothing_to_rescue_starts_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    path.write_bytes(b"no database" * 100)
    with UserStore(path) as user:
        assert user.set_aside is not None
        assert user.recent_searches("p") == ()


def test_filters_are_saved_by_name_for_a_profile_and_kind(user: UserStore) -> None:
    user.save_filter("p", Kind.MOVIE, "late", "{}")
    user.save_filter("p", Kind.MOVIE, "Best", '{"min_rating": 8}')
    user.save_filter("p", Kind.MOVIE, "late", '{"year_from": 2020}')
    assert user.saved_filters("p", Kind.MOVIE) == (("Best", '{"min_rating": 8}'), ("late", '{"year_from": 2020}'))
    assert user.saved_filters("p", Kind.SERIES) == user.saved_filters("q", Kind.MOVIE) == ()
    user.forget_filter("p", Kind.MOVIE, "late")
    assert [name for name, _ in user.saved_filters("p", Kind.MOVIE)] == ["Best"]
    user.remove_profile("p")
    assert user.saved_filters("p", Kind.MOVIE) == ()
