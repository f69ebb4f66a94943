"""What one sync is asked to do, and which parts that means for a library as it stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tui_app.catalog import LISTED_KINDS, Kind, PartState
from tui_app.sync.report import CATEGORIES

Mode = Literal["incremental", "full"]


@dataclass(frozen=True, slots=True)
class SyncOrder:
    """`retry`: only the parts whose last sync did not complete. `background`: the schedule wants it, nobody waits."""

    mode: Mode = "incremental"
    only: tuple[Kind, ...] | None = None
    accept_shrink: bool = False
    retry: bool = False
    background: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts to be done: the categories of some kinds (none: they are left alone), then lists."""

    categories_of: tuple[Kind, ...]
    lists: tuple[Kind, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        return (*((CATEGORIES,) if self.categories_of else ()), *(kind.plural for kind in self.lists))


def make_plan(order: SyncOrder, kinds: Sequence[Kind], states: Mapping[str, PartState]) -> Plan:
    """`kinds` are those the profile syncs, `states` how their last syncs went."""
    wanted = tuple(kind for kind in LISTED_KINDS if kind in (order.only or kinds))
    if not order.retry:
        return Plan(wanted, wanted)
    lists = tuple(kind for kind in wanted if not _is_completed(states, kind.plural))
    return Plan(() if _is_completed(states, CATEGORIES) else wanted, lists)


def _is_completed(states: Mapping[str, PartState], part: str) -> bool:
    return part in states and states[part].status == "completed"
