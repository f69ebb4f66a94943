"""`library.watching`: where playing goes on, which episode comes next, what to go on with, what is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.rows import movie, series
from tui_app.catalog import Details, Episode, ItemRef, Kind, Mark, Season
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.playback import PositionSink
from tui_app.store.library_store import LibraryStore

GENERAL = ItemRef(Kind.MOVIE, "1", "The General")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Two movies, and a series: specials, seasons 1 and 2 of three episodes, 1x02 in two versions."""
    found = Paths.under(tmp_path).ensure()
    with LibraryStore.open(found.library_db("home")) as store:
        store.save_rows(Kind.MOVIE, [movie(1), movie(2, "Judex")])
        store.save_rows(Kind.SERIES, [series(7, "Les Vampires"), series(8, "Never opened")])
        seasons = [Season(0, "Specials", episodes=(Episode("70", 0, 1, "Making of"),))]
        for number in (1, 2):
            episodes = [Episode(f"{number}{n}", number, n, f"Part {n}") for n in (1, 2, 3)]
            seasons.append(Season(number, f"Season {number}", episodes=tuple(episodes)))
        seasons[1] = Season(
            1,
            "Season 1",
            episodes=(*seasons[1].episodes[:2], Episode("129", 1, 2, "Part 2, 4K"), Episode("13", 1, 3, "Part 3")),
        )
        store.save_series_details("7", Details(seasons=tuple(seasons)), at=1)
    return found


@pytest.fixture
async def library(paths: Paths) -> AsyncIterator[Library]:
    opened = Library(paths, "home")
    yield opened
    await opened.close()


def part(id: str, season: int, number: int) -> ItemRef:
    return ItemRef(Kind.EPISODE, id, f"Part {number}", "7", "Les Vampires", season, number)


async def watch(library: Library, *ids: str) -> None:
    await library.marks.put([ItemRef(Kind.EPISODE, id, "Part") for id in ids], Mark.WATCHED, on=True)


async def test_it_keeps_positions_for_players(library: Library) -> None:
    keeper: PositionSink = library.watching
    await keeper.save_position(GENERAL, 1_234.9, 5_000.2)
    assert await library.watching.position_of(Kind.MOVIE, "1") == 1_234
    await keeper.save_finished(GENERAL)
    assert await library.watching.position_of(Kind.MOVIE, "1") is None
    assert await library.marks.ids(Kind.MOVIE, Mark.WATCHED) == {"1"}


@pytest.mark.parametrize(("position", "resumes"), [(29, False), (30, True), (4_749, True), (4_750, False)])
async def test_resuming_makes_sense_between_half_a_minute_and_the_end(
    library: Library, position: int, resumes: bool
) -> None:
    await library.watching.save_position(GENERAL, position, 5_000)
    assert await library.watching.position_of(Kind.MOVIE, "1") == (position if resumes else None)


async def test_channels_are_remembered_but_have_no_position_and_no_end(library: Library) -> None:
    news = ItemRef(Kind.CHANNEL, "5", "News")
    await library.watching.save_position(news, None, None)
    await library.watching.save_finished(news)
    assert [row.ref for row in await library.watching.history()] == [news]
    assert await library.marks.ids(Kind.CHANNEL, Mark.WATCHED) == frozenset()
    assert await library.watching.continue_watching() == ()


async def test_the_next_episode_passes_over_versions_and_seasons_and_comes_to_specials_last(library: Library) -> None:
    order = ["11", "12", "13", "21", "22", "23", "70"]
    ref: ItemRef | None = part("11", 1, 1)
    found = []
    while ref is not None:
        found.append(ref.id)
        ref = await library.watching.next_episode("7", ref.season or 0, ref.episode or 0)
    assert found == order
    assert await library.watching.next_episode("8", 1, 1) is None
    assert await library.watching.next_episode("no such", 1, 1) is None


async def test_the_next_unwatched_episode_follows_what_was_played_last(library: Library) -> None:
    first = await library.watching.next_unwatched("7")
    assert first is not None and (first.id, first.series_name, first.season) == ("11", "Les Vampires", 1)
    await library.watching.save_finished(part("21", 2, 1))
    following = await library.watching.next_unwatched("7")
    assert following is not None and following.id == "22"
    await library.watching.save_position(part("23", 2, 3), 5, 100)  # just begun: this one
    begun = await library.watching.next_unwatched("7")
    assert begun is not None and begun.id == "23"
    await watch(library, "22", "23", "70")
    left = await library.watching.next_unwatched("7")
    assert left is not None and left.id == "11"
    await watch(library, "11", "12", "13")  # of 1x02 one version is enough
    assert await library.watching.next_unwatched("7") is None
    assert await library.watching.next_unwatched("8") is None


