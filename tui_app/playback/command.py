"""A custom player command, run without a shell.

`{playlist}` stands for a file only this user can read. A command with neither that nor `{url}` reads the address from
standard input (`mpv --playlist=-`, `ssh laptop mpv --playlist=-`). `{url}` exposes the address to every user of the
machine; it is supported because the user asks for it. The position of such a player is unknown.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tui_app.errors import PlayerError
from tui_app.playback.playable import Moment, Outcome, Playable
from tui_app.playback.process import failure, player_process, private_folder, write_private
from tui_app.playback.vlc import playlist_text

_PLACE: Final = re.compile(r"\{(url|playlist|title|start|user_agent)\}")
#: Everything but characters that shells, also remote ones, take literally.
_HARMLESS: Final = re.compile(r"[^\w .,:+@-]")
_URL_SIGNS: Final = ":/?&=%@~[]+,-._"
#: Programs that pass their arguments to a remote shell.
_REMOTE: Final = frozenset({"ssh", "autossh", "mosh"})


@dataclass(frozen=True, slots=True)
class CommandPlayer:
    """A custom command line. `template` was validated by the settings."""

    template: str
    name: str = "your player"

    async def play(self, what: Playable, report: Callable[[Moment], None]) -> Outcome:
        """Run the command until it ends; end it when cancelled. Raises `PlayerError`."""
        with private_folder() as folder:
            playlist = folder / "play.m3u"
            if "{playlist}" in self.template:
                write_private(playlist, playlist_text(what))
            takes_input = "{playlist}" not in self.template and "{url}" not in self.template
            stdin = f"{what.address}\n".encode() if takes_input else None
            async with player_process(filled(self.template, what, playlist), stdin=stdin) as process:
                report(Moment())
                code = await process.wait()
                return Outcome("quit") if code == 0 else failure(what, self.name, process.output, code=code)


def filled(template: str, what: Playable, playlist: Path) -> tuple[str, ...]:
    """Return the words of the command with its placeholders filled. Raises `PlayerError` for an invalid template."""
    try:
        words = shlex.split(template)
    except ValueError:
        words = []
    if not words:
        raise PlayerError("The player's command can't be understood.", hint="Correct it in the Settings.")
    values = {
        "url": quote(what.address, safe=_URL_SIGNS),
        "playlist": str(playlist),
        "title": _HARMLESS.sub("_", what.title).lstrip("-") or "untitled",
        "start": f"{what.start_s:.0f}",
        "user_agent": what.user_agent,
    }
    if Path(words[0]).name in _REMOTE:
        values = {name: shlex.quote(value) for name, value in values.items()}
    return tuple(_PLACE.sub(lambda place: values[place[1]], word) for word in words)
