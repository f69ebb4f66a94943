"""The manners towards one host: shared by gates in this and other processes, harmless when they can't be kept."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.panel_server import HANG, Request, ScriptedPanel, answer, json_answer
from tests.xtream.conftest import PASSWORD, USERNAME, FakeTime
from tui_app.catalog import Kind
from tui_app.errors import Overloaded, Unreachable
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.host_gate import BACKGROUND_PAUSE_S, FAILURES_TO_REST, PAUSE_S, REST_S, HostGate
from tui_app.xtream.urls import host_of

HOST = "panel.example:8080"


@pytest.fixture
def gate_in(fake_time: FakeTime) -> Callable[..., HostGate]:
    return lambda folder, host=HOST: HostGate(folder, host, sleep=fake_time.sleep, clock=fake_time.clock)


# ----------------------------------------------------------------------------------------------------- the pace
async def test_two_gates_of_one_host_keep_one_pace(
    tmp_path: Path, gate_in: Callable[..., HostGate], fake_time: FakeTime
) -> None:
    one, other = gate_in(tmp_path), gate_in(tmp_path)
    for gate in (one, other, one):
        await gate.start_call()
    assert fake_time.slept == pytest.approx([PAUSE_S, PAUSE_S])


async def test_another_host_is_not_waited_for(
    tmp_path: Path, gate_in: Callable[..., HostGate], fake_time: FakeTime
) -> None:
    await gate_in(tmp_path).start_call()
    await gate_in(tmp_path, "panel.example:8081").start_call()
    assert fake_time.slept == []


async def test_background_calls_keep_a_second_and_delay_a_user_only_for_the_usual_pause(
    tmp_path: Path, gate_in: Callable[..., HostGate], fake_time: FakeTime
) -> None:
    gate = gate_in(tmp_path)
    await gate.start_call(background=True)
    await gate_in(tmp_path).start_call()
    await gate.start_call(background=True)
    assert fake_time.slept == pytest.approx([PAUSE_S, BACKGROUND_PAUSE_S - PAUSE_S])


async def test_a_connection_that_took_long_does_not_eat_the_pause(
    tmp_path: Path, gate_in: Callable[..., HostGate], fake_time: FakeTime
) -> None:
    gate = gate_in(tmp_path)
    await gate.start_call()
    fake_time.now += 0.2
    gate.record_sent()
    await gate.start_call()
    assert fake_time.slept == pytest.approx([PAUSE_S])


@pytest.mark.parametrize("jump", [-1e6, -5.0, 5.0, 1e9])
async def test_a_clock_that_jumped_blocks_nobody(
    jump: float, tmp_path: Path, gate_in: Callable[..., HostGate], fake_time: FakeTime
) -> None:
    await gate_in(tmp_path).start_call(background=True)
    fake_time.now += jump
    await gate_in(tmp_path).start_call(background=True)
    assert sum(fake_time.slept) <= BACKGROUND_PAUSE_S


async def test_a_cancelled_wait_leaves_the_turn_to_others(tmp_path: Path) -> None:
    gate = HostGate(tmp_path, HOST)
    await gate.start_call(background=True)
    waiting = asyncio.create_task(gate.start_call(background=True))
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await gate.start_call()
    assert time.monotonic() - begun < PAUSE_S


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b'{"next_call": NaN}', b"\xff" * 300, b'{"failures": "x"}'])
async def test_a_damaged_state_counts_as_none(rubbish: bytes, tmp_path: Path, gate_in: Callable[..., HostGate]) -> None:
    await gate_in(tmp_path).start_call()
    (state,) = tmp_path.glob("hosts/*.state")
    state.write_bytes(rubbish)
    gate = gate_in(tmp_path)
    await gate.start_call()
    gate.enter_background()
    kept = json.loads(state.read_bytes()[:256])  # what is read; longer rubbish stays behind it
    assert (kept["failures"], kept["probe_at"]) == (0, 0.0)
    assert kept["next_call"] > 0


async def test_numbers_that_are_none_block_nobody(
    tmp_path: Path, gate_in: Callable[..., HostGate], fake_time: FakeTime
) -> None:
    await gate_in(tmp_path).start_call()
    (state,) = tmp_path.glob("hosts/*.state")
    wild = {"next_call": float("inf"), "next_background": float("nan"), "failures": 9, "probe_at": float("inf")}
    state.write_text(json.dumps(wild))
    gate = gate_in(tmp_path)
    await gate.start_call(background=True)
    gate.enter_background()
    assert fake_time.slept == []


async def test_the_files_name_no_host_and_are_the_owners_alone(tmp_path: Path) -> None:
    gate = HostGate(tmp_path, HOST)
    await gate.start_call()
    async with gate.list_lane():
        files = list((tmp_path / "hosts").iterdir())
    assert len(files) == 2
    assert all(file.stat().st_mode & 0o077 == 0 and file.stat().st_size <= 256 for file in files)
    assert not any(word in file.name or word in file.read_text() for file in files for word in ("panel", "example"))


async def test_a_folder_that_cannot_be_written_keeps_the_manners_of_the_process(
    tmp_path: Path, gate_in: Callable[..., HostGate], fake_time: FakeTime
) -> None:
    folder = tmp_path / "a file"
    folder.write_text("no folder")
    await gate_in(folder).start_call()
    await gate_in(folder).start_call()
    assert fake_time.slept == pytest.approx([PAUSE_S])
    async with gate_in(folder).list_lane():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.12), gate_in(folder).list_lane():
                pass
    async with asyncio.timeout(60), gate_in(folder).list_lane():
        pass


# ----------------------------------------------------------------------------------------------------- the lane
async def test_the_lane_is_held_by_one_and_left_at_once_when_cancelled(tmp_path: Path) -> None:
    async def fetch() -> None:
        async with HostGate(tmp_path, HOST).list_lane():
            pass

    async with HostGate(tmp_path, HOST).list_lane():
        waiting = asyncio.create_task(fetch())
        await asyncio.sleep(0.12)
        assert not waiting.done()
        begun = time.monotonic()
        waiting.cancel()
        await asyncio.wait([waiting])
        assert time.monotonic() - begun < 20, "the lane is held until the end of this block"
    await asyncio.wait_for(fetch(), 60)


HOLD = """
import asyncio, sys
from pathlib import Path
from tui_app.xtream.http.host_gate import HostGate

