"""Determine which parts a sync has to do, from what was requested and the state of the library. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_app.catalog import LISTED_KINDS, Kind, PartState
from tui_app.events import Mode
from tui_app.sync.report import CATEGORIES, GUIDE


@dataclass(frozen=True, slots=True)
class SyncScope:
    """What was requested. `retry`: only parts whose last sync did not complete. `background`: a scheduled sync.

    `categories_only`: the categories without the lists, to choose among them before the first sync.
    """

    mode: Mode = "incremental"
    only: tuple[Kind, ...] | None = None
    accept_shrink: bool = False
    retry: bool = False
    background: bool = False
    categories_only: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts to do: categories of some kinds (possibly none), then lists, then the EPG file.

    The EPG file needs the channels; whether it is due is decided by `GuideFileSync`.
    """

    categories_of: tuple[Kind, ...]
    lists: tuple[Kind, ...]
    guide: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the parts that determine the status: lists, or the only other part planned."""
        lists = (*((CATEGORIES,) if self.categories_of else ()), *(kind.plural for kind in self.lists))
        return lists or ((GUIDE,) if self.guide else ())


def make_plan(
    scope: SyncScope,
    kinds: Sequence[Kind],
    states: Mapping[str, PartState],
    *,
    has_guide: bool = False,
    guide_left: bool = False,
) -> Plan:
    """Plan a sync of `kinds`, the kinds the profile syncs. `states` are the outcomes of their last syncs.

    `has_guide`: the profile also syncs the EPG file; `guide_left`: its last import was incomplete.
    """
    wanted = tuple(kind for kind in LISTED_KINDS if kind in (scope.only or kinds))
    if scope.categories_only:
        return Plan(wanted, ())
    has_guide = has_guide and Kind.CHANNEL in wanted
    if not scope.retry:
        return Plan(wanted, wanted, has_guide)
    lists = tuple(kind for kind in wanted if not _is_completed(states, kind.plural))
    return Plan(() if _is_completed(states, CATEGORIES) else wanted, lists, has_guide and guide_left)


def _is_completed(states: Mapping[str, PartState], part: str) -> bool:
    return part in states and states[part].status == "completed"
