"""Reminders of programmes in the user's file, and the part of the stored guide that the grid shows."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.rows import channel, load
from tui_app.catalog import ItemRef, Kind, Programme
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.undo import Reach
from tui_app.store.user.user_store import UserStore

ONE = ItemRef(Kind.CHANNEL, "1", "One HD")
TWO = ItemRef(Kind.CHANNEL, "2", "Two")
HOUR = 3_600
NOW = int(time.time())


def show(hours: float, title: str = "Show", length: float = 1) -> Programme:
    start = NOW + int(hours * HOUR)
    return Programme(start, start + int(length * HOUR), title)


@pytest.fixture
def user(tmp_path: Path) -> UserStore:
    store = UserStore(tmp_path / "user.db")
    store.connect()
    return store


def coming(user: UserStore, profile: str | None = "p") -> list[tuple[str, str, int]]:
    return [(one.title, one.channel.id, one.start) for one in user.reminders.coming(NOW, profile)]


def test_reminders_are_set_and_cleared_and_come_soonest_first(user: UserStore) -> None:
    assert user.reminders.toggle("p", TWO, show(5, "Late"))
    assert user.reminders.toggle("p", ONE, show(2, "Soon"))
    assert user.reminders.toggle("other", ONE, show(3, "Elsewhere"))
    assert [title for title, _id, _start in coming(user)] == ["Soon", "Late"]
    assert [title for title, _id, _start in coming(user, None)] == ["Soon", "Elsewhere", "Late"]
    assert not user.reminders.toggle("p", ONE, show(2, "Soon"))
    assert [title for title, _id, _start in coming(user)] == ["Late"]


def test_what_is_over_is_no_longer_listed_and_leaves_with_the_next_reminder(user: UserStore) -> None:
    user.reminders.toggle("p", ONE, show(-5, "Over"))
    assert coming(user) == [] and user.reminders.ids("p", "channel") == ("1",)
    user.reminders.toggle("p", TWO, show(1))
    assert user.reminders.ids("p", "channel") == ("2",)


def test_a_given_notice_is_remembered(user: UserStore) -> None:
    user.reminders.toggle("p", ONE, show(1))
    (reminder,) = user.reminders.coming(NOW)
    assert not reminder.is_told
    user.reminders.set_told(reminder)
    assert [one.is_told for one in user.reminders.coming(NOW)] == [True]


def test_reminders_follow_ids_that_moved_also_where_two_change_places(user: UserStore) -> None:
    user.reminders.toggle("p", ONE, show(1, "First"))
    user.reminders.toggle("p", TWO, show(2, "Second"))
    assert set(user.ids_marked("p", "channel")) == {"1", "2"}
    user.move_marks("p", "channel", {"1": "2", "2": "1"}, NOW)
    assert [(title, id) for title, id, _start in coming(user)] == [("First", "2"), ("Second", "1")]


def test_setting_a_reminder_is_undone_after_its_channel_moved(user: UserStore) -> None:
    def change() -> bool:
        return user.reminders.toggle("p", ONE, show(1))

    _is_set, act = user.record("p", Reach(reminders=True), change)
    assert act.ids("channel") == {"1"}
    user.move_marks("p", "channel", {"1": "9"}, NOW)
    user.take_back(act.moved("channel", {"1": "9"}, NOW))
    assert coming(user) == []


def test_removing_a_profile_removes_its_reminders(user: UserStore) -> None:
    user.reminders.toggle("p", ONE, show(1))
    user.reminders.toggle("other", ONE, show(1))
    user.remove_profile("p")
    assert coming(user) == [] and len(coming(user, None)) == 1


# ----------------------------------------------------------------------------------------------------- the grid
@pytest.fixture
def guide(store: LibraryStore) -> LibraryStore:
    load(store, Kind.CHANNEL, channel(1, "One", number=1, archive_days=3), channel(2, "Two", number=2))
    for id, programmes in {
        "1": [show(-3, "Before"), show(-2, "Film", 4), show(2, "After"), show(9, "Far")],
        "2": [show(-2, "Cut", 6), show(0.5, "Into"), show(3, "Then")],
    }.items():
        store.guide.save_programmes(id, programmes, NOW, fresh_until=NOW + HOUR)
    return store


def test_the_grid_has_what_is_on_in_its_hours_as_the_day_of_each_channel_has_it(guide: LibraryStore) -> None:
    for begin, end in ((0, 4), (-1, 1), (1, 2), (5, 8), (-9, 12)):
        start, stop = NOW + begin * HOUR, NOW + end * HOUR
        found = guide.guide.get_grid(("1", "2", "unknown"), start, stop)
        assert found.keys() == {"1", "2"}
        for id, row in found.items():
            assert row.programmes == guide.guide.get_programmes(id, start, stop).programmes
    assert [row.archive_days for row in found.values()] == [3, 0]
    assert [one.title for one in guide.guide.get_grid(("1",), NOW, NOW + 4 * HOUR)["1"].programmes] == ["Film", "After"]
