"""The guide of `Library`: stored answers at once, few and polite requests, none beside a sync."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui_app.catalog import NowNext, Programme
from tui_app.demo import DemoPanel
from tui_app.errors import Overloaded, Unreachable
from tui_app.library import Library, LibraryClosed
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, SyncSettings
from tui_app.sync import run_sync
from tui_app.sync.channel_epg import LONGEST_FRESH_S, NO_GUIDE_FRESH_S, SHORTEST_FRESH_S, fresh_until
from tui_app.sync.lock import SyncLock
from tui_app.xtream.http.host_gate import FAILURES_TO_REST, HostGate
from tui_app.xtream.urls import host_of

Heard = dict[str, NowNext]


@pytest.fixture
async def panel() -> AsyncIterator[DemoPanel]:
    with DemoPanel(seed=2, channels=60, movies=2, series=1) as running:
        yield running
        assert running.failures == []


@pytest.fixture
async def paths(tmp_path: Path, panel: DemoPanel, no_pauses: None) -> Paths:
    found = Paths.under(tmp_path).ensure()
    ProfileStore(found).add(Profile("home", panel.url, panel.username, password_source="file"), panel.password)
    assert (await run_sync(found, "home")).status == "completed"
    return found


@pytest.fixture
async def library(paths: Paths) -> AsyncIterator[Library]:
    opened = Library(paths, "home")
    yield opened
    await opened.close()


@pytest.fixture
def ids(panel: DemoPanel) -> list[str]:
    """Channels with a guide, then one without."""
    channels = panel.library.channels
    known = [str(channels.first_id + index) for index in range(60) if channels.epg_id(index)]
    silent = next(str(channels.first_id + index) for index in range(60) if not channels.epg_id(index))
    return [*known[:3], silent]


async def test_what_is_on_is_asked_once_and_remembered(library: Library, panel: DemoPanel, ids: list[str]) -> None:
    heard: Heard = {}
    assert set((await library.guide.now_next(ids)).values()) == {NowNext()}
    await library.guide.fetch_now([*ids, "no such channel"], heard.__setitem__)
    assert list(heard) == ids
    assert panel.requests["get_short_epg"] == 4
    now = time.time()
    for channel_id in ids[:3]:
        on, after = heard[channel_id].now, heard[channel_id].next
        assert on is not None and after is not None
        assert on.start <= now < on.stop == after.start
    assert heard[ids[3]].is_silent
    assert await library.guide.now_next(ids) == heard
    await library.guide.fetch_now(ids, heard.__setitem__)
    assert panel.requests["get_short_epg"] == 4  # nothing is asked twice while it is fresh, silence neither
    stored = [await library.guide.programmes(channel_id, int(now), int(now) + 86_400) for channel_id in ids]
    assert sum(len(one.programmes) for one in stored) == 12


async def test_a_channels_whole_table_is_fetched_for_whoever_opens_it(
    library: Library, panel: DemoPanel, ids: list[str]
) -> None:
    now = int(time.time())
    await library.guide.fetch_day(ids[0])
    guide = await library.guide.programmes(ids[0], now - 3_600, now + 86_400)
    assert len(guide.programmes) > 40
    assert guide.day_until > now
    assert panel.requests["get_simple_data_table"] == 1
    title = guide.programmes[5].title
    assert title in [hit.programme.title for hit in (await library.guide.search(title, 50)).hits]


async def test_a_fetch_that_is_cancelled_leaves_the_rest_unasked(
    library: Library, panel: DemoPanel, ids: list[str]
) -> None:
    heard: Heard = {}

    def hear(channel_id: str, said: NowNext) -> None:
        heard[channel_id] = said
        fetching.cancel()

    fetching = asyncio.create_task(library.guide.fetch_now(ids, hear))
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert list(heard) == ids[:1]
    assert panel.requests["get_short_epg"] <= 2


async def test_nothing_is_asked_while_a_sync_runs(
    library: Library, paths: Paths, panel: DemoPanel, ids: list[str]
) -> None:
    heard: Heard = {}
    with SyncLock(paths.sync_lock("home"), "home"):
        fetching = asyncio.create_task(library.guide.fetch_now(ids[:1], heard.__setitem__))
        await asyncio.sleep(0.2)
        assert panel.requests["get_short_epg"] == 0
        await library.guide.fetch_day(ids[1])  # somebody waits for this one
        assert panel.requests["get_simple_data_table"] == 1
    await fetching
    assert list(heard) == ids[:1]


async def test_nothing_is_asked_while_anybody_fetches_a_list_of_this_host(
    library: Library, paths: Paths, panel: DemoPanel, ids: list[str]
) -> None:
    heard: Heard = {}
    async with HostGate(paths.cache, host_of(panel.url)).list_lane():
        fetching = asyncio.create_task(library.guide.fetch_now(ids[:1], heard.__setitem__))
        await asyncio.sleep(0.2)
        assert panel.requests["get_short_epg"] == 0
    await fetching
    assert list(heard) == ids[:1]


async def test_after_a_failure_the_panel_is_left_alone_and_the_copy_stays(
    paths: Paths, panel: DemoPanel, ids: list[str]
) -> None:
    clock = [0.0]
    library = Library(paths, "home")
    library.guide._clock = lambda: clock[0]
    heard: Heard = {}
    await library.guide.fetch_now(ids[:1], heard.__setitem__)
    panel.stop()
    with pytest.raises(Unreachable):
        await library.guide.fetch_now(ids, heard.__setitem__)
    await library.guide.fetch_now(ids, heard.__setitem__)  # no word: it rests
    assert (await library.guide.now_next(ids[:1]))[ids[0]] == heard[ids[0]]
    panel.start()
    clock[0] = 61.0
    await library.guide.fetch_now(ids, heard.__setitem__)
    assert set(heard) == set(ids)
    await library.close()


async def test_a_host_that_rests_is_not_asked(library: Library, paths: Paths, panel: DemoPanel, ids: list[str]) -> None:
    gate = HostGate(paths.cache, host_of(panel.url))
    for _ in range(FAILURES_TO_REST):
        gate.record_failure()
    with pytest.raises(Overloaded):
        await library.guide.fetch_now(ids, lambda *_: None)
    assert panel.requests["get_short_epg"] == 0


async def test_the_wish_is_the_profiles(library: Library, paths: Paths) -> None:
    assert await library.guide.choice() == "visible"
    ProfileStore(paths).save_sync_settings("home", SyncSettings(guide="off"))
    assert await library.guide.choice() == "off"


async def test_closing_ends_what_is_asked(paths: Paths, panel: DemoPanel, ids: list[str]) -> None:
    library = Library(paths, "home")
    await library.guide.fetch_now(ids[:1], lambda *_: None)
    await library.close()
    with pytest.raises(LibraryClosed):
        await library.guide.now_next(ids)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], NO_GUIDE_FRESH_S),
        ([(-2, -1)], NO_GUIDE_FRESH_S),
        ([(-1, 1), (1, 2)], 3_600),
        ([(2, 3)], 2 * 3_600),
        ([(-20, 0.01)], SHORTEST_FRESH_S),
        ([(40, 41)], LONGEST_FRESH_S),
    ],
)
def test_a_guide_is_fresh_until_what_runs_is_over(hours: list[tuple[float, float]], expected: int) -> None:
    now = 1_800_000_000
    listed = [Programme(now + int(a * 3_600), now + int(b * 3_600), "x") for a, b in hours]
    assert fresh_until(listed, now) - now == expected
