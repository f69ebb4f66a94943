"""What movies and series have in common: real works first, then invented ones, some of them in several versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from tui_app.demo.facts import Film
from tui_app.demo.groups import Group, Groups, classic_shelves
from tui_app.demo.shelf import Shelf
from tui_app.demo.works import Work, display_name, invented_work, real_work, revised

_VERSIONS_PERCENT: Final = 15


class TitleShelf(Shelf):
    """A shelf of works: `facts` take the first places, specials the last of generation 0."""

    def __init__(
        self, size: int, seed: int, groups_for: Callable[[int, Sequence[Film]], Groups], facts: Sequence[Film]
    ) -> None:
        self.facts = facts[: self.regular_count(size)]
        super().__init__(size, seed, groups_for(size, self.facts))
        self._last_origin = (-1, -1)
        self._last_group = (-1, Group(0, ""))

    def group(self, index: int) -> Group:
        asked, group = self._last_group
        if asked != index:  # a row asks several times for its own group
            group = self._find_group(index)
            self._last_group = (index, group)
        return group

    def second_group(self, index: int) -> Group:
        origin = self.origin(index)
        if origin < len(self.facts):
            return self.groups.classics[classic_shelves(self.facts[origin])[-1]]
        return super().second_group(index)

    def origin(self, index: int) -> int:
        """The index whose work this row shows: its own, or an earlier one's when it is another version of that."""
        asked, origin = self._last_origin
        if asked != index:
            origin = self._find_origin(index)
            self._last_origin = (index, origin)
        return origin

    def work(self, index: int, generation: int) -> Work:
        """The facts behind a row, as this generation tells them."""
        origin = self.origin(index)
        dice = self.dice("work", origin)
        if origin < len(self.facts):
            work = real_work(self.facts[origin], dice)
        else:
            work = invented_work(dice.pick(self.groups.drawn), dice)
        revision = self.generations.revision(index, generation)
        return revised(work, index, revision, only_plot=self.is_special(index))

    def name(self, index: int, work: Work) -> str:
        """The name with its tags; a real work's own first row has its plain one."""
        if index < len(self.facts):
            return f"{work.title} ({work.year})"
        return display_name(work, self.dice("name", index))

    def _find_group(self, index: int) -> Group:
        origin = self.origin(index)
        if origin < len(self.facts):
            return self.groups.classics[classic_shelves(self.facts[origin])[0]]
        return self.dice("work", origin).pick(self.groups.drawn)

    def _find_origin(self, index: int) -> int:
        if index < len(self.facts) or self.is_special(index):
            return index
        dice = self.dice("version", index)
        return dice.below(index) if dice.chance(_VERSIONS_PERCENT) else index
