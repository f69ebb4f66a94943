"""A sync that is stopped — asked to, interrupted, killed, kept out by another — leaves a sound file with old data."""

from __future__ import annotations

import itertools
import json
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.conftest import PROFILE, Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import FaultPanel
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.demo import DemoPanel
from tui_app.settings import Profile, ProfileStore

Tally = Callable[[str, int, int], None]

ANSWER_S = 60.0  # for a child on a busy machine to get somewhere
AT_ONCE_S = 8.0  # on a busy machine; what is not cut short here is silent for minutes


@pytest.fixture
def patient(home: Home) -> Home:
    """The same home with the long time-outs of real life: nothing ends because we got tired of waiting."""
    profiles = ProfileStore(home.paths)
    path = home.paths.profiles_file
    text = path.read_text().replace("first_byte_timeout_s = 1.0", "first_byte_timeout_s = 60")
    path.write_text(text.replace("read_timeout_s = 1.0", "read_timeout_s = 60"))
    assert profiles.get(PROFILE).first_byte_timeout_s == 60
    return home


def wait_for_event(engine: subprocess.Popen[str], name: str) -> dict[str, object]:
    """Read the engine's lines up to the event of that name."""
    assert engine.stdout is not None
    for line in engine.stdout:
        event: dict[str, object] = json.loads(line)
        if event["event"] == name:
            return event
    raise AssertionError(f"the engine ended without {name}: {engine.stderr and engine.stderr.read()}")


def finish(process: subprocess.Popen[str], since: float) -> tuple[int, str, str, float]:
    """Wait for the end; (exit code, rest of stdout, stderr, seconds since)."""
    out, err = process.communicate(timeout=ANSWER_S)
    return process.returncode, out, err, time.monotonic() - since


SILENCES = {"before the first byte": faults.silent(), "inside the list": faults.silent(0.5)}


