"""The Guide screen: channels down, time across, from the stored guide; what Enter does; reminders and their notices."""

from __future__ import annotations

import time
from contextlib import closing
from typing import cast

import pytest
from rich.cells import cell_len
from textual.strip import Strip

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import ItemRef, Kind, Mark, Programme, Query
from tui_app.demo import DemoPanel
from tui_app.messages import PlayWanted
from tui_app.paths import Paths
from tui_app.screens import guide as guide_screen
from tui_app.screens.guide import GuideScreen
from tui_app.settings import ProfileStore, SyncSettings, change_app_settings
from tui_app.store.connection import tracing
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.tui import notices
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.guide_grid import GuideGrid

HOUR = 3_600


def this_hour() -> int:
    """Whole half hours: what is on began then."""
    return int(time.time()) // 1_800 * 1_800


def show(hours: float, title: str, length: float = 1) -> Programme:
    start = this_hour() + int(hours * HOUR)
    return Programme(start, start + int(length * HOUR), title, f"About {title}.")


def channels(paths: Paths, *, archive: bool = False) -> list[str]:
    with closing(LibraryStore.open(paths.library_db(PROFILE), readonly=True)) as store:
        return [item.id for item in store.page(Query(Kind.CHANNEL, catchup=archive)).items if not item.is_separator]


def put(paths: Paths, channel_id: str, *programmes: Programme) -> None:
    """Store a guide as if it had been fetched."""
    now = int(time.time())
    with closing(LibraryStore.open(paths.library_db(PROFILE))) as store:
        store.guide.save_programmes(channel_id, programmes, now, fresh_until=now + 86_400, day_until=now + 86_400)


@pytest.fixture
def guide(paths: Paths) -> Paths:
    """Three channels have a guide from yesterday until tomorrow, and the panel is not asked for more."""
    ProfileStore(paths).save_sync_settings(PROFILE, SyncSettings(guide="off"))
    for number, id in enumerate(channels(paths)[:3], 1):
        put(paths, id, *(show(hour, f"Ch{number} at {hour}") for hour in range(-26, 30)))
    return paths


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[PlayWanted]:
    """What the app was asked to play."""
    found: list[PlayWanted] = []
    monkeypatch.setattr("tui_app.tui.app.TuiApp.on_play_wanted", lambda app, message: found.append(message))
    return found


def screen(driver: Driver) -> GuideScreen:
    return cast(GuideScreen, driver.app.screen)


async def to_guide(driver: Driver) -> None:
    await driver.go("guide")
    await driver.rows_shown()
    await driver.until(lambda: screen(driver).grid.programme is not None, "the guide of the first channel")


async def here(driver: Driver, title: str) -> None:
    """Wait until the cursor is on this programme and its details are below."""
    await driver.until(lambda: (one := screen(driver).grid.programme) is not None and one.title == title, title)


# ------------------------------------------------------------------------------------------------------ moving
async def test_arrows_go_to_programmes_and_channels_and_the_hour_is_kept(guide: Paths) -> None:
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        await here(driver, "Ch1 at 0")
        await driver.sees("Ch1 at 1", "Ch2 at 0", "About Ch1 at 0.", glyphs().now_line)
        await driver.press("right", "right", "down")
        await here(driver, "Ch2 at 2")
        await driver.press("down", "left")
        await here(driver, "Ch3 at 1")
        await driver.press("]")
        await here(driver, "Ch3 at 25")
        await driver.press("[", "[", "up")
        await here(driver, "Ch2 at -23")
        await driver.press("n")
        await here(driver, "Ch2 at 0")
        await driver.press("<")
        await driver.until(lambda: screen(driver).grid.window[1] <= time.time() + HOUR, "earlier hours")


async def test_a_row_without_a_guide_is_walked_by_half_hours_and_says_what_helps(guide: Paths) -> None:
    async with running(guide, USUAL) as driver:
        await to_guide(driver)
        await driver.press("down", "down", "down")
        grid = screen(driver).grid
        before = grid.at
        await driver.press("right", "right", "left")
        assert grid.programme is None and grid.at == before // 1_800 * 1_800 + 1_800
        await driver.sees("no guide stored", "no programme is stored here", "u asks the provider")


async def test_behind_the_last_stored_programme_the_row_is_empty(guide: Paths) -> None:
    channel = channels(guide)[3]
    put(guide, channel, show(0, "Only One", 0.5))
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        await driver.sees("Only One")
        line = next(line for line in driver.seen().splitlines() if "Only One" in line)
        # the line of the present moment may stand right behind the programme
        row = line.replace(glyphs().now_line, " ").rstrip()
        assert row.count("Only One") == 1 and row.endswith("Only One")


