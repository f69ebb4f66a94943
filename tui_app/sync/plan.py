"""What one sync is asked to do, and which parts that means for a library as it stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_app.catalog import LISTED_KINDS, Kind, PartState
from tui_app.events import Mode
from tui_app.sync.report import CATEGORIES, GUIDE


@dataclass(frozen=True, slots=True)
class SyncScope:
    """`retry`: only the parts whose last sync did not complete. `background`: the schedule wants it, nobody waits."""

    mode: Mode = "incremental"
    only: tuple[Kind, ...] | None = None
    accept_shrink: bool = False
    retry: bool = False
    background: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts to be done: the categories of some kinds (none: they are left alone), then lists, then the guide.

    The guide is wanted only where the channels are; whether it is due is not known here.
    """

    categories_of: tuple[Kind, ...]
    lists: tuple[Kind, ...]
    guide: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Those that decide how the sync went: the guide only where it is alone."""
        lists = (*((CATEGORIES,) if self.categories_of else ()), *(kind.plural for kind in self.lists))
        return lists or ((GUIDE,) if self.guide else ())


def make_plan(
    order: SyncScope,
    kinds: Sequence[Kind],
    states: Mapping[str, PartState],
    *,
    has_guide: bool = False,
    guide_left: bool = False,
) -> Plan:
    """`kinds` are those the profile syncs, `states` how their last syncs went.

    `has_guide`: it also wants the guide file; `guide_left`: the last one did not come whole.
    """
    wanted = tuple(kind for kind in LISTED_KINDS if kind in (order.only or kinds))
    has_guide = has_guide and Kind.CHANNEL in wanted
    if not order.retry:
        return Plan(wanted, wanted, has_guide)
    lists = tuple(kind for kind in wanted if not _is_completed(states, kind.plural))
    return Plan(() if _is_completed(states, CATEGORIES) else wanted, lists, has_guide and guide_left)


def _is_completed(states: Mapping[str, PartState], part: str) -> bool:
    return part in states and states[part].status == "completed"
