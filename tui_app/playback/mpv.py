"""mpv: told what to play over its socket, so that the address stands in no process list; asked where it is.

The socket lies in a folder only this user can enter. Titles and addresses go as JSON values: none can become an option.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from tui_app.errors import PlayerError
from tui_app.playback.mpv_socket import MpvRefused, MpvSocket
from tui_app.playback.playable import Moment, Outcome, Playable
from tui_app.playback.process import PlayerProcess, player_process, private_folder
from tui_app.playback.reasons import failure

#: `idle=once`: it waits for our command, and leaves when that has played. Nothing is fetched by other programs, no
#: list a server sends may name local files, and no file of mpv's own keeps what was played.
_OPTIONS: Final = (
    "--idle=once",
    "--no-ytdl",
    "--load-unsafe-playlists=no",
    "--save-position-on-quit=no",
    "--resume-playback=no",
    "--keep-open=no",
    "--term-status-msg=",
    "--msg-level=all=error,ffmpeg=warn",  # with the HTTP status of a refusal
)
_NO_TERMINAL: Final = "--input-terminal=no"
_POLL_S: Final = 1.0
_LAST_WORDS_S: Final = 2.0
_OBSERVED: Final = ("pause", "duration", "eof-reached")


@dataclass(frozen=True, slots=True)
class Mpv:
    """mpv at `program`, with the user's own `arguments` behind ours; `in_terminal`: it draws there, and reads keys."""

    program: str
    arguments: Sequence[str] = ()
    in_terminal: bool = False
    name: str = "mpv"

    async def play(self, what: Playable, tell: Callable[[Moment], None]) -> Outcome:
        """Play until the end; `tell` hears where it is. Cancelled, it ends the player. Raises `PlayerError`."""
        with private_folder() as folder:
            path = folder / "mpv"
            ours = _OPTIONS if self.in_terminal else (*_OPTIONS, _NO_TERMINAL)
            command = (self.program, *ours, *self.arguments, f"--input-ipc-server={path}")
            async with player_process(command, in_terminal=self.in_terminal) as process:
                socket = await MpvSocket.connect(path, process)
                if socket is None:
                    return await _ended(process, what)
                try:
                    return await _Playing(what, process, socket, tell).run()
                finally:
                    socket.close()


class _Playing:
    """One run of mpv, from the first command to its end."""

    def __init__(
        self, what: Playable, process: PlayerProcess, socket: MpvSocket, tell: Callable[[Moment], None]
    ) -> None:
        self._what = what
        self._process = process
        self._socket = socket
        self._tell = tell
        self._moment = Moment()
        self._is_loaded = False

    async def run(self) -> Outcome:
        try:
            await self._load()
        except MpvRefused as refusal:
            raise PlayerError(
                f"mpv refuses to play: {refusal}.", hint="It may be too old: 0.32 or newer works."
            ) from None
        except PlayerError:
            if self._socket.lost.is_set():  # it ended while we spoke to it
                return await _ended(self._process, self._what)
            raise
        while True:
            event = await self._socket.next_event(_POLL_S)
            if event is None:
                if self._socket.lost.is_set() or self._process.returncode is not None:
                    return await _ended(self._process, self._what)
                await self._look()
            elif (outcome := await self._hear(event)) is not None:
                return outcome

    async def _load(self) -> None:
        what, command = self._what, self._socket.command
        for number, name in enumerate(_OBSERVED, 1):
            await command("observe_property", number, name)
        await command("set_property", "force-media-title", what.title)
        if what.user_agent:
            await command("set_property", "user-agent", what.user_agent)
        if what.start_s > 0:
            await command("set_property", "start", f"{what.start_s:.3f}")
        await command("loadfile", what.address, "replace")

    async def _look(self) -> None:
        """Ask where it is. A player that does not answer goes on playing, unseen."""
        if not self._is_loaded:
            return
        try:
            position = _seconds(await self._socket.command("get_property", "time-pos"))
        except (MpvRefused, PlayerError):
            return
        if position is not None:
            self._say(position_s=position)

    def _say(self, **changes: Any) -> None:
        self._moment = replace(self._moment, **changes)
        if self._is_loaded:
            self._tell(self._moment)

    async def _hear(self, event: dict[str, Any]) -> Outcome | None:
        name = event["event"]
        if name == "property-change":
            await self._hear_property(event.get("name"), event.get("data"))
        elif name in ("playback-restart", "seek"):
            self._is_loaded = True
            await self._look()
        elif name == "end-file":
            return await self._hear_end(event)
        elif name == "shutdown":
            return Outcome("quit")
        return None

    async def _hear_property(self, name: object, data: object) -> None:
        if name == "pause" and isinstance(data, bool):
            await self._look()
            self._say(paused=data)
        elif name == "duration":
            self._say(duration_s=_seconds(data))
        elif name == "eof-reached" and data is True:
            self._say(at_end=True)

    async def _hear_end(self, event: dict[str, Any]) -> Outcome | None:
        reason = event.get("reason")
        if reason == "redirect":  # the address answered with a list: its first entry plays next
            return None
        if reason == "eof":
            return Outcome("eof")
        if reason == "error":
            with suppress(TimeoutError):  # it leaves by itself, and its last words say why
                async with asyncio.timeout(_LAST_WORDS_S):
                    await self._process.wait()
            said = event.get("file_error")
            return failure(self._what, "mpv", self._process.output, said=said if isinstance(said, str) else "")
        return Outcome("quit")


async def _ended(process: PlayerProcess, what: Playable) -> Outcome:
    """mpv is gone, or went on without its socket: then there is nothing but to wait for it."""
    code = await process.wait()
    return Outcome("quit") if code == 0 else failure(what, "mpv", process.output, code=code)


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return max(0.0, float(value)) if is_number else None  # type: ignore[arg-type]
