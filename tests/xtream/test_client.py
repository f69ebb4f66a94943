"""The client against a server that answers byte for byte: patience, retries, redirects, broken bodies, silence."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import json
import logging
import lzma
import traceback
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import xxhash

from tests.support.panel_server import HANG, RESET, Answer, Request, ScriptedPanel, answer, json_answer
from tests.xtream.conftest import PASSWORD, USERNAME, FakeTime
from tui_app.catalog import Kind
from tui_app.errors import BadAnswer, Denied, Overloaded, PanelError, Unreachable, UnsupportedAction
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.host_gate import PAUSE_S
from tui_app.xtream.stream import split_rows

Build = Callable[..., PanelClient]
LOGIN = {"user_info": {"auth": 1, "status": "Active"}, "server_info": {"timezone": "Europe/Berlin"}}
ROWS = [{"num": n, "stream_id": n, "name": f"Channel {n}"} for n in range(500)]
BODY = json.dumps(ROWS, separators=(",", ":")).encode()


def always(said: Answer) -> Callable[[Request], Answer]:
    return lambda _request: said


def in_turn(*said: Answer) -> Callable[[Request], Answer]:
    waiting = list(said)
    return lambda _request: waiting.pop(0) if len(waiting) > 1 else waiting[0]


async def download(client: PanelClient, **more: Any) -> tuple[bytes, bool]:
    with await client.fetch_list(Kind.CHANNEL, **more) as body:
        return body.read(), body.truncated


async def test_a_list_arrives_on_disk_with_its_digest_and_progress(client_for: Build) -> None:
    progress: list[tuple[int, int | None]] = []
    async with ScriptedPanel(always(answer(BODY))) as panel, client_for(panel.url) as client:
        with await client.fetch_list(Kind.CHANNEL, on_progress=lambda *said: progress.append(said)) as body:
            assert (body.size, body.received, body.truncated) == (len(BODY), len(BODY), False)
            assert body.digest == xxhash.xxh3_128(BODY).digest()
            assert [row for batch in split_rows(body.blocks()) for row in batch][7] == json.dumps(
                ROWS[7], separators=(",", ":")
            ).encode()
    assert progress[-1] == (len(BODY), len(BODY))
    request = panel.requests[0]
    assert request.method == "GET"
    assert request.params == {"username": USERNAME, "password": PASSWORD, "action": "get_live_streams"}
    assert request.headers["user-agent"].startswith("VLC/")
    assert not {"cookie", "referer", "origin"} & request.headers.keys()


@pytest.mark.parametrize(
    ("kind", "lists", "categories"),
    [
        (Kind.CHANNEL, "get_live_streams", "get_live_categories"),
        (Kind.MOVIE, "get_vod_streams", "get_vod_categories"),
        (Kind.SERIES, "get_series", "get_series_categories"),
    ],
)
async def test_each_kind_has_its_actions_and_one_category_can_be_asked_for(
    client_for: Build, kind: Kind, lists: str, categories: str
) -> None:
    async with ScriptedPanel(always(answer(b"[]"))) as panel, client_for(panel.url) as client:
        (await client.fetch_list(kind, category_id="36")).close()
        await client.fetch_categories(kind)
    assert [request.action for request in panel.requests] == [lists, categories]
    assert panel.requests[0].params["category_id"] == "36"


@pytest.mark.parametrize("unsafe", ["0", "", " ", "*"])
@pytest.mark.fcase(23)
async def test_f23_a_category_id_that_means_everything_is_never_sent(client_for: Build, unsafe: str) -> None:
    async with ScriptedPanel(always(answer(b"[]"))) as panel, client_for(panel.url) as client:
        with pytest.raises(ValueError, match="full list"):
            await client.fetch_list(Kind.CHANNEL, category_id=unsafe)
    assert panel.requests == []


@pytest.mark.fcase(20, 23, 24, 25)
async def test_f20_to_f25_categories_are_tidied(client_for: Build) -> None:
    said = [
        {"category_id": 7, "category_name": None},
        {"category_id": "7", "category_name": "Kids", "parent_id": "0"},
        {"category_name": "x"},
        {"category_id": "0", "category_name": "All"},
        {"category_id": "a", "category_name": " ", "parent_id": "b"},
        {"category_id": "b", "category_name": "\x1b]0;pwned\x07[red]VIP[/red]\u202eTV", "parent_id": "a"},
        {"category_id": "c", "category_name": "C", "parent_id": "7"},
        {"category_id": "d", "category_name": "D", "parent_id": "nowhere"},
        None,
    ]
    async with ScriptedPanel(always(json_answer(said))) as panel, client_for(panel.url) as client:
        rows, verdict = await client.fetch_categories(Kind.MOVIE)
    assert [tuple(row) for row in rows] == [
        ("7", "Kids", None, 0),
        ("0", "All", None, 1),
        ("a", "Category a", None, 2),
        ("b", "[red]VIP[/red]TV", None, 3),
        ("c", "C", "7", 4),
        ("d", "D", None, 5),
    ]
    assert (verdict.complete, verdict.skipped) == (True, 2)


@pytest.mark.fcase(22)
async def test_f22_the_account_in_place_of_categories_means_unsupported(client_for: Build) -> None:
    async with ScriptedPanel(always(json_answer(LOGIN))) as panel, client_for(panel.url) as client:
        with pytest.raises(UnsupportedAction):
            await client.fetch_categories(Kind.SERIES)


async def test_calls_keep_a_quarter_of_a_second_between_them(client_for: Build, fake_time: FakeTime) -> None:
    async with ScriptedPanel(always(answer(b"[]"))) as panel, client_for(panel.url) as client:
        for _call in range(3):
            await download(client)
    assert fake_time.slept == pytest.approx([PAUSE_S, PAUSE_S])


async def test_lists_are_fetched_one_at_a_time_over_one_connection(client_for: Build) -> None:
    said: Answer = [answer(BODY)[:-100], 0.05, answer(BODY)[-100:]]
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        await asyncio.gather(*(download(client) for _call in range(3)))
    assert (len(panel.requests), panel.connections) == (3, 1)


@pytest.mark.parametrize("status", [429, 500, 503, 504, 522])
async def test_throttling_is_waited_out(client_for: Build, fake_time: FakeTime, status: int) -> None:
    script = in_turn(answer(b"", status), answer(b"", status), answer(BODY))
    async with ScriptedPanel(script) as panel, client_for(panel.url) as client:
        assert await download(client) == (BODY, False)
    waits = [wait for wait in fake_time.slept if wait >= 1]
    assert len(waits) == 2
    assert 1 <= waits[0] <= 1.25 <= 2 <= waits[1] <= 2.5


@pytest.mark.parametrize(("value", "wait"), [("7", 7.0), ("60", 60.0), ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0)])
async def test_retry_after_is_honoured_up_to_a_minute(
    client_for: Build, fake_time: FakeTime, value: str, wait: float
) -> None:
    script = in_turn(answer(b"", 429, headers={"Retry-After": value}), answer(BODY))
    async with ScriptedPanel(script) as panel, client_for(panel.url) as client:
        await download(client)
    assert wait in fake_time.slept


async def test_three_tries_are_all(client_for: Build) -> None:
    async with ScriptedPanel(always(answer(b"busy", 503))) as panel, client_for(panel.url) as client:
        with pytest.raises(Overloaded, match="503"):
            await download(client)
    assert len(panel.requests) == 3


@pytest.mark.parametrize("status", [401, 402, 403, 404, 451, 454, 458, 512, 513, 884])
async def test_denials_are_not_repeated(client_for: Build, status: int) -> None:
    async with ScriptedPanel(always(answer(b"no", status))) as panel, client_for(panel.url) as client:
        with pytest.raises(Denied, match=str(status)) as caught:
            await download(client)
    assert (caught.value.http_status, len(panel.requests)) == (status, 1)


@pytest.mark.parametrize("said", [[RESET], [b""], [answer(b"", length=9)[:20], RESET]])
async def test_a_connection_dropped_before_the_first_byte_is_tried_again(client_for: Build, said: Answer) -> None:
    steps = [*said, RESET] if isinstance(said, list) else said
    async with ScriptedPanel(in_turn(steps, steps, answer(BODY))) as panel, client_for(panel.url) as client:
        assert await download(client) == (BODY, False)
    assert len(panel.requests) == 3


async def test_an_idle_connection_that_was_closed_costs_no_wait(client_for: Build, fake_time: FakeTime) -> None:
    script = in_turn(answer(BODY), [RESET], answer(BODY))
    async with ScriptedPanel(script) as panel, client_for(panel.url) as client:
        await download(client)
        await download(client)
    assert len(panel.requests) == 3
    assert max(fake_time.slept) == pytest.approx(PAUSE_S)


async def test_nobody_listening_is_unreachable(client_for: Build) -> None:
    async with ScriptedPanel(always(b"")) as panel:
        pass
    async with client_for(panel.url) as client:
        with pytest.raises(Unreachable, match="refuses connections"):
            await download(client)


async def test_an_unknown_name_is_unreachable(client_for: Build) -> None:
    async with client_for("http://no-such-host.invalid") as client:
        with pytest.raises(Unreachable):
            await client.login()


async def test_a_server_without_encryption_asked_for_it_is_named_as_such(client_for: Build) -> None:
    async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(answer(b"plain", 400))
        writer.close()

    async with await asyncio.start_server(speak_plainly, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with client_for(url) as client:
            with pytest.raises(Unreachable, match="No secure connection") as caught:
                await client.login()
    assert "http only" in caught.value.hint


@pytest.mark.fcase(43)
async def test_f43_a_close_delimited_body_that_stops_is_for_the_rows_to_find_out(client_for: Build) -> None:
    async with ScriptedPanel(always(answer(BODY[:-30], length=None))) as panel, client_for(panel.url) as client:
        with await client.fetch_list(Kind.CHANNEL) as body:
            stream = split_rows(body.blocks())
            assert sum(map(len, stream)) == 499
    assert stream.verdict.truncated


@pytest.mark.parametrize("end", [HANG, RESET])
@pytest.mark.fcase(44)
async def test_f44_less_than_the_promised_length_is_truncated(client_for: Build, end: Any) -> None:
    said: Answer = [answer(BODY, length=len(BODY) + 1000), 0.05, end]
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url, read_timeout_s=0.2) as client:
        assert await download(client) == (BODY, True)


async def test_chunks_without_a_last_one_are_truncated(client_for: Build) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    said: Answer = [head + b"%x\r\n" % len(BODY) + BODY + b"\r\n", 0.05, RESET]
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        assert await download(client) == (BODY, True)


PACKED = {
    "gzip": gzip.compress(BODY),
    "twice": gzip.compress(gzip.compress(BODY)),
    "zlib": zlib.compress(BODY),
    "members": gzip.compress(BODY[:900]) + gzip.compress(BODY[900:]),
    "padded": gzip.compress(BODY) + b"\0\0\0",
    "xz": lzma.compress(BODY),
    "xz in xz": lzma.compress(lzma.compress(BODY)),
    "xz, two streams": lzma.compress(BODY[:900]) + lzma.compress(BODY[900:]),
    "xz in gzip": gzip.compress(lzma.compress(BODY)),
    "bzip2": bz2.compress(BODY),
}


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("header", ["", "gzip", "deflate", "br"])
@pytest.mark.fcase(45)
async def test_f45_packed_bodies_are_known_by_their_bytes(client_for: Build, packed: bytes, header: str) -> None:
    said = answer(packed, headers={"Content-Encoding": header} if header else {})
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        assert await download(client) == (BODY, False)


async def test_bare_deflate_is_unpacked_when_the_header_says_so(client_for: Build) -> None:
    bare = zlib.compressobj(wbits=-15)
    said = answer(bare.compress(BODY) + bare.flush(), headers={"Content-Encoding": "deflate"})
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        assert await download(client) == (BODY, False)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.parametrize("spoil", [lambda packed: packed[:-40], lambda packed: packed[:-90] + b"xxxx" + packed[-86:]])
async def test_a_packed_body_that_is_cut_or_damaged_is_truncated(
    client_for: Build, spoil: Callable[[bytes], bytes], pack: Callable[[bytes], bytes]
) -> None:
    said = answer(spoil(pack(BODY)), length=None)
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        got, truncated = await download(client)
    assert truncated
    assert BODY.startswith(got[:100])


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.fcase(45)
async def test_f45_a_bomb_is_refused(client_for: Build, pack: Callable[[bytes], bytes]) -> None:
    said = answer(pack(b" " * (64 << 20)))
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        with pytest.raises(BadAnswer, match="unpacks"):
            await download(client)


@pytest.mark.fcase(18)
async def test_f18_a_login_beyond_its_cap_is_refused(client_for: Build) -> None:
    async with ScriptedPanel(always(answer(b" " * (2 << 20)))) as panel, client_for(panel.url) as client:
        with pytest.raises(BadAnswer, match="larger than 1 MB"):
            await client.login()


@pytest.mark.fcase(18)
async def test_f18_a_login_that_drips_for_ever_runs_out_of_time(client_for: Build) -> None:
    said: Answer = [answer(b"", length=1000), *(b" ", 0.05) * 50]
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url, login_total_s=0.3) as client:
        with pytest.raises(Unreachable, match="in time"):
            await client.login()


async def test_silence_before_the_first_byte_has_its_own_patience(client_for: Build) -> None:
    times = {"first_byte_timeout_s": 0.15, "read_timeout_s": 30}
    async with ScriptedPanel(always([HANG])) as panel, client_for(panel.url, **times) as client:
        with pytest.raises(Unreachable, match="in time"):
            await download(client)
    assert len(panel.requests) == 1


async def test_a_slow_first_byte_is_waited_for(client_for: Build) -> None:
    times = {"first_byte_timeout_s": 60, "read_timeout_s": 0.6}
    async with ScriptedPanel(always([0.9, answer(BODY)])) as panel, client_for(panel.url, **times) as client:
        assert await download(client) == (BODY, False)


@pytest.mark.parametrize("said", [[HANG], [answer(b"[", length=99), HANG]])
async def test_cancelling_works_at_once_while_the_server_is_silent(client_for: Build, said: Answer) -> None:
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        task = asyncio.create_task(download(client))
        while not panel.requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        _done, pending = await asyncio.wait({task}, timeout=20)
        assert not pending
        assert task.cancelled()


@pytest.mark.fcase(17)
async def test_f17_another_host_never_gets_the_login(client_for: Build) -> None:
    location = "https://other.example/player_api.php?username=u&password=p"
    said = answer(b"", 302, headers={"Location": location})
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        with pytest.raises(PanelError) as caught:
            await client.login()
    assert "other.example" in str(caught.value)
    assert "?" not in str(caught.value)
    assert len(panel.requests) == 1


async def test_another_port_of_the_host_never_gets_the_login(client_for: Build) -> None:
    async with ScriptedPanel(always(answer(b"[]"))) as other:
        said = answer(b"", 302, headers={"Location": f"{other.url}/player_api.php"})
        async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
            with pytest.raises(PanelError, match="another server"):
                await client.login()
        assert not other.requests


def reply(status: int, body: bytes = b"", **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def moved(location: str) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return reply(301, location=location)
        return reply(200, b"[]" if "action" in request.url.params else json.dumps(LOGIN).encode())

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    "location",
    [
        "https://panel.example/sub/player_api.php?username=x",
        "//panel.example:8443/sub/player_api.php",
        "https://panel.example/sub/player_api.php",
    ],
)
async def test_https_on_the_same_host_is_followed_and_remembered(client_for: Build, location: str) -> None:
    scheme = "" if location.startswith("https") else "https:"
    async with client_for("http://panel.example/sub", transport=moved(scheme + location)) as client:
        await client.login()
        assert client.base_url == (scheme + location).partition("/player_api")[0]
        assert await download(client) == (b"[]", False)


async def test_leaving_https_is_refused(client_for: Build) -> None:
    transport = httpx.MockTransport(lambda _request: reply(302, location="http://panel.example/player_api.php"))
    async with client_for("https://panel.example", transport=transport) as client:
        with pytest.raises(PanelError, match="without encryption"):
            await client.login()


@pytest.mark.parametrize(("hops", "works"), [(5, True), (6, False)])
async def test_five_redirects_are_followed_and_no_more(client_for: Build, hops: int, works: bool) -> None:
    left = [answer(b"", 302, headers={"Location": f"/hop/{hop}"}) for hop in range(hops)]
    async with ScriptedPanel(in_turn(*left, json_answer(LOGIN))) as panel, client_for(panel.url) as client:
        if works:
            assert (await client.login()).status == "active"
        else:
            with pytest.raises(PanelError, match="without end"):
                await client.login()
    assert len(panel.requests) == 6


HOSTILE: dict[str, Answer] = {
    "reset": [RESET],
    "no http": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "header bomb": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 400_000 + b"\r\n\r\n",
    "bad length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n[]",
    "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "status 99": b"HTTP/1.1 099 Odd\r\n\r\n",
    "bad redirect": answer(b"", 302, headers={"Location": "http://[broken"}),
    "odd redirect": answer(b"", 302, headers={"Location": "javascript:alert(1)"}),
    "echo": answer(f"<html>/player_api.php?username={USERNAME}&password=hunter2%2Fsecret".encode(), 400),
    "said": answer(json.dumps({"message": f"no {USERNAME} {PASSWORD}"}).encode()),
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
async def test_every_failure_is_ours_and_holds_no_secret(
    client_for: Build, said: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScriptedPanel(always(said)) as panel, client_for(panel.url) as client:
        for call in (client.login, client.fetch_categories):
            with pytest.raises(PanelError) as caught:
                await (call() if call == client.login else call(Kind.MOVIE))  # type: ignore[call-arg]  # the list holds two signatures
            shown = "".join(traceback.format_exception(caught.value)) + str(caught.value.hint) + repr(client)
            assert "hunter2" not in shown
            assert USERNAME not in shown
            assert caught.value.__cause__ is None
    assert "hunter2" not in caplog.text
    assert USERNAME not in caplog.text
