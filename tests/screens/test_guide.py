"""What is on: beside the channels in sight, on a channel's page, found by a search. Asked for rarely, one by one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import pytest

from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE, Driver, running
from tui_app.catalog import Kind, Programme, Query
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.screens.browse import channels
from tui_app.screens.item.channel_page import ChannelPage
from tui_app.settings import ProfileStore, SyncSettings
from tui_app.store.library_store import LibraryStore
from tui_app.widgets.details import Details
from tui_app.widgets.selectable_list import FollowedList


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "ASK_REST_S", 0.05)


@pytest.fixture
def asked(shared_panel: DemoPanel) -> Iterator[dict[str, int]]:
    """How often the panel was asked for guides since the test began."""
    before = shared_panel.requests.copy()

    class Asked(dict[str, int]):
        def __missing__(self, action: str) -> int:
            return shared_panel.requests[action] - before[action]

    yield Asked()


def put(paths: Paths, channel_id: str, *programmes: Programme, fresh: bool = True) -> None:
    """Store a guide as if it had been fetched."""
    now = int(time.time())
    with closing(LibraryStore.open(paths.library_db(PROFILE))) as store:
        until = now + 86_400 if fresh else 0
        store.guide.save_programmes(channel_id, programmes, now, fresh_until=until, day_until=until)


def hourly(count: int = 12, back: int = 3, title: str = "Show {}", **more: Any) -> list[Programme]:
    """Programmes of an hour each, the fourth of which runs now."""
    first = int(time.time()) - back * 3_600 - 600
    return [
        Programme(first + n * 3_600, first + (n + 1) * 3_600, title.format(n), f"About {n}.", **more)
        for n in range(count)
    ]


def quiet(paths: Paths, wish: str = "off") -> None:
    ProfileStore(paths).save_sync_settings(PROFILE, SyncSettings(guide=wish))  # type: ignore[arg-type]


def first_channels(paths: Paths, *, archive: bool = False) -> list[str]:
    with closing(LibraryStore.open(paths.library_db(PROFILE), readonly=True)) as store:
        found = store.page(Query(Kind.CHANNEL, catchup=archive)).items
        return [item.id for item in found if not item.is_separator]


# ------------------------------------------------------------------------------------------- beside the channels
async def settled_list(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> FollowedList:
    """Return the list of channels once its size is final, before any channel is asked for.

    Each change of the size starts the requests again; one in flight is abandoned, and its channel is asked for twice.
    """
    await driver.rows_shown()
    pane = driver.app.screen.query_one("#details", Details)
    await driver.until(lambda: pane.size.width > 0 and pane.text, "the details beside the list")
    monkeypatch.setattr(channels, "ASK_REST_S", 0.05)
    return cast(FollowedList, driver.list)


async def all_answered(driver: Driver, list_: FollowedList) -> None:
    """Wait until the answers for all visible channels are stored."""
    known = driver.screen.programmes.known
    now = time.time()
    await driver.until(
        lambda: all(key in known and known[key].fresh_until > now for key in list_.seen_keys), "all of them answered"
    )


async def test_what_is_on_appears_beside_channels_in_sight_without_moving_anything(
    paths: Paths, asked: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "ASK_REST_S", 3_600)
    async with running(paths, WIDE) as driver:
        list_ = await settled_list(driver, monkeypatch)
        assert asked["get_short_epg"] == 0
        seen = len(list_.seen_keys)
        driver.list.move_to(3)
        before = (driver.list.cursor, driver.list.scroll_offset)
        await all_answered(driver, list_)
        await driver.until(lambda: "30" in driver.seen() or ":00" in driver.seen())
        on = [row.cells[2] for row in list_._pages.source.rows(0, 30) or () if row.cells[2]]
        assert len(on) > 5
        assert all(title[:8] in driver.seen() for title in on)
        assert (driver.list.cursor, driver.list.scroll_offset) == before
        await driver.press("down", "up", "down")
        await driver.pilot.pause(0.3)
        assert asked["get_short_epg"] == seen == len(list_.seen_keys)  # nothing is asked twice


async def test_a_request_in_flight_when_the_cursor_moves_is_the_only_one_sent_again(
    paths: Paths, asked: dict[str, int], shared_panel: DemoPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "ASK_REST_S", 3_600)
    is_held, count_request = threading.Event(), shared_panel.count_request

    def hold_the_fifth(what: str) -> None:
        count_request(what)
        if what == "get_short_epg" and asked["get_short_epg"] == 5:
            is_held.wait(timeout=60)

    monkeypatch.setattr(shared_panel, "count_request", hold_the_fifth)
    async with running(paths, WIDE) as driver:
        list_ = await settled_list(driver, monkeypatch)
        seen = len(list_.seen_keys)
        driver.list.move_to(3)
        await driver.until(lambda: asked["get_short_epg"] == 5, "a request in flight")
        await driver.press("down")
        await driver.pilot.pause(channels.READ_REST_S * 2)  # by now it is abandoned
        is_held.set()
        await all_answered(driver, list_)
        await driver.press("down", "up", "down")
        await driver.pilot.pause(0.3)
        assert asked["get_short_epg"] == seen + 1


async def test_only_rows_on_which_the_screen_rests_are_asked_for(
    paths: Paths, asked: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "ASK_REST_S", 0.5)
    async with running(paths, USUAL) as driver:
        await driver.rows_shown()
        await driver.press(*["pagedown"] * 2)
        await driver.press("3")
        await driver.pilot.pause(0.8)
        assert asked["get_short_epg"] == 0  # nobody rested, and then nobody looked


async def test_nothing_is_asked_where_the_user_wants_no_guide(paths: Paths, asked: dict[str, int]) -> None:
    quiet(paths)
    (channel_id, *_) = first_channels(paths)
    put(paths, channel_id, *hourly())
    async with running(paths, WIDE) as driver:
        await driver.rows_shown()
        await driver.until(lambda: driver.says("Show 3"))  # what is stored is shown
        await driver.pilot.pause(0.3)
        assert asked["get_short_epg"] == 0


async def test_the_details_say_now_next_and_later(paths: Paths) -> None:
    quiet(paths)
    (channel_id, *_) = first_channels(paths)
    put(paths, channel_id, *hourly())
    async with running(paths, WIDE) as driver:
        await driver.rows_shown()
        await driver.press("down", "down")
        row = next(n for n in range(9) if (driver.list._pages.row(n) or driver.list.row).key == channel_id)  # type: ignore[union-attr]
        driver.list.move_to(row)
        pane = driver.app.screen.query_one("#details", Details)
        await driver.until(lambda: "Show 5" in pane.text)
        words = pane.text
        assert words.index("Now") < words.index("Show 3") < words.index("Next") < words.index("Show 4")
        assert words.index("Show 4") < words.index("Later") < words.index("Show 5")
        assert "until" in words


async def test_a_programme_that_ends_makes_room_for_the_next_one(paths: Paths) -> None:
    quiet(paths)
    (channel_id, *_) = first_channels(paths)
    now = int(time.time())
    put(paths, channel_id, Programme(now - 60, now + 3, "Ends soon"), Programme(now + 3, now + 900, "Comes after"))
    async with running(paths, WIDE) as driver:
        await driver.rows_shown()
        await driver.until(lambda: driver.says("Ends soon"))
        await driver.until(lambda: driver.says("Comes after") and not driver.says("Ends soon"))


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL])
async def test_the_column_fits_or_is_left_out(paths: Paths, size: tuple[int, int]) -> None:
    quiet(paths)
    for channel_id in first_channels(paths)[:20]:
        put(paths, channel_id, *hourly(title="名探偵 [/b] {}" + " 名探偵" * 30))
    async with running(paths, size) as driver:
        await driver.rows_shown()
        shown = size != SMALL
        await driver.until(lambda: driver.says("名探偵") == shown)
        widths = {strip.cell_length for strip in driver.app.screen._compositor.render_strips()}
        assert widths == {size[0]}


# ---------------------------------------------------------------------------------------------- a channel's page
async def open_channel(driver: Driver, channel_id: str) -> ChannelPage:
    await driver.app.push_screen(ChannelPage(driver.active, channel_id, "channels"))
    page = cast(ChannelPage, driver.app.screen)
    await driver.until(lambda: page.day.programme is not None or "No TV guide" in driver.seen())
    return page


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL])
async def test_o_opens_the_channels_day_at_what_runs_now(paths: Paths, size: tuple[int, int]) -> None:
    quiet(paths)
    (channel_id, *_) = first_channels(paths, archive=True)
    put(paths, channel_id, *hourly())
    async with running(paths, size) as driver:
        await driver.rows_shown()
        driver.list.move_to(driver.list._pages.source.index_of(channel_id))  # type: ignore[attr-defined]
        await driver.press("o")
        await driver.until(lambda: isinstance(driver.app.screen, ChannelPage))
        page = cast(ChannelPage, driver.app.screen)
        await driver.until(lambda: page.day.programme is not None)
        assert page.day.programme is not None and page.day.programme.title == "Show 3"
        await driver.until(lambda: driver.says("Show 3") and driver.says("Today"))
        if size != SMALL:
            await driver.until(lambda: driver.says("About 3."))
        else:
            await driver.press("o")
            await driver.until(lambda: driver.says("About 3."))
            await driver.press("escape")
        await driver.until(lambda: driver.says("Show 4"))
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, ChannelPage))


async def test_the_whole_table_is_fetched_when_a_channel_is_opened_and_not_again(
    paths: Paths, asked: dict[str, int], shared_panel: DemoPanel
) -> None:
    channels = shared_panel.library.channels
    channel_id = next(str(channels.first_id + n) for n in range(2, 60) if channels.epg_id(n))
    async with running(paths, WIDE) as driver:
        await driver.rows_shown()
        page = await open_channel(driver, channel_id)
        await driver.until(lambda: asked["get_simple_data_table"] == 1 and page.day.total > 3)
        await driver.press("right")
        await driver.until(lambda: not driver.says("Today"))
        await driver.press("escape")
        page = await open_channel(driver, channel_id)
        await driver.pilot.pause(0.2)
        assert asked["get_simple_data_table"] == 1
        await driver.press("u")
        await driver.until(lambda: asked["get_simple_data_table"] == 2)


async def test_a_channel_without_a_guide_says_so(paths: Paths, shared_panel: DemoPanel) -> None:
    channels = shared_panel.library.channels
    channel_id = next(str(channels.first_id + n) for n in range(2, 60) if not channels.epg_id(n))
    async with running(paths, USUAL) as driver:
        await driver.rows_shown()
        await open_channel(driver, channel_id)
        await driver.until(lambda: driver.says("The provider has no guide for this channel."))


async def test_offline_the_copy_is_shown_with_its_age(empty_paths: Paths, panel: DemoPanel) -> None:
    from tui_app.sync import run_sync

    assert (await run_sync(empty_paths, PROFILE)).status == "completed"
    known, unknown, *_ = first_channels(empty_paths)
    put(empty_paths, known, *hourly(), fresh=False)
    panel.stop()
    async with running(empty_paths, WIDE) as driver:
        await driver.rows_shown()
        await open_channel(driver, known)
        await driver.until(lambda: driver.says("offline") and driver.says("guide from just now"))
        await driver.sees("Show 3")
        await driver.press("escape")
        await open_channel(driver, unknown)
        await driver.until(lambda: driver.says("u tries again"))


# --------------------------------------------------------------------------------------------------- the search
async def test_programmes_are_searched_and_lead_to_their_channels_day(paths: Paths) -> None:
    quiet(paths)
    (channel_id, *_) = first_channels(paths)
    put(paths, channel_id, *hourly(40, title="Quiz number {}"))
    async with running(paths, USUAL) as driver:
        await driver.go("search")
        await driver.press(*["f3"] * 5)
        await driver.until(lambda: driver.says("only programmes"))
        await driver.type("quizz numbr 21")
        await driver.until(lambda: driver.says("Quiz number 21"))
        await driver.press("down", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, ChannelPage))
        page = cast(ChannelPage, driver.app.screen)
        await driver.until(lambda: page.day.programme is not None)
        assert page.day.programme is not None and page.day.programme.title == "Quiz number 21"


async def test_a_search_in_programmes_says_what_it_knows(paths: Paths) -> None:
    quiet(paths)
    async with running(paths, USUAL) as driver:
        await driver.go("search")
        await driver.press(*["f3"] * 5)
        await driver.type("nothing like it")
        await driver.until(lambda: driver.says("Searched: the guides of"))
