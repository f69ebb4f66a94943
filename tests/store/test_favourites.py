"""Favourites in folders and in an order of the user's own, kept in the user's file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_app.catalog import NO_FOLDER, Kind, Mark
from tui_app.store.user.favourites import shifted
from tui_app.store.user.user_store import UserStore


@pytest.fixture
def user(tmp_path: Path) -> Iterator[UserStore]:
    with UserStore(tmp_path / "user.db") as opened:
        yield opened


def keep(user: UserStore, *names: str, kind: Kind = Kind.MOVIE, profile: str = "p") -> None:
    """Each with its name as its id."""
    user.set_marks(profile, kind, [(name, name) for name in names], Mark.FAVOURITE, on=True)


def order(user: UserStore, folder: str | None = None, kind: Kind | None = None) -> str:
    return "".join(entry.name for entry in user.favourites.entries("p", folder=folder, kind=kind))


def movies(names: str) -> list[tuple[str, str]]:
    return [("movie", name) for name in names]


def rows_written(user: UserStore) -> int:
    return int(user._database.connection().total_changes)  # type: ignore[no-untyped-call]


# -------------------------------------------------------------------------------------------------------- order
def test_favourites_without_a_place_stand_behind_the_others_in_the_order_they_were_marked_in(user: UserStore) -> None:
    keep(user, "c", "a", "b")
    assert order(user) == "abc"  # of one second: by name
    assert user.favourites.shift("p", movies("c"), -1)
    assert order(user) == "acb"
    keep(user, "A")
    assert order(user) == "acbA"


def test_one_title_moves_by_one_place_and_two_rows_are_written(user: UserStore) -> None:
    keep(user, *"abcde")
    user.favourites.shift("p", movies("c"), 1)
    before = rows_written(user)
    assert user.favourites.shift("p", movies("c"), 1)
    assert order(user) == "abdec"
    assert rows_written(user) - before <= 4  # a replaced row may count twice
    assert not user.favourites.shift("p", movies("c"), 1)


def test_several_titles_move_together_and_stay_in_order_at_the_end(user: UserStore) -> None:
    keep(user, *"abcde")
    user.favourites.shift("p", movies("bd"), -1)
    assert order(user) == "badce"
    user.favourites.shift("p", movies("bd"), -1)
    assert order(user) == "bdace"
    assert not user.favourites.shift("p", movies("bd"), -1)


def test_among_one_kind_a_title_passes_the_next_of_its_kind_and_others_stay_where_they_are(user: UserStore) -> None:
    keep(user, "a", "c", "e")
    keep(user, "b", "d", kind=Kind.CHANNEL)
    assert order(user) == "abcde"
    user.favourites.shift("p", movies("a"), 1, kind=Kind.MOVIE)
    assert order(user) == "cbade"


def test_an_order_is_dealt_out_once_each_folder_for_itself(user: UserStore) -> None:
    keep(user, *"dcba")
    user.favourites.put("p", movies("ab"), "Kids")
    user.favourites.shift("p", movies("b"), -1)
    assert (order(user, NO_FOLDER), order(user, "Kids")) == ("cd", "ba")
    assert user.favourites.arrange("p", movies("dcab"))
    assert (order(user, NO_FOLDER), order(user, "Kids")) == ("dc", "ab")
    assert not user.favourites.arrange("p", movies("dcab"))


# ------------------------------------------------------------------------------------------------------ folders
def test_folders_are_made_renamed_moved_and_removed_and_no_title_is_lost(user: UserStore) -> None:
    keep(user, *"abc")
    favourites = user.favourites
    assert favourites.add_folder("p", "Kids") and favourites.add_folder("p", "Noir")
    assert not favourites.add_folder("p", "Kids")
    assert favourites.put("p", movies("ca"), "Noir") == 2
    assert (order(user), order(user, "Noir"), order(user, NO_FOLDER)) == ("bac", "ac", "b")
    assert not favourites.rename_folder("p", "Noir", "Kids")
    assert favourites.rename_folder("p", "Noir", "Crime")
    assert not favourites.rename_folder("p", "Noir", "Again")
    assert order(user, "Crime") == "ac"
    assert favourites.shift_folder("p", "Crime", -1) and not favourites.shift_folder("p", "Crime", -1)
    assert favourites.folders("p") == ("Crime", "Kids")
    favourites.remove_folder("p", "Crime")
    assert favourites.folders("p") == ("Kids",)
    assert order(user, NO_FOLDER) == "bac"


def test_a_title_put_where_it_is_stays_at_its_place(user: UserStore) -> None:
    keep(user, *"ab")
    assert user.favourites.put("p", movies("ab"), "Kids") == 2
    assert user.favourites.put("p", movies("a"), "Kids") == 0
    assert order(user, "Kids") == "ab"


def test_what_is_no_favourite_any_more_comes_back_without_a_folder(user: UserStore) -> None:
    keep(user, *"ab")
    user.favourites.put("p", movies("a"), "Kids")
    user.clear_mark("p", Kind.MOVIE, "a", Mark.FAVOURITE)
    keep(user, "a")
    assert order(user, NO_FOLDER) == "ba"
    assert order(user, "Kids") == ""


def test_profiles_do_not_see_each_others_folders_and_one_removed_leaves_the_other(user: UserStore) -> None:
    for profile in ("p", "q"):
        keep(user, "a", "b", profile=profile)
        user.favourites.put(profile, movies("b"), "Kids")
    user.remove_profile("q")
    assert (user.favourites.folders("q"), user.favourites.entries("q")) == ((), ())
    assert order(user, "Kids") == "b"


# --------------------------------------------------------------------------------------------- moves and damage
def test_places_go_along_with_ids_that_moved(user: UserStore) -> None:
    keep(user, "1", "2", "3")
    user.favourites.put("p", movies("31"), "Kids")
    user.favourites.shift("p", movies("3"), -1)
    assert order(user, "Kids") == "31"
    user.move_marks("p", "movie", {"1": "3", "3": "1"}, at=10)  # each takes the other's id
    assert [(entry.id, entry.name) for entry in user.favourites.entries("p", folder="Kids")] == [("1", "3"), ("3", "1")]
    assert order(user, NO_FOLDER) == "2"


def test_folders_and_places_are_taken_out_of_a_damaged_file(user: UserStore, tmp_path: Path) -> None:
    keep(user, *"abc")
    user.favourites.put("p", movies("ca"), "Kids")
    user.favourites.shift("p", movies("c"), -1)
    user._database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    user.close()
    content = bytearray((tmp_path / "user.db").read_bytes())
    content[36:40] = bytes((0, 0, 0, 99))  # so many free pages there never were
    (tmp_path / "user.db").write_bytes(content)
    with UserStore(tmp_path / "user.db") as new:
        assert new.set_aside is not None
        assert (order(new, "Kids"), order(new, NO_FOLDER)) == ("ca", "b")


def test_places_without_their_folder_or_twice_the_same_still_make_one_order(user: UserStore) -> None:
    keep(user, *"abc")
    user._database.run_many(
        "INSERT INTO favourite_place(profile, kind, id, folder, position) VALUES ('p', 'movie', ?, 'lost', 7)",
        [("a",), ("b",)],
    )
    assert order(user, NO_FOLDER) == "abc"
    user.favourites.shift("p", movies("b"), -1)
    assert order(user, NO_FOLDER) == "bac"


# ----------------------------------------------------------------------------------------------- any sequence
names = st.text("abcdefg", min_size=0, max_size=4)
steps = st.sampled_from((-1, 1))
acts = st.one_of(
    st.tuples(st.just("keep"), names),
    st.tuples(st.just("drop"), names),
    st.tuples(st.just("shift"), names, steps),
    st.tuples(st.just("put"), names, st.sampled_from(("", "X", "Y"))),
    st.tuples(st.just("arrange"), names),
    st.tuples(st.just("remove"), st.sampled_from("XY")),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=12))
def test_after_any_acts_every_favourite_stands_in_exactly_one_place(user: UserStore, sequence: list[tuple]) -> None:  # type: ignore[type-arg]
    user.remove_profile("p")
    kept: set[str] = set()
    for act, subject, *more in sequence:
        if act == "keep":
            keep(user, *subject)
            kept |= set(subject)
        elif act == "drop":
            user.set_marks("p", Kind.MOVIE, [(name, name) for name in subject], Mark.FAVOURITE, on=False)
            kept -= set(subject)
        elif act == "shift":
            user.favourites.shift("p", movies(subject), *more)
        elif act == "put":
            user.favourites.put("p", movies(subject), *more)
        elif act == "arrange":
            user.favourites.arrange("p", movies(subject))
        else:
            user.favourites.remove_folder("p", subject)
        everything = order(user)
        assert sorted(everything) == sorted(kept)
        folders = (NO_FOLDER, *user.favourites.folders("p"))
        assert "".join(order(user, folder) for folder in folders) == everything
        assert order(user) == everything  # and it is the same each time


@given(st.lists(st.integers(), unique=True), st.sets(st.integers()), steps)
def test_moving_by_one_place_moves_nothing_further(entries: list[int], wanted: set[int], step: int) -> None:
    moved = shifted(entries, wanted, step)
    assert sorted(moved) == sorted(entries)
    for entry in wanted & set(entries):
        assert moved.index(entry) - entries.index(entry) in (0, step)
    chosen = [entry for entry in entries if entry in wanted]
    assert [entry for entry in moved if entry in wanted] == chosen


@pytest.mark.slow
def test_ten_thousand_favourites_are_listed_and_moved_in_a_moment(user: UserStore) -> None:
    user.set_marks("p", Kind.MOVIE, [(str(n), f"Film {n}") for n in range(10_000)], Mark.FAVOURITE, on=True)
    user.favourites.shift("p", [("movie", "5000")], 1)
    before, began = rows_written(user), time.process_time()
    user.favourites.shift("p", [("movie", "5000")], 1)
    listed = user.favourites.entries("p")
    assert time.process_time() - began < 1
    assert rows_written(user) - before <= 4
    assert len(listed) == 10_000
