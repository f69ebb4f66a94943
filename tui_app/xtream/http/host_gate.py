"""Rate limiting per host, shared by all processes of this user: one list at a time, pauses, back-off after failures.

State is kept in small files under the cache folder and changed under an operating system lock, so that several
profiles, a cron job and the app together look like one patient client to the host. A caller sleeps and re-reads the
state until it may start: nothing is queued, so a cancelled or killed caller leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Final

from tui_app.errors import Overloaded
from tui_app.file_access import make_private_folder
from tui_app.locks import take

_FOLDER: Final = "hosts"
#: Fixed size in bytes of a state file, so that a single write replaces the whole state.
_STATE_SIZE: Final = 256


@dataclass(slots=True)
class HostState:
    """`next_call` and `next_background` are times of the system's monotonic clock, `probe_at` is in epoch seconds."""

    next_call: float = 0.0
    next_background: float = 0.0  # the same for background calls
    failures: int = 0  # consecutive failures
    probe_at: float = 0.0  # back-off of background work ends then; 0: none


@dataclass(slots=True)
class _ProcessState:
    """The state within one process, used without files."""

    state: HostState = field(default_factory=HostState)
    is_fetching: bool = False


_SHARED: Final[dict[Path, _ProcessState]] = {}


class HostLedger:
    """The state files of one host (`host:port`) under `folder`; with None, state is kept in this object."""

    def __init__(self, folder: Path | None, host: str) -> None:
        name = blake2b(host.casefold().encode("utf-8", "replace"), digest_size=12).hexdigest()
        self._path = None if folder is None else folder / _FOLDER / name
        self._memory = _ProcessState() if self._path is None else _SHARED.setdefault(self._path, _ProcessState())

    @contextmanager
    def turn(self) -> Iterator[HostState | None]:
        """Yield the state for exclusive reading and writing; None if another holder has it right now."""
        try:
            descriptor = self._take("state")
        except OSError:
            yield self._memory.state
            return
        if descriptor is None:
            yield None
            return
        try:
            before = _parsed(os.pread(descriptor, _STATE_SIZE, 0))
            state = replace(before)
            yield state
            if state != before:
                self._write(descriptor, state)
        finally:
            os.close(descriptor)

    def take_list_lane(self) -> Callable[[], None] | None:
        """Acquire the exclusive right to fetch a list. Return the function that releases it, None if it is taken."""
        try:
            descriptor = self._take("list")
        except OSError:
            return self._take_in_memory()
        return None if descriptor is None else partial(os.close, descriptor)  # closing releases the lock

    def _take_in_memory(self) -> Callable[[], None] | None:
        if self._memory.is_fetching:
            return None
        self._memory.is_fetching = True

        def give_back() -> None:
            self._memory.is_fetching = False

        return give_back

    def _take(self, what: str) -> int | None:
        """Return a locked descriptor, None if another process holds it. Raises OSError if no file can be created."""
        if self._path is None:
            raise OSError
        make_private_folder(self._path.parent)
        return take(self._path.with_suffix(f".{what}"))

    def _write(self, descriptor: int, state: HostState) -> None:
        try:
            os.pwrite(descriptor, json.dumps(asdict(state)).encode().ljust(_STATE_SIZE), 0)
        except OSError:  # disk full: keep the state in this process from now on
            self._memory.state, self._path = state, None


