"""What channels, movies and series have in common as lists: ids, categories, specials, generations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from tui_app.demo import quirks
from tui_app.demo.dice import Dice
from tui_app.demo.generations import Generations
from tui_app.demo.groups import Group, Groups

_FIRST_ADDED: Final = 1_420_070_400  # 2015
_LAST_ADDED: Final = 1_785_000_000  # summer of 2026; fixed, so that a library is the same on every day


class Shelf(ABC):
    """One kind of item. Rows are addressed by index; an id on the wire is `first_id` + index."""

    first_id: ClassVar[int]
    id_field: ClassVar[str]
    specials: ClassVar[Sequence[quirks.Row]]

    def __init__(self, size: int, seed: int, groups: Groups) -> None:
        self.size = size
        self.groups = groups
        self.generations = Generations(size, seed)
        self._special_from = self.regular_count(size)
        self._key = f"{type(self).__name__}/{seed}/"

    @classmethod
    def regular_count(cls, size: int) -> int:
        """How many of `size` items come before the special ones."""
        return size - min(len(cls.specials), size // 10)

    @abstractmethod
    def row(self, index: int, generation: int, number: int, group_id: int) -> quirks.Row:
        """One row as the panel lists it, under one of its categories."""

    @abstractmethod
    def group(self, index: int) -> Group:
        """The item's first category."""

    def rows(self, generation: int, group_id: int = 0) -> Iterator[quirks.Row]:
        """All rows of a generation, or those of one category; `num` counts from 1."""
        number = 0
        for index in self.generations.indices(generation):
            for home in self._homes(index, group_id):
                number += 1
                yield self.row(index, generation, number, home)

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
        """The categories an item is in, first the primary one."""
        first = self.group(index)
        if not quirks.is_in_two_categories(index):
            return (first.id,)
        second = self.second_group(index)
        return (first.id, second.id) if second != first else (first.id,)

    def second_group(self, index: int) -> Group:
        """The other category of an item that is in two; the first one again when no other suits."""
        return self.groups.drawn[index % len(self.groups.drawn)]

    def index_of(self, item_id: int, generation: int) -> int | None:
        """The index behind an id on the wire, or None when no such item exists in this generation."""
        index = item_id - self.first_id
        return index if self.generations.holds(index, generation) else None

    def dice(self, purpose: str, index: int) -> Dice:
        return Dice(f"{self._key}{purpose}{index}")

    def override(self, index: int) -> quirks.Row:
        """The fields in which a special row differs."""
        return self.specials[index - self._special_from] if self.is_special(index) else {}

    def is_special(self, index: int) -> bool:
        return self._special_from <= index < self.size

    def added(self, index: int, dice: Dice) -> int:
        """When the panel got the item; those of later generations are the newest."""
        age = dice.below(_LAST_ADDED - _FIRST_ADDED)
        return _FIRST_ADDED + age if index < self.size else _LAST_ADDED + (index - self.size) % 100_000

    def _homes(self, index: int, group_id: int) -> Sequence[int]:
        homeless = "category_id" in (override := self.override(index))
        if not group_id:
            groups = self.group_ids(index)
            return groups if quirks.is_listed_twice(index) and not homeless else groups[:1]
        if homeless:
            return (group_id,) if str(group_id) == override["category_id"] else ()
        return (group_id,) if group_id in self.group_ids(index) else ()
