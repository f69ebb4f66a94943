"""The app over HTTP and a WebSocket, as a browser meets it; who is let in; how it ends. No browser is needed."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner
from yarl import URL

from tests.support.command_line import CommandLine
from tests.web.serving import PATIENCE_S, Serving, Visitors, reloads
from tui_app.cli import root_command
from tui_app.web import OriginCheck


@pytest.fixture
def address(serving: Serving) -> str:
    return serving.address


@pytest.fixture
async def stranger() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that reaches the port and nothing more."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


@pytest.fixture
async def client(visitors: Visitors, stranger: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """A browser that was let in."""
    await visitors.let_in(stranger)
    return stranger


async def painted(socket: aiohttp.ClientWebSocketResponse, words: str) -> str:
    """What was painted until these words were, without escape sequences."""
    sent, seen = b"", ""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    sent += message.data
                seen = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", sent.decode(errors="replace"))
                if words in seen:
                    return seen
    raise AssertionError(f"the app never painted {words!r}: {seen[-500:]!r}")


async def test_the_page_loads_nothing_from_elsewhere(address: str, client: aiohttp.ClientSession) -> None:
    async with client.get(address) as response:
        page = await response.text()
    assert response.status == 200
    assert set(re.findall(r"(?:https?|wss?)://[^/\"]+", page)) == {address.rstrip("/").replace("http", "ws")}
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    for name in re.findall(r'(?:src|href)="(static/[^"]+)"|url\("(static/[^"]+)"\)', page):
        async with client.get(address + "".join(name)) as part:
            assert part.status == 200, name


async def test_keys_reach_the_app_and_pictures_the_browser(address: str, client: aiohttp.ClientSession) -> None:
    async with client.ws_connect(f"{address}ws?width=100&height=30") as socket:
        await painted(socket, "Add a profile")
        await socket.send_json(["stdin", "?"])
        await painted(socket, "Keyboard shortcuts")


async def test_leaving_the_app_closes_the_page(address: str, client: aiohttp.ClientSession) -> None:
    async with client.ws_connect(f"{address}ws?width=100&height=30") as socket:
        await painted(socket, "Add a profile")
        await socket.send_json(["stdin", "\x11"])  # Ctrl+Q
        async with asyncio.timeout(PATIENCE_S):
            kinds = [message.type async for message in socket]
    assert aiohttp.WSMsgType.ERROR not in kinds
    assert socket.closed


async def test_the_app_ends_with_its_page(serving: Serving, client: aiohttp.ClientSession) -> None:
    before = serving.apps()
    async with client.ws_connect(f"{serving.address}ws?width=100&height=30") as socket:
        await painted(socket, "Add a profile")
        started = serving.apps() - before
        assert len(started) == 1
    deadline = time.monotonic() + 10
    while started & serving.apps():
        assert time.monotonic() < deadline, "the app outlived its page"
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example:8000"}, {"Origin": "null"}],
    ids=["another page", "another name", "a page without a name"],
)
async def test_pages_from_elsewhere_are_turned_away(
    address: str, client: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with client.get(address, headers=headers) as response:
        assert response.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await client.ws_connect(f"{address}ws", headers=headers)


# ------------------------------------------------------------------------------------------------- token and cookie
PATHS = [
    "",
    "?token=",
    "?token=guessed",
    "ws",
    "ws?token=guessed",
    "static/js/textual.js",
    "static/",
    "download/1",
    "x",
]


@pytest.mark.parametrize("path", PATHS)
async def test_without_the_cookie_nothing_answers(address: str, stranger: aiohttp.ClientSession, path: str) -> None:
    async with stranger.get(address + path, headers={"Cookie": "xtream-tui-8000=guessed"}) as response:
        assert response.status == 403
        assert (await response.text()).count(".") == 1
        assert response.cookies == {}


async def test_another_user_of_the_machine_gets_no_app(serving: Serving, stranger: aiohttp.ClientSession) -> None:
    """The WebSocket starts programs as its owner; on the loopback interface every user of a machine reaches it."""
    before = serving.apps()
    for headers in ({}, {"Origin": serving.address.rstrip("/")}):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await stranger.ws_connect(f"{serving.address}ws?width=100&height=44", headers=headers)
    assert serving.apps() == before


async def test_a_token_is_exchanged_once_for_a_cookie(
    visitors: Visitors, stranger: aiohttp.ClientSession, address: str
) -> None:
    used = visitors.token
    await visitors.let_in(stranger)
    (cookie,) = stranger.cookie_jar
    assert cookie.key == f"xtream-tui-{address.rstrip('/').rpartition(':')[2]}"
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Strict", "")
    async with stranger.get(f"{address}?token={used}") as again:  # the browser's history, or two clicks
        assert (again.status, reloads(await again.text())) == (200, True)
        assert again.headers["Referrer-Policy"] == "no-referrer"
    async with aiohttp.ClientSession() as other, other.get(f"{address}?token={used}") as late:
        assert late.status == 403
    assert visitors.token != used


@pytest.mark.parametrize("path", ["", "?token=used"])
async def test_a_link_on_another_site_leads_to_the_app(address: str, client: aiohttp.ClientSession, path: str) -> None:
    """A browser sends a strict cookie only from the page itself: it is asked to load the page from there."""
    clicked = {"Sec-Fetch-Site": "cross-site", "Cookie": ""}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        async with browser.get(address + path, headers=clicked) as response:
            assert (response.status, reloads(await response.text())) == (200, True)
            assert response.cookies == {}
        async with browser.get(address, headers={"Sec-Fetch-Site": "same-origin"}) as response:
            assert response.status == 403  # that has no cookie
        for other in ("ws", "static/js/textual.js"):
            async with browser.get(address + other, headers=clicked) as response:
                assert response.status == 403
    async with client.get(address, headers={"Sec-Fetch-Site": "same-origin"}) as response:
        assert "static/js/textual.js" in await response.text()


async def test_a_token_is_taken_at_the_page_alone(
    visitors: Visitors, stranger: aiohttp.ClientSession, address: str
) -> None:
    for method, path in (("HEAD", ""), ("POST", ""), ("GET", "ws"), ("GET", "static/js/textual.js")):
        async with stranger.request(method, f"{address}{path}?token={visitors.token}") as response:
            assert response.status == 403, (method, path)
    await visitors.let_in(stranger)  # it is not used up


@pytest.mark.parametrize("path", ["static", "static/", "static/css", "static/js/", "static/%2e%2e/"])
async def test_no_folder_is_listed(address: str, client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(URL(address + path, encoded=True)) as response:
        assert response.status in (403, 404)
        assert "textual.js" not in await response.text()


BROKEN_HEADERS = [
    "Host: [", "Host: [::1", "Host: ]:", "Host: a b", "Host: \xff\xfe", "Host:", "Host: 127.0.0.1@x", "X: y",
    "Host: {host}\r\nOrigin: http://[", "Host: {host}\r\nOrigin: \xff", "Host: {host}\r\nOrigin: http://]:99999999",
    "Host: {host}\r\nCookie: \xff=;;=[\x80", "Host: {host}\r\nBad Name : 1", "Host: {host}\r\nX: a\x00b",
    "Host: {host}\r\nContent-Length: -1", "Host: {host}\r\nX: " + "a" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/ws"])
@pytest.mark.parametrize("headers", BROKEN_HEADERS)
async def test_malformed_headers_are_refused_without_a_traceback(serving: Serving, headers: str, path: str) -> None:
    host = serving.address.removeprefix("http://").rstrip("/")
    lines = f"GET {path} HTTP/1.1\r\n{headers.replace('{host}', host)}\r\nConnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    writer.write(lines.encode("latin-1"))
    answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    assert re.match(rb"HTTP/1\.[01] 4\d\d ", answer), answer[:200]
    assert b"Traceback" not in answer and b'.py"' not in answer
    log = serving.home / "logs" / "xtream-tui.log"
    assert not log.exists() or "Traceback" not in log.read_text()


# --------------------------------------------------------------------------------------------- who is let in
@pytest.mark.parametrize(
    ("host", "public_url", "asked", "origin", "let_in"),
    [
        ("127.0.0.1", None, "localhost:8000", "http://localhost:8000", True),
        ("127.0.0.1", None, "127.0.0.1:8000", "http://127.0.0.1:9999", False),
        ("127.0.0.1", None, "192.168.1.7:8000", None, False),
        ("::1", None, "[::1]:8000", "http://[::1]:8000", True),
        ("0.0.0.0", None, "192.168.1.7:8000", "http://192.168.1.7:8000", True),
        ("0.0.0.0", None, "evil.example:8000", "http://evil.example:8000", False),
        ("tv.local", None, "tv.local:8000", "http://tv.local:8000", True),
        ("127.0.0.1", "https://tv.example/app/", "tv.example", "https://tv.example", True),
        ("127.0.0.1", "https://tv.example/app/", "tv.example", "http://elsewhere.example", False),
        ("127.0.0.1", "https://tv.example/app/", "127.0.0.1:8000", "https://tv.example", True),
        ("127.0.0.1", "https://tv.example/app/", "tv.example", "http://tv.example", False),
        ("127.0.0.1", None, "[", None, False),
        ("127.0.0.1", None, "localhost:8000", "http://[", False),
    ],
)
def test_who_is_let_in(host: str, public_url: str | None, asked: str, origin: str | None, let_in: bool) -> None:
    assert OriginCheck(host, public_url).allows(asked, origin) is let_in


def test_behind_a_proxy_the_page_finds_its_app() -> None:
    keeper = OriginCheck("127.0.0.1", "https://tv.example/app/")
    assert keeper.websocket_url("tv.example") == "wss://tv.example/app/ws"
    assert keeper.websocket_url("127.0.0.1:8000") == "ws://127.0.0.1:8000/ws"


# ------------------------------------------------------------------------------------------------- what is said
def test_opening_it_to_others_is_warned_of(tmp_path: Path) -> None:
    running = CommandLine(tmp_path).start("web", "--host", "0.0.0.0", "--port", "0")
    assert running.stdout is not None and running.stderr is not None
    warning = running.stderr.readline()
    assert "0.0.0.0:" in running.stdout.readline()
    running.terminate()
    running.communicate(timeout=10)
    assert "only login" in warning


def test_a_taken_port_is_one_line(address: str, tmp_path: Path) -> None:
    port = address.rstrip("/").rpartition(":")[2]
    said = CommandLine(tmp_path).run("web", "--port", port, expect=2).err
    assert said == f"Port {port} is in use. Choose another one; --port 0 chooses a free one.\n"


def test_without_the_extra_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.setattr("tui_app.web.server.find_spec", lambda name: None)
    said = CliRunner().invoke(root_command, ["web"])
    assert said.exit_code == 1
    assert said.stderr == ('The web app requires an extra package. Install it: pip install "xtream-tui[web]"\n')
