"""The common base of channels, movies and series: ids, categories, special rows, generations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Final

from tui_app.demo import quirks
from tui_app.demo.categories import Group, Groups, classic_categories
from tui_app.demo.facts import Film
from tui_app.demo.generations import Generations
from tui_app.demo.seeded_random import SeededRandom
from tui_app.demo.works import Work, display_name, invented_work, real_work, revised

_FIRST_ADDED: Final = 1_420_070_400  # 2015
_LAST_ADDED: Final = 1_785_000_000  # summer of 2026; fixed, so that a library never changes


class RowGenerator(ABC):
    """One kind of item. Rows are addressed by index; the id of a row is `first_id` + index."""

    seed_name: ClassVar[str]  # part of the seed: another name gives another library

    first_id: ClassVar[int]
    id_field: ClassVar[str]
    specials: ClassVar[Sequence[quirks.Row]]

    def __init__(self, size: int, seed: int, groups: Groups) -> None:
        self.size = size
        self.groups = groups
        self.generations = Generations(size, seed)
        self._special_from = self.regular_count(size)
        self._key = f"{self.seed_name}/{seed}/"

    @classmethod
    def regular_count(cls, size: int) -> int:
        """Return how many of `size` items come before the special ones."""
        return size - min(len(cls.specials), size // 10)

    @abstractmethod
    def row(self, index: int, generation: int, number: int, group_id: int) -> quirks.Row:
        """Return one row as the panel lists it, in one of its categories."""

    @abstractmethod
    def group(self, index: int) -> Group:
        """Return the item's first category."""

    def rows(self, generation: int, group_id: int = 0) -> Iterator[quirks.Row]:
        """Yield all rows of a generation, or those of one category; `num` counts from 1."""
        number = 0
        for index in self.generations.indices(generation):
            for listed_in in self._listed_in(index, group_id):
                number += 1
                yield self.row(index, generation, number, listed_in)

    def categories(self) -> list[quirks.Row]:
        return [
            {
                "category_id": str(group.id),
                "category_name": group.name,
                "parent_id": quirks.number(0, group.id % 4 == 0),
            }
            for group in self.groups.all
        ]

    def group_ids(self, index: int) -> tuple[int, ...]:
        """Return the ids of the item's categories, the primary one first."""
        first = self.group(index)
        if not quirks.is_in_two_categories(index):
            return (first.id,)
        second = self.second_group(index)
        return (first.id, second.id) if second != first else (first.id,)

    def second_group(self, index: int) -> Group:
        """Return the other category of an item in two; the first one if no other suits."""
        return self.groups.drawn[index % len(self.groups.drawn)]

    def index_of(self, item_id: int, generation: int) -> int | None:
        """Return the index of an id, or None when the item is not in this generation."""
        index = item_id - self.first_id
        return index if self.generations.holds(index, generation) else None

    def rng(self, purpose: str, index: int) -> SeededRandom:
        return SeededRandom(f"{self._key}{purpose}{index}")

    def override(self, index: int) -> quirks.Row:
        """Return the fields in which a special row differs."""
        return self.specials[index - self._special_from] if self.is_special(index) else {}

    def is_special(self, index: int) -> bool:
        return self._special_from <= index < self.size

    def added(self, index: int, rng: SeededRandom) -> int:
        """Return when the panel added the item; those of later generations are the newest."""
        age = rng.below(_LAST_ADDED - _FIRST_ADDED)
        return _FIRST_ADDED + age if index < self.size else _LAST_ADDED + (index - self.size) % 100_000

    def _listed_in(self, index: int, group_id: int) -> Sequence[int]:
        has_own_category = "category_id" in (override := self.override(index))
        if not group_id:
            groups = self.group_ids(index)
            return groups if quirks.is_listed_twice(index) and not has_own_category else groups[:1]
        if has_own_category:
            return (group_id,) if str(group_id) == override["category_id"] else ()
        return (group_id,) if group_id in self.group_ids(index) else ()


_VERSIONS_PERCENT: Final = 15


class TitleGenerator(RowGenerator):
    """A list of works: real ones (`facts`) first, special rows at the end of generation 0."""

    def __init__(
        self, size: int, seed: int, groups_for: Callable[[int, Sequence[Film]], Groups], facts: Sequence[Film]
    ) -> None:
        self.facts = facts[: self.regular_count(size)]
        super().__init__(size, seed, groups_for(size, self.facts))
        self._last_origin = (-1, -1)
        self._last_group = (-1, Group(0, ""))

    def group(self, index: int) -> Group:
        asked, group = self._last_group
        if asked != index:  # a row needs its group several times
            group = self._find_group(index)
            self._last_group = (index, group)
        return group

    def second_group(self, index: int) -> Group:
        origin = self.origin(index)
        if origin < len(self.facts):
            return self.groups.classics[classic_categories(self.facts[origin])[-1]]
        return super().second_group(index)

    def origin(self, index: int) -> int:
        """Return the index whose work this row shows: its own, or an earlier one of which it is a version."""
        asked, origin = self._last_origin
        if asked != index:
            origin = self._find_origin(index)
            self._last_origin = (index, origin)
        return origin

    def work(self, index: int, generation: int) -> Work:
        """Return the work of a row in this generation."""
        origin = self.origin(index)
        rng = self.rng("work", origin)
        if origin < len(self.facts):
            work = real_work(self.facts[origin], rng)
        else:
            work = invented_work(rng.pick(self.groups.drawn), rng)
        revision = self.generations.revision(index, generation)
        return revised(work, index, revision, only_plot=self.is_special(index))

    def name(self, index: int, work: Work) -> str:
        """Return the name with its tags; the first row of a real work has a plain name."""
        if index < len(self.facts):
            return f"{work.title} ({work.year})"
        return display_name(work, self.rng("name", index))

    def _find_group(self, index: int) -> Group:
        origin = self.origin(index)
        if origin < len(self.facts):
            return self.groups.classics[classic_categories(self.facts[origin])[0]]
        return self.rng("work", origin).pick(self.groups.drawn)

    def _find_origin(self, index: int) -> int:
        if index < len(self.facts) or self.is_special(index):
            return index
        rng = self.rng("version", index)
        return rng.below(index) if rng.chance(_VERSIONS_PERCENT) else index
