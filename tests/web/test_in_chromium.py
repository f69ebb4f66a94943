"""The page in a real browser, driven over its debugging protocol. Slow: a browser starts slowly."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.web.serving import Visitors

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]


class Page:
    """One page of the browser. `said` holds its events."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self.said: list[dict[str, Any]] = []

    async def do(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the protocol."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        async for message in self._socket:
            answer: dict[str, Any] = message.json()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.said.append(answer)
        raise AssertionError("the browser is gone")

    async def value(self, expression: str) -> Any:
        return (await self.do("Runtime.evaluate", expression=expression))["result"].get("value")


async def test_the_app_is_painted_and_nothing_comes_from_elsewhere(visitors: Visitors, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    argv = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
            f"--user-data-dir={tmp_path}", "--window-size=1200,800", "--no-first-run", "about:blank"]  # fmt: skip
    browser = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert browser.stderr is not None
        port = next(found[1] for line in browser.stderr if (found := re.search(r"ws://127\.0\.0\.1:(\d+)/", line)))
        async with aiohttp.ClientSession() as client:
            async with client.get(f"http://127.0.0.1:{port}/json") as response:
                target = next(one for one in await response.json() if one["type"] == "page")
            async with client.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                await _look_at(Page(socket), visitors.serving.address, visitors.token)
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.communicate()


async def _look_at(page: Page, address: str, token: str) -> None:
    for domain in ("Network", "Page", "Log"):
        await page.do(f"{domain}.enable")
    await page.do("Page.navigate", url=f"{address}?token={token}")
    async with asyncio.timeout(30):
        while "-first-byte" not in str(await page.value("document.body.className")):
            await asyncio.sleep(0.2)
    await asyncio.sleep(1.5)  # until the picture has settled; what is asserted below does not depend on it
    assert await page.value("location.href") == address  # without the token
    assert await page.value("document.cookie") == ""  # not for scripts
    history = await page.do("Page.getNavigationHistory")
    assert [entry["url"] for entry in history["entries"] if token in entry["url"]] == []
    picture = base64.b64decode((await page.do("Page.captureScreenshot"))["data"])
    (Path(tempfile.gettempdir()) / "xtream-tui-in-chromium.png").write_bytes(picture)  # for somebody to look at
    asked = {event["params"]["request"]["url"] for event in page.said if event["method"] == "Network.requestWillBeSent"}
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    complaints = [event["params"]["entry"]["text"] for event in page.said if event["method"] == "Log.entryAdded"]
    assert [text for text in complaints if "favicon" not in text and "Content Security" in text] == []
