"""mpv's JSON IPC: one line a command, one line an answer or an event. Knows the form of it, not what it is used for.

Lines that are no JSON, or nothing we know, are passed over; a broken socket is noted, never raised while listening.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tui_app.errors import PlayerError
from tui_app.playback.process import PlayerProcess

_LONGEST_LINE: Final = 1 << 20
_CONNECT_S: Final = 8.0
_LOOK_EVERY_S: Final = 0.05
_ANSWER_S: Final = 5.0
#: Events nobody took yet. What is more than that is dropped: a player that floods us is not worth our memory.
_MOST_EVENTS: Final = 1_000


class MpvRefused(Exception):
    """mpv answered a command with an error, such as "property unavailable"."""


class MpvSocket:
    """A connection to mpv. Made by `connect`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._next_id = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_EVENTS)
        self.lost = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, path: Path, process: PlayerProcess) -> MpvSocket | None:
        """Wait for mpv's socket. None when mpv ended before. Raises `PlayerError` when the socket never comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CONNECT_S):
                while process.returncode is None:
                    with suppress(OSError):
                        return cls(*await asyncio.open_unix_connection(str(path), limit=_LONGEST_LINE))
                    await asyncio.sleep(_LOOK_EVERY_S)
                return None
        raise PlayerError("mpv started, but does not listen.", hint="Does `mpv` run that program? Try another player.")

    async def command(self, *parts: Any) -> Any:
        """Send a command; its answer's data. Raises `MpvRefused`, and `PlayerError` when no answer comes."""
        self._next_id += 1
        answer = asyncio.get_running_loop().create_future()
        self._waiting[self._next_id] = answer
        line = json.dumps({"command": parts, "request_id": self._next_id}) + "\n"
        try:
            async with asyncio.timeout(_ANSWER_S):
                self._writer.write(line.encode())
                await self._writer.drain()
                return await answer
        except (TimeoutError, OSError):
            raise PlayerError("mpv does not answer.", hint="Try again, or choose another player.") from None
        finally:
            self._waiting.pop(self._next_id, None)
            answer.cancel()

    async def next_event(self, within_s: float) -> dict[str, Any] | None:
        """The next event; None when none came in time, or none will come any more."""
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
                self._hear(line)
        except (OSError, ValueError):  # broken, or a line without end
            pass
        finally:
            self.lost.set()
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(OSError("the socket is gone"))

    def _hear(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(said, dict):
            return
        if isinstance(said.get("event"), str):
            with suppress(asyncio.QueueFull):
                self._events.put_nowait(said)
            return
        number = said.get("request_id")
        answer = self._waiting.get(number) if isinstance(number, int) else None
        if answer is None or answer.done():
            return
        if said.get("error") == "success":
            answer.set_result(said.get("data"))
        else:
            answer.set_exception(MpvRefused(str(said.get("error"))))
