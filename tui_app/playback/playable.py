"""What is played, and the state of the player: frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, Protocol

from tui_app.catalog import ItemRef
from tui_app.errors import PlayerError
from tui_app.text import strip_controls

#: Other schemes are refused: players read files, memory and their own lists through them.
_ADDRESS: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Playable:
    """One title to play. `address` is a secret; `repr` does not show it.

    Raises `PlayerError` for an address that does not begin with http:// or https://, or contains blanks.
    """

    ref: ItemRef
    address: str = field(repr=False)
    title: str
    profile: str
    user_agent: str = ""
    start_s: float = 0.0  # where to begin
    is_live: bool = False
    keeps_position: bool = True  # False for live and past programmes
    max_connections: int | None = None  # streams the account allows at a time; None = not known

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise PlayerError("The address of this title can't be played: it is not a web address.")
        shown = " ".join(strip_controls(self.title).split())[:_LONGEST_TITLE]
        object.__setattr__(self, "title", shown or "untitled")


class PlayerControl(Protocol):
    """Controls a running player: toggle the pause, seek by seconds, change the volume by per cent."""

    async def __call__(self, change: Literal["pause", "seek", "volume"], by: float = 0) -> None: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """The state reported by a player; None means unknown. `at_end`: it paused at the end.

    `control`: None for a player that can't be controlled.
    """

    position_s: float | None = None
    duration_s: float | None = None
    paused: bool = False
    at_end: bool = False
    volume: float | None = None  # per cent
    control: PlayerControl | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How playing ended: at the end of the stream, by the user (or us), or because it failed."""

    reason: Literal["eof", "quit", "failed"]
    message: str = ""  # for a failure: one sentence without secrets
    hint: str = ""


class PlayState(StrEnum):
    """The state of a playback session."""

    STARTING = "starting"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PlayStatus:
    """The state of a session, reported when it changes, its position once a second.

    `finished`: watched to the end. `began`: the player showed something.
    """

    what: Playable
    state: PlayState
    player: str
    position_s: float | None = None
    duration_s: float | None = None
    finished: bool = False
    began: bool = False
    volume: float | None = None
    control: PlayerControl | None = None
    message: str = ""
    hint: str = ""

    @property
    def is_over(self) -> bool:
        return self.state in (PlayState.ENDED, PlayState.FAILED)


#: Below this, resuming is not offered.
LEAST_RESUME_S: Final = 30.0
#: From this share of its length a title counts as watched.
WATCHED_FROM: Final = 0.95
#: A stream that ends before this share of its length was interrupted.
_PLAUSIBLE_END: Final = 0.8


def resume_point(position_s: float | None, duration_s: float | None) -> float | None:
    """Return the position to resume at; None near the beginning or the end."""
    if position_s is None or position_s < LEAST_RESUME_S or is_finished(position_s, duration_s):
        return None
    return position_s


def is_finished(position_s: float | None, duration_s: float | None, *, ended_by_itself: bool = False) -> bool:
    """Return True when a title counts as watched to its end."""
    if not duration_s or position_s is None:
        return ended_by_itself
    return position_s >= duration_s * (_PLAUSIBLE_END if ended_by_itself else WATCHED_FROM)
