"""The demo panel over real loopback HTTP: logins, lists, details, guides, streams, and clients that misbehave."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest

from tests.demo.reading import body
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.demo import DemoPanel, run_panel
from tui_app.demo.facts import clip, films
from tui_app.errors import XtreamTuiError

NOW = 1_767_225_601  # 2026-01-01 00:00:01 UTC, 01:00:01 in the panel's zone
LISTS = {Kind.CHANNEL: "get_live_streams", Kind.MOVIE: "get_vod_streams", Kind.SERIES: "get_series"}


@pytest.fixture(scope="module")
def panel() -> Iterator[DemoPanel]:
    with DemoPanel(21, channels=120, movies=500, series=60, clock=lambda: NOW) as running:
        yield running
        assert running.failures == []


@pytest.fixture(autouse=True)
def nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr().err == ""


def request(
    panel: DemoPanel, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, form: str | None = None
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", panel.port, timeout=60)
    try:
        connection.request(method, path, body=form, headers=dict(headers or {}))
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def query(panel: DemoPanel, **parameters: object) -> str:
    login = {"username": panel.username, "password": panel.password}
    return "/player_api.php?" + urlencode(login | {name: str(value) for name, value in parameters.items()})


def ask(panel: DemoPanel, **parameters: object) -> Any:
    return json.loads(request(panel, query(panel, **parameters))[1])


def stream(panel: DemoPanel, prefix: str, name: str, password: str | None = None) -> str:
    return f"/{prefix}/{panel.username}/{quote(password or panel.password, safe='')}/{name}"


# ------------------------------------------------------------------------------------------- account
def test_a_login_tells_of_the_account(panel: DemoPanel) -> None:
    answer = ask(panel)
    assert (answer["user_info"]["auth"], answer["user_info"]["status"]) == (1, "Active")
    assert answer["user_info"]["username"] == panel.username
    assert answer["server_info"]["port"] == str(panel.port)
    assert answer["server_info"]["time_now"] == "2026-01-01 01:00:01"


@pytest.mark.parametrize(
    "path", ["/player_api.php", "/player_api.php?username=demo&password=x", "/player_api.php?username=demo&action=y"]
)
def test_a_wrong_login_is_refused(panel: DemoPanel, path: str) -> None:
    response, answer = request(panel, path)
    assert response.status == 200
    assert json.loads(answer) == {"user_info": {"auth": 0}}


def test_the_login_may_come_as_a_form(panel: DemoPanel) -> None:
    form = query(panel, action="get_live_categories").partition("?")[2]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    _, answer = request(panel, "/player_api.php", "POST", headers, form)
    assert len(json.loads(answer)) > 1


def test_an_unknown_action_gets_the_account(panel: DemoPanel) -> None:
    assert "user_info" in ask(panel, action="get_weather")


def test_head_gets_an_empty_answer(panel: DemoPanel) -> None:
    for path in (query(panel), stream(panel, "live", "1002.ts"), "/"):
        response, answer = request(panel, path, "HEAD")
        assert (response.status, answer, response.getheader("Content-Length")) == (200, b"", "0")


def test_names_with_odd_letters_may_log_in() -> None:
    with DemoPanel(1, 2, 2, 2, username="Zoë & co", password="a+b/c%d#e") as panel:
        assert ask(panel)["user_info"]["auth"] == 1
        path = f"/live/{quote('Zoë & co')}/{quote('a+b/c%d#e', safe='')}/1001.ts"
        assert request(panel, path)[0].status == 200


# --------------------------------------------------------------------------------------------- lists
@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_lists_are_those_of_the_library(panel: DemoPanel, kind: Kind) -> None:
    response, answer = request(panel, query(panel, action=LISTS[kind]))
    assert answer == body(panel.library, kind)
    assert response.getheader("Content-Length") == str(len(answer))


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_categories_together_hold_the_list(panel: DemoPanel, kind: Kind) -> None:
    field = panel.library.generator(kind).id_field
    action = {Kind.CHANNEL: "get_live", Kind.MOVIE: "get_vod", Kind.SERIES: "get_series"}[kind] + "_categories"
    found: set[str] = set()
    empty = 0
    for category in ask(panel, action=action):
        rows = ask(panel, action=LISTS[kind], category_id=category["category_id"])
        assert {str(row["category_id"]) for row in rows} <= {category["category_id"]}
        assert len({str(row[field]) for row in rows}) == len(rows)
        found |= {str(row[field]) for row in rows}
        empty += not rows
    whole = ask(panel, action=LISTS[kind])
    homeless = {str(row[field]) for row in whole if str(row["category_id"]) in ("None", "", "99999")}
    assert homeless
    assert found == {str(row[field]) for row in whole} - homeless
    assert empty >= 1


def test_the_category_is_read_as_php_reads_numbers(panel: DemoPanel) -> None:
    whole = ask(panel, action="get_vod_streams")
    assert ask(panel, action="get_vod_streams", category_id="abc") == whole
    assert ask(panel, action="get_vod_streams", category_id="0") == whole
    first = ask(panel, action="get_vod_streams", category_id="1")
    assert 0 < len(first) < len(whole)
    assert ask(panel, action="get_vod_streams", category_id=" 1abc") == first
    assert ask(panel, action="get_vod_streams", category_id="7777") == []


def test_lists_claim_to_be_html_now_and_then(panel: DemoPanel) -> None:
    types = {request(panel, query(panel, action=action))[0].getheader("Content-Type") for action in LISTS.values()}
    assert types == {"application/json", "text/html; charset=UTF-8"}


def test_a_new_generation_shows_at_the_next_request() -> None:
    with DemoPanel(2, 50, 50, 50) as panel:
        before = request(panel, query(panel, action="get_vod_streams"))[1]
        panel.generation = 3
        after = request(panel, query(panel, action="get_vod_streams"))[1]
        assert (before, after) == tuple(body(panel.library, Kind.MOVIE, generation) for generation in (0, 3))
        panel.generation = 0
        assert request(panel, query(panel, action="get_vod_streams"))[1] == before


def test_several_clients_get_the_same_list(panel: DemoPanel) -> None:
    with DemoPanel(2, movies=3_000) as fresh:
        answers: list[bytes] = []
        threads = [
            threading.Thread(target=lambda: answers.append(request(fresh, query(fresh, action="get_vod_streams"))[1]))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [body(fresh.library, Kind.MOVIE)] * 4


def test_requests_are_counted_by_action() -> None:
    with DemoPanel(2, 5, 5, 5) as panel:
        ask(panel)
        ask(panel, action="get_series")
        ask(panel, action="get_series", category_id=1)
        request(panel, stream(panel, "movie", "100001.mp4"))
        assert panel.requests == {"login": 1, "get_series": 2, "movie": 1}


# ------------------------------------------------------------------------------------------- details
def test_a_real_film_has_plot_cast_director_and_genre(panel: DemoPanel) -> None:
    answer = ask(panel, action="get_vod_info", vod_id=100_001)
    film = films()[0]
    info = answer["info"]
    assert (info["plot"], info["cast"], info["director"]) == (film.plot, film.cast, film.directors)
    assert "Comedy" in info["genre"]
    assert str(answer["movie_data"]["stream_id"]) == "100001"


def test_unknown_ids_have_no_details(panel: DemoPanel) -> None:
    assert ask(panel, action="get_vod_info", vod_id=1) == {"info": []}
    assert ask(panel, action="get_vod_info") == {"info": []}
    assert ask(panel, action="get_series_info", series_id="x")["episodes"] == []


def test_a_serial_has_its_chapters(panel: DemoPanel) -> None:
    answer = ask(panel, action="get_series_info", series_id=5_001)
    assert answer["info"]["name"] == "Flash Gordon (1936)"
    chapters = answer["episodes"]["1"]
    assert len(chapters) == 13
    assert chapters[0]["title"].endswith("The Planet of Peril")
    assert request(panel, stream(panel, "series", f"{chapters[0]['id']}.mkv"))[1] == clip()


# --------------------------------------------------------------------------------------------- guide
def channels_with(panel: DemoPanel, *, guide: bool, archive: bool = False) -> list[int]:
    return [
        int(row["stream_id"])
        for row in ask(panel, action="get_live_streams")
        if bool(row["epg_channel_id"]) == guide and (str(row["tv_archive"]) == "1") == archive
    ]


def test_the_short_guide_begins_with_what_is_on(panel: DemoPanel) -> None:
    channel = channels_with(panel, guide=True)[0]
    listings = ask(panel, action="get_short_epg", stream_id=channel)["epg_listings"]
    assert len(listings) == 4
    assert int(listings[0]["start_timestamp"]) <= NOW < int(listings[0]["stop_timestamp"])
    assert listings[0]["start"] == "2026-01-01 01:00:00"
    for earlier, later in pairwise(listings):
        assert earlier["stop_timestamp"] == later["start_timestamp"]
    assert all(b64decode(listing["title"]).decode() for listing in listings)
    assert len(ask(panel, action="get_short_epg", stream_id=channel, limit=9)["epg_listings"]) == 9
    assert ask(panel, action="get_short_epg", stream_id=channel)["epg_listings"] == listings


def test_the_full_guide_reaches_back_as_far_as_the_archive(panel: DemoPanel) -> None:
    channel = channels_with(panel, guide=True, archive=True)[0]
    listings = ask(panel, action="get_simple_data_table", stream_id=channel)["epg_listings"]
    assert sum(listing["now_playing"] for listing in listings) == 1
    past = [listing for listing in listings if int(listing["stop_timestamp"]) <= NOW]
    assert len(past) >= 47
    assert all(listing["has_archive"] == 1 for listing in past)
    assert listings[-1]["has_archive"] == 0


def test_channels_without_a_guide_have_an_empty_one(panel: DemoPanel) -> None:
    for action in ("get_short_epg", "get_simple_data_table"):
        assert ask(panel, action=action, stream_id=channels_with(panel, guide=False)[0]) == {"epg_listings": []}
        assert ask(panel, action=action, stream_id=999_999) == {"epg_listings": []}


# ------------------------------------------------------------------------------------------- streams
@pytest.mark.parametrize("path", ["live/{}/{}/1002.ts", "{}/{}/1002", "movie/{}/{}/100002.MKV"])
def test_the_clip_is_served(panel: DemoPanel, path: str) -> None:
    response, answer = request(panel, "/" + path.format(panel.username, panel.password))
    assert (response.status, response.getheader("Accept-Ranges")) == (200, "bytes")
    assert answer == clip()


def test_the_guide_file_says_what_the_guides_of_the_channels_say(panel: DemoPanel) -> None:
    login = urlencode({"username": panel.username, "password": panel.password})
    response, answer = request(panel, f"/xmltv.php?{login}")
    assert response.status == 200
    tree = ElementTree.fromstring(answer)
    rows = ask(panel, action="get_live_streams")
    ids = {row["epg_channel_id"]: row["stream_id"] for row in rows if row["epg_channel_id"]}
    assert {channel.get("id") for channel in tree.iter("channel")} == set(ids)
    for epg_id, stream_id in list(ids.items())[:5]:
        listed = ask(panel, action="get_short_epg", stream_id=stream_id, limit=3)["epg_listings"]
        entries = [one for one in tree.iter("programme") if one.get("channel") == epg_id.lower()]
        running = [one for one in entries if one.get("start") == "20260101000000 +0000"]
        assert [one.findtext("title") for one in running] == [b64decode(listed[0]["title"]).decode()]
        assert len(entries) >= 3 * 48


def test_a_stranger_gets_no_guide_file(panel: DemoPanel) -> None:
    assert request(panel, "/xmltv.php?username=x&password=y")[0].status == 404


RANGES = [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-188", -188, None), ("bytes=0-99999999", 0, None)]


@pytest.mark.parametrize(("wanted", "start", "stop"), RANGES)
def test_a_range_of_the_clip_is_served(panel: DemoPanel, wanted: str, start: int, stop: int | None) -> None:
    response, answer = request(panel, stream(panel, "movie", "100001.mp4"), headers={"Range": wanted})
    assert response.status == 206
    assert answer == clip()[start:stop]
    first = start % len(clip())
    assert response.getheader("Content-Range") == f"bytes {first}-{first + len(answer) - 1}/{len(clip())}"


def test_a_range_beyond_the_clip_is_refused(panel: DemoPanel) -> None:
    response, answer = request(panel, stream(panel, "live", "1002.ts"), headers={"Range": "bytes=9999999-"})
    assert (response.status, answer) == (416, b"")


@pytest.mark.parametrize("wanted", ["bytes=-", "lines=1-2", "bytes=a-b", "bytes=0-1,5-6"])
def test_a_range_nobody_understands_is_ignored(panel: DemoPanel, wanted: str) -> None:
    response, answer = request(panel, stream(panel, "live", "1002.ts"), headers={"Range": wanted})
    assert (response.status, answer) == (200, clip())


def test_a_playlist_leads_to_the_clip(panel: DemoPanel) -> None:
    _, answer = request(panel, stream(panel, "live", "1002.m3u8"))
    (name,) = [line for line in answer.decode().splitlines() if line and not line.startswith("#")]
    assert answer.startswith(b"#EXTM3U")
    assert request(panel, stream(panel, "live", name))[1] == clip()


@pytest.mark.parametrize(
    "name", ["live/demo/wrong/1002.ts", "live/demo/silent-era-1926/7.ts", "movie/x/y", "favicon.ico"]
)
def test_other_streams_are_not_found(panel: DemoPanel, name: str) -> None:
    response, answer = request(panel, "/" + name)
    assert response.status == 404
    assert b"<center>nginx</center>" in answer


def test_past_programmes_can_be_played(panel: DemoPanel) -> None:
    path = f"/timeshift/{panel.username}/{panel.password}/60/2025-12-31:20-00/1002.ts"
    assert request(panel, path)[1] == clip()


# --------------------------------------------------------------------------- clients that misbehave
def raw(panel: DemoPanel) -> socket.socket:
    return socket.create_connection(("127.0.0.1", panel.port), timeout=60)


def test_a_client_that_goes_away_harms_nobody(panel: DemoPanel) -> None:
    for _ in range(5):
        connection = raw(panel)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(f"GET {query(panel, action='get_vod_streams')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        connection.recv(100)
        connection.close()  # with a reset, in the middle of the body
    assert ask(panel)["user_info"]["auth"] == 1
    assert panel.failures == []


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"\r\n", b"GET / HTTP/9\r\n\r\n"]
)
def test_garbage_harms_nobody(panel: DemoPanel, garbage: bytes) -> None:
    with raw(panel) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    assert ask(panel)["user_info"]["auth"] == 1
    assert panel.failures == []


def test_one_connection_serves_many_requests(panel: DemoPanel) -> None:
    connection = HTTPConnection("127.0.0.1", panel.port, timeout=60)
    for method in ("GET", "HEAD", "GET", "GET"):
        connection.request(method, query(panel, action="get_series_categories"))
        response = connection.getresponse()
        assert response.status == 200
        response.read()
    connection.close()


# ------------------------------------------------------------------------------------ start and stop
def test_stopping_is_quick_and_cuts_connections() -> None:
    panel = DemoPanel(1, 100, 3_000, 100).start()
    idle, slow = raw(panel), raw(panel)
    slow.sendall(f"GET {query(panel, action='get_vod_streams')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert slow.recv(10) == b"HTTP/1.1 2"
    begin = time.monotonic()
    panel.stop()
    assert time.monotonic() - begin < 10
    assert idle.recv(10) == b""
    with idle, slow, pytest.raises(OSError):
        raw(panel)
    assert panel.failures == []


def test_a_stopped_panel_starts_again_at_its_address() -> None:
    panel = DemoPanel(1, 2, 2, 2)
    with panel:
        url = panel.url
        assert urlsplit(url).hostname == "127.0.0.1"
    with panel:
        assert panel.url == url
        assert ask(panel)["user_info"]["auth"] == 1
    panel.stop()  # once more does no harm


def test_a_taken_port_is_said_plainly(panel: DemoPanel) -> None:
    with pytest.raises(XtreamTuiError, match=str(panel.port)):
        DemoPanel(1, 1, 1, 1, port=panel.port).start()


def test_run_panel_tells_when_it_is_ready_and_serves_until_stopped() -> None:
    answers: list[Any] = []

    def ready(panel: DemoPanel) -> None:
        answers.append(ask(panel, action="get_live_streams"))
        threading.Timer(0.1, panel.stop).start()

    run_panel(0, channels=7, movies=1, series=1, seed=4, generation=2, on_ready=ready)
    assert len({str(row["stream_id"]) for row in answers[0]}) == 9


def test_run_panel_ends_quietly_when_interrupted() -> None:
    program = "from tui_app.demo import run_panel; run_panel(on_ready=lambda panel: print(panel.url, flush=True))"
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline().startswith(b"http://127.0.0.1:")
    running.send_signal(2)
    _, complaints = running.communicate(timeout=60)
    assert (running.returncode, complaints) == (0, b"")
