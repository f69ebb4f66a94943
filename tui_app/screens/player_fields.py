"""The fields of the settings screen about playing: which player, its arguments, a command of the user's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tui_app.screens.dialogs.typed import TypedDialog
from tui_app.screens.fields import LABEL_CELLS, CycleField, Field, FlagField, OpenField
from tui_app.settings import AppSettings, validate_app_settings
from tui_app.settings.schema import PlayerName

_PLAYERS: Final[tuple[tuple[PlayerName, str], ...]] = (
    ("auto", "mpv, else VLC"),
    ("mpv", "mpv"),
    ("vlc", "VLC"),
    ("command", "own command"),
)
_SHOWN: Final = 24  # characters of what was typed


@dataclass(frozen=True, slots=True)
class _Typed:
    """What a typed setting's dialog says."""

    title: str
    sentence: str
    hints: tuple[str, ...]


_TYPED: Final = {
    "player_command": _Typed(
        "Player command",
        "The command that plays; without a shell.",
        (
            "It finds the address on its standard input:  ssh laptop mpv --playlist=-",
            "{playlist} is a file with it that only you can read:  celluloid {playlist}",
            "{url} is the address itself: every user of the machine can see it then.",
            "Also: {title} {start} {user_agent}",
        ),
    ),
    "player_arguments": _Typed(
        "Player arguments",
        "What mpv or VLC is told besides.",
        (
            "For instance:  --fullscreen --volume=60",
            "--vo=tct has mpv draw in this terminal: q there comes back.",
        ),
    ),
}


class PlayerFields:
    """All of them, made once."""

    def __init__(self) -> None:
        cells, plain = LABEL_CELLS, AppSettings()
        self.player: CycleField[PlayerName] = CycleField(
            "Player",
            _PLAYERS,
            plain.player,
            id="app-player",
            help="What plays. Positions are known of mpv, and of VLC where its socket works; not of own commands.",
            label_cells=cells,
        )
        self.command = OpenField(
            "Player command",
            "none",
            id="app-player_command",
            help="Your own command, for instance a player on another machine.",
            label_cells=cells,
        )
        self.arguments = OpenField(
            "Player arguments", "none", id="app-player_arguments", help="For mpv or VLC.", label_cells=cells
        )
        self.autoplay = FlagField(
            "Play next episode",
            plain.autoplay_next,
            id="app-autoplay_next",
            help="At the end of an episode the next one begins by itself; otherwise it is offered.",
            label_cells=cells,
        )

    def __iter__(self) -> Iterator[Field]:
        yield from (self.player, self.command, self.arguments, self.autoplay)

    def show(self, settings: AppSettings) -> None:
        """Fill them in."""
        self.player.set(settings.player)
        self.command.set(_shown(settings.player_command))
        self.arguments.set(_shown(settings.player_arguments))
        self.autoplay.set(settings.autoplay_next)


def typed_setting(id_: str) -> str | None:
    """The name of the setting that a field's dialog changes; None for other fields."""
    name = id_.removeprefix("app-")
    return name if name in _TYPED else None


def dialog_for(name: str, settings: AppSettings) -> TypedDialog:
    """The dialog that asks for a typed setting; it refuses what the settings refuse, in their words."""
    words = _TYPED[name]
    return TypedDialog(words.title, words.sentence, words.hints, getattr(settings, name), _checker(name))


def _checker(name: str) -> Callable[[str], str]:
    def problem(value: str) -> str:
        changed: dict[str, Any] = {name: value}
        found = validate_app_settings(AppSettings(**changed))
        return f"It{found[0].removeprefix(name)}." if found else ""

    return problem


def _shown(value: str) -> str:
    if not value:
        return "none"
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN].rstrip()} …"
