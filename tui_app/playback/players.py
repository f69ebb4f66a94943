"""Finds a player: the one from the settings, else mpv, else VLC. Also detects a missing display."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from tui_app.errors import PlayerError
from tui_app.playback.playable import Moment, Outcome, Playable
from tui_app.settings import AppSettings

#: Programs outside the search path.
_ELSEWHERE: Final = {
    "mpv": ("/opt/homebrew/bin/mpv", "/Applications/mpv.app/Contents/MacOS/mpv"),
    "vlc": ("/Applications/VLC.app/Contents/MacOS/VLC",),
}
#: Arguments that make a window unnecessary.
_WINDOWLESS: Final = ("--no-video", "--vid=no", "--video=no", "--vo=null", "--vo=drm", "--gpu-context=drm")
#: mpv's video outputs that draw in a terminal.
_IN_TERMINAL: Final = frozenset({"tct", "caca", "kitty", "sixel"})
_HAS_WINDOWS: Final = ("darwin", "win32", "cygwin")
_HINT: Final = "Install mpv or VLC, or set a command of your own in the Settings."


class Player(Protocol):
    """A media player. `name` is shown to users."""

    @property
    def name(self) -> str: ...

    async def play(self, what: Playable, report: Callable[[Moment], None]) -> Outcome:
        """Play until the end and report positions to `report`; end the player when cancelled. Raises `PlayerError`."""
        ...


def find_player(settings: AppSettings, which: Callable[[str], str | None] = shutil.which) -> Player:
    """Return the player to use. Raises `PlayerError` that names what is missing."""
    from tui_app.playback.mpv import Mpv  # noqa: PLC0415 - loaded to play
    from tui_app.playback.other_players import CommandPlayer, Vlc  # noqa: PLC0415 - loaded to play

    if settings.player == "command":
        if not settings.player_command.strip():
            raise PlayerError("No command for playing is set.", hint="Set it in the Settings.")
        return CommandPlayer(settings.player_command)
    if not hasattr(socket, "AF_UNIX"):
        raise PlayerError("This system has no way to talk to mpv or VLC.", hint="Set a command of your own.")
    arguments = tuple(shlex.split(settings.player_arguments))
    wanted = ("mpv", "vlc") if settings.player == "auto" else (settings.player,)
    for name in wanted:
        if program := _program(name, which):
            return Mpv(program, arguments, draws_in_terminal(settings)) if name == "mpv" else Vlc(program, arguments)
    missing = "Neither mpv nor VLC is" if settings.player == "auto" else f"{settings.player} is not"
    raise PlayerError(f"{missing} installed here.", hint=_HINT)


def _program(name: str, which: Callable[[str], str | None]) -> str | None:
    return which(name) or next((path for path in _ELSEWHERE[name] if Path(path).exists()), None)


def draws_in_terminal(settings: AppSettings) -> bool:
    """Return True when the player is mpv with an output that draws in the terminal."""
    outputs = [word.partition("=")[2] for word in settings.player_arguments.split() if word.startswith("--vo=")]
    return settings.player in ("auto", "mpv") and bool(outputs) and outputs[-1].split(",")[0] in _IN_TERMINAL


def in_this_terminal(settings: AppSettings) -> AppSettings:
    """Return the settings with mpv drawing in the terminal, which works over SSH."""
    return replace(settings, player="mpv", player_arguments=f"{settings.player_arguments} --vo=tct".strip())


def why_no_display(
    settings: AppSettings, environment: Mapping[str, str] | None = None, platform: str = sys.platform
) -> str:
    """Return why a player can't show a window here; "" when it can.

    A custom command may show it on another machine, so it is never refused.
    """
    seen = os.environ if environment is None else environment
    if settings.player == "command" or platform in _HAS_WINDOWS or draws_in_terminal(settings):
        return ""
    if seen.get("DISPLAY") or seen.get("WAYLAND_DISPLAY"):
        return ""
    if any(argument.startswith(_WINDOWLESS) for argument in settings.player_arguments.split()):
        return ""
    is_remote = seen.get("SSH_CONNECTION") or seen.get("SSH_TTY")
    return "There is no screen here: this is an SSH session." if is_remote else "There is no graphical screen here."
