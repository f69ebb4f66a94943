"""The app over HTTP and a WebSocket, as a browser meets it; who is let in; how it ends. No browser is needed."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from tests.command_line import CommandLine
from tui_app.browser import Doorkeeper
from tui_app.cli import front_door

_PATIENCE_S = 30


@dataclass(frozen=True)
class Serving:
    """A server on this machine in an empty home."""

    address: str
    pid: int

    def apps(self) -> set[str]:
        """The process ids of the apps that it runs."""
        listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
        return {pid for pid, parent in (line.split() for line in listed.splitlines()) if parent == str(self.pid)}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    running = CommandLine(tmp_path_factory.mktemp("home")).start("web", "--port", "0")
    assert running.stdout is not None
    found = re.search(r"http://[^/]+/", running.stdout.readline())
    assert found is not None
    yield Serving(found[0], running.pid)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=10)
    assert (running.returncode, out, err) == (0, "", "")


@pytest.fixture
def address(serving: Serving) -> str:
    return serving.address


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def painted(socket: aiohttp.ClientWebSocketResponse, words: str) -> str:
    """What was painted until these words were, without escape sequences."""
    sent, seen = b"", ""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
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
        await painted(socket, "Keys that work here")


async def test_leaving_the_app_closes_the_page(address: str, client: aiohttp.ClientSession) -> None:
    async with client.ws_connect(f"{address}ws?width=100&height=30") as socket:
        await painted(socket, "Add a profile")
        await socket.send_json(["stdin", "\x11"])  # Ctrl+Q
        async with asyncio.timeout(_PATIENCE_S):
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
    ],
)
def test_who_is_let_in(host: str, public_url: str | None, asked: str, origin: str | None, let_in: bool) -> None:
    assert Doorkeeper(host, public_url).lets_in(asked, origin) is let_in


def test_behind_a_proxy_the_page_finds_its_app() -> None:
    keeper = Doorkeeper("127.0.0.1", "https://tv.example/app/")
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
    assert "there is no login" in warning


def test_a_taken_port_is_one_line(address: str, tmp_path: Path) -> None:
    port = address.rstrip("/").rpartition(":")[2]
    said = CommandLine(tmp_path).run("web", "--port", port, expect=2).err
    assert said == f"Port {port} is taken. Choose another one: --port 0 takes a free one.\n"


def test_without_the_extra_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.setattr("tui_app.browser.server.find_spec", lambda name: None)
    said = CliRunner().invoke(front_door, ["web"])
    assert said.exit_code == 1
    assert said.stderr == ('The app in a browser needs one more package. Install it: pip install "xtream-tui[web]"\n')
