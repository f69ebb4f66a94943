"""Looks once a minute, while the app runs, which profiles are due, and starts them where the connection allows it.

When is decided in `due_time`; this only ticks (APScheduler), asks, and calls what it was given. It knows no engine, no
library and no widget: the app hands it the facts and the way to start a sync.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tui_app.services.network import Connection, current_connection, default_route, is_near
from tui_app.services.sync_policy import Due, History, due, jitter_for

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    from tui_app.catalog import Kind
    from tui_app.settings.schema import SyncSettings

TICK_S: Final = 60

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One profile as the scheduler is told of it.

    `host` is its panel's, without port: one sync a host at a time. `left` are the kinds that the last sync did not
    complete though it did others: a retry needs no more than these. `proxy` is the host of the proxy that leads there,
    "" for none.
    """

    profile: str
    settings: SyncSettings
    history: History
    host: str = ""
    left: tuple[Kind, ...] = ()
    proxy: str = ""

    def due(self, now: int, *, starting: bool = False) -> Due:
        """What the policy says of this profile."""
        jitter_s = jitter_for(self.profile, self.settings)
        return due(now, self.history, self.settings, starting=starting, jitter_s=jitter_s)


class SyncScheduler:
    """Looks at the profiles once a minute and starts one that is due, the longest overdue first.

    After sleep, however long, there is one look, not one for each missed minute. A profile that syncs holds up only
    the profiles at the same host: several may sync side by side, each beginning a minute after the other.
    """

    def __init__(
        self,
        candidates: Callable[[], Awaitable[Iterable[Candidate]]],
        start: Callable[[Candidate, Due], Awaitable[object]],
        *,
        is_busy: Callable[[str], bool],
        connection: Callable[[], Connection] = current_connection,
        route: Callable[[], str | None] = default_route,
        clock: Callable[[], float] = time.time,
        tick_s: float = TICK_S,
    ) -> None:
        """`connection` and `route` are asked in a thread. `is_busy` is asked of each profile by name."""
        self._candidates = candidates
        self._start = start
        self._is_busy = is_busy
        self._connection = connection
        self._route = route
        self._clock = clock
        self._tick_s = tick_s
        self._starting: set[str] | None = None  # profiles that still wait for their look "at start"; None: no look yet
        self._route_before: str | None = None
        self._route_since = 0  # when the present route was first seen after another one
        self._ticker: AsyncIOScheduler | None = None
        #: Profile → why it was due at the last look and not started, in words.
        self.waiting: Mapping[str, str] = {}

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
        """Start the longest overdue profile that may start; its name, or None."""
        now = int(self._clock())
        candidates = tuple(await self._candidates())
        if self._starting is None:
            self._starting = {candidate.profile for candidate in candidates}
        await self._watch_route(now)
        waiting: dict[str, str] = {}
        started = await self._start_first(self._due(candidates, now), candidates, waiting)
        self.waiting = waiting
        return started

    async def _start_first(
        self, due_now: Iterable[tuple[Candidate, Due]], candidates: Iterable[Candidate], waiting: dict[str, str]
    ) -> str | None:
        busy_hosts = {candidate.host for candidate in candidates if self._is_busy(candidate.profile)}
        for candidate, answer in due_now:
            if self._is_busy(candidate.profile):
                continue
            if candidate.host in busy_hosts:
                waiting[candidate.profile] = "another profile at the same provider is being synced"
                continue
            if reason := await self._obstacle(candidate):
                waiting[candidate.profile] = reason
                continue
            log.info("sync of %r is due: %s", candidate.profile, answer.reason)
            self._forget_start(candidate.profile)
            await self._start(candidate, answer)
            return candidate.profile
        return None

    def _due(self, candidates: Iterable[Candidate], now: int) -> list[tuple[Candidate, Due]]:
        """Those that are due, the longest overdue first."""
        found: list[tuple[Candidate, Due]] = []
        for candidate in candidates:
            known = replace(candidate, history=self._forgiven(candidate.history))
            answer = known.due(now, starting=self._is_starting(candidate.profile))
            if answer.now:
                found.append((known, answer))
            else:
                self._forget_start(candidate.profile)
        return sorted(found, key=lambda pair: (pair[1].at or 0, pair[0].profile))

    # ------------------------------------------------------------------------------------------ at start
    def _is_starting(self, profile: str) -> bool:
        return self._starting is not None and profile in self._starting

    def _forget_start(self, profile: str) -> None:
        if self._starting is not None:
            self._starting.discard(profile)

    # -------------------------------------------------------------------------------------- the connection
    async def _watch_route(self, now: int) -> None:
        """Note when the default route is another one than before: what could not be reached may be now."""
        route = await asyncio.to_thread(self._route)
        if route != self._route_before:
            self._route_before, self._route_since = route, now

    def _forgiven(self, history: History) -> History:
        """Failures for want of a connection do not count on another connection than that of the last attempt."""
        is_older = history.last_attempt is not None and history.last_attempt < self._route_since
        return replace(history, failures=0) if history.trouble == "unreachable" and is_older else history

    async def _obstacle(self, candidate: Candidate) -> str:
        """Why this profile can't start on the present connection, in words; "" when it can."""
        if is_near(candidate.host) and not candidate.proxy:  # no default route leads to it
            return ""
        if self._route_before is None:
            return "" if is_near(candidate.proxy) else _WAITING[Connection.OFFLINE]
        if not candidate.settings.unmetered_only:
            return ""
        return _WAITING.get(await asyncio.to_thread(self._connection), "")


_WAITING: Final = {
    Connection.METERED: "waiting for an unmetered connection",
    Connection.OFFLINE: "waiting for a connection",
    Connection.UNKNOWN: "can't tell whether this connection is metered; sync by hand, or allow metered ones",
}
