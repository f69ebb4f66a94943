"""A panel that answers byte for byte what a test wants: a raw HTTP server on the loopback interface.

    async with ScriptedPanel(lambda request: json_answer([])) as panel: ... panel.url ... panel.requests

An answer is bytes, or a sequence of steps: bytes are sent, numbers are waited (seconds), HANG says nothing more and
keeps the connection open, RESET drops it hard, CLOSE ends it. The connection stays open after an answer unless its head
says `close` (or has no length) or a step drops it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Step(Enum):
    HANG = "hang"
    RESET = "reset"
    CLOSE = "close"


HANG, RESET, CLOSE = Step.HANG, Step.RESET, Step.CLOSE
Answer = bytes | Sequence[bytes | float | Step]


@dataclass(frozen=True)
class Request:
    """What the client sent. `params` holds the first value of each query key."""

    method: str
    target: str
    headers: Mapping[str, str]
    params: Mapping[str, str]

    @property
    def action(self) -> str:
        return self.params.get("action", "")


def answer(
    body: bytes = b"", status: int = 200, *, headers: Mapping[str, str] | None = None, length: int | str | None = "auto"
) -> bytes:
    """A whole response. `length`: "auto", a number to claim, or None for a body that ends with the connection."""
    head = {"Content-Type": "application/json"} | dict(headers or {})
    if length is None:
        head["Connection"] = "close"
    else:
        head["Content-Length"] = str(len(body) if length == "auto" else length)
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_answer(value: Any, status: int = 200) -> bytes:
    return answer(json.dumps(value, separators=(",", ":")).encode(), status)


@dataclass
class ScriptedPanel:
    """Serves `script(request)` on 127.0.0.1; an async context manager. `requests` is what came in, in order."""

    script: Callable[[Request], Answer]
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    tls: ssl.SSLContext | None = None

    async def __aenter__(self) -> ScriptedPanel:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        request = _parsed(head)
        self.requests.append(request)
        steps = self.script(request)
        said = b""
        for step in [steps] if isinstance(steps, bytes) else steps:
            if step is HANG:
                await asyncio.Event().wait()
            elif step is RESET:
                _drop(writer)
                return False
            elif step is CLOSE:
                return False
            elif isinstance(step, bytes):
                said += step
                writer.write(step)
                await writer.drain()
            elif isinstance(step, int | float):
                await asyncio.sleep(step)
        return b"connection: close" not in said.partition(b"\r\n\r\n")[0].lower()


def _parsed(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _version = first.split(" ")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    query = parse_qs(urlsplit(target).query, keep_blank_values=True)
    return Request(method, target, headers, {key: values[0] for key, values in query.items()})


def _drop(writer: asyncio.StreamWriter) -> None:
    """Close with a TCP reset instead of a farewell."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
