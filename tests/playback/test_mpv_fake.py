"""mpv over its socket: what it is told, and what becomes of players that crash, hang, lie or vanish."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.playback.conftest import ADDRESS, HOST, PASSWORD, USER, Heard, Keeper, film
from tests.support.fake_mpv import heard_by_fake
from tests.support.processes import pid_of, seen_of
from tui_app.errors import PlayerError
from tui_app.playback import Playable, PlaySession
from tui_app.playback.mpv import Mpv
from tui_app.playback.process import private_folder

Fake = Callable[..., Mpv]


async def test_a_film_played_to_its_end_is_watched_and_its_position_kept(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake
) -> None:
    await session.play(film(), fake("plays"), keeper)
    await session.wait()
    assert heard.states[0] == "starting" and heard.states[-1] == "ended"
    assert heard[-1].finished and heard[-1].position_s == 99.0 and heard[-1].duration_s == 100.0
    assert keeper.positions[-1] == ("7", 99.0, 100.0) and keeper.finished == ["7"]
    assert session.status is None


async def test_a_film_left_in_the_middle_keeps_its_position_and_is_not_watched(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake
) -> None:
    await session.play(film(), fake("quits"), keeper)
    await session.wait()
    assert heard.states[-1] == "ended" and not heard[-1].message
    assert keeper.positions[-1] == ("7", 41.0, 100.0) and keeper.finished == []


async def test_a_stream_that_breaks_off_is_not_watched_and_says_so(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake
) -> None:
    await session.play(film(), fake("breaks off"), keeper)
    await session.wait()
    assert "broke off" in heard[-1].message and keeper.finished == []


async def test_pausing_and_going_on_are_told(session: PlaySession, heard: Heard, fake: Fake) -> None:
    await session.play(film(), fake("pauses"))
    await session.wait()
    states = heard.states
    assert states[states.index("paused") + 1] == "playing"


async def test_a_running_film_ticks_pauses_seeks_and_changes_its_volume(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake, tmp_path: Path
) -> None:
    await session.play(film(), fake("obeys"), keeper)
    await _until(lambda: len({news.position_s for news in heard}) >= 4)  # it ticks
    control = heard[-1].control
    assert control is not None
    await control("pause")
    await _until(lambda: heard[-1].state == "paused")
    before = heard[-1].position_s or 0
    await control("seek", -10)
    await _until(lambda: heard[-1].position_s == before - 10)
    await control("volume", 5)
    await _until(lambda: heard[-1].volume == 105)
    told = len(heard)
    await control("pause")
    await _until(lambda: heard[-1].state == "playing")
    await session.stop()
    assert heard[-1].control is None and told < len(heard)
    assert [command for command in heard_by_fake(tmp_path)[1] if command[0] in ("cycle", "seek", "add")] == [
        ["cycle", "pause"],
        ["seek", -10, "relative"],
        ["add", "volume", 5],
        ["cycle", "pause"],
    ]
    await control("pause")  # nobody hears it any more, which is no error


async def test_a_live_channel_is_history_without_a_position(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake
) -> None:
    await session.play(film(is_live=True, keeps_position=False), fake("plays"), keeper)
    await session.wait()
    assert {position for _, position, _ in keeper.positions} == {None} and keeper.finished == []
    assert heard[-1].message == "The channel stopped sending."


async def test_address_title_and_agent_go_over_the_socket_and_into_no_argument(
    session: PlaySession, fake: Fake, tmp_path: Path
) -> None:
    title = '--script=/tmp/x" ,start=9\n${path}\x1b]0;x\x07[red]'
    await session.play(film(title=title, start_s=12.5), fake("plays"))
    await session.wait()
    argv, commands = heard_by_fake(tmp_path)
    for secret in (USER, PASSWORD, HOST, "script"):
        assert not any(secret in argument for argument in argv), argv
    assert ["loadfile", ADDRESS, "replace"] in commands
    assert ["set_property", "start", "12.500"] in commands
    assert ["set_property", "user-agent", "VLC/3.0.21 LibVLC/3.0.21"] in commands
    told = next(command[2] for command in commands if command[1] == "force-media-title")
    assert told.startswith("--script") and told.isprintable()
    assert {"--no-ytdl", "--load-unsafe-playlists=no"} <= set(argv)


@pytest.mark.parametrize(
    "address",
    ["edl://x", "memory://x", "file:///etc/passwd", "/etc/passwd", "--script=x", "http://a/b c", "http://a/b\nquit",
     "lavf://http://x", "ytdl://x", "http://ä.example/x", ""],
)  # fmt: skip
def test_only_web_addresses_are_ever_played(address: str) -> None:
    with pytest.raises(PlayerError) as caught:
        film(address=address)
    assert not address or address not in str(caught.value)


@pytest.mark.fcase(84)
@pytest.mark.parametrize("mode", ["crash", "error"])
async def test_f84_what_a_player_prints_is_redacted_before_anybody_sees_it(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await session.play(film(), fake(mode), keeper)
    await session.wait()
    assert heard.states == ["starting", "failed"] and keeper.positions == []
    shown = f"{heard} {heard[-1].message} {heard[-1].hint} {caplog.text}"
    for secret in (USER, PASSWORD, HOST, "panel.example"):
        assert secret not in shown
    words = {"crash": "refused the stream (HTTP 403)", "error": "can't be reached"}
    assert words[mode] in heard[-1].message
    if mode == "crash":
        assert "one stream at a time" in heard[-1].hint


@pytest.mark.fcase(84)
async def test_f84_unknown_words_of_a_player_are_shown_without_the_address(
    session: PlaySession, heard: Heard, tmp_path: Path
) -> None:
    player = tmp_path / "mpv"
    player.write_text(f'#!/bin/sh\necho "cannot cope with {ADDRESS} of {HOST} and {PASSWORD}" >&2\nexit 3\n')
    player.chmod(0o700)
    await session.play(film(), Mpv(str(player)))
    await session.wait()
    assert heard[-1].message == "mpv could not play it: cannot cope with *** of *** and ***."


@pytest.mark.parametrize(
    ("mode", "state", "words"),
    [
        ("wordless", "failed", "mpv could not play it."),
        ("bad option", "failed", "mpv refuses an option"),
        ("refuses", "failed", "mpv refuses to play: invalid parameter"),
        ("garbage", "ended", ""),
        ("gone", "ended", ""),
        ("endless line", "ended", ""),
    ],
)
async def test_players_that_behave_badly_are_endured(
    session: PlaySession, heard: Heard, fake: Fake, mode: str, state: str, words: str
) -> None:
    await session.play(film(), fake(mode))
    await asyncio.wait_for(session.wait(), 60)
    assert heard.states[-1] == state
    assert heard[-1].message.startswith(words)


@pytest.mark.parametrize(("mode", "words"), [("deaf", "does not open its socket"), ("silent", "does not answer")])
async def test_players_that_hang_at_the_start_are_ended_and_said(
    session: PlaySession, heard: Heard, fake: Fake, mode: str, words: str
) -> None:
    # the silent one is given the usual time to open its socket: it has to be found out by its silence
    patience = {"connect_s": 0.3} if mode == "deaf" else {"answer_s": 0.3}
    await session.play(film(), fake(mode, **patience))
    await asyncio.wait_for(session.wait(), 60)
    assert words in heard[-1].message


@pytest.mark.parametrize("mode", ["hangs", "stubborn"])
async def test_stopping_ends_also_a_player_that_does_not_listen(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake, mode: str
) -> None:
    await session.play(film(), fake(mode, end_s=0.2), keeper)
    await _until(lambda: heard[-1].position_s == 41.0)
    assert session.status is not None
    await session.stop()
    assert heard.states[-1] == "ended" and session.status is None
    assert keeper.positions[-1] == ("7", 41.0, 100.0)
    assert not seen_of(fake("x").program)


async def test_the_player_before_has_ended_when_the_next_begins(
    session: PlaySession, heard: Heard, fake: Fake, tmp_path: Path
) -> None:
    first = fake("hangs")
    await session.play(film(), first)
    await _until(lambda: heard[-1].began)
    await session.play(film(title="The next"), fake("plays"))
    assert "--fake=hangs" not in seen_of(str(tmp_path))
    await session.wait()
    titles = [(news.what.title, news.state.value) for news in heard]
    assert titles.index(("Nosferatu", "ended")) < titles.index(("The next", "starting"))


async def test_who_gives_up_waiting_leaves_no_second_player(
    session: PlaySession, heard: Heard, fake: Fake, tmp_path: Path
) -> None:
    await session.play(film(), fake("stubborn", end_s=0.3))
    await _until(lambda: heard[-1].began)
    impatient = asyncio.create_task(session.play(film(title="Second"), fake("hangs")))
    await asyncio.sleep(0.05)
    impatient.cancel()
    await session.play(film(title="Third"), fake("plays"))
    assert "--fake=stubborn" not in seen_of(str(tmp_path))
    await session.wait()
    assert [news.what.title for news in heard if news.state == "starting"] == ["Nosferatu", "Third"]


async def test_nothing_is_left_behind(
    session: PlaySession, fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime) if len(str(runtime)) < 70 else "")
    monkeypatch.setattr("tempfile.tempdir", str(runtime))
    await session.play(film(), fake("plays"))
    await session.wait()
    assert list(runtime.iterdir()) == []


@pytest.mark.parametrize("mode", ["hangs", "stubborn"])
async def test_a_player_killed_from_outside_is_no_fault_of_the_provider(
    session: PlaySession, heard: Heard, keeper: Keeper, fake: Fake, mode: str, tmp_path: Path
) -> None:
    await session.play(film(), fake(mode), keeper)
    await _until(lambda: heard[-1].position_s == 41.0)
    os.kill(pid_of(f"--heard={tmp_path}"), signal.SIGKILL)
    await asyncio.wait_for(session.wait(), 60)
    assert (heard[-1].state, heard[-1].message) == ("failed", "mpv stopped unexpectedly.")
    assert "go on where it stopped" in heard[-1].hint and keeper.positions[-1] == ("7", 41.0, 100.0)


def test_what_killed_programs_left_goes_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    runtime = Path(tempfile.mkdtemp(prefix="r", dir="/tmp"))
    try:
        monkeypatch.setattr("tempfile.tempdir", str(runtime))
        gone = subprocess.Popen(["true"])
        gone.wait()
        names = (f"xtream-tui-{gone.pid}-old", f"xtream-tui-{os.getpid()}-mine", "xtream-tui-notes-x", "others")
        for name in (*names, f"xtream-tui-{gone.pid}-new"):
            (runtime / name).mkdir()
        (runtime / names[0] / "play.m3u").write_text("a secret")
        for name in names:
            os.utime(runtime / name, (1, 1))
        with private_folder() as folder:
            assert folder.parent == runtime and folder.stat().st_mode & 0o777 == 0o700
        left = {path.name for path in runtime.iterdir()}
        assert left == {*names[1:], f"xtream-tui-{gone.pid}-new"}
    finally:
        shutil.rmtree(runtime)


async def test_a_program_that_is_not_there_is_said(session: PlaySession, heard: Heard) -> None:
    await session.play(film(), Mpv("/nowhere/mpv"))
    await session.wait()
    assert heard[-1].state == "failed" and "no program" in heard[-1].message


async def test_positions_are_told_every_second_and_kept_every_ten(heard: Heard, keeper: Keeper) -> None:
    from tui_app.playback import Moment, Outcome

    now = 0.0

    class Ticking:
        name = "ticking"

        async def play(self, what: Playable, report: Callable[[Moment], None]) -> Outcome:
            nonlocal now
            for second in range(60):
                now = float(second)
                for part in (0.0, 0.4, 0.8):  # a second is told once
                    report(Moment(second + part, 3_600.0))
                await asyncio.sleep(0)
            return Outcome("quit")

    session = PlaySession(heard.append, clock=lambda: now)
    await session.play(film(), Ticking(), keeper)
    await session.wait()
    assert [news.position_s for news in heard] == [None, *range(60), 59.8]
    assert len(keeper.positions) <= 8 and keeper.positions[-1] == ("7", 59.8, 3_600.0)


async def _until(condition: Callable[[], object], within_s: float = 60) -> None:
    limit = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < limit
        await asyncio.sleep(0.01)
