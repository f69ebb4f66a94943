"""mpv: receives the address over its IPC socket, so that no process list shows it, and reports positions.

The socket is in a folder only this user can enter. Titles and addresses are JSON values: none can become an option.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from tui_app.errors import PlayerError
from tui_app.playback.playable import Moment, Outcome, Playable
from tui_app.playback.process import END_S, PlayerProcess, failure, player_process, private_folder

_LONGEST_LINE: Final = 1 << 20
_LOOK_EVERY_S: Final = 0.05
#: Unhandled events beyond this number are dropped, to bound the memory.
_MOST_EVENTS: Final = 1_000


class MpvRefused(Exception):
    """mpv answered a command with an error, such as "property unavailable"."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long mpv may take, in seconds: to open its socket, to answer a command, to end when it is asked to."""

    connect_s: float = 8.0
    answer_s: float = 5.0
    end_s: float = END_S


class MpvSocket:
    """A connection to mpv's IPC socket, created by `connect`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: Patience) -> None:
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._next_id = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_EVENTS)
        self.lost = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, path: Path, process: PlayerProcess, patience: Patience) -> MpvSocket | None:
        """Wait for mpv's socket; None when mpv ended first. Raises `PlayerError` when there is no socket in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience.connect_s):
                while process.returncode is None:
                    with suppress(OSError):
                        streams = await asyncio.open_unix_connection(str(path), limit=_LONGEST_LINE)
                        return cls(*streams, patience)
                    await asyncio.sleep(_LOOK_EVERY_S)
                return None
        raise PlayerError(
            "mpv started but does not open its socket.", hint="Does `mpv` run that program? Try another player."
        )

    async def command(self, *parts: Any) -> Any:
        """Send a command and return the data of its answer.

        Raises `MpvRefused`, and `PlayerError` when no answer arrives.
        """
        self._next_id += 1
        number = self._next_id  # others may ask while this one waits
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        line = json.dumps({"command": parts, "request_id": number}) + "\n"
        try:
            async with asyncio.timeout(self._patience.answer_s):
                self._writer.write(line.encode())
                await self._writer.drain()
                return await answer
        except (TimeoutError, OSError):
            raise PlayerError("mpv does not answer.", hint="Try again, or choose another player.") from None
        finally:
            self._waiting.pop(number, None)
            answer.cancel()

    async def next_event(self, within_s: float) -> dict[str, Any] | None:
        """Return the next event; None when none arrived in time, or the connection is lost."""
        if self._events.empty() and self.lost.is_set():
            return None
        with suppress(TimeoutError):  # no `wait_for`: it may swallow that we are being cancelled
            async with asyncio.timeout(within_s):
                return await self._events.get()
        return None

    def close(self) -> None:
        self._listening.cancel()
        self._writer.close()

    async def _listen(self) -> None:
        try:
            while line := await self._reader.readline():
                self._handle(line)
        except (OSError, ValueError):  # broken, or a line without end
            pass
        finally:
            self.lost.set()
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(OSError("the socket is gone"))

    def _handle(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(message, dict):
            return
        if isinstance(message.get("event"), str):
            with suppress(asyncio.QueueFull):
                self._events.put_nowait(message)
            return
        number = message.get("request_id")
        answer = self._waiting.get(number) if isinstance(number, int) else None
        if answer is None or answer.done():
            return
        if message.get("error") == "success":
            answer.set_result(message.get("data"))
        else:
            answer.set_exception(MpvRefused(str(message.get("error"))))


#: `idle=once`: wait for our command, and exit when it has played. No other program fetches anything, no
#: playlist from a server may name local files, and mpv keeps no record of what was played.
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
_OBSERVED: Final = ("pause", "duration", "eof-reached", "volume")


@dataclass(frozen=True, slots=True)
class Mpv:
    """mpv at `program`, with the user's `arguments` after ours. `in_terminal`: it draws there and reads the keys."""

    program: str
    arguments: Sequence[str] = ()
    in_terminal: bool = False
    name: str = "mpv"
    patience: Patience = Patience()

    async def play(self, what: Playable, report: Callable[[Moment], None]) -> Outcome:
        """Play until the end and report positions to `report`; end the player when cancelled. Raises `PlayerError`."""
        with private_folder() as folder:
            path = folder / "mpv"
            ours = _OPTIONS if self.in_terminal else (*_OPTIONS, _NO_TERMINAL)
            command = (self.program, *ours, *self.arguments, f"--input-ipc-server={path}")
            async with player_process(command, in_terminal=self.in_terminal, end_s=self.patience.end_s) as process:
                socket = await MpvSocket.connect(path, process, self.patience)
                if socket is None:
                    return await _ended(process, what)
                try:
                    return await _Playing(what, process, socket, report).run()
                finally:
                    socket.close()


class _Playing:
    """One run of mpv, from the first command to its end."""

    def __init__(
        self, what: Playable, process: PlayerProcess, socket: MpvSocket, report: Callable[[Moment], None]
    ) -> None:
        self._what = what
        self._process = process
        self._socket = socket
        self._report = report
        self._moment = Moment(control=self._control)
        self._is_loaded = False

    async def run(self) -> Outcome:
        try:
            await self._load()
        except MpvRefused as refusal:
            raise PlayerError(
                f"mpv refuses to play: {refusal}.", hint="It may be too old: 0.32 or newer works."
            ) from None
        except PlayerError:
            if self._socket.lost.is_set():  # it ended during the command
                return await _ended(self._process, self._what)
            raise
        while True:
            event = await self._socket.next_event(_POLL_S)
            if event is None:
                if self._socket.lost.is_set() or self._process.returncode is not None:
                    return await _ended(self._process, self._what)
                await self._look()
            elif (outcome := await self._handle(event)) is not None:
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

    async def _control(self, change: Literal["pause", "seek", "volume"], by: float = 0) -> None:
        """Implement `PlayerControl`. A player that ended or does not answer changes nothing."""
        commands = {"pause": ("cycle", "pause"), "seek": ("seek", by, "relative"), "volume": ("add", "volume", by)}
        with suppress(MpvRefused, PlayerError):
            await self._socket.command(*commands[change])

    async def _look(self) -> None:
        """Ask for the position. A player that does not answer continues unobserved."""
        if not self._is_loaded:
            return
        try:
            position = _seconds(await self._socket.command("get_property", "time-pos"))
        except (MpvRefused, PlayerError):
            return
        if position is not None:
            self._report_change(position_s=position)

    def _report_change(self, **changes: Any) -> None:
        self._moment = replace(self._moment, **changes)
        if self._is_loaded:
            self._report(self._moment)

    async def _handle(self, event: dict[str, Any]) -> Outcome | None:
        name = event["event"]
        if name == "property-change":
            await self._handle_property(event.get("name"), event.get("data"))
        elif name in ("playback-restart", "seek"):
            self._is_loaded = True
            await self._look()
        elif name == "end-file":
            return await self._handle_end(event)
        elif name == "shutdown":
            return Outcome("quit")
        return None

    async def _handle_property(self, name: object, data: object) -> None:
        if name == "pause" and isinstance(data, bool):
            await self._look()
            self._report_change(paused=data)
        elif name == "duration":
            self._report_change(duration_s=_seconds(data))
        elif name == "volume":
            self._report_change(volume=_seconds(data))
        elif name == "eof-reached" and data is True:
            self._report_change(at_end=True)

    async def _handle_end(self, event: dict[str, Any]) -> Outcome | None:
        reason = event.get("reason")
        if reason == "redirect":  # the address is a playlist: its first entry plays next
            return None
        if reason == "eof":
            return Outcome("eof")
        if reason == "error":
            with suppress(TimeoutError):  # it exits by itself, and its last output has the reason
                async with asyncio.timeout(_LAST_WORDS_S):
                    await self._process.wait()
            message = event.get("file_error")
            return failure(self._what, "mpv", self._process.output, reason=message if isinstance(message, str) else "")
        return Outcome("quit")


async def _ended(process: PlayerProcess, what: Playable) -> Outcome:
    """Wait for mpv to end, also when it closed only its socket."""
    code = await process.wait()
    return Outcome("quit") if code == 0 else failure(what, "mpv", process.output, code=code)


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return max(0.0, float(value)) if is_number else None  # type: ignore[arg-type]
