"""Heads of answers as servers write them: read where curl reads them, else refused for what they are."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.certificates import self_signed
from tests.support.examples import examples
from tests.support.panel_server import CLOSE, Request, ScriptedPanel, answer, json_answer
from tui_app.errors import BadAnswer, PanelError, Unreachable
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.media import StreamProbe
from tui_app.xtream.http.proxies import ProxyTable
from tui_app.xtream.http.response_head import BrokenRules, HeadReader, TlsAnswer
from tui_app.xtream.http.session import ClientOptions
from tui_app.xtream.http.transport import PanelTransport

LOGIN = {"user_info": {"auth": 1, "status": "Active", "exp_date": None}, "server_info": {"timezone": "UTC"}}
BODY = json.dumps(LOGIN).encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
OK = b"HTTP/1.1 200 OK\r\n"
Build = Callable[..., PanelClient]

READ = {
    "blank before the colon": OK + b"X-Foo : 1\r\nContent-Length : %d\r\n\r\n" % len(BODY),
    "blank in a name": OK + b"X Foo: 1\r\n" + LENGTH + b"\r\n",
    "no name": OK + b": 1\r\n" + LENGTH + b"\r\n",
    "no colon": OK + b"nonsense\r\n" + LENGTH + b"\r\n",
    "odd letters": OK + "Ünicode: ÿ\r\n".encode() + b"X: \x00\x1b[31m\x7f\r\n" + LENGTH + b"\r\n",
    "HTTP/2": b"HTTP/2 200\r\n" + LENGTH + b"\r\n",
    "HTTP/3.0": b"HTTP/3.0 200 OK\r\n" + LENGTH + b"\r\n",
    "no version": b"HTTP 200 OK\r\n\r\n",
    "lower case": b"http/1.1 200 ok\r\ncontent-length:%d\r\n\r\n" % len(BODY),
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n",
    "empty reason": b"HTTP/1.1 200 \r\n" + LENGTH + b"\r\n",
    "odd reason": b"HTTP/1.1 200 \x1b]0;x\x07\xff\r\n" + LENGTH + b"\r\n",
    "many blanks": b"HTTP/1.1   200   OK\r\n" + LENGTH + b"\r\n",
    "Shoutcast": b"ICY 200 OK\r\n\r\n",
    "folded": OK + b"X-Long: a\r\n  b\r\n\tc\r\n" + LENGTH + b"\r\n",
    "folded from the start": OK + b" a: b\r\n" + LENGTH + b"\r\n",
    "bare line feeds": (OK + LENGTH + b"\r\n").replace(b"\r\n", b"\n"),
    "blank lines before": b"\r\n\r\n" + OK + LENGTH + b"\r\n",
    "equal lengths": OK + LENGTH + LENGTH + b"\r\n",
    "equal lengths in one": OK + b"Content-Length: %d, 0%d\r\n\r\n" % (len(BODY), len(BODY)),
    "empty length": OK + b"Content-Length:\r\nConnection: close\r\n\r\n",
    "identity": OK + b"Transfer-Encoding: identity\r\n" + LENGTH + b"\r\n",
    "interim answers": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK + LENGTH + b"\r\n",
    "long header": OK + b"X: " + b"a" * 120_000 + b"\r\n" + LENGTH + b"\r\n",
}


@pytest.mark.fcase(95)
@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize("head", READ.values(), ids=READ)
async def test_f95_odd_heads_are_read(client_for: Build, head: bytes, is_slow: bool) -> None:
    size = 7 if is_slow and len(head) < 1000 else len(head)
    pieces = [chunk for at in range(0, len(head), size) for chunk in (head[at : at + size], 0.0)]
    async with ScriptedPanel(lambda request: [*pieces, BODY, CLOSE]) as panel, client_for(panel.url) as client:
        assert (await client.login()).status == "active"


@pytest.mark.fcase(95)
@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"hello <html>",
        bytes(range(256)) * 4,
        b"HTTP/1.1 000 x\r\n\r\n",
        b"HTTP/1.1 99 x\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        OK + b"Content-Length: -5\r\n\r\n[]",
        OK + b"Content-Length: 0x10\r\n\r\n[]",
        OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n[]   ",
        OK + b"X: " + b"a" * 400_000,
        OK + b"X: y\r\n" * 90_000,
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nfoo",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000,
    ],
)
async def test_f95_what_breaks_the_rules_is_said_as_such(client_for: Build, said: bytes) -> None:
    async with ScriptedPanel(lambda request: [said, CLOSE]) as panel, client_for(panel.url) as client:
        with pytest.raises(BadAnswer, match="The server's answer breaks the HTTP rules"):
            await client.login()
    assert len(panel.requests) == 1  # asking again would not help


async def test_a_rest_of_an_older_answer_costs_a_new_connection_only(client_for: Build) -> None:
    said = [answer(BODY + b"rest", length=len(BODY)), json_answer([]), json_answer([])]
    async with ScriptedPanel(lambda request: said.pop(0)) as panel, client_for(panel.url) as client:
        await client.login()
        (await client.fetch_guide_file()).close()
    assert 2 <= len(panel.requests) <= 3


# ----------------------------------------------------------------------------------------- TLS and its absence
async def test_http_on_a_port_that_speaks_https_is_said(client_for: Build, tmp_path: Path) -> None:
    async with ScriptedPanel(lambda request: json_answer(LOGIN), tls=self_signed(tmp_path)) as panel:
        client = client_for(panel.url.replace("https", "http"))
        async with client:
            with pytest.raises(Unreachable, match="speaks https") as caught:
                await client.login()
    assert panel.url in caught.value.hint
    assert not panel.requests


@pytest.mark.parametrize(
    "said",
    [
        b"\x15\x03\x01\x00\x02\x02\x46",
        answer(b"<html>The plain HTTP request was sent to HTTPS port</html>", 400),
        b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
    ],
)
async def test_servers_that_say_it_themselves_are_understood(client_for: Build, said: bytes) -> None:
    async with ScriptedPanel(lambda request: [said, CLOSE]) as panel, client_for(panel.url) as client:
        with pytest.raises(Unreachable, match="speaks https"):
            await client.login()


async def test_a_certificate_nobody_vouches_for_names_the_way_and_its_price(
    client_for: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedPanel(lambda request: json_answer(LOGIN), tls=self_signed(tmp_path)) as panel:
        async with client_for(panel.url) as client:
            with pytest.raises(Unreachable, match="certificate") as caught:
                await client.login()
        assert "--insecure" in caught.value.hint and "read your login" in caught.value.hint
        async with client_for(panel.url, verify_tls=False) as client:
            assert (await client.login()).status == "active"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls.pem"))
        async with client_for(panel.url) as client:
            assert (await client.login()).status == "active"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
        async with client_for(panel.url) as client:
            with pytest.raises(Unreachable, match="SSL_CERT_FILE"):
                await client.login()


# ------------------------------------------------------------------------------------------------------ redirects
async def test_a_cookie_wall_is_passed_once(client_for: Build) -> None:
    def script(request: Request) -> bytes:
        if request.headers.get("cookie") == "seen=1; b=2":
            return json_answer([] if request.action else LOGIN)
        wall = f"HTTP/1.1 302 Prove\r\nLocation: {request.target}\r\nContent-Length: 0\r\n"
        return (wall + "Set-Cookie: seen=1; Path=/; HttpOnly\r\nSet-Cookie: b=2\r\n\r\n").encode()

    async with ScriptedPanel(script) as panel, client_for(panel.url) as client:
        assert (await client.login()).status == "active"
        (await client.fetch_guide_file()).close()
    assert len(panel.requests) == 3


@pytest.mark.parametrize(
    "location", ["http://\x1bc\x1b(0evil\x07/", "http://\u202egnp.evil/", "javascript:alert(1)", "file:///etc/passwd",
                 "http://[::1/", "http://127.0.0.1:999999/", "http://%00/", "http://xn--0/"],
)  # fmt: skip
async def test_a_redirect_to_no_address_is_said(client_for: Build, location: str) -> None:
    said = f"HTTP/1.1 302 X\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode()
    async with ScriptedPanel(lambda request: said) as panel, client_for(panel.url) as client:
        with pytest.raises(PanelError, match=r"redirects to something|another server") as caught:
            await client.login()
    assert caught.value.message.isprintable()
    assert len(panel.requests) == 1


async def test_a_stream_that_leads_to_a_dead_host_names_that_host(tmp_path: Path) -> None:
    said = answer(b"", 302, headers={"Location": "http://u:p@127.0.0.1:1/live/alice/hunter2/1.ts?token=x"})
    async with ScriptedPanel(lambda request: said) as panel:
        gate = HostGate(None, "x")
        async with StreamProbe(gate, user_agent="x", verify_tls=True, answer_s=10) as peek:
            with pytest.raises(Unreachable, match=r"^127\.0\.0\.1:1 refuses connections") as caught:
                await peek.look(f"{panel.url}/timeshift/alice/hunter2/1.ts")
    assert "hunter2" not in str(caught.value) and "token" not in str(caught.value)


# ---------------------------------------------------------------------------------------------------- any bytes
KNOWN_LINES = (
    *(b"HTTP/1.1 200 OK", b"HTTP/2 204", b"HTTP/1.1 100 x", b"Content-Length: 3", b"Content-Length: 4", b": 1", b""),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", b" folded", b"", b"Location: http://["),
    *(b"Set-Cookie: a=\xff", b"Retry-After: Wed, 99 Foo 9999"),
)
LINES = st.lists(st.one_of(st.binary(max_size=30), st.sampled_from(KNOWN_LINES)), max_size=12)


@st.composite
def raw_answers(draw: st.DrawFn) -> bytes:
    lines = draw(LINES)
    start = draw(st.sampled_from([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 x\r\n", b"HTTP/1.0 429\n", b""]))
    return (
        start
        + draw(st.sampled_from([b"\r\n", b"\n"])).join(lines)
        + draw(st.sampled_from([b"", b"\r\n\r\n", b"\n\n{}"]))
    )


@examples(300)
@given(raw_answers(), st.integers(1, 40))
def test_any_bytes_make_a_head_or_our_own_error(said: bytes, cut: int) -> None:
    results = []
    for size in (cut, len(said) or 1):
        reader = HeadReader()
        try:
            found = next((f for at in range(0, len(said), size) if (f := reader.feed(said[at : at + size]))), None)
        except (BrokenRules, TlsAnswer) as error:
            results.append(type(error).__name__)
        else:
            results.append("read" if found else "unfinished")
    assert results[0] == results[1]  # however the network cuts it


@examples(30)
@given(st.lists(raw_answers(), min_size=1, max_size=4))
def test_whatever_is_answered_the_failure_is_ours(answers: list[bytes]) -> None:
    clock = partial(next, itertools.count(0.0, 10.0))

    async def ask() -> None:
        left = [*answers, *answers]
        transport = PanelTransport(verify_tls=True, proxies=ProxyTable({}), probe_s=0.05)
        async with ScriptedPanel(lambda request: [left.pop() if left else b"", CLOSE]) as panel:
            options = ClientOptions(sleep=at_once, clock=clock, login_total_s=0.3)
            client = PanelClient(panel.url, "u", "secret-77", options, transport=transport)
            async with client:
                try:
                    await client.login()
                except PanelError as error:
                    assert "secret-77" not in f"{error} {error.hint}"

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    asyncio.run(ask())
