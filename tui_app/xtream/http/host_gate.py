"""Manners towards one host, kept by all processes of this user: one list at a time, pauses, rest after failures.

Whoever asks the host goes through here; whatever two profiles, a cron job and the app do at once, the host sees one
patient client. Knows no HTTP: it is told that a call starts and how it ended.
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
#: Bytes of a state file; always all of them, so that one write replaces the old state.
_STATE_SIZE: Final = 256


@dataclass(slots=True)
class HostState:
    """`next_call` and `next_background` are of the system's monotonic clock, `probe_at` is epoch seconds."""

    next_call: float = 0.0
    next_background: float = 0.0  # the same for calls that nobody waits for
    failures: int = 0  # in a row
    probe_at: float = 0.0  # background work rests until then; 0: it does not


@dataclass(slots=True)
class _Memory:
    """The same within one process."""

    state: HostState = field(default_factory=HostState)
    is_fetching: bool = False


_SHARED: Final[dict[Path, _Memory]] = {}


class HostLedger:
    """The files of one host (`host:port`) under `folder`; None keeps everything in this object."""

    def __init__(self, folder: Path | None, host: str) -> None:
        name = blake2b(host.casefold().encode("utf-8", "replace"), digest_size=12).hexdigest()
        self._path = None if folder is None else folder / _FOLDER / name
        self._memory = _Memory() if self._path is None else _SHARED.setdefault(self._path, _Memory())

    @contextmanager
    def turn(self) -> Iterator[HostState | None]:
        """The state, to be read and changed while nobody else does; None when another holds it this very moment."""
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
        """What gives the lane back; None while somebody else, here or in another process, fetches a list."""
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
        """A locked file, None when another holds it. Raises OSError where there can be no file."""
        if self._path is None:
            raise OSError
        make_private_folder(self._path.parent)
        return take(self._path.with_suffix(f".{what}"))

    def _write(self, descriptor: int, state: HostState) -> None:
        try:
            os.pwrite(descriptor, json.dumps(asdict(state)).encode().ljust(_STATE_SIZE), 0)
        except OSError:  # a full disk: from now on this process keeps it to itself
            self._memory.state, self._path = state, None


def _parsed(said: bytes) -> HostState:
    """The state in a file; a new one for anything that is none."""
    try:
        raw = json.loads(said)
        return HostState(
            float(raw["next_call"]), float(raw["next_background"]), int(raw["failures"]), float(raw["probe_at"])
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return HostState()


#: Between the starts of two calls: panels count requests per second. A little over a quarter of a second, because the
#: time a request takes to get there varies.
PAUSE_S: Final = 0.26
#: Between two calls that nobody waits for; a user who opens a title does not wait for it.
BACKGROUND_PAUSE_S: Final = 1.02
#: This many failed calls in a row, and background work leaves the host alone for a while.
FAILURES_TO_REST: Final = 5
REST_S: Final = 300.0
#: A list that is being fetched for longer than this belongs to a process that was suspended.
LANE_PATIENCE_S: Final = 1800.0
_FURTHEST_S: Final = BACKGROUND_PAUSE_S + 0.01
_LANE_POLL_S: Final = 0.05
_STATE_POLL_S: Final = 0.005
_STATE_POLLS: Final = 200


class HostGate:
    """The gate to one host (`host:port`). `folder` is the user's cache folder; with None this object is on its own."""

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
        """Wait until a call may start. Cancelled while waiting, it leaves nothing behind."""
        polls = 0
        while True:
            with self._ledger.turn() as state:
                wait = _STATE_POLL_S if state is None else self._claim(state, background)
            if wait <= 0:
                return
            if state is None:
                polls += 1
                if polls > _STATE_POLLS:  # whoever holds the state was suspended
                    return
                await asyncio.sleep(wait)
            else:
                await self._sleep(wait)

    def note_sent(self, *, background: bool = False) -> None:
        """The request leaves only now, for making the connection took its time: the pause counts from here."""
        with self._ledger.turn() as state:
            if state is not None:
                self._note_start(state, background)

    def _claim(self, state: HostState, background: bool) -> float:
        """0.0 when the call may start, which is noted then; else the seconds until then."""
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
        """Be the only one who fetches a list from this host while inside."""
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
    def note_answer(self) -> None:
        """The host answered: whatever failed before is forgotten."""
        with self._ledger.turn() as state:
            if state is not None and (state.failures or state.probe_at):
                state.failures, state.probe_at = 0, 0.0

    def note_failure(self) -> None:
        """A call failed for good: no answer, or the host can't serve."""
        with self._ledger.turn() as state:
            if state is not None:
                state.failures += 1
                if state.failures >= FAILURES_TO_REST:
                    state.probe_at = self._wall_clock() + REST_S

    def enter_background(self) -> None:
        """Ask before work that nobody waits for. Raises `Overloaded` while the host is left alone.

        When the rest is over, one caller is let through to see; the others go on resting until it succeeded.
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
    """A time further ahead than any pause is of another clock (the machine was started anew): it means nothing."""
    return at if at - now <= _FURTHEST_S else now
