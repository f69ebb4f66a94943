"""The current programmes of the visible channels, for the Channels screen.

Stored programmes show at once; the panel is asked only about rows that stay visible, one by one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final

from textual.timer import Timer

from tui_app.catalog import NowNext
from tui_app.errors import XtreamTuiError
from tui_app.library import Library
from tui_app.screens.browse.columns import guide_lines, next_change, running

#: Pause before the copy is read, and before the panel is asked.
READ_REST_S: Final = 0.05
ASK_REST_S: Final = 0.6
#: The hours ahead whose programmes the details pane shows.
_AHEAD_S: Final = 6 * 3600
_LINES: Final = 5
#: Channels whose current programme is cached.
_REMEMBERED: Final = 2_000


class VisibleProgrammes:
    """What is on now on the channels on the screen, kept up to date while time passes.

    `changed` is called with the channels whose current programme is another one, and `ended` when the first visible
    programme ends, as `set_timer` tells.
    """

    def __init__(
        self,
        changed: Callable[[Collection[str]], None],
        set_timer: Callable[[float, Callable[[], None]], Timer],
        ended: Callable[[], object],
    ) -> None:
        self.known: dict[str, NowNext] = {}
        self._changed = changed
        self._set_timer = set_timer
        self._ended = ended
        self._until_change: Timer | None = None

    def forget(self) -> None:
        """Forget all programmes, because the guide changed."""
        self.known.clear()

    async def follow(self, library: Library, seen: Collection[str]) -> None:
        """Read what is on on the visible channels, from the copy, then from the panel."""
        keys = tuple(seen)
        try:
            self._take(await library.guide.now_next(keys))
            self._set_clock(keys)
            await asyncio.sleep(ASK_REST_S)
            if await library.guide.choice() != "off":
                await library.guide.fetch_now(keys, lambda channel, said: self._take({channel: said}))
                self._set_clock(keys)
        except XtreamTuiError:  # the status line shows the connection
            return

    def _take(self, found: Mapping[str, NowNext]) -> None:
        """Store what is known now; repaint only cells that changed."""
        now = time.time()
        changed = {key for key, said in found.items() if running(self.known.get(key), now) != running(said, now)}
        if len(self.known) > _REMEMBERED:
            self.known.clear()
        self.known.update(found)
        if changed:
            self._changed(changed)

    def _set_clock(self, seen: Collection[str]) -> None:
        """Look again when the first visible programme ends."""
        self.stop()
        now = time.time()
        moment = next_change([self.known[key] for key in seen if key in self.known], now)
        if moment is not None:
            self._until_change = self._set_timer(moment - now + 0.5, partial(self._end, seen))

    def _end(self, seen: Collection[str]) -> None:
        self._changed(seen)
        self._ended()

    def stop(self) -> None:
        """Stop the clock, because the channels are hidden."""
        if self._until_change is not None:
            self._until_change.stop()
            self._until_change = None


async def programme_lines(library: Library, channel_id: str) -> tuple[tuple[str, str], ...]:
    """Return (label, words) of what is on and follows on a channel, for the details pane."""
    now = int(time.time())
    found = await library.guide.programmes(channel_id, now, now + _AHEAD_S)
    return guide_lines(found.programmes, now)[:_LINES]
