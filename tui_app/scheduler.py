"""Decides when a profile is due for a sync, and looks once a minute while the app runs.

`due` is the whole policy and pure; `SyncScheduler` only ticks (APScheduler), asks it, and calls what it was given.
It knows no engine, no library and no widget: the app hands it the facts and the way to start a sync.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zlib import crc32

from tui_app.connection import Connection, current_connection

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    from tui_app.settings.schema import SyncSettings

TICK_S: Final = 60
FIRST_RETRY_S: Final = 15 * 60
LONGEST_RETRY_S: Final = 6 * 3600
#: Two starts of the app within this time do not make two syncs "at start".
START_SPACING_S: Final = 10 * 60
LARGEST_JITTER_S: Final = 15 * 60
#: A time stamp further ahead than this means that the clock was set back since.
CLOCK_TOLERANCE_S: Final = 5 * 60

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class History:
    """What the policy must know of a profile's past. Times are epoch seconds; None: never."""

    last_success: int | None = None
    last_attempt: int | None = None
    failures: int = 0  # attempts in a row that did not complete


@dataclass(frozen=True, slots=True)
class Due:
    """The policy's answer. `at` is when the next sync is due (None: never by itself), `now` whether that has come."""

    now: bool
    at: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One profile as the scheduler is told of it."""

    profile: str
    settings: SyncSettings
    history: History


def due(now: int, history: History, settings: SyncSettings, *, starting: bool = False, jitter_s: int = 0) -> Due:
    """When the next sync is due.

    A profile never tried is not due: the app offers the first sync, the user starts it. `starting` is True for the
    first look after the app started. `jitter_s` spreads many installations over the hour.
    """
    success, attempt = _not_ahead(history.last_success, now), _not_ahead(history.last_attempt, now)
    if history.last_success is None and history.last_attempt is None:
        return Due(False, None, "never synced")
    if starting and settings.at_start and now - max(success or 0, attempt or 0) >= START_SPACING_S:
        return Due(True, now, "at start")
    if not settings.automatic or settings.interval_hours is None:
        return Due(False, None, "manual")
    interval_s = settings.interval_hours * 3600
    if history.failures and attempt is not None:
        at = max(attempt + retry_after_s(history.failures, interval_s), _regular(success, interval_s, now))
        return Due(now >= at, at, "retry")
    at = _regular(success, interval_s, now) + (jitter_s if success is not None else 0)
    return Due(now >= at, at, "interval")


def _regular(success: int | None, interval_s: int, now: int) -> int:
    return now if success is None else success + interval_s


def _not_ahead(at: int | None, now: int) -> int | None:
    """A time in the future was written before the clock was set back: worth as much as none."""
    return None if at is None or at > now + CLOCK_TOLERANCE_S else at


def retry_after_s(failures: int, interval_s: int) -> int:
    """15 min, 30 min, 1 h, … after a failure, at most 6 h and never longer than the interval."""
    return min(FIRST_RETRY_S << min(failures - 1, 16), LONGEST_RETRY_S, interval_s)


def jitter_for(profile: str, settings: SyncSettings) -> int:
    """A profile's own delay in seconds, the same at every look: up to 5 % of its interval."""
    interval_s: int = (settings.interval_hours or 0) * 3600
    return crc32(profile.encode()) % (min(interval_s // 20, LARGEST_JITTER_S) + 1)


class SyncScheduler:
    """Looks at the profiles once a minute and starts what is due, one profile a look.

    After sleep, however long, there is one look, not one for each missed minute.
    """

    def __init__(
        self,
        candidates: Callable[[], Awaitable[Iterable[Candidate]]],
        start: Callable[[str], Awaitable[object]],
        *,
        is_busy: Callable[[], bool],
        connection: Callable[[], Connection] = current_connection,
        clock: Callable[[], float] = time.time,
        tick_s: float = TICK_S,
    ) -> None:
        self._candidates = candidates
        self._start = start
        self._is_busy = is_busy
        self._connection = connection
        self._clock = clock
        self._tick_s = tick_s
        self._first_look = True
        self._ticker: AsyncIOScheduler | None = None
        #: Why the last due sync was not started, in words; "" when nothing waits.
        self.waiting_because = ""

    def start(self) -> None:
        """Begin to tick on the running event loop. Loads APScheduler: call it after the first paint."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._ticker = AsyncIOScheduler(timezone="UTC")
        self._ticker.add_job(
            self.look, "interval", seconds=self._tick_s, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._ticker.start()

    def stop(self) -> None:
        """Stop ticking; a sync that runs is not touched."""
        if self._ticker is not None:
            self._ticker.shutdown(wait=False)
            self._ticker = None

    async def look(self) -> str | None:
        """Start the first profile that is due and may start; its name, or None."""
        starting, self._first_look = self._first_look, False
        self.waiting_because = ""
        if self._is_busy():
            self._first_look = starting
            return None
        now = int(self._clock())
        for candidate in await self._candidates():
            jitter_s = jitter_for(candidate.profile, candidate.settings)
            answer = due(now, candidate.history, candidate.settings, starting=starting, jitter_s=jitter_s)
            if answer.now and await self._may_start(candidate.settings):
                log.info("sync of %r is due: %s", candidate.profile, answer.reason)
                await self._start(candidate.profile)
                return candidate.profile
        return None

    async def _may_start(self, settings: SyncSettings) -> bool:
        if not settings.unmetered_only:
            return True
        connection = await asyncio.to_thread(self._connection)
        self.waiting_because = _WAITING.get(connection, "")
        return connection is Connection.UNMETERED


_WAITING: Final = {
    Connection.METERED: "waiting for an unmetered connection",
    Connection.OFFLINE: "waiting for a connection",
    Connection.UNKNOWN: "can't tell whether this connection is metered; sync by hand or untick “unmetered only”",
}
