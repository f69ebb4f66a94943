"""Answers that drip, and servers that ask to wait: broken off, or said at once, and never waited for in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.panel_server import HANG, Answer, Request, ScriptedPanel, Step, answer, json_answer
from tests.support.proxy_servers import ProxyServer
from tests.support.pty_run import run_on_terminal
from tests.xtream.conftest import FakeTime
from tui_app.catalog import Kind
from tui_app.errors import Overloaded, Throttled, Unreachable
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.sync import Cancellation, run_sync
from tui_app.sync.panel import building_clients
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.body import Pace
from tui_app.xtream.http.errors import in_words, seconds_of
from tui_app.xtream.http.proxies import ProxyTable
from tui_app.xtream.http.session import ClientOptions
from tui_app.xtream.http.transport import PanelTransport

LOGIN = {"user_info": {"auth": 1, "status": "Active", "exp_date": None}, "server_info": {"timezone": "UTC"}}
#: A body of which a byte comes every 20 ms.
DRIP: Sequence[bytes | float | Step] = [
    b'HTTP/1.1 200 OK\r\n\r\n[{"stream_id":1,"name":"a"},',
    *(b" ", 0.02) * 500,
    HANG,
]
FAST = Pace(bytes_per_s=1_000, within_s=0.2)
Build = Callable[..., PanelClient]


# ------------------------------------------------------------------------------------------------------- drips
@pytest.mark.fcase(88)
async def test_f88_a_body_that_drips_is_broken_off(client_for: Build) -> None:
    async with ScriptedPanel(lambda request: DRIP) as panel, client_for(panel.url, pace=FAST) as client:
        with await client.fetch_list(Kind.MOVIE) as body:
            assert (body.truncated, body.too_slow) == (True, True)
            assert body.read().startswith(b'[{"stream_id":1')


async def test_a_body_that_pauses_and_then_comes_is_waited_for(client_for: Build) -> None:
    said: Answer = [answer(b"", length=600_000), *(bytes(100_000), 0.1) * 6]
    async with ScriptedPanel(lambda request: said) as panel, client_for(panel.url, pace=FAST) as client:
        with await client.fetch_list(Kind.MOVIE) as body:
            assert (body.size, body.truncated, body.too_slow) == (600_000, False, False)


@pytest.mark.fcase(88)
async def test_f88_a_head_that_drips_is_broken_off(client_for: Build) -> None:
    said: Answer = [b"HTTP/1.1 200 OK\r\n", *(b"X: y\r\n", 0.02) * 500]
    transport = PanelTransport(verify_tls=True, proxies=ProxyTable({}), head_s=0.2)
    async with ScriptedPanel(lambda request: said) as panel, client_for(panel.url, transport=transport) as client:
        with pytest.raises(Unreachable, match="so slowly that it was broken off"):
            await client.fetch_list(Kind.MOVIE)
    assert len(panel.requests) == 1


async def test_a_proxy_that_says_nothing_is_given_up_and_named(client_for: Build) -> None:
    async with ProxyServer("http", says=b"HTTP/1.1 200 OK\r\nX: ") as proxy:
        transport = PanelTransport(verify_tls=True, proxies=ProxyTable({"ALL_PROXY": proxy.url}))
        async with client_for("https://127.0.0.1:9", transport=transport, connect_timeout_s=0.3) as client:
            with pytest.raises(Unreachable, match="ALL_PROXY"):
                await client.login()


def movies_drip(request: Request) -> Answer:
    if not request.action:
        return json_answer(LOGIN)
    return DRIP if request.action == "get_vod_streams" else json_answer([])


def profile_at(url: str, folder: Path) -> Paths:
    paths = Paths.under(folder).ensure()
    ProfileStore(paths).add(Profile("home", url, "u", password_source="file"), "secret-77")
    return paths


def slow_client(url: str, username: str, password: str, options: ClientOptions, **more: Any) -> PanelClient:
    return PanelClient(url, username, password, replace(options, pace=FAST), **more)


@pytest.mark.fcase(88)
async def test_f88_the_part_is_partial_and_asked_for_once(tmp_path: Path) -> None:
    with building_clients(slow_client):
        async with ScriptedPanel(movies_drip) as panel:
            paths = profile_at(panel.url, tmp_path)
            finished = await run_sync(paths, "home", only=(Kind.MOVIE,))
            assert (finished.status, finished.exit_code) == ("partial", 3)
            assert "came too slowly" in finished.message
            assert finished.report.movies.total == 1
            assert sum(request.action == "get_vod_streams" for request in panel.requests) == 1
            # the lock is free again
            assert (await run_sync(paths, "home", only=(Kind.SERIES,))).status == "completed"


async def test_cancelling_a_drip_is_prompt(tmp_path: Path) -> None:
    cancellation, seen = Cancellation(), asyncio.Event()

    def script(request: Request) -> Answer:
        if request.action == "get_vod_streams":
            seen.set()
        return movies_drip(request)

    async with ScriptedPanel(script) as panel:
        paths = profile_at(panel.url, tmp_path)
        sync = asyncio.create_task(run_sync(paths, "home", only=(Kind.MOVIE,), cancellation=cancellation))
        await asyncio.wait_for(seen.wait(), 30)
        loop = asyncio.get_running_loop()
        began = loop.time()
        cancellation.cancel()
        assert (await sync).status == "cancelled"
        assert loop.time() - began < 2  # a fifth of a second on a machine with nothing else to do


# --------------------------------------------------------------------------------------------------- Retry-After
def wait_then_work(value: str) -> ScriptedPanel:
    said = [answer(b"", 429, headers={"Retry-After": value})]
    return ScriptedPanel(lambda request: said.pop() if said else json_answer(LOGIN))


@pytest.mark.fcase(88)
@pytest.mark.parametrize("value", ["601", "86400", "1000000000000", "9" * 400, "Tue, 14 Nov 2023 23:13:20 GMT"])
async def test_f88_a_long_wait_is_said_at_once(client_for: Build, fake_time: FakeTime, value: str) -> None:
    told: list[float] = []
    async with wait_then_work(value) as panel, client_for(panel.url, on_wait=told.append) as client:
        with pytest.raises(Throttled, match="The server asks to wait") as caught:
            await client.login()
    assert caught.value.exit_code == 6
    assert not told and max(fake_time.slept, default=0) < 1


async def test_a_login_that_is_watched_waits_and_says_so(client_for: Build, fake_time: FakeTime) -> None:
    told: list[float] = []
    async with wait_then_work("300") as panel, client_for(panel.url, on_wait=told.append) as client:
        assert (await client.login()).status == "active"
    assert told == [300.0] and 300.0 in fake_time.slept


async def test_a_login_that_nobody_watches_waits_a_minute_at_most(client_for: Build, fake_time: FakeTime) -> None:
    async with wait_then_work("60") as panel, client_for(panel.url) as client:
        assert (await client.login()).status == "active"
    async with wait_then_work("61") as panel, client_for(panel.url) as client:
        with pytest.raises(Throttled):
            await client.login()
    assert max(fake_time.slept) == 60.0


@pytest.mark.parametrize("value", ["0", "-5", "soon", "", "Wed, 99 Foo 99999999 99:99:99 +99999999", "²", "1e9", "٣"])
async def test_nonsense_is_as_if_nothing_was_asked(client_for: Build, fake_time: FakeTime, value: str) -> None:
    said = f"HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: {value}\r\n\r\n".encode()
    async with ScriptedPanel(lambda request: said) as panel, client_for(panel.url) as client:
        with pytest.raises(Overloaded):
            await client.login()
    assert max(fake_time.slept) < 3


async def test_a_panel_that_asks_to_wait_is_not_asked_by_category(tmp_path: Path) -> None:
    def script(request: Request) -> Answer:
        if request.action == "get_vod_streams":
            return answer(b"", 503, headers={"Retry-After": "3600"})
        if request.action == "get_vod_categories":
            return json_answer([{"category_id": n, "category_name": str(n)} for n in range(1, 9)])
        return json_answer([] if request.action else LOGIN)

    async with ScriptedPanel(script) as panel:
        finished = await run_sync(profile_at(panel.url, tmp_path), "home", only=(Kind.MOVIE,))
    assert finished.exit_code == 6
    assert "wait 60 minutes" in finished.message
    assert sum(request.action == "get_vod_streams" for request in panel.requests) == 1


def test_waits_in_words() -> None:
    words = {1: "1 second", 45: "45 seconds", 119.2: "120 seconds", 601: "11 minutes", 86_400: "24 hours", 9e9: "more"}
    for seconds, expected in words.items():
        assert in_words(seconds).startswith(expected)
    assert seconds_of("7", 0) == 7.0


async def test_the_command_says_at_a_terminal_what_it_waits_for(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    async with wait_then_work("1") as panel:
        link = f"{panel.url}/get.php?username=u&password=secret-77"
        await asyncio.to_thread(line.run, "profile", "add", "x", "--url", link, "--no-test")
        code, shown = await asyncio.to_thread(run_on_terminal, line, "profile", "test", "x")
    assert code == 0
    assert "The server asks to wait 1 second. Waiting; press Ctrl-C to stop." in shown
    async with wait_then_work("1") as panel:
        link = f"{panel.url}/get.php?username=u&password=secret-77"
        code, shown = await asyncio.to_thread(run_on_terminal, line, "profile", "add", "y", "--url", link, "--json")
    assert code == 0
    assert "waiting" not in shown