async def test_continue_watching_has_one_row_a_series_and_no_finished_movie(library: Library) -> None:
    await library.watching.save_position(GENERAL, 600, 5_000)
    await library.watching.save_position(ItemRef(Kind.MOVIE, "2", "Judex"), 10, 5_000)  # hardly begun
    await library.watching.save_finished(part("11", 1, 1))
    await library.watching.save_position(part("12", 1, 2), 900, 3_000)
    found = {one.ref.id: one for one in await library.watching.continue_watching()}
    assert set(found) == {"1", "12"}
    assert (found["1"].position_s, found["1"].duration_s, found["1"].is_next) == (600, 5_000, False)
    await library.watching.save_finished(part("12", 1, 2))
    (following,) = [one for one in await library.watching.continue_watching() if one.ref.kind is Kind.EPISODE]
    assert (following.ref.id, following.is_next, following.position_s) == ("13", True, 0)
    await library.marks.put([ItemRef(Kind.MOVIE, "1", "The General")], Mark.WATCHED, on=True)
    assert [one.ref.kind for one in await library.watching.continue_watching()] == [Kind.EPISODE]
    assert await library.watching.continue_watching(limit=0) == ()


async def test_forgetting_a_series_forgets_its_episodes_and_leaves_the_marks(library: Library) -> None:
    await library.watching.save_finished(part("11", 1, 1))
    await library.watching.save_finished(part("12", 1, 2))
    await library.watching.save_position(GENERAL, 600, 5_000)
    assert await library.watching.forget([ItemRef(Kind.SERIES, "7", "Les Vampires")]) == 2
    assert [row.ref for row in await library.watching.history()] == [GENERAL]
    assert await library.marks.ids(Kind.EPISODE, Mark.WATCHED) == {"11", "12"}
    assert await library.watching.forget_all() == 1
    assert await library.watching.history() == ()


async def test_what_was_forgotten_comes_back(library: Library) -> None:
    await library.watching.save_finished(part("11", 1, 1))
    await library.watching.save_position(part("12", 1, 2), 900, 3_000)
    await library.watching.save_position(GENERAL, 600, 5_000)
    before = await library.watching.history()
    await library.watching.forget([GENERAL, ItemRef(Kind.SERIES, "7", "Les Vampires")])
    assert await library.watching.history() == ()
    assert await library.watching.forget_all() == 0  # nothing is no step
    undone = await library.undo.undo()
    assert undone is not None and undone.words == "2 titles are back in the history"
    assert await library.watching.history() == before
    await library.watching.forget_all()
    undone = await library.undo.undo()
    assert undone is not None and undone.words == "The history with 3 titles is restored"
    assert await library.watching.history() == before


async def test_what_left_the_library_stays_and_is_said_to_be_gone(library: Library) -> None:
    gone, other = ItemRef(Kind.MOVIE, "99", "Lost film"), ItemRef(Kind.EPISODE, "5", "Lost", "77", "Lost series", 1, 1)
    for ref in (gone, other, GENERAL, part("no such episode", 3, 1)):
        await library.watching.save_position(ref, 600, 5_000)
    assert {row.ref.id for row in await library.watching.history() if row.is_gone} == {"99", "5"}
    assert {row.ref.id for row in await library.watching.continue_watching() if row.is_gone} == {"99", "5"}


async def test_nothing_is_called_gone_while_the_library_is_empty(tmp_path: Path) -> None:
    library = Library(Paths.under(tmp_path).ensure(), "new")
    await library.watching.save_position(GENERAL, 600, 5_000)
    assert [row.is_gone for row in await library.watching.history()] == [False]
    await library.close()


async def test_what_is_watched_to_its_end_again_is_done_again(library: Library) -> None:
    await library.watching.save_position(GENERAL, 600, 5_000)
    await library.watching.save_finished(GENERAL)
    (before,) = await library.watching.history()
    await library.watching.save_finished(ItemRef(Kind.MOVIE, "2", "Judex"))  # time goes on
    await library.watching.save_position(GENERAL, 900, 5_000)
    again, _ = await library.watching.history()
    assert before.is_done and not again.is_done
    assert [one.ref for one in await library.watching.continue_watching()] == [GENERAL]
    await library.watching.save_finished(GENERAL)
    done, _ = await library.watching.history()
    assert done.is_done and done.watched_at is not None and done.watched_at < done.at
    assert await library.watching.continue_watching() == ()