async def hold():
    gate = HostGate(Path(sys.argv[1]), sys.argv[2])
    async with gate.list_lane():
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


async def test_a_killed_process_leaves_the_lane_free(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path), HOST], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        gate = HostGate(tmp_path, HOST)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.12), gate.list_lane():
                pass
    finally:
        holder.kill()
        holder.wait()
    async with asyncio.timeout(60), gate.list_lane():
        pass


async def test_a_user_who_opens_a_title_does_not_wait_for_a_list(tmp_path: Path) -> None:
    def script(request: Request) -> object:
        if request.action == "get_vod_streams":
            return [answer(b"[", length=99), HANG]
        return json_answer({"info": {"plot": "A plot."}})

    def client(panel: ScriptedPanel) -> PanelClient:
        return PanelClient(panel.url, USERNAME, PASSWORD, gate=HostGate(tmp_path, host_of(panel.url)))

    async with ScriptedPanel(script) as panel, client(panel) as syncing, client(panel) as opening:  # type: ignore[arg-type]
        download = asyncio.create_task(syncing.fetch_list(Kind.MOVIE))
        while not panel.requests:
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        assert (await opening.fetch_movie_details("7")).plot == "A plot."
        assert time.monotonic() - begun < PAUSE_S + 0.5
        assert not download.done()
        download.cancel()
        await asyncio.wait([download])


# --------------------------------------------------------------------------------------------- rest after failures
def failed(gate: HostGate, times: int) -> None:
    for _ in range(times):
        gate.record_failure()


@pytest.fixture
def wall() -> list[float]:
    return [1_700_000_000.0]


@pytest.fixture
def gates(tmp_path: Path, wall: list[float]) -> Callable[[], HostGate]:
    return lambda: HostGate(tmp_path, HOST, wall_clock=lambda: wall[0])


def test_five_failures_in_a_row_rest_the_host_for_all(gates: Callable[[], HostGate], wall: list[float]) -> None:
    failed(gates(), FAILURES_TO_REST - 1)
    gates().enter_background()
    failed(gates(), 1)
    until = time.strftime("%H:%M", time.localtime(wall[0] + 300))
    with pytest.raises(Overloaded, match=f"The server has failed 5 times in a row; next try at {until}."):
        gates().enter_background()


def test_an_answer_between_failures_starts_the_count_anew(gates: Callable[[], HostGate]) -> None:
    failed(gates(), 4)
    gates().record_answer()
    failed(gates(), 4)
    gates().enter_background()
    failed(gates(), 1)
    with pytest.raises(Overloaded, match="5 times in a row"):
        gates().enter_background()


def test_after_the_rest_one_is_let_through_to_see(gates: Callable[[], HostGate], wall: list[float]) -> None:
    failed(gates(), 5)
    wall[0] += REST_S + 1
    gates().enter_background()
    with pytest.raises(Overloaded):
        gates().enter_background()
    gates().record_failure()
    wall[0] += REST_S - 1
    with pytest.raises(Overloaded, match="6 times"):
        gates().enter_background()
    gates().record_answer()
    gates().enter_background()


@pytest.mark.parametrize("jump", [-1e6, 1e6])
def test_a_wall_clock_that_jumped_ends_the_rest(jump: float, gates: Callable[[], HostGate], wall: list[float]) -> None:
    failed(gates(), 5)
    wall[0] += jump
    gates().enter_background()
    with pytest.raises(Overloaded):  # one is let through, as after any rest
        gates().enter_background()


async def test_what_the_client_meets_is_counted(client_for: Callable[..., PanelClient]) -> None:
    async with ScriptedPanel(lambda _request: answer(b"busy", 503)) as panel, client_for(panel.url) as client:
        for _ in range(5):
            with pytest.raises(Overloaded):
                await client.fetch_movie_details("7")
        with pytest.raises(Overloaded, match="5 times in a row"):
            client.gate.enter_background()
        panel.script = lambda _request: json_answer({"info": []})
        await client.fetch_movie_details("7")  # what the user asks for is tried all the same
        client.gate.enter_background()


async def test_a_dead_server_is_counted_and_a_channel_without_a_guide_is_not(
    client_for: Callable[..., PanelClient],
) -> None:
    async with ScriptedPanel(lambda _request: answer(b"", 500)) as panel, client_for(panel.url) as client:
        for _ in range(6):
            assert await client.fetch_short_guide("7") == ()
        client.gate.enter_background()
    async with client_for(panel.url) as client:
        for _ in range(5):
            with pytest.raises(Unreachable):
                await client.fetch_movie_details("7")
        with pytest.raises(Overloaded, match="5 times"):
            client.gate.enter_background()
