"""Playing from the app: Enter, p, o and x, resuming, the next episode, past programmes, and no screen at all."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.widgets import Button

from tests.screens.conftest import add_profile, new_panel
from tests.screens.driving import PROFILE, SMALL, USUAL, Driver, running, to_movies
from tests.support import fake_mpv
from tests.support.fake_mpv import heard_by_fake
from tui_app.catalog import ItemRef, Kind, Mark, Programme
from tui_app.demo import DemoPanel
from tui_app.library import Library
from tui_app.messages import PlayWanted
from tui_app.paths import Paths
from tui_app.screens.item.title_page import TitlePage
from tui_app.settings import change_app_settings
from tui_app.store.user.user_store import UserStore
from tui_app.widgets.paged_list import ListRow

Play = Callable[[str], None]


@pytest.fixture
def player(tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A screen, and a fake mpv that behaves as it is told."""
    monkeypatch.setenv("DISPLAY", ":77")
    program = tmp_path / "bin" / "mpv"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake_mpv.__file__}" "$@"\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def behave(mode: str) -> None:
        change_app_settings(paths, player_arguments=f"'--fake={mode}' '--heard={tmp_path / 'heard'}'")

    behave("plays")
    return behave


async def left_at(paths: Paths, ref: ItemRef, position_s: int) -> None:
    library = Library(paths, PROFILE)
    await library.watching.save_position(ref, position_s, 5_000)
    await library.close()


async def is_watched(paths: Paths, ref: ItemRef) -> bool:
    library = Library(paths, PROFILE)
    try:
        return ref.id in await library.marks.ids(ref.kind, Mark.WATCHED)
    finally:
        await library.close()


async def begun(driver: Driver) -> None:
    await driver.until(lambda: driver.record.plays, "something plays, or has played by now")


async def over(driver: Driver) -> None:
    await driver.until(lambda: driver.app.app_state.playing.status is None, "nothing plays any more")


async def test_enter_plays_a_movie_to_its_end_and_it_is_watched(paths: Paths, player: Play, tmp_path: Path) -> None:
    async with running(paths, USUAL) as driver:
        movie = await to_movies(driver)
        await driver.press("enter")
        await begun(driver)
        await over(driver)
        await driver.until(lambda: driver.app.app_state.playing.status is None, "the end")
        assert await is_watched(paths, movie)
        argv, commands = heard_by_fake(tmp_path)
        address = next(command[1] for command in commands if command[0] == "loadfile")
        assert "/movie/" in address and address not in " ".join(argv)
        assert not driver.toasts()


async def test_what_plays_is_named_on_the_bar_of_every_screen_and_x_stops_it(paths: Paths, player: Play) -> None:
    player("hangs")
    async with running(paths, USUAL) as driver:
        movie = await to_movies(driver)
        await driver.press("p")
        await driver.until(lambda: "0:41 of 1:40" in driver.bar, "the place")
        assert driver.bar.startswith("▸ ") and "x stops" in driver.bar
        await driver.go("settings")
        await driver.until(lambda: "x stops" in driver.bar, "the bar of another screen")
        await driver.press("x")
        await over(driver)
        await driver.until(lambda: "stops" not in driver.bar, "the bar at rest")
        library = driver.active.library
        assert await library.watching.position_of(Kind.MOVIE, movie.id) == 41


@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_a_movie_left_in_the_middle_asks_where_to_go_on(
    paths: Paths, player: Play, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        movie = await to_movies(driver)
        await left_at(paths, movie, 2_470)
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words() == "Resume at 41:10", "the question")
        await driver.sees("From the start")
        await driver.press("enter")
        await begun(driver)
        await over(driver)
        assert ["set_property", "start", "2470.000"] in heard_by_fake(tmp_path)[1]


async def test_from_the_start_and_not_at_all_are_answers_too(paths: Paths, player: Play, tmp_path: Path) -> None:
    player("quits")
    async with running(paths, USUAL) as driver:
        await left_at(paths, await to_movies(driver), 2_470)
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words().startswith("Resume"), "the question")
        await driver.press("escape")
        await driver.until(lambda: not driver.says("You stopped at"), "the list")
        assert driver.app.app_state.playing.status is None and not (tmp_path / "heard").exists()
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words().startswith("Resume"), "the question again")
        await driver.press("left", "enter")
        await driver.until(lambda: (tmp_path / "heard").exists(), "the player")
        await over(driver)
        assert not any(command[:2] == ["set_property", "start"] for command in heard_by_fake(tmp_path)[1])


