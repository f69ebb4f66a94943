"""What the guide says: what is on now, a channel's programmes, and programmes that a search found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_app.catalog.details import Programme
from tui_app.catalog.lists import Item

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class NowNext:
    """What is stored of one channel's guide around one moment. All None: nothing is known."""

    now: Programme | None = None
    next: Programme | None = None
    at: int | None = None  # when it came; also set for a channel that has no guide
    fresh_until: int = 0  # until then there is no reason to ask the panel

    @property
    def is_silent(self) -> bool:
        """Whether the panel was asked and named nothing around this moment."""
        return self.at is not None and self.now is None and self.next is None


@dataclass(frozen=True, slots=True)
class ChannelGuide:
    """Programmes of one channel by start, and how old they are. `day_until`: asking again makes sense from then on."""

    programmes: tuple[Programme, ...] = ()
    at: int | None = None  # None: never asked
    day_until: int = 0
    has_none: bool = False  # the panel was asked for this channel, and nothing is known of any time


@dataclass(frozen=True, slots=True)
class ProgrammeHit:
    """A programme a search found, on the first of the channels that show it. `spans` as in `Hit`, of the title."""

    channel: Item
    programme: Programme
    spans: tuple[tuple[int, int], ...] = ()
    more_channels: int = 0  # that have the same guide


@dataclass(frozen=True, slots=True)
class ProgrammeAnswer:
    """Running and coming programmes, the soonest first. `total` counts up to the cap of 1,000; `capped`: there are
    more."""

    query: str
    total: int
    hits: tuple[ProgrammeHit, ...]
    elapsed_ms: float
    capped: bool = False


def has_catch_up(programme: Programme, archive_days: int, now: float) -> bool:
    """Whether a past programme can be played: the listing's word, else the channel's days."""
    if archive_days <= 0 or programme.stop >= now:
        return False
    if programme.has_archive is not None:
        return programme.has_archive
    return programme.start >= now - archive_days * _DAY_S