async def test_names_of_wide_and_combining_letters_leave_every_cell_in_its_place(guide: Paths) -> None:
    for id, title in zip(channels(guide)[:3], ("漢字の番組をみる", "हिन्दी फ़िल्में आज", "é́́ zero joined"), strict=True):
        put(guide, id, *(show(hour, title) for hour in range(-2, 6)))
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        await driver.sees("漢字")
        strips = driver.app.screen._compositor.render_strips()
        assert {strip.cell_length for strip in strips} == {WIDE[0]}
        rows = [strip for strip in strips if glyphs().now_line in strip.text]
        columns = {strip.crop(0).text[: strip.text.index(glyphs().now_line)] for strip in rows}
        assert len(rows) > 10 and len({cell_len(text) for text in columns}) == 1


async def test_on_a_small_terminal_one_programme_a_channel_is_listed_at_the_hour_of_the_cursor(guide: Paths) -> None:
    async with running(guide, SMALL) as driver:
        await to_guide(driver)
        await driver.sees("Ch1 at 0", "Ch2 at 0", "Until")
        await driver.press("right")
        await driver.sees("Ch1 at 1", "Ch2 at 1")


async def test_channel_and_hour_are_remembered(guide: Paths) -> None:
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        await driver.press("down", "right", "right", "right")
        await here(driver, "Ch2 at 3")
        await driver.go("movies")
        await driver.go("guide")
        await here(driver, "Ch2 at 3")
    async with running(guide, WIDE) as driver:
        await driver.go("guide")
        await driver.rows_shown()
        await here(driver, "Ch2 at 3")


