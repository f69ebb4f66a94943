"""Starts due syncs: checks once a minute which profiles are due and whether the connection allows it.

`sync_policy` decides when a profile is due; the app passes in the facts and the function that starts a sync.
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
    """What the scheduler knows about one profile.

    `host` is the panel's, without port: one sync per host at a time. `left` are the kinds the last, partial sync
    did not complete; a retry needs only these. `proxy` is the host of the proxy to the panel, "" for none.
    """

    profile: str
    settings: SyncSettings
    history: History
    host: str = ""
    left: tuple[Kind, ...] = ()
    proxy: str = ""

    def due(self, now: int, *, starting: bool = False) -> Due:
        """Apply the policy to this profile."""
        jitter_s = jitter_for(self.profile, self.settings)
        return due(now, self.history, self.settings, starting=starting, jitter_s=jitter_s)


class SyncScheduler:
    """Checks the profiles once a minute and starts one that is due, the longest overdue first.

    After sleep there is one check, not one for each missed minute. A running sync blocks only profiles at the same
    host: several may sync in parallel, each starting a minute after the other.
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
        """Create a scheduler. `connection` and `route` are called in a thread, `is_busy` with a profile's name."""
        self._candidates = candidates
        self._start = start
        self._is_busy = is_busy
        self._connection = connection
        self._route = route
        self._clock = clock
        self._tick_s = tick_s
        self._starting: set[str] | None = None  # profiles not yet checked "at start"; None: no check yet
        self._route_before: str | None = None
        self._route_since = 0  # when the present route was first seen after another one
        self._ticker: AsyncIOScheduler | None = None
        #: Profile → why it was due at the last look and not started, in words.
        self.waiting: Mapping[str, str] = {}

    def start(self, tick: Callable[[], Awaitable[object]]) -> None:
        """Call `tick` each minute on the running event loop. Loads APScheduler: call it after the first paint."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 - after the first paint

        self._ticker = AsyncIOScheduler(timezone="UTC")
        self._ticker.add_job(
            tick, "interval", seconds=self._tick_s, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._ticker.start()

    def stop(self) -> None:
        """Stop ticking; a running sync continues."""
        if self._ticker is not None:
            self._ticker.shutdown(wait=False)
            self._ticker = None

    async def look(self) -> str | None:
        """Start the longest overdue profile that may start; return its name, or None."""
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
        """Return the due profiles, the longest overdue first."""
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
        """Record a change of the default route: an unreachable provider may be reachable now."""
        route = await asyncio.to_thread(self._route)
        if route != self._route_before:
            self._route_before, self._route_since = route, now

    def _forgiven(self, history: History) -> History:
        """Reset failures for lack of a connection when the route has changed since the last attempt."""
        is_older = history.last_attempt is not None and history.last_attempt < self._route_since
        return replace(history, failures=0) if history.trouble == "unreachable" and is_older else history

    async def _obstacle(self, candidate: Candidate) -> str:
        """Return why this profile can't start on the current connection; "" when it can."""
        if is_near(candidate.host) and not candidate.proxy:  # no default route needed
            return ""
        if self._route_before is None:
            return "" if is_near(candidate.proxy) else _WAITING[Connection.OFFLINE]
        if not candidate.settings.unmetered_only:
            return ""
        return _WAITING.get(await asyncio.to_thread(self._connection), "")


_WAITING: Final = {
    Connection.METERED: "waiting for an unmetered connection",
    Connection.OFFLINE: "waiting for a connection",
    Connection.UNKNOWN: "can't tell whether this connection is metered; sync manually or allow metered connections",
}
