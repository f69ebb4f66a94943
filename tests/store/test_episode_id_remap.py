"""Marks and positions of episodes when a panel gives them other ids: by number and title, never to a wrong episode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rows import assert_sound, series
from tui_app.catalog import Details, Episode, ItemRef, Kind, Mark, Season
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.store.id_remap.episodes import KnownEpisode, match_episodes
from tui_app.store.id_remap.moved_ids import follow_moved_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.store.write.details import forget_details
from tui_app.store.write.moved_items import record_moves

TITLES = ("The Severed Head", "The Ring", "The Red Notebook", "The Spectre")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.under(tmp_path).ensure()


@pytest.fixture
def store(paths: Paths) -> Iterator[LibraryStore]:
    with LibraryStore.open(paths.library_db("p")) as opened:
        opened.save_rows(Kind.SERIES, [series(1, "Les Vampires"), series(2, "Judex")])
        yield opened
        assert_sound(opened)


@pytest.fixture
def user(paths: Paths) -> Iterator[UserStore]:
    with UserStore(paths.user_db) as opened:
        yield opened


def listed(first_id: int, titles: tuple[str, ...] = TITLES, *, season: int = 1, first: int = 1) -> list[Episode]:
    return [Episode(str(first_id + n), season, first + n, title) for n, title in enumerate(titles)]


def fetched(store: LibraryStore, episodes: list[Episode], of: str = "1", at: int = 100) -> None:
    numbers = sorted({episode.season for episode in episodes})
    seasons = tuple(Season(n, f"Season {n}", episodes=tuple(e for e in episodes if e.season == n)) for n in numbers)
    store.save_series_details(of, Details(plot="told", seasons=seasons), at)


def watch(user: UserStore, *ids: str) -> None:
    user.set_marks("p", Kind.EPISODE, [(id_, "seen") for id_ in ids], Mark.WATCHED, on=True)


def watched(user: UserStore, store: LibraryStore) -> set[str]:
    follow_moved_ids(user, store.database, "p")
    return set(user.ids_with("p", Kind.EPISODE, Mark.WATCHED))


def ref(id_: str, number: int, of: str = "1") -> ItemRef:
    return ItemRef(Kind.EPISODE, id_, TITLES[number - 1], of, "Les Vampires", 1, number)


# ---------------------------------------------------------------------------------------- within one series
def test_marks_and_positions_follow_fresh_ids(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "100", "102")
    user.watching.note_position("p", ref("101", 2), 600, 3_000, at=5)
    fetched(store, listed(900), at=200)
    assert watched(user, store) == {"900", "902"}
    (played,) = user.watching.history("p", limit=9)
    assert (played.ref.id, played.position_s, played.ref.series_id) == ("901", 600, "1")


def test_ids_that_overlap_go_by_their_titles(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "100", "101")
    fetched(store, listed(101), at=200)
    assert watched(user, store) == {"101", "102"}


def test_one_episode_uploaded_anew(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "101", "103")
    episodes = listed(100)
    fetched(store, [*episodes[:3], Episode("777", 1, 4, "Translated")], at=200)
    assert watched(user, store) == {"101", "777"}


def test_a_renumbered_season_goes_by_title(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "100", "103")
    fetched(store, listed(500, ("Prologue", *TITLES)), at=200)
    assert watched(user, store) == {"501", "504"}, "and not the prologue, which is number 1 now"


def test_an_id_stays_when_only_the_numbers_moved(store: LibraryStore, user: UserStore) -> None:
    """An id is the episode, whatever numbers made of its place a panel sends."""
    fetched(store, [Episode("10", 1, 1, "Episode 1"), Episode("11", 1, 2, "Episode 2")])
    watch(user, "10")
    fetched(store, [Episode("9", 1, 1, "Episode 1"), *listed(10, ("Episode 2", "Episode 3"), first=2)], at=200)
    assert watched(user, store) == {"10"}


def test_what_the_fresh_list_has_not_waits_for_its_return(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "101", "103")
    fetched(store, listed(100, TITLES[:3]), at=200)
    assert watched(user, store) == {"101", "103"}
    fetched(store, [*listed(100, TITLES[:3]), Episode("888", 1, 4, TITLES[3])], at=300)
    assert watched(user, store) == {"101", "888"}


def test_versions_of_one_episode_may_become_one(store: LibraryStore, user: UserStore) -> None:
    fetched(store, [Episode("1", 1, 1, "Pilot HD"), Episode("2", 1, 1, "Pilot 4K"), Episode("3", 1, 2, "Second")])
    watch(user, "2")
    user.watching.note_position("p", ref("1", 1), 60, 3_000, at=5)
    user.watching.note_position("p", ref("2", 1), 90, 3_000, at=9)
    fetched(store, [Episode("50", 1, 1, "Pilot"), Episode("51", 1, 2, "Second")], at=200)
    assert watched(user, store) == {"50"}
    (played,) = user.watching.history("p", limit=9)
    assert (played.ref.id, played.position_s) == ("50", 90), "what was played last counts"


def test_seasons_are_not_mixed_up(store: LibraryStore, user: UserStore) -> None:
    first = listed(100, ("Beginning", "Finale"))
    fetched(store, first)
    watch(user, "101")
    fetched(store, listed(300, ("Return", "Finale"), season=2), at=200)
    assert watched(user, store) == {"101"}, "season 1 is gone; another season's finale was not watched"
    fetched(store, [*listed(400, ("Beginning", "Finale")), *listed(300, ("Return", "Finale"), season=2)], at=300)
    assert watched(user, store) == {"401"}


def test_another_series_under_the_same_id_gets_nothing(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "100", "101")
    store.save_rows(Kind.SERIES, [series(1, "Fantômas")])
    fetched(store, listed(600), at=200)
    assert watched(user, store) == {"100", "101"}


def test_a_renamed_series_is_the_same_one(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "100")
    store.save_rows(Kind.SERIES, [series(1, "FR - Les Vampires")])
    fetched(store, listed(600), at=200)
    assert watched(user, store) == {"600"}


def test_details_let_go_of_to_make_room_are_remembered(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "102")
    with store.transaction():
        forget_details(store.database, Kind.SERIES, [1])
    assert watched(user, store) == {"102"}
    fetched(store, listed(600), at=200)
    assert watched(user, store) == {"602"}


def test_an_id_another_series_episode_has_now_brings_no_mark_along(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "100")
    fetched(store, listed(100, ("Prologue", "The Mill", "The Pack")), of="2", at=200)
    assert not watched(user, store) & {"100", "101", "102"}
    watch(user, "101")
    fetched(store, listed(700), at=300)
    assert watched(user, store) == {"700", "101"}


# ------------------------------------------------------------------------------------- the series moved as well
def test_a_series_with_another_id_brings_its_episodes_marks_along(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    fetched(store, listed(200, ("Prologue", "The Mill")), of="2")
    watch(user, "101", "200")
    with store.transaction():
        store.save_rows(Kind.SERIES, [series(2, "Les Vampires"), series(1, "Judex")])  # swapped
        record_moves(store.database, Kind.SERIES, {1: 2, 2: 1}, at=150)
    assert store.full_item(Kind.SERIES, "1").details is None, "the other series' episodes are not shown"
    fetched(store, listed(100, ("Prologue", "The Mill")), of="1", at=300)  # with ids of the other one
    assert watched(user, store) & {"100", "101"} == {"100"}
    fetched(store, listed(200), of="2", at=400)
    assert watched(user, store) == {"100", "201"}


def test_episodes_that_kept_their_ids_have_their_marks_again(store: LibraryStore, user: UserStore) -> None:
    fetched(store, listed(100))
    watch(user, "101")
    store.save_rows(Kind.SERIES, [series(9, "Les Vampires")])
    with store.transaction():
        record_moves(store.database, Kind.SERIES, {1: 9}, at=150)
    watched(user, store)
    fetched(store, listed(100), of="9", at=200)
    assert watched(user, store) == {"101"}


async def test_undo_goes_to_the_ids_of_today(store: LibraryStore, paths: Paths) -> None:
    fetched(store, listed(100))
    library = Library(paths, "p")
    try:
        await library.marks.put([ref("100", 1)], Mark.WATCHED, on=True)
        await library.watching.save_position(ref("101", 2), 600, 3_000)
        await library.marks.put([ref("100", 1)], Mark.WATCHED, on=False)
        await library.watching.forget_all()
        store.save_rows(Kind.SERIES, [series(9, "Les Vampires")])
        with store.transaction():
            record_moves(store.database, Kind.SERIES, {1: 9}, at=150)
        fetched(store, listed(900), of="9", at=200)
        await library.undo.undo()
        (played,) = await library.watching.history()
        assert (played.ref.id, played.ref.series_id) == ("901", "9")
        await library.undo.undo()
        assert await library.watching.watched(Kind.EPISODE) == {"900"}
        await library.undo.undo()
        assert await library.watching.watched(Kind.EPISODE) == frozenset()
    finally:
        await library.close()


async def test_what_plays_while_fresh_ids_come_keeps_its_place_under_them(store: LibraryStore, paths: Paths) -> None:
    fetched(store, listed(100))
    library = Library(paths, "p")
    try:
        await library.watching.save_position(ref("101", 2), 600, 3_000)
        fetched(store, listed(900), at=200)
        await library.watching.save_position(ref("101", 2), 700, 3_000)
        assert [(played.ref.id, played.position_s) for played in await library.watching.history()] == [("901", 700)]
        await library.watching.save_finished(ref("101", 2))
        assert await library.watching.watched(Kind.EPISODE) == {"901"}
    finally:
        await library.close()


# ------------------------------------------------------------------------------------------------ any two lists
EPISODES = st.lists(
    st.tuples(
        st.integers(1, 9), st.integers(0, 2), st.integers(1, 4), st.sampled_from(["", "pilot", "end", "episode 1"])
    ),
    max_size=8,
    unique_by=lambda row: row[0],
).map(lambda rows: [KnownEpisode(str(id_), season, number, title) for id_, season, number, title in rows])


@given(EPISODES, EPISODES)
def test_any_two_lists_are_matched_by_number_or_title_only(old: list[KnownEpisode], new: list[KnownEpisode]) -> None:
    found = match_episodes(old, new)
    before, now = {one.id: one for one in old}, {one.id: one for one in new}
    for old_id, new_id in found.successors.items():
        one, other = before[old_id], now[new_id]
        assert old_id != new_id and one.season == other.season
        assert one.number == other.number or (one.title == other.title != "")
    assert not (found.successors.keys() & (found.taken | found.lost)) and not found.lost & now.keys()
    assert match_episodes(old, old).successors == {}