def _parsed(content: bytes) -> HostState:
    """Parse a state file; return a new state if it is invalid."""
    try:
        raw = json.loads(content)
        return HostState(
            float(raw["next_call"]), float(raw["next_background"]), int(raw["failures"]), float(raw["probe_at"])
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return HostState()


#: Seconds between the starts of two calls: panels limit requests per second. Slightly over 0.25, because the
#: time a request takes to get there varies.
PAUSE_S: Final = 0.26
#: Seconds between two background calls; calls of the user don't wait for it.
BACKGROUND_PAUSE_S: Final = 1.02
#: Consecutive failures after which background work backs off.
FAILURES_TO_REST: Final = 5
REST_S: Final = 300.0
#: Seconds after which the holder of the list lock is assumed to be suspended.
LANE_PATIENCE_S: Final = 1800.0
_FURTHEST_S: Final = BACKGROUND_PAUSE_S + 0.01
_LANE_POLL_S: Final = 0.05
_STATE_POLL_S: Final = 0.005
_STATE_POLLS: Final = 200


class HostGate:
    """The gate to one host (`host:port`). `folder` is the user's cache folder; with None the gate is private."""

    def __init__(
        self,
        folder: Path | None,
        host: str,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = HostLedger(folder, host)
        self._sleep, self._clock, self._wall_clock = sleep, clock, wall_clock

    # ------------------------------------------------------------------------------------------------- the pace
    async def start_call(self, *, background: bool = False) -> None:
        """Wait until a call may start. Cancellation while waiting has no side effects."""
        polls = 0
        while True:
            with self._ledger.turn() as state:
                wait = _STATE_POLL_S if state is None else self._claim(state, background)
            if wait <= 0:
                return
            if state is None:
                polls += 1
                if polls > _STATE_POLLS:  # the holder of the state was suspended
                    return
                await asyncio.sleep(wait)
            else:
                await self._sleep(wait)

    def record_sent(self, *, background: bool = False) -> None:
        """Count the pause from now, as connecting delayed the request."""
        with self._ledger.turn() as state:
            if state is not None:
                self._note_start(state, background)

    def _claim(self, state: HostState, background: bool) -> float:
        """Reserve the call and return 0.0 if it may start, otherwise return the seconds to wait."""
        now = self._clock()
        free_at = max(state.next_call, state.next_background) if background else state.next_call
        wait = _if_near(free_at, now) - now
        if wait > 0:
            return wait
        self._note_start(state, background)
        return 0.0

    def _note_start(self, state: HostState, background: bool) -> None:
        state.next_call = self._clock() + PAUSE_S
        if background:
            state.next_background = self._clock() + BACKGROUND_PAUSE_S

    # ------------------------------------------------------------------------------------------------- the lists
    @asynccontextmanager
    async def list_lane(self) -> AsyncIterator[None]:
        """Hold the exclusive right to fetch a list from this host during the block."""
        begun = time.monotonic()
        while (give_back := self._ledger.take_list_lane()) is None:
            if time.monotonic() - begun > LANE_PATIENCE_S:
                break
            await asyncio.sleep(_LANE_POLL_S)
        try:
            yield
        finally:
            if give_back is not None:
                give_back()

    # --------------------------------------------------------------------------------------------- rest after failures
    def record_answer(self) -> None:
        """Reset the failure count after an answer."""
        with self._ledger.turn() as state:
            if state is not None and (state.failures or state.probe_at):
                state.failures, state.probe_at = 0, 0.0

    def record_failure(self) -> None:
        """Count a call that finally failed: no answer, or the host is overloaded."""
        with self._ledger.turn() as state:
            if state is not None:
                state.failures += 1
                if state.failures >= FAILURES_TO_REST:
                    state.probe_at = self._wall_clock() + REST_S

    def enter_background(self) -> None:
        """Check before background work. Raises `Overloaded` during back-off.

        When the back-off ends, one caller is let through to test the host; the others wait until it succeeded.
        """
        with self._ledger.turn() as state:
            if state is None or state.failures < FAILURES_TO_REST:
                return
            now = self._wall_clock()
            if not 0 < state.probe_at - now <= REST_S:  # over, or the clock was set back
                state.probe_at = now + REST_S
                return
            failures, until = state.failures, time.strftime("%H:%M", time.localtime(state.probe_at))
        raise Overloaded(
            f"The server has failed {failures} times in a row; next try at {until}.",
            hint="To try now all the same, start the sync yourself.",
        )


def _if_near(at: float, now: float) -> float:
    """Return a time of the monotonic clock, 0.0 if it is too far ahead: then it is from before a reboot."""
    return at if at - now <= _FURTHEST_S else now
