"""Plays one title at a time: ends the previous player first, saves positions, and reports states.

Accounts allow few connections: a second stream would be refused or would end the first.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from tui_app.catalog import ItemRef
from tui_app.errors import XtreamTuiError
from tui_app.playback.playable import Moment, Outcome, Playable, PlayState, PlayStatus, is_finished
from tui_app.playback.players import Player

log = logging.getLogger(__name__)
#: The interval at which positions are saved.
EVERY_S: Final = 10.0
_ASK_AGAIN_S: Final = 10.0


class PositionSink(Protocol):
    """Saves resume positions and which titles were watched to the end."""

    async def save_position(self, ref: ItemRef, position_s: float | None, duration_s: float | None) -> None:
        """Save a position. Without one: only that the title was played."""
        ...

    async def save_finished(self, ref: ItemRef) -> None:
        """Save that a title was played to its end."""
        ...


class PlaySession:
    """The playback of one run of the app. `report` receives every `PlayStatus`; set it before the first `play`."""

    def __init__(
        self, report: Callable[[PlayStatus], object] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.report: Callable[[PlayStatus], object] = report or (lambda status: None)
        self.status: PlayStatus | None = None  # of the current player; None when nothing plays
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def play(self, what: Playable, player: Player, keeper: PositionSink | None = None) -> None:
        """Start playing after the previous player has ended. Returns at once; states are reported."""
        async with self._turn:
            await self._end()
            run = _Run(what, player, keeper, self._handle, self._clock)
            self._handle(run.status)
            self._task = asyncio.create_task(run.play())

    async def stop(self) -> None:
        """End the player, and wait until it has ended and its position is saved."""
        async with self._turn:
            await self._end()

    async def wait(self) -> None:
        """Wait until nothing plays any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _end(self) -> None:
        while self._task is not None and not self._task.done():
            if not self._task.cancelling():  # a former caller may have cancelled it already
                self._task.cancel()
            _, left = await asyncio.wait([self._task], timeout=_ASK_AGAIN_S)
            for task in left:
                task.cancel()
        self._task = None

    def _handle(self, status: PlayStatus) -> None:
        self.status = None if status.is_over else status
        self.report(status)


class _Run:
    """One playback of one title."""

    def __init__(
        self,
        what: Playable,
        player: Player,
        keeper: PositionSink | None,
        report: Callable[[PlayStatus], None],
        clock: Callable[[], float],
    ) -> None:
        self.status = PlayStatus(what, PlayState.STARTING, player.name)
        self._what = what
        self._player = player
        self._keeper = keeper
        self._report = report
        self._clock = clock
        self._kept_at: float | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def play(self) -> None:
        outcome = Outcome("quit")
        try:
            outcome = await self._player.play(self._what, self._record)
        except XtreamTuiError as error:
            outcome = Outcome("failed", error.message, error.hint)
        finally:
            await self._finish(outcome)

    def _record(self, moment: Moment) -> None:
        """Record what the player reports."""
        before = self.status
        state = PlayState.PAUSED if moment.paused else PlayState.PLAYING
        self.status = replace(
            before,
            state=state,
            position_s=before.position_s if moment.position_s is None else moment.position_s,
            duration_s=before.duration_s if moment.duration_s is None else moment.duration_s,
            finished=before.finished or moment.at_end,
            began=True,
            volume=moment.volume,
            control=moment.control,
        )
        now = self._clock()
        if _shown(self.status) != _shown(before):
            self._report(self.status)
        if self._kept_at is None or now - self._kept_at >= EVERY_S:
            self._kept_at = now
            if self._keeping is None or self._keeping.done():
                self._keeping = asyncio.create_task(self._keep())

    async def _finish(self, outcome: Outcome) -> None:
        """Save the last position and report how playing ended, also when cancelled."""
        status = self.status
        ended_by_itself = outcome.reason == "eof"
        finished = status.finished or (
            self._what.keeps_position
            and status.began
            and is_finished(status.position_s, status.duration_s, ended_by_itself=ended_by_itself)
        )
        state = PlayState.FAILED if outcome.reason == "failed" else PlayState.ENDED
        message, hint = outcome.message, outcome.hint
        if ended_by_itself and self._what.is_live:
            message, hint = "The channel stopped sending.", "Play it again, or try another one."
        elif ended_by_itself and not finished and self._what.keeps_position:
            message, hint = "The stream broke off before its end.", "Play it again to go on where it stopped."
        self.status = replace(status, state=state, finished=finished, control=None, message=message, hint=hint)
        if status.began:
            await asyncio.shield(self._keep())
        self._report(self.status)

    async def _keep(self) -> None:
        if self._keeper is None:
            return
        status, ref = self.status, self._what.ref
        try:
            position = status.position_s if self._what.keeps_position else None
            await self._keeper.save_position(ref, position, status.duration_s)
            if status.finished and status.is_over and self._what.keeps_position:
                await self._keeper.save_finished(ref)
        except XtreamTuiError as error:
            log.warning("the position of %s %s can't be kept: %s", ref.kind, ref.id, error)


def _shown(status: PlayStatus) -> tuple[object, ...]:
    """Return what people see of a state: its position in whole seconds."""
    position = None if status.position_s is None else int(status.position_s)
    return status.state, status.began, position, status.duration_s, status.volume
