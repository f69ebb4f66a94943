"""Playback: finds a player, starts it without exposing the address to other users, and reports its state.

What to play comes as a `Playable`; positions go to a `PositionSink`.
"""

from __future__ import annotations

from tui_app.playback.playable import (
    Moment,
    Outcome,
    Playable,
    PlayerControl,
    PlayState,
    PlayStatus,
    is_finished,
    resume_point,
)
from tui_app.playback.players import Player, draws_in_terminal, find_player, in_this_terminal, why_no_display
from tui_app.playback.session import PlaySession, PositionSink

__all__ = [
    "Moment",
    "Outcome",
    "PlaySession",
    "PlayState",
    "PlayStatus",
    "Playable",
    "Player",
    "PlayerControl",
    "PositionSink",
    "draws_in_terminal",
    "find_player",
    "in_this_terminal",
    "is_finished",
    "resume_point",
    "why_no_display",
]
