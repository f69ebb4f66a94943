from __future__ import annotations

from tests.support.one_widget import OneWidget
from tests.support.present import present
from tests.widgets.hostile import HOSTILE_TITLES, assert_clean, lines_of, text_of
from tui_app.catalog import Episode, Season
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.series_tree import SeriesTree


def season(number: int, count: int, name: str = "") -> Season:
    episodes = tuple(
        Episode(f"s{number}e{n}", number, n, f"Chapter {n} of {number}", duration_s=2520) for n in range(1, count + 1)
    )
    return Season(number, name, episodes=episodes)


SEASONS = (season(0, 1), season(1, 3, "The first"), season(2, 2), Season(3, "announced"))


async def test_the_first_unwatched_episode_is_opened_and_specials_wait() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test(size=(80, 20)):
        app.widget.show_series(SEASONS, watched={"s1e1"})
        assert app.widget.episode is not None and app.widget.episode.id == "s1e2"
        shown = text_of(app.widget)
        assert "▸ Specials   ──────────  1 episode" in shown
        assert "▾ The first  ━━━╸──────  1 of 3 watched" in shown
        assert "▸ Season 2   ──────────  2 episodes" in shown
        assert "42 min" in shown
        assert "announced" not in shown
        assert "Chapter 1 of 2" not in shown


async def test_a_wanted_episode_opens_its_season() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test():
        app.widget.show_series(SEASONS, episode_id="s2e2")
        assert present(app.widget.row).key == "s2e2"


async def test_seasons_open_and_close() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show_series(SEASONS)
        await pilot.press("left")
        assert "Chapter" not in text_of(app.widget)
        assert app.widget.episode is None
        await pilot.press("right", "right")
        assert "Chapter 1 of 1" in text_of(app.widget)
        await pilot.press("enter")
        assert "Chapter" not in text_of(app.widget)
        await pilot.press("down", "enter", "down")
        assert present(app.widget.row).key == "s2e1"


async def test_only_episodes_are_announced() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test() as pilot:
        app.widget.show_series(SEASONS)
        await pilot.press("enter", "up", "enter", "enter")
        await pilot.pause()
        assert [message.episode_id for message in app.heard_of(SeriesTree.EpisodeActivated)] == ["s1e1"]
        assert app.heard_of(SeriesTree.EpisodeHighlighted)[0].episode_id == "s1e1"
        assert app.heard_of(PagedList.Highlighted) == app.heard_of(PagedList.Activated) == []


async def test_news_of_the_same_series_keep_place_and_open_seasons() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show_series(SEASONS)
        await pilot.press("down", "down")
        app.widget.update_series((season(0, 4), season(1, 5), season(2, 2)), watched={"s1e1", "s1e2"})
        assert present(app.widget.row).key == "s1e3"
        assert "Chapter 5 of 1" in text_of(app.widget)


async def test_every_reason_for_nothing_is_said() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test(size=(80, 20)) as pilot:
        said = {}
        app.widget.show_loading()
        said["loading"] = text_of(app.widget)
        app.widget.show_missing(offline=True, hint="u fetches them")
        said["offline"] = text_of(app.widget)
        app.widget.show_failed("The server did not answer.", "u tries again")
        said["failed"] = text_of(app.widget)
        app.widget.show_series((Season(1, "empty"),))
        said["none"] = text_of(app.widget)
        await pilot.press("enter", "left", "right", "down")
    assert "Loading" in said["loading"]
    assert "connection now" in said["offline"] and "u fetches them" in said["offline"]
    assert "did not answer" in said["failed"] and "u tries again" in said["failed"]
    assert "No episodes" in said["none"]


async def test_hostile_episodes_stay_in_their_lines() -> None:
    app = OneWidget(SeriesTree())
    episodes = tuple(Episode(f"e{n}", 1, n, title, released=title) for n, title in enumerate(HOSTILE_TITLES))
    for width in (10, 61):
        app = OneWidget(SeriesTree())
        async with app.run_test(size=(width, 30)):
            app.widget.show_series((Season(1, HOSTILE_TITLES[3], released=HOSTILE_TITLES[4], episodes=episodes),))
            assert_clean(lines_of(app.widget), width)


async def test_new_episodes_are_marked_and_counted_until_they_are_watched() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test(size=(80, 20)):
        app.widget.show_series(SEASONS, watched={"s1e1", "s1e2"}, new={"s1e2", "s1e3", "s2e2"})
        shown = text_of(app.widget)
        assert "2 of 3 watched, 1 new" in shown
        assert "2 episodes, 1 new" in shown
        assert present(app.widget.row).key == "s1e3" and present(app.widget.row).marks == "●"
        app.widget.update_series(SEASONS, watched={"s1e1", "s1e2", "s1e3"}, new={"s1e3"})
        assert "new" not in text_of(app.widget)
        assert present(app.widget.row).marks == "✓"


async def test_seasons_that_were_open_are_open_again() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test(size=(80, 20)):
        app.widget.show_series(SEASONS, episode_id="s1e1", open_seasons={2, 99})
        assert "Chapter 1 of 1" in text_of(app.widget) and "Chapter 1 of 2" in text_of(app.widget)
        assert app.widget.open_seasons == {1, 2}


async def test_what_is_chosen_is_the_selection_the_episode_or_the_whole_season() -> None:
    app = OneWidget(SeriesTree())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show_series(SEASONS, episode_id="s1e1")

        def chosen() -> list[str]:
            return [episode.id for episode in app.widget.chosen]

        assert chosen() == ["s1e1"]
        await pilot.press("space", "down", "space")
        assert chosen() == ["s1e1", "s1e3"]
        await pilot.press("escape", "home", "down")
        assert app.widget.episode is None and chosen() == ["s1e1", "s1e2", "s1e3"]
        await pilot.press("v", "end")
        assert chosen() == ["s1e1", "s1e2", "s1e3"]