@pytest.mark.parametrize("where", SILENCES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.fcase(82)
async def test_a_signal_ends_a_sync_that_waits_for_a_silent_panel(
    where: str, number: signal.Signals, patient: Home, panel: FaultPanel
) -> None:
    await patient.sync()
    before = patient.content()
    panel.faults["get_vod_streams"] = SILENCES[where]
    process = patient.command_line.start("sync", PROFILE, "--json")
    assert panel.is_waiting.wait(ANSWER_S)

    asked = time.monotonic()
    process.send_signal(number)
    code, out, err, seconds = finish(process, asked)

    assert code == 130
    assert seconds < AT_ONCE_S
    report = json.loads(out)
    assert report["status"] == "cancelled"
    assert report["movies"]["status"] == "cancelled"
    assert "Traceback" not in err
    assert patient.content() == before


async def test_ctrl_c_while_the_login_is_silent_is_obeyed(patient: Home, panel: FaultPanel) -> None:
    panel.faults["login"] = faults.silent()
    process = patient.command_line.start("sync", PROFILE)
    assert panel.is_waiting.wait(ANSWER_S)

    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    code, _, err, seconds = finish(process, asked)

    assert (code, seconds < AT_ONCE_S) == (130, True)
    assert "Traceback" not in err


async def test_ctrl_c_is_answered_at_once(patient: Home, panel: FaultPanel) -> None:
    panel.faults["get_vod_streams"] = faults.silent()
    process = patient.command_line.start("sync", PROFILE, "--json")
    assert panel.is_waiting.wait(ANSWER_S)
    assert process.stderr is not None

    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    answer = process.stderr.readline()

    assert time.monotonic() - asked < AT_ONCE_S
    assert "top" in answer
    assert finish(process, asked)[0] == 130


@pytest.mark.parametrize("phase", ["comparing", "writing", "indexing"])
async def test_ctrl_c_in_the_middle_of_the_work_leaves_the_old_rows_or_all_new_ones(phase: str, tmp_path: Path) -> None:
    with DemoPanel(channels=10, movies=6_000, series=10) as demo:
        home = Home(tmp_path / "home", demo.password)
        ProfileStore(home.paths.ensure()).add(Profile(PROFILE, demo.url, demo.username, "file"), demo.password)
        await home.sync()
        before = home.content()["movie"]
        demo.generation = 1
        engine = home.command_line.start("sync", PROFILE, "--events", "--full")
        assert engine.stdout is not None
        for line in engine.stdout:
            event = json.loads(line)
            if (event.get("part"), event.get("phase")) == ("movies", phase):
                break

        asked = time.monotonic()
        engine.send_signal(signal.SIGINT)
        code, out, _, seconds = finish(engine, asked)

    finished = json.loads(out.splitlines()[-1])
    assert (code, finished["status"]) == (130, "cancelled")
    assert seconds < AT_ONCE_S
    if phase == "indexing" and finished["report"]["movies"]["status"] == "completed":  # too late: it is whole
        assert len(home.names(Kind.MOVIE)) == demo.library.count(Kind.MOVIE, 1)
    else:
        assert home.content()["movie"] == before
    home.assert_sound()


@pytest.mark.parametrize("how", ["a line", "end of input"])
@pytest.mark.fcase(82)
async def test_the_engine_is_cancelled_through_its_input(how: str, patient: Home, panel: FaultPanel) -> None:
    panel.faults["get_vod_streams"] = faults.silent()
    engine = patient.command_line.start("sync", PROFILE, "--events")
    assert panel.is_waiting.wait(ANSWER_S)
    assert engine.stdin is not None

    asked = time.monotonic()
    if how == "a line":
        engine.stdin.write("cancel\n")
        engine.stdin.flush()
    else:
        engine.stdin.close()
    finished = wait_for_event(engine, "finished")
    code = engine.wait(ANSWER_S)

    assert time.monotonic() - asked < AT_ONCE_S
    assert (finished["status"], finished["exit_code"], code) == ("cancelled", 130, 130)
    assert len(patient.names(Kind.CHANNEL)) == panel.demo.library.count(Kind.CHANNEL)
    assert patient.names(Kind.MOVIE) == {}


async def test_a_cancelled_sync_leaves_the_next_one_free_to_run(patient: Home, panel: FaultPanel) -> None:
    panel.faults["get_series"] = faults.silent(0.5)
    process = patient.command_line.start("sync", PROFILE, "--json")
    assert panel.is_waiting.wait(ANSWER_S)
    process.send_signal(signal.SIGINT)
    finish(process, time.monotonic())
    panel.heal()

    finished = await patient.sync()

    assert (finished.status, finished.exit_code) == ("completed", 0)
    patient.assert_sound()


async def test_a_second_sync_of_a_profile_is_told_who_is_first(patient: Home, panel: FaultPanel) -> None:
    panel.faults["get_vod_streams"] = faults.silent()
    engine = patient.command_line.start("sync", PROFILE, "--events")
    assert panel.is_waiting.wait(ANSWER_S)

    second = patient.command_line.run("sync", PROFILE, "--json", expect=5)

    assert second.document["error"]["code"] == "busy"
    assert str(engine.pid) in second.document["error"]["message"] or second.document["error"]["hint"]
    assert second.err.count("\n") == 1
    assert panel.requests["get_live_streams"] == 1, "the second one may not even ask the panel"
    engine.communicate("cancel\n", timeout=ANSWER_S)


async def test_a_killed_sync_does_not_keep_the_profile_busy(patient: Home, panel: FaultPanel) -> None:
    panel.faults["get_vod_streams"] = faults.silent()
    engine = patient.command_line.start("sync", PROFILE, "--events")
    assert panel.is_waiting.wait(ANSWER_S)
    engine.kill()
    engine.communicate()
    panel.heal()

    assert (await patient.sync()).status == "completed"


def kill_somewhere(home: Home, events: int, delay: float, *options: str) -> str:
    """Start the engine and kill it `delay` seconds after its n-th event; the last event that was heard."""
    engine = home.command_line.start("sync", PROFILE, "--events", *options)
    assert engine.stdout is not None
    heard = [json.loads(line)["event"] for line in itertools.islice(engine.stdout, events)]
    with suppress(subprocess.TimeoutExpired):
        engine.wait(delay)
    engine.kill()
    engine.communicate()
    return str(heard[-1])


def events_of_a_sync(home: Home) -> int:
    """How many events a first sync has, on this machine at this hour."""
    engine = home.command_line.start("sync", PROFILE, "--events")
    assert engine.stdout is not None
    events = sum(1 for _ in engine.stdout)
    engine.communicate()
    assert engine.returncode == 0
    return events


async def kill_often(home: Home, demo: DemoPanel, times: int, tally: Tally) -> None:
    """Kill syncs towards ever new generations; after each kill every part is wholly old or wholly new."""
    events = events_of_a_sync(home)
    rng = random.Random(1895)
    early = survived = 0
    try:
        for number in range(1, times + 1):
            heard = await survive_a_kill(home, demo, number, rng, events)
            early += heard != "finished"
            survived += 1
    finally:
        tally("kills", survived, times)
    assert early > times // 2, "hardly any sync was still running when it was killed"
    await assert_like_a_fresh_copy(home)


async def survive_a_kill(home: Home, demo: DemoPanel, number: int, rng: random.Random, events: int) -> str:
    """One kill on the way to generation `number`, and the sync that heals it; the last event before the kill."""
    before = {kind: set(home.names(kind).items()) for kind in LISTED_KINDS}
    demo.generation = number
    options = ["--full"] if number % 3 == 0 else []
    heard = kill_somewhere(home, rng.randrange(2, events), rng.uniform(0, 0.03), *options)
    home.assert_sound()
    after = {kind: set(home.names(kind).items()) for kind in LISTED_KINDS}
    assert (await home.sync()).status == "completed"
    for kind in LISTED_KINDS:
        assert after[kind] in (before[kind], set(home.names(kind).items())), f"{kind} is half old, half new"
    home.assert_sound()
    return heard


async def assert_like_a_fresh_copy(home: Home) -> None:
    """The library holds exactly what a first sync of the panel would give."""
    fresh = Home(home.folder.with_name("fresh"), home.password)
    ProfileStore(fresh.paths.ensure()).add(ProfileStore(home.paths).get(PROFILE), home.password)
    assert (await fresh.sync()).status == "completed"
    for kind in LISTED_KINDS:
        assert home.names(kind) == fresh.names(kind)


@pytest.mark.fcase(82)
async def test_a_sync_killed_at_any_moment_leaves_a_sound_file(home: Home, demo: DemoPanel, tally: Tally) -> None:
    await kill_often(home, demo, 10, tally)


@pytest.mark.slow
@pytest.mark.fcase(82)
async def test_a_sync_killed_at_very_many_moments_leaves_a_sound_file(tmp_path: Path, tally: Tally) -> None:
    with DemoPanel(channels=2_000, movies=8_000, series=3_000) as demo, FaultPanel(demo) as panel:
        home = Home(tmp_path / "home", demo.password)
        ProfileStore(home.paths.ensure()).add(Profile(PROFILE, panel.url, demo.username, "file"), demo.password)
        await kill_often(home, demo, 200, tally)
