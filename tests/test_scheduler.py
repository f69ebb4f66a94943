"""The policy as a pure function, and the ticking around it with a clock and a connection of our own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable

import pytest

from tui_app.connection import Connection
from tui_app.scheduler import Candidate, Due, History, SyncScheduler, due, jitter_for, retry_after_s
from tui_app.settings.schema import SyncSettings

HOUR = 3600
NOW = 1_800_000_000
TWELVE = SyncSettings(interval_hours=12)


def synced(hours_ago: float, failures: int = 0, tried_hours_ago: float | None = None) -> History:
    success = NOW - int(hours_ago * HOUR)
    attempt = success if tried_hours_ago is None else NOW - int(tried_hours_ago * HOUR)
    return History(success, attempt, failures)


def test_due_when_the_interval_has_passed_since_the_last_success() -> None:
    assert not due(NOW, synced(11.9), TWELVE).now
    assert due(NOW, synced(12), TWELVE).now
    assert due(NOW, synced(3), TWELVE).at == NOW + 9 * HOUR


def test_a_profile_never_tried_is_left_to_the_user() -> None:
    assert due(NOW, History(), TWELVE, starting=True) == Due(False, None, "never synced")


@pytest.mark.parametrize("settings", [SyncSettings(automatic=False), SyncSettings(interval_hours=None)])
def test_manual_is_never_due_by_itself(settings: SyncSettings) -> None:
    assert due(NOW, synced(1000), settings) == Due(False, None, "manual")


def test_at_start_syncs_once_even_when_manual_and_not_twice_for_two_quick_starts() -> None:
    settings = SyncSettings(automatic=False, at_start=True)
    assert due(NOW, synced(1), settings, starting=True).now
    assert not due(NOW, synced(1), settings).now
    assert not due(NOW, synced(0.1), settings, starting=True).now


def test_failures_back_off_up_to_a_cap_and_never_beyond_the_interval() -> None:
    waits = [retry_after_s(failures, 48 * HOUR) // 60 for failures in (1, 2, 3, 4, 5, 6, 1000)]
    assert waits == [15, 30, 60, 120, 240, 360, 360]
    assert retry_after_s(1000, 2 * HOUR) == 2 * HOUR


def test_after_a_failure_the_next_try_waits_its_time() -> None:
    assert not due(NOW, synced(13, failures=2, tried_hours_ago=0.4), TWELVE).now
    assert due(NOW, synced(13, failures=2, tried_hours_ago=0.5), TWELVE).now
    assert due(NOW, History(None, NOW - HOUR, 1), TWELVE).now  # the first sync failed: tried again


def test_a_failure_by_hand_does_not_bring_the_next_sync_forward() -> None:
    assert due(NOW, synced(1, failures=1, tried_hours_ago=0.9), TWELVE).at == NOW + 11 * HOUR


def test_a_clock_that_was_set_back_does_not_stop_syncing() -> None:
    assert due(NOW, synced(-48), TWELVE).now
    assert not due(NOW, synced(-0.01), TWELVE).now  # clocks differ by seconds all the time
    assert due(NOW, synced(20, failures=3, tried_hours_ago=-30), TWELVE).now


def test_jitter_is_small_and_stays_the_same() -> None:
    delays = {jitter_for(f"profile {n}", TWELVE) for n in range(50)}
    assert len(delays) > 20 and max(delays) <= 15 * 60
    assert jitter_for("home", TWELVE) == jitter_for("home", TWELVE)
    assert not due(NOW, synced(12), TWELVE, jitter_s=60).now
    assert due(NOW + 60, synced(12), TWELVE, jitter_s=60).now


class House:
    """What the scheduler is given: profiles, a starter that notes, a connection, a busy flag."""

    def __init__(self, *candidates: Candidate) -> None:
        self.candidates = candidates
        self.started: list[str] = []
        self.busy = False
        self.connection = Connection.UNMETERED
        self.looks = 0

    async def tell(self) -> Iterable[Candidate]:
        self.looks += 1
        return self.candidates

    async def start(self, profile: str) -> None:
        self.started.append(profile)

    def scheduler(self, tick_s: float = 60) -> SyncScheduler:
        return SyncScheduler(
            self.tell,
            self.start,
            is_busy=lambda: self.busy,
            connection=lambda: self.connection,
            clock=lambda: NOW,
            tick_s=tick_s,
        )


async def test_a_look_starts_what_is_due_and_only_one() -> None:
    house = House(
        Candidate("fresh", TWELVE, synced(1)),
        Candidate("old", TWELVE, synced(20)),
        Candidate("older", TWELVE, synced(30)),
    )
    assert await house.scheduler().look() == "old"
    assert house.started == ["old"]


async def test_nothing_starts_beside_a_running_sync_and_the_start_is_not_forgotten() -> None:
    house = House(Candidate("home", SyncSettings(automatic=False, at_start=True), synced(5)))
    scheduler = house.scheduler()
    house.busy = True
    assert await scheduler.look() is None
    house.busy = False
    assert await scheduler.look() == "home"
    assert await scheduler.look() is None


@pytest.mark.parametrize("connection", [Connection.METERED, Connection.UNKNOWN, Connection.OFFLINE])
async def test_unmetered_only_waits_unless_the_connection_is_known_to_be(connection: Connection) -> None:
    house = House(Candidate("home", SyncSettings(unmetered_only=True), synced(50)))
    house.connection = connection
    scheduler = house.scheduler()
    assert await scheduler.look() is None
    assert scheduler.waiting_because
    house.connection = Connection.UNMETERED
    assert await scheduler.look() == "home"
    assert scheduler.waiting_because == ""


async def test_it_ticks_by_itself_and_stops() -> None:
    house = House()
    scheduler = house.scheduler(tick_s=0.05)
    scheduler.start()
    async with asyncio.timeout(5):
        while house.looks < 3:
            await asyncio.sleep(0.01)
    scheduler.stop()
    seen = house.looks
    await asyncio.sleep(0.2)
    assert house.looks <= seen + 1


def test_importing_it_does_not_load_apscheduler() -> None:
    code = "import sys, tui_app.scheduler; sys.exit('apscheduler' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
