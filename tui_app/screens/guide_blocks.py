"""The programmes that the guide grid has read: blocks of six hours of a channel, the newest few thousand.

What is visible is read first, then what a key could show next. Reading happens in a thread of the library.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, Literal

from tui_app.catalog import GridRow, Programme, Reminder, has_catch_up
from tui_app.library import Library

_BLOCK_S: Final = 6 * 3_600
_BLOCKS_KEPT: Final = 4_000
#: Channels read at once: a question of 3 ms, so that a newer one need not wait for long.
_AT_ONCE: Final = 40

Use = Literal["play", "catchup", "remind", "unremind", "over"]
#: What Enter does with a programme: the word in the footer, and the words of the tooltip.
USES: Final[dict[Use, tuple[str, str]]] = {
    "play": ("Play", "Play the channel"),
    "catchup": ("Watch again", "Watch this past programme"),
    "remind": ("Remind me", "Get a notice before this programme begins"),
    "unremind": ("No reminder", "Clear the reminder of this programme"),
    "over": ("Details", "This programme is over"),
}

_Block = tuple[str, int]  # channel, number of the six hours


def _numbers(start: int, stop: int) -> range:
    return range(start // _BLOCK_S, (stop - 1) // _BLOCK_S + 1)


class GuideBlocks:
    """What is known of the guide; implements `ShownProgrammes`."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Block, GridRow] = OrderedDict()
        self._archive_days: dict[str, int] = {}
        self._reminders: frozenset[tuple[str, int]] = frozenset()
        self._generation = 0

    # ------------------------------------------------------------------------------------------------ answers
    def between(self, key: str, start: int, stop: int) -> Sequence[Programme] | None:
        """Return the programmes of a channel between two times; None when they are not read yet."""
        rows = [self._known.get((key, number)) for number in _numbers(start, stop)]
        if None in rows:
            return None
        # one that goes on in the next block is in both; the later one knows better where it ends
        found = {one.start: one for row in rows if row is not None for one in row.programmes}
        return [one for one in found.values() if one.start < stop and one.stop > start]

    def archive_days(self, key: str) -> int:
        """Return how many days of a channel can be watched again."""
        return self._archive_days.get(key, 0)

    def is_reminded(self, key: str, start: int) -> bool:
        """Return True when the user wants to be reminded of this programme."""
        return (key, start) in self._reminders

    def use_of(self, key: str, one: Programme | None) -> Use:
        """Return what Enter does with a programme of a channel."""
        now = time.time()
        if one is None or one.start <= now < one.stop:
            return "play"
        if one.start > now:
            return "unremind" if self.is_reminded(key, one.start) else "remind"
        return "catchup" if has_catch_up(one, self.archive_days(key), now) else "over"

    # ------------------------------------------------------------------------------------------------ reading
    def forget(self, keys: Collection[str] | None = None) -> None:
        """Forget what is known of these channels, or of all, because the guide changed."""
        if keys is None:
            self._generation += 1  # what is being read is out of date
            self._known.clear()
        for block in [block for block in self._known if keys and block[0] in keys]:
            del self._known[block]

    def take_reminders(self, reminders: Iterable[Reminder]) -> None:
        """Take the reminders of the profile."""
        self._reminders = frozenset((one.channel.id, one.start) for one in reminders)

    async def read(
        self, library: Library, keys: Sequence[str], window: tuple[int, int], shown: Callable[[Collection[str]], None]
    ) -> None:
        """Read what is missing of these channels in this time; `shown` gets those that are there now."""
        for number in _numbers(*window):
            missing = [key for key in keys if (key, number) not in self._known]
            for first in range(0, len(missing), _AT_ONCE):
                some = missing[first : first + _AT_ONCE]
                generation = self._generation
                found = await library.guide.grid(some, number * _BLOCK_S, (number + 1) * _BLOCK_S)
                if generation == self._generation:
                    self._keep(some, number, found.get)
                    shown(some)

    def _keep(self, keys: Sequence[str], number: int, found: Callable[[str], GridRow | None]) -> None:
        for key in keys:
            row = self._known[key, number] = found(key) or GridRow()
            self._archive_days[key] = row.archive_days
        while len(self._known) > _BLOCKS_KEPT:
            self._known.popitem(last=False)
