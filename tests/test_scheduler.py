"""The ticking around the policy, with a clock, a connection and a route of our own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable

import pytest

from tui_app.connection import Connection
from tui_app.due_time import HOUR_S, Due, History, Trouble
from tui_app.scheduler import Candidate, SyncScheduler
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


class House:
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
    house = House(candidate("fresh", 1), candidate("old", 20), candidate("older", 30))
    assert await house.scheduler().look() == "older"
    assert house.started == ["older"]


async def test_a_long_sync_holds_up_only_the_profiles_at_the_same_host() -> None:
    house = House(candidate("long", 30, host="a"), candidate("same", 20, host="a"), candidate("other", 15, host="b"))
    scheduler = house.scheduler()
    assert await scheduler.look() == "long"
    house.busy.add("long")
    assert await scheduler.look() == "other"
    assert scheduler.waiting == {"same": "another profile at the same provider is being synced"}
    house.busy = {"other"}
    house.candidates = (candidate("long", 0, host="a"), *house.candidates[1:])
    assert await scheduler.look() == "same"


async def test_every_profile_has_its_sync_at_start_though_one_starts_a_look() -> None:
    house = House(*(candidate(name, 5, AT_START) for name in ("a", "b", "c")))
    scheduler = house.scheduler()
    for name in ("a", "b", "c"):
        assert await scheduler.look() == name
        house.candidates = tuple(
            candidate(known.profile, 0 if known.profile in house.started else 5, AT_START) for known in house.candidates
        )
    assert await scheduler.look() is None
    house.now += HOUR
    assert await scheduler.look() is None  # an hour later is no start any more


async def test_the_sync_at_start_is_not_forgotten_for_a_running_one_and_a_later_profile_has_none() -> None:
    house = House(candidate("home", 5, AT_START))
    scheduler = house.scheduler()
    house.busy.add("home")
    assert await scheduler.look() is None
    house.busy.clear()
    house.candidates += (candidate("late", 5, AT_START),)
    assert await scheduler.look() == "home"
    house.candidates = house.candidates[1:]
    assert await scheduler.look() is None


# ---------------------------------------------------------------------------------------------- connections
@pytest.mark.parametrize("connection", [Connection.METERED, Connection.UNKNOWN])
async def test_unmetered_only_waits_unless_the_connection_is_known_to_be(connection: Connection) -> None:
    house = House(candidate("home", 50, SyncSettings(unmetered_only=True)), candidate("any", 40))
    house.connection = connection
    scheduler = house.scheduler()
    assert await scheduler.look() == "any"  # who does not mind does not wait with the others
    assert list(scheduler.waiting) == ["home"] and scheduler.waiting["home"]
    house.candidates, house.connection = house.candidates[:1], Connection.UNMETERED
    assert await scheduler.look() == "home"
    assert scheduler.waiting == {}


async def test_without_a_connection_nothing_starts_and_nothing_counts_as_failed_until_it_is_back() -> None:
    house = House(candidate("home", 50), candidate("start", 5, AT_START))
    house.route = None
    scheduler = house.scheduler()
    for _ in range(10):
        assert await scheduler.look() is None
        house.now += 60
    assert scheduler.waiting == dict.fromkeys(("home", "start"), "waiting for a connection")
    assert house.started == []
    house.route = "eth0 via 1"
    assert await scheduler.look() == "home"
    house.candidates = house.candidates[1:]
    assert await scheduler.look() == "start"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "192.168.1.20", "::1", "nas.local"])
async def test_a_panel_in_one_s_own_network_needs_no_default_route(host: str) -> None:
    house = House(candidate("home", 50, SyncSettings(unmetered_only=True), host=host))
    house.route, house.connection = None, Connection.METERED
    assert await house.scheduler().look() == "home"


async def test_where_the_route_can_not_be_told_syncs_are_tried() -> None:
    house = House(candidate("home", 50))
    house.route = ""
    assert await house.scheduler().look() == "home"


async def test_another_connection_makes_up_for_failures_for_want_of_one() -> None:
    house = House(candidate("home", 50, failures=7, tried_hours_ago=0.1, trouble="unreachable"))
    scheduler = house.scheduler()
    scheduler._route_before = house.route  # the attempt was on this one
    assert await scheduler.look() is None
    house.now, house.route = NOW + 60, "wlan0 via 2"
    assert await scheduler.look() == "home"
    house.candidates = (candidate("home", 50, failures=8, tried_hours_ago=-1 / 50, trouble="unreachable"),)
    house.now += 120
    assert await scheduler.look() is None  # tried on the new one by now


async def test_other_failures_wait_whatever_the_connection() -> None:
    house = House(candidate("home", 50, failures=1, tried_hours_ago=0.1, trouble="refused"))
    scheduler = house.scheduler()
    for route in ("wlan0 via 1", None, "wlan0 via 2"):
        house.route = route
        assert await scheduler.look() is None


# --------------------------------------------------------------------------------------------------- ticking
async def test_after_sleep_there_is_one_sync_not_ten() -> None:
    house = House(candidate("home", 1))
    scheduler = house.scheduler()
    assert await scheduler.look() is None
    house.now += 120 * HOUR
    assert await scheduler.look() == "home"
    house.candidates = (Candidate("home", TWELVE, History(house.now, house.now), "home.example"),)
    for _ in range(10):
        house.now += 60
        assert await scheduler.look() is None
    assert house.started == ["home"]


async def test_it_ticks_by_itself_and_stops() -> None:
    house = House()
    scheduler = house.scheduler(tick_s=0.05)
    scheduler.start()
    async with asyncio.timeout(60):
        while house.looks < 3:
            await asyncio.sleep(0.01)
    scheduler.stop()
    seen = house.looks
    await asyncio.sleep(0.2)
    assert house.looks <= seen + 1


def test_importing_it_does_not_load_apscheduler() -> None:
    code = "import sys, tui_app.scheduler; sys.exit('apscheduler' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
