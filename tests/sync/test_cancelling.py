"""Cancelled while it waits for whatever it may wait for, a sync ends within a second; limits are the promise here."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.list_panel import LOGIN, movie
from tests.support.panel_server import HANG, Answer, Request, ScriptedPanel, answer, json_answer
from tui_app.catalog import Kind
from tui_app.errors import Cancelled
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import Cancellation, run_sync
from tui_app.sync.panel import building_clients
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.stream import split_rows
from tui_app.xtream.urls import host_of

MOVIES = json_answer([movie(n) for n in range(1, 2_000)])


@pytest.fixture
async def panel() -> AsyncIterator[ScriptedPanel]:
    async with ScriptedPanel(lambda request: spoilt(request, None)) as running:
        yield running


def spoilt(request: Request, by: Answer | None, action: str = "get_vod_streams") -> Answer:
    """A login, categories and movies; `by` in place of the answer to `action`."""
    if by is not None and request.action == action:
        return by
    return {"": json_answer(LOGIN), "get_vod_streams": MOVIES}.get(request.action, json_answer([]))


@pytest.fixture
def paths(tmp_path: Path, panel: ScriptedPanel) -> Paths:
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, "me", password_source="file"), "secret-word")
    return paths


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


#: On a busy machine. What is cancelled here would take longer, or for ever.
AT_ONCE_S = 8.0


async def ends_at_once(paths: Paths, condition: Callable[[], bool], rest_s: float = 0.1) -> None:
    """Start a sync of movies, cancel it some time after the condition holds, and take the time."""
    cancellation = Cancellation()
    running = asyncio.create_task(run_sync(paths, "home", only=(Kind.MOVIE,), cancellation=cancellation))
    await until(condition)
    await asyncio.sleep(rest_s)
    assert not running.done()
    asked = time.monotonic()
    cancellation.cancel()
    finished = await running
    assert time.monotonic() - asked < AT_ONCE_S
    assert (finished.status, finished.exit_code) == ("cancelled", 130)


@pytest.mark.parametrize("action", ["", "get_vod_categories", "get_vod_streams"])
@pytest.mark.parametrize("silence", [[HANG], [answer(b"[", length=99), HANG]], ids=["no byte", "one byte"])
async def test_a_silent_panel(action: str, silence: Answer, paths: Paths, panel: ScriptedPanel) -> None:
    panel.script = lambda request: spoilt(request, silence, action)
    await ends_at_once(paths, lambda: bool(panel.requests) and panel.requests[-1].action == action)


@pytest.mark.parametrize(
    "busy", [answer(b"", 503), answer(b"", 429, headers={"Retry-After": "50"})], ids=["back-off", "Retry-After"]
)
async def test_waiting_to_try_again(busy: Answer, paths: Paths, panel: ScriptedPanel) -> None:
    panel.script = lambda request: spoilt(request, busy, "get_vod_categories")
    await ends_at_once(paths, lambda: bool(panel.requests) and panel.requests[-1].action != "")


async def test_waiting_for_another_list_of_the_same_host(paths: Paths, panel: ScriptedPanel) -> None:
    async with HostGate(paths.cache, host_of(panel.url)).list_lane():
        await ends_at_once(paths, lambda: bool(panel.requests), rest_s=0.5)
    assert [request.action for request in panel.requests] == [""]


async def test_waiting_for_the_pause_between_calls(paths: Paths, panel: ScriptedPanel) -> None:
    """The pause is without end: the next call may not come, however busy the machine is."""

    async def forever(_seconds: float) -> None:
        await asyncio.Event().wait()

    def build(url: str, *account: Any, gate: HostGate, **more: Any) -> PanelClient:
        return PanelClient(url, *account, gate=HostGate(paths.cache, host_of(url), sleep=forever), **more)

    with building_clients(build):
        await ends_at_once(paths, lambda: bool(panel.requests))
    assert [request.action for request in panel.requests] == [""]


@pytest.mark.parametrize("phase", ["comparing", "writing", "indexing"])
async def test_in_the_middle_of_the_work(phase: str, paths: Paths, panel: ScriptedPanel) -> None:
    """Rows are read and written on the sync's own thread: whoever cancels does it from another."""
    first = await run_sync(paths, "home", only=(Kind.MOVIE,))
    assert first.status == "completed"
    panel.script = lambda request: spoilt(request, json_answer([movie(n, rating=1.5) for n in range(1, 2_000)]))
    cancellation = Cancellation()
    asked: list[float] = []

    def cancel_in(event: object) -> None:
        if getattr(event, "phase", "") == phase and not asked:
            asked.append(time.monotonic())
            canceller = threading.Thread(target=cancellation.cancel)
            canceller.start()
            canceller.join()

    finished = await run_sync(paths, "home", mode="full", only=(Kind.MOVIE,), emit=cancel_in, cancellation=cancellation)
    assert time.monotonic() - asked[0] < AT_ONCE_S
    assert finished.status == "cancelled"
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        assert store.full_item(Kind.MOVIE, "1001").item.rating == 6.5


async def test_cancelled_before_it_began(paths: Paths, panel: ScriptedPanel) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        cancellation.raise_if_cancelled()
    assert (await run_sync(paths, "home", cancellation=cancellation)).status == "cancelled"
    assert panel.requests == []


@pytest.mark.fcase(87)
def test_cancelling_is_heard_while_a_body_gives_no_row() -> None:
    cancellation = Cancellation()

    def blocks() -> Iterator[bytes]:
        yield b'[{"stream_id":1,"name":"'
        for number in range(1_000):
            if number == 3:
                cancellation.cancel()
            assert number < 4, "read on after it was cancelled"
            yield b"A" * (1 << 17)

    with pytest.raises(Cancelled):
        list(split_rows(cancellation.checked(blocks())))
