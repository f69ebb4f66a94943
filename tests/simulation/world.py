"""A simulated world: a clock that jumps to the next event, a panel without sockets, and the engine as it is.

The event loop asks its clock and its selector: instead of waiting, the selector moves the clock on. What takes minutes
of time-outs takes no time, and the same seed always gives the same run.
"""

from __future__ import annotations

import asyncio
import json
import random
import selectors
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from unittest import mock
from urllib.parse import parse_qs

import httpx

from tests.support.list_panel import ACTIONS, LOGIN, category, channel, movie, series
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.sync.panel import building_clients
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.session import ClientOptions
from tui_app.xtream.urls import host_of

BEGIN: Final = 1_700_000_000.0
_NEVER_S: Final = 1e7
_LISTS: Final = {"get_live_streams": "channels", "get_vod_streams": "movies", "get_series": "series"}
_ROWS: Final[dict[Kind, tuple[Callable[..., dict[str, Any]], str]]] = {
    Kind.CHANNEL: (channel, "stream_id"),
    Kind.MOVIE: (movie, "stream_id"),
    Kind.SERIES: (series, "series_id"),
}


class Clock:
    """Seconds since the start, which pass only when everybody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        """Return the time in seconds since 1970."""
        return BEGIN + self.now


class _Selector(selectors.SelectSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(None if timeout is None else 0)  # without a timer, a thread has to answer
        if not ready and timeout:
            self._clock.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        super().__init__(_Selector(clock))
        self._clock = clock

    def time(self) -> float:
        return self._clock.now


@dataclass
class Panel:
    """What the panel lists: of each kind the items by identity, with their present ids. The name tells the identity."""

    items: dict[Kind, dict[int, str]] = field(default_factory=dict)
    first_id: dict[Kind, int] = field(default_factory=dict)
    #: Fault by action for the requests to come, and how many of them it lasts.
    faults: dict[str, tuple[str, int]] = field(default_factory=dict)

    def rows(self, action: str) -> list[dict[str, Any]]:
        kind = next((kind for kind in LISTED_KINDS if _LISTS.get(action) == kind.plural), None)
        if kind is None:
            return [category(number, f"Group {number}") for number in (1, 2)]
        make, key = _ROWS[kind]
        listed = self.items[kind].items()
        return [make(one, name=name, **{key: self.id_of(kind, one)}) for one, name in listed]

    def id_of(self, kind: Kind, one: int) -> int:
        return self.first_id[kind] + one


class Network(httpx.AsyncBaseTransport):
    """Brings requests to the panel, with its faults, and notes when each began and how many are under way."""

    def __init__(self, panel: Panel, clock: Clock, rng: random.Random) -> None:
        self._panel, self._clock, self._rng = panel, clock, rng
        self.begun: list[float] = []
        self._under_way = 0
        self.most_lists = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = {key: values[0] for key, values in parse_qs(request.url.query.decode()).items()}
        action = asked.get("action", "")
        self.begun.append(self._clock.now)
        await asyncio.sleep(self._rng.uniform(0.01, 0.4))  # connecting
        await request.extensions["trace"]("http11.send_request_headers.started", {})
        self._under_way += action in ACTIONS
        self.most_lists = max(self.most_lists, self._under_way)
        try:
            return await self._answer(action, request)
        except BaseException:
            self._under_way -= action in ACTIONS
            raise

    async def _answer(self, action: str, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self._rng.uniform(0.01, 2.0))
        fault, left = self._panel.faults.get(action, ("", 0))
        if fault:
            self._panel.faults[action] = (fault if left > 1 else "", left - 1)
        if fault == "refused":
            raise httpx.ConnectError("refused", request=request)
        if fault == "silent":
            await asyncio.sleep(_NEVER_S)
        body = json.dumps(self._panel.rows(action) if action in ACTIONS else LOGIN if not action else []).encode()
        status = 503 if fault == "overloaded" else 200
        sent = b"[]" if fault == "empty" else b"" if fault == "overloaded" else body
        headers = {"Content-Length": str(len(sent))}
        if fault == "short":  # a whole list by its brackets, but not by its length
            rows = json.loads(body)
            sent = json.dumps(rows[: len(rows) * 9 // 10] if isinstance(rows, list) else rows).encode()
        if fault == "cut":
            sent = sent[: len(sent) * 2 // 3]
        if fault == "cut unannounced":
            sent, headers = sent[: len(sent) * 2 // 3], {}
        return httpx.Response(status, headers=headers, stream=_Body(sent, self._arrived(action)), request=request)

    def _arrived(self, action: str) -> Callable[[], None]:
        def arrived() -> None:
            self._under_way -= action in ACTIONS

        return arrived


class _Body(httpx.AsyncByteStream):
    def __init__(self, content: bytes, arrived: Callable[[], None]) -> None:
        self._content, self._arrived = content, arrived

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), 700):
            await asyncio.sleep(0.02)
            yield self._content[start : start + 700]

    async def aclose(self) -> None:
        self._arrived()
        self._arrived = lambda: None


@contextmanager
def simulated(network: Network, clock: Clock, cache: Path) -> Iterator[asyncio.Runner]:
    """Run coroutines on the clock, with all clients on the network. Gates are real ones, on the files of `cache`."""

    def build(url: str, username: str, password: str, options: ClientOptions, **more: Any) -> PanelClient:
        options = replace(options, clock=clock.monotonic, wall_clock=clock.wall)
        more["gate"] = HostGate(cache, host_of(url), clock=clock.monotonic, wall_clock=clock.wall)
        return PanelClient(url, username, password, options, transport=network, **more)

    with (
        mock.patch("time.time", clock.wall),
        building_clients(build),
        asyncio.Runner(loop_factory=lambda: _Loop(clock)) as runner,
    ):
        yield runner
