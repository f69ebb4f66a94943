"""The ticking around the policy, with a clock, a connection and a route of our own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable

import pytest

from tui_app.services.network import Connection
from tui_app.services.scheduler import Candidate, SyncScheduler
from tui_app.services.sync_policy import HOUR_S, Due, History, Trouble
from tui_app.settings.schema import SyncSettings

HOUR = HOUR_S
NOW = 1_800_000_000
TWELVE = SyncSettings(interval_hours=12)
AT_START = SyncSettings(automatic=False, at_start=True)


def candidate(
    name: str,
    hours_ago: float,
    settings: SyncSettings = TWELVE,
    *,
    host: str = "",
    failures: int = 0,
    tried_hours_ago: float | None = None,
    trouble: Trouble = "",
) -> Candidate:
    success = NOW - int(hours_ago * HOUR)
    attempt = success if tried_hours_ago is None else NOW - int(tried_hours_ago * HOUR)
    history = History(success, attempt, failures, trouble)
    return Candidate(name, settings, history, host or f"{name}.example")


class AppState:
    """What the scheduler is given: profiles, a starter that notes, a connection, a route, who is busy."""

    def __init__(self, *candidates: Candidate) -> None:
        self.candidates: tuple[Candidate, ...] = candidates
        self.started: list[str] = []
        self.reasons: list[str] = []
        self.busy: set[str] = set()
        self.connection = Connection.UNMETERED
        self.route: str | None = "wlan0 via 1"
        self.now = NOW
        self.looks = 0

    async def tell(self) -> Iterable[Candidate]:
        self.looks += 1
        return self.candidates

    async def start(self, candidate: Candidate, answer: Due) -> None:
        self.started.append(candidate.profile)
        self.reasons.append(answer.reason)

    def scheduler(self, tick_s: float = 60) -> SyncScheduler:
        return SyncScheduler(
            self.tell,
            self.start,
            is_busy=lambda profile: profile in self.busy,
            connection=lambda: self.connection,
            route=lambda: self.route,
            clock=lambda: self.now,
            tick_s=tick_s,
        )


# ------------------------------------------------------------------------------------------- several profiles
async def test_a_look_starts_one_that_is_due_the_longest_overdue_first() -> None:
    app_state = AppState(candidate("fresh", 1), candidate("old", 20), candidate("older", 30))
    assert await app_state.scheduler().look() == "older"
    assert app_state.started == ["older"]


async def test_a_long_sync_holds_up_only_the_profiles_at_the_same_host() -> None:
    app_state = AppState(
        candidate("long", 30, host="a"), candidate("same", 20, host="a"), candidate("other", 15, host="b")
    )
    scheduler = app_state.scheduler()
    assert await scheduler.look() == "long"
    app_state.busy.add("long")
    assert await scheduler.look() == "other"
    assert scheduler.waiting == {"same": "another profile at the same provider is being synced"}
    app_state.busy = {"other"}
    app_state.candidates = (candidate("long", 0, host="a"), *app_state.candidates[1:])
    assert await scheduler.look() == "same"


async def test_every_profile_has_its_sync_at_start_though_one_starts_a_look() -> None:
    app_state = AppState(*(candidate(name, 5, AT_START) for name in ("a", "b", "c")))
    scheduler = app_state.scheduler()
    for name in ("a", "b", "c"):
        assert await scheduler.look() == name
        app_state.candidates = tuple(
            candidate(known.profile, 0 if known.profile in app_state.started else 5, AT_START)
            for known in app_state.candidates
        )
    assert await scheduler.look() is None
    app_state.now += HOUR
    assert await scheduler.look() is None  # an hour later is no start any more


async def test_the_sync_at_start_is_not_forgotten_for_a_running_one_and_a_later_profile_has_none() -> None:
    app_state = AppState(candidate("home", 5, AT_START))
    scheduler = app_state.scheduler()
    app_state.busy.add("home")
    assert await scheduler.look() is None
    app_state.busy.clear()
    app_state.candidates += (candidate("late", 5, AT_START),)
    assert await scheduler.look() == "home"
    app_state.candidates = app_state.candidates[1:]
    assert await scheduler.look() is None


# ---------------------------------------------------------------------------------------------- connections
@pytest.mark.parametrize("connection", [Connection.METERED, Connection.UNKNOWN])
async def test_unmetered_only_waits_unless_the_connection_is_known_to_be(connection: Connection) -> None:
    app_state = AppState(candidate("home", 50, SyncSettings(unmetered_only=True)), candidate("any", 40))
    app_state.connection = connection
    scheduler = app_state.scheduler()
    assert await scheduler.look() == "any"  # who does not mind does not wait with the others
    assert list(scheduler.waiting) == ["home"] and scheduler.waiting["home"]
    app_state.candidates, app_state.connection = app_state.candidates[:1], Connection.UNMETERED
    assert await scheduler.look() == "home"
    assert scheduler.waiting == {}


async def test_without_a_connection_nothing_starts_and_nothing_counts_as_failed_until_it_is_back() -> None:
    app_state = AppState(candidate("home", 50), candidate("start", 5, AT_START))
    app_state.route = None
    scheduler = app_state.scheduler()
    for _ in range(10):
        assert await scheduler.look() is None
        app_state.now += 60
    assert scheduler.waiting == dict.fromkeys(("home", "start"), "waiting for a connection")
    assert app_state.started == []
    app_state.route = "eth0 via 1"
    assert await scheduler.look() == "home"
    app_state.candidates = app_state.candidates[1:]
    assert await scheduler.look() == "start"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "192.168.1.20", "::1", "nas.local"])
async def test_a_panel_in_one_s_own_network_needs_no_default_route(host: str) -> None:
    app_state = AppState(candidate("home", 50, SyncSettings(unmetered_only=True), host=host))
    app_state.route, app_state.connection = None, Connection.METERED
    assert await app_state.scheduler().look() == "home"


async def test_where_the_route_can_not_be_told_syncs_are_tried() -> None:
    app_state = AppState(candidate("home", 50))
    app_state.route = ""
    assert await app_state.scheduler().look() == "home"


async def test_another_connection_makes_up_for_failures_for_want_of_one() -> None:
    app_state = AppState(candidate("home", 50, failures=7, tried_hours_ago=0.1, trouble="unreachable"))
    scheduler = app_state.scheduler()
    scheduler._route_before = app_state.route  # the attempt was on this one
    assert await scheduler.look() is None
    app_state.now, app_state.route = NOW + 60, "wlan0 via 2"
    assert await scheduler.look() == "home"
    app_state.candidates = (candidate("home", 50, failures=8, tried_hours_ago=-1 / 50, trouble="unreachable"),)
    app_state.now += 120
    assert await scheduler.look() is None  # tried on the new one by now


async def test_other_failures_wait_whatever_the_connection() -> None:
    app_state = AppState(candidate("home", 50, failures=1, tried_hours_ago=0.1, trouble="refused"))
    scheduler = app_state.scheduler()
    for route in ("wlan0 via 1", None, "wlan0 via 2"):
        app_state.route = route
        assert await scheduler.look() is None


# --------------------------------------------------------------------------------------------------- ticking
async def test_after_sleep_there_is_one_sync_not_ten() -> None:
    app_state = AppState(candidate("home", 1))
    scheduler = app_state.scheduler()
    assert await scheduler.look() is None
    app_state.now += 120 * HOUR
    assert await scheduler.look() == "home"
    app_state.candidates = (Candidate("home", TWELVE, History(app_state.now, app_state.now), "home.example"),)
    for _ in range(10):
        app_state.now += 60
        assert await scheduler.look() is None
    assert app_state.started == ["home"]


async def test_it_ticks_by_itself_and_stops() -> None:
    app_state = AppState()
    scheduler = app_state.scheduler(tick_s=0.05)
    scheduler.start(scheduler.look)
    async with asyncio.timeout(60):
        while app_state.looks < 3:
            await asyncio.sleep(0.01)
    scheduler.stop()
    seen = app_state.looks
    await asyncio.sleep(0.2)
    assert app_state.looks <= seen + 1


def test_importing_it_does_not_load_apscheduler() -> None:
    code = "import sys, tui_app.services.scheduler; sys.exit('apscheduler' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
