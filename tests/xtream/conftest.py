"""A client with a clock of its own, so that patience costs no time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.session import ClientOptions

USERNAME, PASSWORD = "alice.smith", "hunter2/secret"


@dataclass
class FakeTime:
    """A clock that moves when somebody sleeps. `slept` is what was slept, in order."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def client_for(fake_time: FakeTime) -> Callable[..., PanelClient]:
    def build(url: str, **more: Any) -> PanelClient:
        given = {name: more.pop(name) for name in ("gate", "on_wait", "transport") if name in more}
        more = {"wall_clock": lambda: 1_700_000_000.0} | more
        options = ClientOptions(sleep=fake_time.sleep, clock=fake_time.clock, **more)
        return PanelClient(url, USERNAME, PASSWORD, options, **given)

    return build