@pytest.mark.parametrize("position", [12, 4_900])
async def test_near_the_beginning_and_the_end_nothing_is_asked(paths: Paths, player: Play, position: int) -> None:
    player("hangs")
    async with running(paths, USUAL) as driver:
        await left_at(paths, await to_movies(driver), position)
        await driver.press("enter")
        await driver.until(lambda: "0:41" in driver.bar, "the player")


async def test_a_series_plays_its_next_episode_and_offers_the_one_after_it(
    paths: Paths, player: Play, tmp_path: Path
) -> None:
    async with running(paths, USUAL) as driver:
        await driver.go("series")
        await driver.rows_shown()
        await driver.press("p")
        await driver.until(lambda: driver.says("Next episode") and driver.focused_words() == "Play", "the offer")
        first = _title(tmp_path)
        await driver.press("enter")
        await driver.until(lambda: _title(tmp_path) not in ("", first), "the next one")
        assert "S01E01" in first and "S01E02" in _title(tmp_path)


async def test_the_next_episode_begins_by_itself_only_where_that_is_set(
    paths: Paths, player: Play, tmp_path: Path
) -> None:
    change_app_settings(paths, autoplay_next=True)
    async with running(paths, USUAL) as driver:
        await driver.go("series")
        await driver.rows_shown()
        await driver.press("p")
        await driver.until(lambda: "S01E02" in _title(tmp_path), "the second episode")
        assert not driver.says("Next episode")


async def test_enter_opens_a_series_and_o_the_page_of_a_movie(paths: Paths, player: Play) -> None:
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("o")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the movie's page")
        await driver.press("escape")
        await driver.go("series")
        await driver.rows_shown()
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "the series' page")
        assert driver.app.app_state.playing.status is None


async def test_a_past_programme_is_tried_then_played_and_the_form_is_remembered(
    paths: Paths, player: Play, tmp_path: Path
) -> None:
    async with running(paths, USUAL) as driver:
        library = driver.active.library
        await driver.go("channels")
        await driver.rows_shown()
        channel = next(
            ItemRef(Kind.CHANNEL, item.id, item.name)
            for item in [(await library.open_item(Kind.CHANNEL, row.key)).item for row in _rows(driver)]
            if item.archive_days
        )
        start = int(time.time()) // 1800 * 1800 - 7200
        driver.app.post_message(PlayWanted(channel, Programme(start, start + 1800, "Late Show")))
        await driver.until(lambda: _addresses(tmp_path), "the player")
        assert _title(tmp_path) == f"{channel.name}: Late Show"
        assert "/timeshift/" in _addresses(tmp_path)[0]
        await over(driver)
        assert not driver.toasts()


async def test_a_failure_is_said_without_a_secret(paths: Paths, player: Play) -> None:
    player("crash")
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: "refused the stream (HTTP 403)" in driver.toasts(), "the reason")
        assert "one stream at a time" in driver.toasts() or "streams at a time" in driver.toasts()
        assert "127.0.0.1" not in driver.toasts() and "silent-era" not in driver.toasts()


@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_without_a_screen_the_address_is_offered_and_never_shown(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    async with running(paths, size) as driver:
        movie = await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words() == "Copy", "the offer")
        await driver.sees("SSH session", f"xtream-tui url movie {movie.id}")
        assert not driver.says("silent-era")
        await driver.press("enter")
        await driver.until(lambda: "keep it secret" in driver.toasts(), "the word")
        assert "/movie/" in driver.app.clipboard and "silent-era" not in driver.toasts()