async def test_a_step_within_the_visible_hours_paints_its_row_only(
    guide: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        await driver.until(lambda: all(worker.is_finished for worker in driver.app.workers), "rest")
        painted: list[int] = []
        paint = GuideGrid.render_line

        def note(grid: GuideGrid, y: int) -> Strip:
            painted.append(y)
            return paint(grid, y)

        monkeypatch.setattr(GuideGrid, "render_line", note)
        await driver.press("right")
        await here(driver, "Ch1 at 1")
        await driver.until(lambda: painted, "the cursor")
        assert set(painted) <= {0, 2}


# ------------------------------------------------------------------------------------------- what Enter does
async def test_enter_plays_what_is_on_and_what_can_be_watched_again(guide: Paths, played: list[PlayWanted]) -> None:
    archived = channels(guide, archive=True)[0]
    put(guide, archived, *(show(hour, f"Archive {hour}") for hour in range(-20, 5)))
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        await driver.sees("Play")
        await driver.press("enter")
        await driver.until(lambda: played, "the channel playing")
        assert (played[0].ref.id, played[0].programme) == (channels(guide)[0], None)
        screen(driver).show_programme(archived, show(-3, "").start)
        await driver.sees("Watch again")
        await driver.press("enter")
        await driver.until(lambda: len(played) == 2, "the past programme playing")
        assert played[1].programme is not None and played[1].programme.title == "Archive -3"


async def test_what_is_over_without_an_archive_says_so(guide: Paths, played: list[PlayWanted]) -> None:
    plain = next(id for id in channels(guide) if id not in channels(guide, archive=True))
    put(guide, plain, *(show(hour, f"Plain {hour}") for hour in range(-5, 5)))
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        screen(driver).show_programme(plain, show(-3, "").start)
        await here(driver, "Plain -3")
        await driver.press("enter")
        await driver.until(lambda: "no archive" in driver.toasts(), "why")
        assert not played


async def test_enter_on_a_coming_programme_sets_a_reminder_and_z_undoes_it(guide: Paths) -> None:
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        await driver.press("right")
        await driver.sees("Remind me")
        await driver.press("enter")
        await driver.sees(f"{glyphs().reminder} Ch1 at 1", "No reminder", "reminder set")
        await driver.press("z")
        await driver.sees("Remind me")
        await driver.until(lambda: not driver.says(f"{glyphs().reminder} "), "neither mark nor words")
        await driver.press("enter")
        await driver.sees("No reminder")
        await driver.press("enter")
        await driver.sees("Remind me")


async def test_filters_and_categories_narrow_the_grid(guide: Paths) -> None:
    second = channels(guide)[1]
    with closing(UserStore(guide.user_db)) as user:
        user.connect()
        user.set_mark(PROFILE, Kind.CHANNEL, second, Mark.FAVOURITE, "Two")
    async with running(guide, WIDE) as driver:
        await to_guide(driver)
        total = driver.list.total
        await driver.press("asterisk")
        await driver.until(lambda: driver.list.total == 1, "only the favourite")
        await here(driver, "Ch2 at 0")
        await driver.press("delete")
        await driver.until(lambda: driver.list.total == total, "all again")
        await driver.press("c", "down", "enter")
        await driver.until(lambda: 0 < driver.list.total < total, "one category")


# ------------------------------------------------------------------------------------------------ reading
async def test_visible_rows_without_a_guide_are_asked_for(
    paths: Paths, shared_panel: DemoPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide_screen, "ASK_REST_S", 0.01)
    before = shared_panel.requests["get_short_epg"]
    async with running(paths, USUAL) as driver:
        await driver.go("guide")
        await driver.until(lambda: shared_panel.requests["get_short_epg"] > before + 2, "requests")


async def test_a_key_reads_nothing_that_is_there_and_never_on_the_event_loop(guide: Paths) -> None:
    statements: list[str] = []
    with tracing(statements.append):
        async with running(guide, WIDE) as driver:
            await to_guide(driver)
            blocks = screen(driver).blocks
            start, stop = screen(driver).grid.window
            keys = screen(driver).grid.seen_keys
            await driver.until(
                lambda: all(blocks.between(key, start, stop + HOUR) is not None for key in keys), "ahead"
            )
            await driver.until(lambda: all(worker.is_finished for worker in driver.app.workers), "rest")
            statements.clear()
            await driver.press("right")
            await here(driver, "Ch1 at 1")
            await driver.until(lambda: all(worker.is_finished for worker in driver.app.workers), "rest")
            assert not [said for said in statements if "programme p ON p.guide" in said]


# ---------------------------------------------------------------------------------------------- the reminders
def remind(paths: Paths, channel_id: str, start: int, title: str = "Late Show") -> None:
    with closing(UserStore(paths.user_db)) as user:
        user.connect()
        user.reminders.toggle(
            PROFILE, ItemRef(Kind.CHANNEL, channel_id, "One HD"), Programme(start, start + HOUR, title)
        )


async def test_one_notice_comes_the_set_minutes_before_and_a_key_switches(
    guide: Paths, played: list[PlayWanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(notices, "driver_of", lambda app: None)
    monkeypatch.setattr("tui_app.tui.reminders.ring", lambda app, settings, words: rung.append(words))
    change_app_settings(guide, reminder_minutes=10)
    now = [time.time()]
    first = channels(guide)[0]
    remind(guide, first, int(now[0]) + 20 * 60)
    async with running(guide, USUAL) as driver:
        reminders = driver.app.reminders
        reminders._now = lambda: now[0]
        await driver.rows_shown()
        await reminders.look()
        assert not rung and not reminders.can_watch
        now[0] += 10 * 60 + 1
        await reminders.look()
        await driver.until(lambda: "Late Show" in driver.toasts(), "the notice")
        await reminders.look()
        assert len(rung) == 1 and rung[0].startswith("Late Show begins at")
        await driver.press("ctrl+g")
        await driver.until(lambda: played, "the channel playing")
        assert played[0].ref.id == first and not reminders.can_watch
    async with running(guide, USUAL) as driver:
        driver.app.reminders._now = lambda: now[0]
        await driver.rows_shown()
        await driver.app.reminders.look()
        assert len(rung) == 1  # the next run knows that it was given


async def test_without_reminders_nothing_wakes_up(guide: Paths) -> None:
    async with running(guide, USUAL) as driver:
        await driver.rows_shown()
        await driver.app.reminders.look()
        assert driver.app.reminders._timer is None
        remind(guide, channels(guide)[0], int(time.time()) + HOUR)
        await driver.app.reminders.look()
        assert driver.app.reminders._timer is not None


async def test_the_list_of_reminders_shows_a_programme_in_the_guide_and_clears_one(guide: Paths) -> None:
    third = channels(guide)[2]
    remind(guide, third, show(4, "").start, "Ch3 at 4")
    async with running(guide, WIDE) as driver:
        await driver.rows_shown()
        await driver.press("ctrl+r")
        await driver.sees("Reminders", "Ch3 at 4")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, GuideScreen), "the guide")
        await here(driver, "Ch3 at 4")
        await driver.press("m")
        await driver.sees("Enter shows")
        await driver.press("delete")
        await driver.sees("Remind me")
        await driver.press("m")
        await driver.sees("No reminders")
