"""The real mpv, with no window and no sound: positions, resuming, the end, refusals, and what others can see of it."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.playback.conftest import Heard, Keeper, film
from tests.playback.media_server import MediaServer, media_server, silence
from tests.support.processes import seen_of
from tui_app.catalog import Kind
from tui_app.demo import DemoPanel
from tui_app.playback import PlaySession
from tui_app.playback.mpv import Mpv
from tui_app.xtream.urls import api_url, stream_url

pytestmark = pytest.mark.skipif(shutil.which("mpv") is None, reason="mpv is not installed: apt-get install mpv")
SILENT = ("--vo=null", "--ao=null", "--no-config")


def mpv(*arguments: str) -> Mpv:
    return Mpv("mpv", (*SILENT, *arguments))


@pytest.fixture
def media() -> Iterator[MediaServer]:
    with media_server() as server:
        yield server


async def until(condition: Callable[[], object], what: object = "", within_s: float = 60) -> None:
    limit = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < limit, what
        await asyncio.sleep(0.02)


async def test_the_demo_panels_clip_is_played_to_its_end_watched_and_seen_by_nobody(
    session: PlaySession, heard: Heard, keeper: Keeper
) -> None:
    with DemoPanel(seed=5, channels=20, movies=20, series=5) as panel:
        listed = api_url(panel.url, panel.username, panel.password, "get_vod_streams")
        movie = json.loads(urllib.request.urlopen(listed).read())[0]["stream_id"]
        address = stream_url(panel.url, panel.username, panel.password, Kind.MOVIE, str(movie), "ts")
        await session.play(film(address), mpv("--speed=2"), keeper)
        await until(lambda: heard[-1].began, heard)
        seen = seen_of("--input-ipc-server=")
        assert "--vo=null" in seen
        assert panel.password not in seen and panel.url not in seen and "/movie/" not in seen
        await session.wait()
    assert heard[-1].state == "ended" and heard[-1].finished, heard
    assert keeper.finished == ["7"] and (keeper.positions[-1][1] or 0) > 3


async def test_a_film_goes_on_where_it_is_told_to_and_says_where_it_stopped(
    session: PlaySession, heard: Heard, keeper: Keeper, media: MediaServer
) -> None:
    address = media.serve("/movie/u/p/7.wav", silence())
    await session.play(film(address, start_s=60.0), mpv(), keeper)
    await until(lambda: heard[-1].position_s and heard[-1].duration_s, heard)
    assert 59.5 <= (heard[-1].position_s or 0) < 65 and heard[-1].duration_s == pytest.approx(100, abs=0.5)
    await session.stop()
    assert 59.5 <= (keeper.positions[-1][1] or 0) < 70 and keeper.finished == []
    assert {agent for _, agent in media.asked} == {"VLC/3.0.21 LibVLC/3.0.21"}


async def test_a_running_film_is_paused_moved_and_made_louder(
    session: PlaySession, heard: Heard, media: MediaServer
) -> None:
    await session.play(film(media.serve("/movie/u/p/7.wav", silence())), mpv("--volume=50"))
    await until(lambda: (heard[-1].position_s or 0) >= 2, heard)
    control = heard[-1].control
    assert control is not None
    await control("pause")
    await until(lambda: heard[-1].state == "paused", heard)
    await control("seek", 60)
    await until(lambda: 60 <= (heard[-1].position_s or 0) < 75, heard)
    await control("volume", 5)
    await until(lambda: heard[-1].volume == 55, heard)
    await control("pause")
    first = heard[-1].position_s or 0
    await until(lambda: (heard[-1].position_s or 0) >= first + 2, heard)  # it ticks
    seconds = [int(news.position_s or 0) for news in heard if news.state == "playing"]
    assert len(seconds[-3:]) == len(set(seconds[-3:]))


async def test_from_ninety_five_per_cent_on_a_film_is_watched_also_when_it_is_left(
    session: PlaySession, heard: Heard, keeper: Keeper, media: MediaServer
) -> None:
    address = media.serve("/movie/u/p/7.wav", silence())
    await session.play(film(address, start_s=96.0), mpv(), keeper)
    await until(lambda: (heard[-1].position_s or 0) >= 95.5, heard)
    await session.stop()
    assert keeper.finished == ["7"]


@pytest.mark.parametrize(
    ("status", "words"), [(404, "does not have this stream now (HTTP 404)"), (403, "refused the stream (HTTP 403)")]
)
async def test_a_refusal_of_the_panel_is_said_in_words(
    session: PlaySession, heard: Heard, media: MediaServer, status: int, words: str
) -> None:
    address = media.serve("/movie/bobby/hunter2/7.mp4", b"no", status=status)
    await session.play(film(address), mpv())
    await session.wait()
    assert words in heard[-1].message
    assert media.url not in f"{heard}" and "bobby" not in f"{heard}"


async def test_a_page_instead_of_a_film_and_a_server_that_is_gone_are_told_apart(
    session: PlaySession, heard: Heard, media: MediaServer
) -> None:
    address = media.serve("/movie/u/p/7.mp4", b"<html><body>expired</body></html>", kind="text/html")
    await session.play(film(address), mpv())
    await session.wait()
    assert heard[-1].message == "What the provider sent is no video."
    await session.play(film("http://127.0.0.1:9/movie/u/p/7.mp4"), mpv())
    await session.wait()
    assert heard[-1].message == "The provider's stream can't be reached."


async def test_a_list_of_the_panel_can_not_make_mpv_read_local_files(
    session: PlaySession, heard: Heard, media: MediaServer, tmp_path: Path
) -> None:
    local = tmp_path / "private.wav"
    local.write_bytes(silence())
    for number, body in enumerate(
        (
            f"#EXTM3U\n{local}\n",
            f"#EXTM3U\nfile://{local}\n",
            f"# mpv EDL v0\n{local}\n",
            f"[playlist]\nFile1={local}\n",
        )
    ):
        address = media.serve(f"/movie/u/p/{number}.m3u", body.encode(), kind="audio/x-mpegurl")
        await session.play(film(address), mpv())
        await session.wait()
        assert heard[-1].state == "failed" and not heard[-1].began, (body, heard)


async def test_an_argument_mpv_does_not_know_is_named(session: PlaySession, heard: Heard, media: MediaServer) -> None:
    await session.play(film(media.serve("/x", silence())), mpv("--nonsense=1"))
    await session.wait()
    assert "mpv refuses an option" in heard[-1].message and "Settings" in heard[-1].hint
