"""VLC, and custom player commands: both read the address from a playlist or from standard input.

VLC reports positions over its RC socket, a plugin; without it VLC plays, but its position is unknown. A custom command
runs without a shell. `{playlist}` stands for a file only this user can read; a command with neither that nor `{url}`
reads the address from standard input (`mpv --playlist=-`, `ssh laptop mpv --playlist=-`). `{url}` exposes the address
to every user of the machine; it is supported because the user asks for it. The position of a custom player is unknown.
"""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tui_app.errors import PlayerError
from tui_app.playback.playable import Moment, Outcome, Playable
from tui_app.playback.process import PlayerProcess, failure, player_process, private_folder, write_private

_OPTIONS: Final = ("--play-and-exit", "--no-one-instance", "--extraintf=oldrc", "--rc-fake-tty")
_POLL_S: Final = 1.0
_ANSWER_S: Final = 2.0
_LONGEST_ANSWER: Final = 64 * 1024
_NUMBER: Final = re.compile(r"^[>\s]*(\d{1,9})\s*$")
_STATE: Final = re.compile(r"\( (\w+) state: \d+ \)")
_FAILED: Final = re.compile(r"(?i)can't be opened|unable to open|http error|connection failed")


@dataclass(frozen=True, slots=True)
class Vlc:
    """VLC at `program`, with the user's `arguments` after ours."""

    program: str
    arguments: Sequence[str] = ()
    name: str = "VLC"

    async def play(self, what: Playable, report: Callable[[Moment], None]) -> Outcome:
        """Play until the end and report positions to `report`; end the player when cancelled. Raises `PlayerError`."""
        with private_folder() as folder:
            playlist, socket = folder / "play.m3u", folder / "vlc"
            write_private(playlist, playlist_text(what, _options_of(what)))
            async with player_process(self._command(playlist, socket)) as process:
                began = False

                def note(moment: Moment) -> None:
                    nonlocal began
                    if not began:
                        began = True
                        playlist.unlink(missing_ok=True)  # it was read
                    report(moment)

                watching = asyncio.create_task(_watch(socket, note))
                try:
                    code = await process.wait()
                finally:
                    watching.cancel()
                return _outcome(code, process, what, began)

    def _command(self, playlist: Path, socket: Path) -> tuple[str, ...]:
        return (self.program, *_OPTIONS, f"--rc-unix={socket}", *self.arguments, str(playlist))


def playlist_text(what: Playable, options: Sequence[str] = ()) -> str:
    """Return a playlist of one entry. Titles have no line ends, so that none can add an entry or an option."""
    return "\n".join(("#EXTM3U", f"#EXTINF:-1,{what.title}", *options, what.address, ""))


def _options_of(what: Playable) -> list[str]:
    """Return the options for start time and user agent; VLC 3 ignores the latter on its command line."""
    agent = [f"#EXTVLCOPT:http-user-agent={what.user_agent}"] if what.user_agent else []
    return [*agent, f"#EXTVLCOPT:start-time={what.start_s:.0f}"] if what.start_s > 0 else agent


def _outcome(code: int, process: PlayerProcess, what: Playable, began: bool) -> Outcome:
    """Return how VLC ended. Its exit code is 0 even when it could play nothing."""
    if code != 0 or (not began and _FAILED.search(process.output)):
        return failure(what, "VLC", process.output, code=code)
    return Outcome("quit")


async def _watch(path: Path, report: Callable[[Moment], None]) -> None:
    """Ask VLC for its position once a second, as long as its socket answers."""
    while True:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            reader, writer = await asyncio.open_unix_connection(str(path), limit=_LONGEST_ANSWER)
            try:
                await _ask_for_ever(reader, writer, report)
            finally:
                writer.close()
        await asyncio.sleep(_POLL_S)


async def _ask_for_ever(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, report: Callable[[Moment], None]
) -> None:
    while True:
        position, duration = await _number(reader, writer, "get_time"), await _number(reader, writer, "get_length")
        writer.write(b"status\n")
        state = await _answer(reader, _STATE)
        if position is not None and (position > 0 or duration):
            report(Moment(position, duration or None, paused=state == "pause"))
        await asyncio.sleep(_POLL_S)


async def _number(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, command: str) -> float | None:
    writer.write(f"{command}\n".encode())
    found = await _answer(reader, _NUMBER)
    return None if found is None else float(found)


async def _answer(reader: asyncio.StreamReader, pattern: re.Pattern[str]) -> str | None:
    """Return the first matching line; None when none arrives in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_ANSWER_S):
            while line := await reader.readline():
                if found := pattern.search(line.decode("utf-8", "replace")):
                    return found[1]
            raise ConnectionResetError
    return None


_PLACEHOLDER: Final = re.compile(r"\{(url|playlist|title|start|user_agent)\}")
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
    return tuple(_PLACEHOLDER.sub(lambda found: values[found[1]], word) for word in words)
