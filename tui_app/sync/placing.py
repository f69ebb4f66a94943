"""Where the items of a list that differs go among the stored ones: positions of new items, and those that change."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_app.store.places import Positions
from tui_app.sync.list_diff import ListDiff, first_places
from tui_app.sync.pieces import look_up
from tui_app.sync.positions import NOWHERE, plan_at_end, plan_positions


def _integers() -> array[int]:
    return array("q")


@dataclass(slots=True)
class Placing:
    """By default nothing is placed anew."""

    _by_place: array[int] = field(default_factory=_integers)  # position by place in the list, 0 where none is planned
    _moved: Positions = field(default_factory=lambda: Positions(_integers(), _integers()))

    def position(self, place: int) -> int:
        """The position for the item at this place of the list, where it is named first."""
        return self._by_place[place] if self._by_place else 0

    def moved(self) -> Iterator[tuple[int, int]]:
        """(key, position) of the stored items that get another one."""
        return zip(self._moved.keys, self._moved.positions, strict=True)


def plan_placing(diff: ListDiff, stored: Positions, *, is_ordered: bool) -> Placing:
    """`is_ordered`: the order of the list means something; else what is new goes to the end."""
    places = first_places(diff)
    keys = array("q", map(diff.keys.__getitem__, places))
    now = look_up(keys, stored.keys, stored.positions, NOWHERE)
    last = stored.positions[-1] if stored.positions else 0
    planned = plan_positions(now) if is_ordered else plan_at_end(now, last)
    placing = Placing(array("q", (0,)) * len(diff.keys))
    for place, key, before, position in zip(places, keys, now, planned, strict=True):
        if position == NOWHERE:
            continue
        placing._by_place[place] = position
        if before != NOWHERE:
            placing._moved.keys.append(key)
            placing._moved.positions.append(position)
    return placing
