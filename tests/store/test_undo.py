"""What the user did is taken back exactly, whatever it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_app.catalog import Kind, Mark
from tui_app.store.items.categories import category_kind
from tui_app.store.user.undo import Reach
from tui_app.store.user.user_store import UserStore

TABLES = ("mark", "favourite_place", "folder")


@pytest.fixture
def user(tmp_path: Path) -> Iterator[UserStore]:
    with UserStore(tmp_path / "user.db") as opened:
        yield opened


def state(user: UserStore) -> list[list[tuple[Any, ...]]]:
    return [user._database.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in TABLES]


def marking(names: str, mark: Mark, on: bool) -> tuple[Reach, Callable[[UserStore], object]]:
    items = [(name, name) for name in names]
    reach = Reach(mark, {"movie": list(names)})
    return reach, lambda user: user.set_marks("p", Kind.MOVIE, items, mark, on=on)


def hiding(names: str, hide: bool) -> tuple[Reach, Callable[[UserStore], object]]:
    reach = Reach(Mark.HIDDEN, {category_kind(Kind.MOVIE): list(names)})
    if hide:
        return reach, lambda user: user.hide_categories("p", Kind.MOVIE, [(name, name) for name in names])
    return reach, lambda user: user.show_categories("p", Kind.MOVIE, list(names))


def placing(names: str, folder: str) -> tuple[Reach, Callable[[UserStore], object]]:
    return Reach(places=True), lambda user: user.favourites.put("p", [("movie", name) for name in names], folder)


def shifting(names: str, step: int) -> tuple[Reach, Callable[[UserStore], object]]:
    return Reach(places=True), lambda user: user.favourites.shift("p", [("movie", name) for name in names], step)


def renaming(folder: str, new: str) -> tuple[Reach, Callable[[UserStore], object]]:
    return Reach(places=True), lambda user: user.favourites.rename_folder("p", folder, new)


def removing(folder: str) -> tuple[Reach, Callable[[UserStore], object]]:
    return Reach(places=True), lambda user: user.favourites.remove_folder("p", folder)


names = st.text("abcdef", max_size=4)
folders = st.sampled_from(("X", "Y", "Z"))
acts = st.one_of(
    st.builds(marking, names, st.sampled_from((Mark.FAVOURITE, Mark.WATCHED)), st.booleans()),
    st.builds(hiding, names, st.booleans()),
    st.builds(placing, names, st.sampled_from(("", "X", "Y"))),
    st.builds(shifting, names, st.sampled_from((-1, 1))),
    st.builds(renaming, folders, folders),
    st.builds(removing, folders),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=10))
def test_any_acts_taken_back_one_after_the_other_leave_every_row_as_it_was(
    user: UserStore, sequence: list[tuple[Reach, Callable[[UserStore], object]]]
) -> None:
    user.remove_profile("p")
    user.set_marks("p", Kind.MOVIE, [("a", "a"), ("b", "b")], Mark.FAVOURITE, on=True)
    states, done = [state(user)], []
    for reach, change in sequence:
        done.append(user.record("p", reach, lambda change=change: change(user))[1])  # type: ignore[misc]
        states.append(state(user))
    for act in reversed(done):
        assert state(user) == states.pop()
        user.take_back(act)
    assert state(user) == states.pop()


def test_ten_thousand_categories_are_hidden_and_shown_again_by_one_step(user: UserStore) -> None:
    names = [(str(number), f"Group {number}") for number in range(10_000)]
    user.hide_categories("p", Kind.MOVIE, names[:1])
    before = state(user)
    reach = Reach(Mark.HIDDEN, {category_kind(Kind.MOVIE): [id for id, _name in names]})
    _, act = user.record("p", reach, lambda: user.hide_categories("p", Kind.MOVIE, names))
    assert len(user.hidden_categories("p", Kind.MOVIE)) == 10_000
    user.take_back(act)
    assert state(user) == before


def test_a_mark_comes_back_with_its_day_its_name_and_its_place(user: UserStore) -> None:
    user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "Faust")
    user._database.run("UPDATE mark SET at = 77")
    user.favourites.put("p", [("movie", "1")], "Silent")
    before = state(user)
    reach, change = marking("1", Mark.FAVOURITE, False)
    _, act = user.record("p", reach, lambda: change(user))
    assert state(user)[0] == []
    user.take_back(act)
    assert state(user) == before


def test_an_act_follows_ids_that_moved_since(user: UserStore) -> None:
    user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "Faust")
    user.favourites.put("p", [("movie", "1")], "Silent")
    reach, change = marking("1", Mark.FAVOURITE, False)
    _, act = user.record("p", reach, lambda: change(user))
    user.take_back(act.moved("movie", {"1": "901"}, at=5))
    (entry,) = user.favourites.entries("p", folder="Silent")
    assert entry.id == "901"
    assert act.ids("movie") == {"1"} and act.kinds == {"movie"}


def test_what_changed_nothing_is_nothing(user: UserStore) -> None:
    reach, change = marking("1", Mark.FAVOURITE, False)
    assert user.record("p", reach, lambda: change(user))[1].is_nothing
