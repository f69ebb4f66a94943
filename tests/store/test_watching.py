"""What was played, in the user's file: compared with a naive model, apart by profile, capped, moved, rescued."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.rows import connection_of, movie, series
from tui_app.catalog import Details, Episode, ItemRef, Kind, Mark, Played, Season
from tui_app.store.id_remap.moved_ids import follow_moved_ids, record_moved_ids
from tui_app.store.items.episodes import watched_series
from tui_app.store.library_store import LibraryStore
from tui_app.store.user import watching
from tui_app.store.user.user_store import UserStore


@pytest.fixture
def user(tmp_path: Path) -> Iterator[UserStore]:
    with UserStore(tmp_path / "user.db") as opened:
        yield opened


def film(id: str, name: str = "Judex") -> ItemRef:
    return ItemRef(Kind.MOVIE, id, name)


def episode(id: str, series_id: str = "s1", number: int = 1) -> ItemRef:
    return ItemRef(Kind.EPISODE, id, f"Part {number}", series_id, "Les Vampires", 1, number)


REFS = (
    ItemRef(Kind.CHANNEL, "1", "News"),
    film("1"),
    film("x2", "Fantômas"),
    episode("1"),
    episode("e2", number=2),
    episode("e3", "s2"),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("note"),
            st.sampled_from(REFS),
            st.none() | st.integers(0, 9_000),
            st.none() | st.integers(0, 9_000),
        ),
        st.tuples(st.just("finish"), st.sampled_from(REFS)),
        st.tuples(st.just("forget"), st.sampled_from(REFS)),
        st.tuples(st.just("forget series"), st.sampled_from(("s1", "s2", "s3"))),
        st.tuples(st.just("forget all")),
    ),
    max_size=25,
)


class Model:
    """The same in a dict."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Kind, str], Played] = {}

    def note(self, ref: ItemRef, position: int | None, duration: int | None, at: int) -> None:
        old = self.rows.get((ref.kind, ref.id), Played(ref, 0, None, at))
        position = old.position_s if position is None else position
        self.rows[ref.kind, ref.id] = Played(ref, position, duration or old.duration_s, at)

    def finish(self, ref: ItemRef, at: int) -> None:
        self.note(ref, None, None, at)
        row = self.rows[ref.kind, ref.id]
        self.rows[ref.kind, ref.id] = replace(row, position_s=row.duration_s or 0)

    def newest_first(self) -> list[Played]:
        return sorted(self.rows.values(), key=lambda row: -row.at)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_it_remembers_what_a_dict_remembers(user: UserStore, steps: list[tuple[Any, ...]]) -> None:
    user.remove_profile("p")
    user.watching.note_position("other", REFS[1], 77, 100, at=1)
    model = Model()
    for at, (verb, *arguments) in enumerate(steps):
        match verb, *arguments:
            case "note", ref, position, duration:
                user.watching.note_position("p", ref, position, duration, at=at)
                model.note(ref, position, duration, at)
            case "finish", ref:
                user.watching.finish("p", ref, at=at)
                model.finish(ref, at)
            case "forget", ref:
                user.watching.forget("p", ref.kind, ref.id)
                model.rows.pop((ref.kind, ref.id), None)
            case "forget series", id:
                user.watching.forget("p", Kind.SERIES, id)
                model.rows = {key: row for key, row in model.rows.items() if row.ref.series_id != id}
            case _:
                user.watching.forget_all("p")
                model.rows.clear()
    expected = model.newest_first()
    assert list(user.watching.history("p", limit=100)) == expected
    assert list(user.watching.history("p", limit=2, offset=1)) == expected[1:3]
    assert user.watching.count("p") == len(expected)
    for ref in REFS:
        assert user.watching.get("p", ref.kind, ref.id) == model.rows.get((ref.kind, ref.id))
    of_s1 = [row for row in expected if row.ref.series_id == "s1"]
    assert user.watching.last_of_series("p", "s1") == (of_s1[0] if of_s1 else None)
    others = [row for row in expected if row.ref.kind is Kind.MOVIE]
    of_s2 = [row for row in expected if row.ref.series_id == "s2"]
    assert set(user.watching.last_of_each("p")) == {*others, *of_s1[:1], *of_s2[:1]}
    assert [row.position_s for row in user.watching.history("other", limit=9)] == [77]


