"""A panel with faults: passes everything on to a demo panel, and spoils the answers to the actions it is told to.

It speaks HTTP by hand where that is needed: lengths that lie, resets, silence before or inside a body.
"""

from __future__ import annotations

import json
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final, Literal, Self
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from tui_app.demo import DemoPanel

_NO_LINGER: Final = struct.pack("ii", 1, 0)
_DRIPS: Final = 20
HTML: Final = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"
MOVED: Final = "/moved"
LISTS: Final = {"channels": "get_live_streams", "movies": "get_vod_streams", "series": "get_series"}


@dataclass(frozen=True)
class Reply:
    """One answer on the wire. `declared` is the Content-Length that is claimed; None claims none."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    declared: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    ending: Literal["close", "reset", "silence"] = "close"
    has_head: bool = True  # False: not a byte comes, not even a status line
    seconds: float = 0.0  # how long the body takes to drip out
    head: bytes | None = None  # sent as it is in place of an honest head


Fault = Callable[[bytes], Reply]


def honest(body: bytes) -> Reply:
    return Reply(body, declared=len(body))


def cut(share: float, *, declares_length: bool) -> Fault:
    """The body stops after this share of its bytes, with or without a length that tells."""
    return lambda body: Reply(body[: int(len(body) * share)], declared=len(body) if declares_length else None)


def reset_after(share: float) -> Fault:
    """The connection is torn down in the middle of the body."""
    return lambda body: Reply(body[: int(len(body) * share)], declared=len(body), ending="reset")


def silent(share: float | None = None) -> Fault:
    """Nothing comes at all, or nothing more after this share of the body."""
    if share is None:
        return lambda body: Reply(b"", has_head=False, ending="silence")
    return lambda body: Reply(body[: int(len(body) * share)], declared=len(body), ending="silence")


def dripping(seconds: float) -> Fault:
    """The whole body, slowly."""
    return lambda body: replace(honest(body), seconds=seconds)


def status(code: int, *, retry_after: str | None = None, body: bytes = b"") -> Fault:
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    return lambda _: Reply(body, code, "text/html", len(body), headers)


def instead(body: bytes, content_type: str = "application/json") -> Fault:
    """Another body, sent properly."""
    return lambda _: replace(honest(body), content_type=content_type)


def html() -> Fault:
    return instead(HTML, "text/html")


def rows(keep: Callable[[list[Any]], list[Any]]) -> Fault:
    """The list with its rows picked by `keep`; everything else in order."""
    return lambda body: honest(json.dumps(keep(json.loads(body))).encode())


def shrunk(share: float) -> Fault:
    """A complete list that holds only its first rows."""
    return rows(lambda all_rows: all_rows[: int(len(all_rows) * share)])


def account_object(body: bytes) -> Reply:
    """What panels answer to an action they do not know."""
    return honest(b'{"user_info":{"auth":1,"status":"Active"},"server_info":{"timezone":"UTC"}}')


@dataclass
class FaultPanel:
    """Use as a context manager around a started demo panel.

    `faults` maps an action ("login" for none) to what becomes of its answer; `first_faults` spoils only the next
    answers, one each. `requests` counts actions, `is_waiting` is set once a client waits in a silence.
    """

    demo: DemoPanel
    faults: dict[str, Fault] = field(default_factory=dict)
    first_faults: dict[str, list[Fault]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    is_waiting: Event = field(default_factory=Event)
    _stopping: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.panel = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def heal(self) -> None:
        """No faults any more; counters at zero."""
        self.faults.clear()
        self.first_faults.clear()
        self.requests.clear()
        self.is_waiting.clear()

    def answer(self, path: str) -> Reply:
        """The demo panel's answer, spoilt if so ordered; never under `MOVED`, where redirects lead to."""
        action = parse_qs(urlsplit(path).query).get("action", ["login"])[0]
        self.requests[action] += 1
        with urlopen(self.demo.url + path.removeprefix(MOVED)) as response:
            body = response.read()
        if path.startswith(MOVED):
            return honest(body)
        waiting = self.first_faults.get(action)
        fault = waiting.pop(0) if waiting else self.faults.get(action, honest)
        return fault(body)

    def wait_while_silent(self, connection: socket.socket) -> None:
        """Until the panel stops or the client hangs up."""
        self.is_waiting.set()
        connection.settimeout(0.05)
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                if not connection.recv(1):
                    return


class _Server(ThreadingHTTPServer):
    panel: FaultPanel
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up are what this panel is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        panel = self.server.panel
        reply = panel.answer(self.path)
        self.close_connection = True
        if reply.has_head:
            self._send_head(reply)
        self._send_body(reply)
        if reply.ending == "silence":
            panel.wait_while_silent(self.connection)
        elif reply.ending == "reset":
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self.connection.close()

    def _send_head(self, reply: Reply) -> None:
        if reply.head is not None:
            self.wfile.write(reply.head)
            return
        lines = [f"HTTP/1.1 {reply.status} X", f"Content-Type: {reply.content_type}", "Connection: close"]
        lines += [f"Content-Length: {reply.declared}"] if reply.declared is not None else []
        lines += [f"{name}: {value}" for name, value in reply.headers]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode())

    def _send_body(self, reply: Reply) -> None:
        step = len(reply.body) // _DRIPS + 1 if reply.seconds else max(1, len(reply.body))
        for start in range(0, len(reply.body), step):
            self.wfile.write(reply.body[start : start + step])
            if reply.seconds and self.server.panel._stopping.wait(reply.seconds / _DRIPS):  # type: ignore[attr-defined]
                return

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests look at the client."""


def item_ids(body: bytes, key: str) -> set[str]:
    """The distinct ids in a list, as a client should see them."""
    return {str(row[key]) for row in json.loads(body) if re.fullmatch(r"\d+", str(row.get(key)))}
