"""A running server of the app in a browser, and browsers let in."""

from __future__ import annotations

import queue
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import aiohttp

PATIENCE_S = 30


@dataclass(frozen=True)
class Serving:
    """A server on this machine in an empty home."""

    printed: str  # the address as it was printed first, with a token
    pid: int
    home: Path
    lines: queue.Queue[str]  # what was printed after it

    @property
    def address(self) -> str:
        """The address without the token."""
        return self.printed.partition("?")[0]

    def apps(self) -> set[str]:
        """The process ids of the apps that it runs."""
        listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
        return {pid for pid, parent in (line.split() for line in listed.splitlines()) if parent == str(self.pid)}


def read_on(stdout: IO[str], lines: queue.Queue[str]) -> None:
    for line in stdout:
        lines.put(line)


@dataclass
class Visitors:
    """Lets browsers in with the tokens of one server."""

    serving: Serving
    token: str

    async def let_in(self, client: aiohttp.ClientSession) -> None:
        """Open the newest printed address."""
        address = f"{self.serving.address}?token={self.token}"
        async with client.get(address, allow_redirects=False) as response:
            assert (response.status, reloads(await response.text())) == (200, True)
        found = re.search(r"token=(\S+)", self.serving.lines.get(timeout=PATIENCE_S))
        assert found is not None
        self.token = found[1]


def reloads(page: str) -> bool:
    """Return whether the page has the browser load the address without the token."""
    return 'http-equiv="refresh" content="0; url=./"' in page and "token" not in page