def test_marks_are_told_and_whether_it_was_played_again_since(user: UserStore) -> None:
    user.watching.note_position("p", film("1"), 600, 5_000, at=100)
    user.set_mark("p", Kind.MOVIE, "1", Mark.WATCHED, "Judex")
    user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "Judex")
    (played,) = user.watching.history("p", limit=5)
    assert played.watched_at is not None and played.is_done
    user.watching.note_position("p", film("1"), 700, 5_000, at=played.watched_at + 1)
    again = user.watching.get("p", Kind.MOVIE, "1")
    assert again is not None and again.watched_at == played.watched_at and not again.is_done


def test_the_oldest_beyond_the_cap_are_forgotten(user: UserStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_PLAYED", 3)
    user.watching.note_position("q", film("1"), 1, 2, at=0)
    for number in range(5):
        user.watching.note_position("p", film(str(number)), 1, 2, at=number)
    user.watching.note_position("p", film("2"), 9, 9, at=9)
    assert [row.ref.id for row in user.watching.history("p", limit=9)] == ["2", "4", "3"]
    assert user.watching.count("q") == 1


def test_removing_a_profile_takes_its_history_along(user: UserStore) -> None:
    for profile in ("p", "q"):
        user.watching.note_position(profile, film("1"), 60, 100)
    user.remove_profile("p")
    assert user.watching.count("p") == 0 and user.watching.count("q") == 1


def test_positions_follow_ids_that_were_swapped(user: UserStore, store: LibraryStore) -> None:
    for id in ("1", "2"):
        user.watching.note_position("p", film(id, f"Film {id}"), 100 + int(id), 5_000, at=int(id))
    user.watching.note_position("p", episode("e1", "10"), 50, 100, at=3)
    user.watching.note_position("p", episode("e2", "20"), 60, 100, at=4)
    store.save_rows(Kind.MOVIE, [movie(1), movie(2)])
    store.save_rows(Kind.SERIES, [series(10), series(20)])
    with store.transaction():
        record_moved_ids(store.database, "movie", {"1": "2", "2": "1"}, at=50)
        record_moved_ids(store.database, "series", {"10": "20", "20": "10"}, at=50)
    for _ in range(2):  # each move once
        follow_moved_ids(user, store.database, "p")
        found = {row.ref.id: row for row in user.watching.history("p", limit=9)}
        assert (found["1"].ref.name, found["1"].position_s) == ("Film 2", 102)
        assert (found["2"].ref.name, found["2"].position_s) == ("Film 1", 101)
        assert (found["e1"].ref.series_id, found["e2"].ref.series_id) == ("20", "10")


def test_history_is_rescued_from_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    with UserStore(path) as user:
        user.watching.note_position("p", episode("e1"), 50, 100, at=3)
        user.set_mark("p", Kind.MOVIE, "1", Mark.FAVOURITE, "A")
        before = user.watching.history("p", limit=9)
        root = int(user._database.value("SELECT rootpage FROM sqlite_master WHERE name = 'view_state'"))
        user._database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with UserStore(path) as user:
        assert user.set_aside is not None
        assert user.watching.history("p", limit=9) == before


def seasons(series_id: int, count: int) -> Details:
    episodes = [Episode(str(series_id * 1_000 + number), 1, number, f"Part {number}") for number in range(count)]
    return Details(seasons=(Season(1, "Season 1", episodes=tuple(episodes)),))


def steps_of(store: LibraryStore, question: Callable[[], object]) -> int:
    """How many thousand steps SQLite takes to answer."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = connection_of(store)
    connection.set_progress_handler(count, 1_000)
    question()
    connection.set_progress_handler(None, 0)
    return steps


def test_twice_the_watched_episodes_cost_twice_the_steps(store: LibraryStore) -> None:
    ids = [str(series_id * 1_000 + number) for series_id in range(40) for number in range(50)]
    store.save_rows(Kind.SERIES, [series(number, f"Series {number}") for number in range(40)])
    with store.transaction():
        for number in range(40):
            store.save_series_details(str(number), seasons(number, 50), at=1)
    assert len(watched_series(store.database, ids)) == 40
    half = steps_of(store, lambda: watched_series(store.database, ids[:1_000]))
    assert half > 0
    assert steps_of(store, lambda: watched_series(store.database, ids)) < 3 * half


def test_of_two_versions_of_an_episode_one_is_enough(store: LibraryStore) -> None:
    store.save_rows(Kind.SERIES, [series(1), series(2)])
    versions = (Episode("11", 1, 1, "Part 1"), Episode("12", 1, 1, "Part 1, 4K"), Episode("13", 1, 2, "Part 2"))
    store.save_series_details("1", Details(seasons=(Season(1, "Season 1", episodes=versions),)), at=1)
    assert watched_series(store.database, ["12", "13", "no such", "999"]) == {"1"}
    assert watched_series(store.database, ["11", "12"]) == frozenset()
