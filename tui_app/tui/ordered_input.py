"""Ordered input: a key is delivered when the key before it has taken effect.

Textual gives each key to the widget that has the focus when the key is read, and runs bindings later, at the end of the
widget's ancestors. Keys that arrive in one read (a stall, a slow line, a password manager) would go to the old focus:
`bob⇥hunter2` into one field, the `r` of `F rocky` to the list. A single key is delivered at once, as ever.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar, Final, TypeVar
from weakref import WeakSet

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import Worker, get_current_worker

from tui_app.terminal.textual_compat import is_busy

#: The longest wait for the effect of one key, so that input can't stall for ever.
MOST_WAIT_S: Final = 2.0
_TURNS_AT_ONCE: Final = 50  # turns of the loop before the wait sleeps
_SLEEP_S: Final = 0.002
Answer = TypeVar("Answer")


class OrderedInput(App[None]):
    """An app whose keys, pastes and clicks wait for each other.

    A key has taken effect when no widget has an unhandled message, and when the workers of `AWAITED_GROUPS` that it
    started have finished or show a dialog (`push_screen_wait`).
    """

    #: Worker groups the next key waits for: they open a dialog, or fill the list the key acts on.
    AWAITED_GROUPS: ClassVar[frozenset[str]] = frozenset(("dialog", "view", "submit"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._held: deque[events.Event] = deque()
        self._delivery: asyncio.Task[None] | None = None
        self._running_before: frozenset[Worker[Any]] = frozenset()  # workers started before the current key
        self._asking: set[Worker[Any]] = set()  # workers that wait for the answer of a dialog
        self._busy: MessagePump | None = None  # the pump that was busy at the last check
        self._stuck: WeakSet[MessagePump] = WeakSet()  # pumps that stayed busy beyond the limit

    async def on_event(self, event: events.Event) -> None:
        is_input = isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded
        if not is_input:
            await super().on_event(event)
        elif self._delivery is not None:
            self._hold(event)
        elif isinstance(event, events.MouseMove):
            await super().on_event(event)
        else:
            await self._hand_out(event)
            self.hold_input()

    @property
    def is_input_settled(self) -> bool:
        """Return True when every key that was read has taken effect."""
        return self._delivery is None

    def hold_input(self) -> None:
        """Hold back input until what runs now has taken effect."""
        if self._delivery is None:
            self._delivery = asyncio.create_task(self._deliver())

    async def push_screen_wait(  # type: ignore[override] # the name of a screen will not do
        self, screen: Screen[Answer], *, mode: str | None = None
    ) -> Answer:
        worker = get_current_worker()
        self._asking.add(worker)
        try:
            return await super().push_screen_wait(screen, mode=mode)
        finally:
            self._asking.discard(worker)

    async def on_unmount(self) -> None:
        if self._delivery is not None:
            self._delivery.cancel()

    # ------------------------------------------------------------------------------------------------ delivering
    def _hold(self, event: events.Event) -> None:
        """Queue an event; of several mouse moves only the last counts."""
        if isinstance(event, events.MouseMove) and self._held and isinstance(self._held[-1], events.MouseMove):
            self._held.pop()
        self._held.append(event)

    async def _hand_out(self, event: events.Event) -> None:
        self._running_before = frozenset(self._awaited())
        await super().on_event(event)

    async def _deliver(self) -> None:
        """Deliver the queued events one by one until none is left."""
        try:
            await self._effect()
            while self._held:
                if not self.call_later(self._hand_out, self._held.popleft()):
                    return  # the app is closing
                await self._effect()
        finally:
            self._delivery = None

    # ------------------------------------------------------------------------------------------- effects of keys
    async def _effect(self) -> None:
        """Wait until the last key has taken effect, `MOST_WAIT_S` at most."""
        limit = asyncio.get_running_loop().time() + MOST_WAIT_S
        while await self._until(self._is_quiet, limit):
            started = set(self._awaited()) - self._running_before
            if not started:
                return
            if not await self._until(partial(self._are_done, started), limit):
                return
        self._stuck.update(filter(is_busy, self._pumps()))

    @staticmethod
    async def _until(condition: Callable[[], bool], limit: float) -> bool:
        """Wait until the condition holds in two consecutive turns of the loop; False on time-out."""
        loop = asyncio.get_running_loop()
        turns = seen = 0
        while seen < 2:
            if loop.time() > limit:
                return False
            await asyncio.sleep(0 if turns < _TURNS_AT_ONCE else _SLEEP_S)
            turns += 1
            seen = seen + 1 if condition() else 0
        return True

    def _are_done(self, workers: set[Worker[Any]]) -> bool:
        return workers.isdisjoint(self._awaited())

    def _awaited(self) -> Iterator[Worker[Any]]:
        """Yield the unfinished workers that keys wait for."""
        for worker in self.workers:
            if worker.group in self.AWAITED_GROUPS and not worker.is_finished and worker not in self._asking:
                yield worker

    def _is_quiet(self) -> bool:
        """Return True when no widget on the screen has an unhandled message.

        The widget that was busy the last time is checked first; the others only when it is idle.
        """
        if self._busy is not None and self._busy not in self._stuck and is_busy(self._busy):
            return False
        self._busy = None
        busy = [pump for pump in self._pumps() if is_busy(pump)]
        if self._stuck:
            self._stuck.intersection_update(busy)
        self._busy = next((pump for pump in busy if pump not in self._stuck), None)
        return self._busy is None

    def _pumps(self) -> Iterator[MessagePump]:
        yield self
        for screen in self.screen_stack:
            yield from screen.walk_children(with_self=True)