@pytest.fixture
def second_account(
    paths: Paths, player: Play, shared_panel: DemoPanel, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The same films of another account; the panel of the first one has no stream, and the player says so."""
    monkeypatch.setattr(shared_panel.answers, "is_playable", lambda kind, id: False)
    with new_panel() as panel:
        add_profile(paths, panel, "cabin")
        shutil.copy(paths.library_db(PROFILE), paths.library_db("cabin"))
        player("fetches")
        yield


@pytest.mark.usefixtures("second_account")
@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_when_a_movie_does_not_start_the_same_of_another_account_is_offered(
    paths: Paths, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(paths, size) as driver:
        movie = await to_movies(driver)
        await left_at(paths, movie, 2_470)
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words() == "Resume at 41:10", "the question")
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words() == "Play it", "the offer")
        await driver.sees("HTTP 404", "cabin")
        refused = _addresses(tmp_path)
        await driver.press("enter")
        await driver.until(lambda: _addresses(tmp_path) not in ([], refused), "another address")
        await over(driver)
        assert ["set_property", "start", "2470.000"] in heard_by_fake(tmp_path)[1]
        with UserStore(paths.user_db) as user:
            await driver.until(lambda: movie.id in user.ids_with("cabin", Kind.MOVIE, Mark.WATCHED), "the other mark")
        assert not await is_watched(paths, movie)


@pytest.mark.usefixtures("second_account")
async def test_a_version_of_another_account_is_played_from_the_list_of_versions(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        movie = await to_movies(driver)
        await driver.press("A")
        await driver.until(lambda: driver.says("cabin"), "the versions of both accounts")
        await driver.press("end", "enter")
        with UserStore(paths.user_db) as user:
            await driver.until(lambda: movie.id in user.ids_with("cabin", Kind.MOVIE, Mark.WATCHED), "its mark")
        assert not await is_watched(paths, movie)


@pytest.mark.usefixtures("second_account")
async def test_the_next_source_is_played_at_once_if_set_and_never_if_off(paths: Paths, tmp_path: Path) -> None:
    change_app_settings(paths, next_source="auto")
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: "Trying" in driver.toasts(), "what is tried")
        await driver.until(lambda: driver.record.plays, "the other account plays")
        await over(driver)
    change_app_settings(paths, next_source="off")
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: "HTTP 404" in driver.toasts(), "the reason")
        assert driver.focused_words() != "Play it"


async def test_an_episode_whose_id_is_not_known_any_more_is_found_by_its_number(
    paths: Paths, player: Play, tmp_path: Path
) -> None:
    async with running(paths, USUAL) as driver:
        await driver.go("series")
        await driver.rows_shown()
        row = driver.list.row
        assert row is not None
        old = ItemRef(Kind.EPISODE, "~77~5", "Old", row.key, "The series", 1, 2)
        player("hangs")
        driver.app.post_message(PlayWanted(old))
        await begun(driver)
        news = driver.app.app_state.playing.status
        assert news is not None and news.what.ref.id != old.id
        assert (news.what.ref.season, news.what.ref.episode) == (1, 2)


@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_an_account_in_use_elsewhere_is_said_before_playing(
    paths: Paths, player: Play, shared_panel: DemoPanel, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr("tui_app.library.panel.ANSWER_S", 30.0)  # on a busy machine it is waited for
    honest = shared_panel.answers.account
    monkeypatch.setattr(
        shared_panel.answers, "account", lambda *of: honest(*of).replace(b'"active_cons":"0"', b'"active_cons":"1"')
    )
    async with running(paths, size) as driver:
        await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words() == "Not now", "the warning")
        await driver.sees("Your account allows 1 stream")
        await driver.press("enter")
        await driver.until(lambda: not driver.says("Your account allows"), "an answer")
        assert driver.app.app_state.playing.status is None
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words() == "Not now", "the warning")
        player("hangs")
        await driver.press("shift+tab", "enter")
        await begun(driver)


async def test_leaving_the_app_ends_the_player_and_keeps_the_place(paths: Paths, player: Play) -> None:
    player("hangs")
    async with running(paths, USUAL) as driver:
        movie = await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: "0:41" in driver.bar, "the place")
    library = Library(paths, PROFILE)
    assert await library.watching.position_of(Kind.MOVIE, movie.id) == 41
    await library.close()


def _rows(driver: Driver) -> list[ListRow]:
    source = driver.list._pages.source
    return [row for row in source.rows(0, source.total) or () if not row.separator]


def _addresses(tmp_path: Path) -> list[str]:
    """What the player was told to load."""
    if not (tmp_path / "heard").exists():
        return []
    return [command[1] for command in heard_by_fake(tmp_path)[1] if command[0] == "loadfile"]


def _title(tmp_path: Path) -> str:
    """What the player was told to show as the title last."""
    if not (tmp_path / "heard").exists():
        return ""
    titles = [command[2] for command in heard_by_fake(tmp_path)[1] if command[1] == "force-media-title"]
    return titles[-1] if titles else ""


async def test_a_form_of_address_that_no_longer_plays_is_looked_for_anew_once(
    paths: Paths, player: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    player("crash")
    asked: list[bool] = []

    async def address(self: object, channel_id: str, programme: Programme, *, retry: bool = False) -> str:
        asked.append(retry)
        return "http://127.0.0.1:9/timeshift/u/p/35/2026-01-01:10-00/1.ts"

    monkeypatch.setattr("tui_app.library.panel.LibraryGuide.catchup_address", address)
    async with running(paths, USUAL) as driver:
        await driver.rows_shown()
        driver.app.post_message(PlayWanted(ItemRef(Kind.CHANNEL, "1", "News"), Programme(1, 1801, "Late Show")))
        await driver.until(lambda: "HTTP 403" in driver.toasts(), "the reason")
        assert asked == [False, True]


async def test_without_a_display_the_terminal_is_offered_to_draw_in(
    paths: Paths, player: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: driver.says("Play here"), "the offer")
        driver.app.screen.query_one("#choice-1", Button).press()
        await driver.until(lambda: "draws in the terminal" in driver.toasts(), "no terminal in a test")
        await driver.press("P")
        await driver.until(lambda: driver.toasts().count("draws in the terminal") == 2, "the same by a key")


async def test_the_line_of_what_plays_ticks_and_the_controls_reach_the_player(
    paths: Paths, player: Play, tmp_path: Path
) -> None:
    player("obeys")
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        assert "b Player" not in driver.seen()
        await driver.press("p")
        await driver.until(lambda: " of 1:40" in driver.bar, "the position")
        seen = driver.bar.partition(" of 1:40")[0]
        await driver.until(lambda: driver.bar.partition(" of 1:40")[0] not in (seen, driver.bar), "a second later")
        assert "b controls" in driver.bar and "━" in driver.bar
        await driver.press("b")
        await driver.sees("Pause", "10\xa0s", "1\xa0min", "Volume", "Stop")
        assert not driver.says("Episode")  # a movie has none
        await driver.press("space")
        await driver.sees("paused: ")
        for key in ("right", "left", "up", "down", "plus", "minus"):
            await driver.press(key)
        wanted = [["seek", by, "relative"] for by in (10, -10, 60, -60)] + [["add", "volume", by] for by in (5, -5)]
        await driver.until(lambda: [one for one in heard_by_fake(tmp_path)[1] if one[0] in ("seek", "add")] == wanted)
        await driver.sees("100 % volume")
        await driver.press("escape")
        await driver.until(lambda: not driver.says("1\xa0min"), "the list")
        assert driver.bar.startswith("paused:")
        await driver.press("b", "x")
        await over(driver)
        await driver.until(lambda: not driver.says("1\xa0min") and "b Player" not in driver.seen(), "closed by the end")


async def test_the_controls_and_the_palette_play_the_episodes_before_and_after(
    paths: Paths, player: Play, tmp_path: Path
) -> None:
    player("obeys")
    async with running(paths, USUAL) as driver:
        await driver.go("series")
        await driver.rows_shown()
        await driver.press("p")
        await driver.until(lambda: "S01E01" in driver.bar and "b controls" in driver.bar, "the first episode")
        await driver.press("b")
        await driver.sees("Episode")
        await driver.press(">")
        await driver.sees("▸ Flash Gordon (1936) S01E02", "Volume")  # the controls stay
        await driver.press("<")
        await driver.until(lambda: driver.focused_words().startswith("Resume"), "the question where to go on")
        await driver.press("left", "enter")
        await driver.sees("▸ Flash Gordon (1936) S01E01", "Volume")
        await driver.press("<")
        await driver.until(lambda: "This is the first episode." in driver.toasts(), "no episode before it")
        await driver.press("escape", "ctrl+p")
        await driver.type("next episode")
        await driver.sees("Player: Next episode")
        await driver.press("enter")
        await driver.until(lambda: driver.focused_words().startswith("Resume"), "its question")
        await driver.press("enter")
        await driver.until(lambda: "S01E02" in driver.bar, "the second one by the palette")


async def test_a_player_that_can_not_be_controlled_offers_no_controls(paths: Paths, player: Play) -> None:
    change_app_settings(paths, player="command", player_command="sleep 600")
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("p")
        await driver.until(lambda: "x stops" in driver.bar, "the player")
        await driver.press("b")
        assert "controls" not in driver.bar and not driver.says("Volume") and "b Player" not in driver.seen()
