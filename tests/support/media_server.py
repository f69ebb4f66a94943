"""A media server on the loopback interface that behaves well or badly, as its `mode` says."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

_RANGE = re.compile(r"bytes=(\d+)-")


class MediaServer:
    """Serves `body` at every path. `requests` are the Range headers that arrived, "" without one.

    Modes: `fine`; `cuts` sends half of what is wanted, then closes; `ignores range`; `other version` (the body
    changes after the first request); `lies` (a range that starts elsewhere); `shrinks` (a range of a shorter file);
    `too much` (a range that does not end); `drips` (one byte, or none if a range is wanted); `page`; `pieces`;
    `refuses` (458); `gone` (404); `gone later` (a live stream that breaks once, then 404 once); `busy` (503 once);
    `no length` (chunked); `silent` (stops in the middle); `elsewhere` (redirects to a path); `file` (redirects to a
    local file); `round` (redirects for ever); `endless` (a live stream that breaks once).
    """

    def __init__(self, body: bytes, mode: str = "fine") -> None:
        self.body, self.mode = body, mode
        self.requests: list[str] = []
        self.etag = '"one"'
        media = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                media.requests.append(self.headers.get("Range", ""))
                media.answer(self)

            def log_message(self, *_: Any) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/movie/user/pass-w0rd/1.mp4"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        first = len(self.requests) == 1
        match self.mode:
            case "page":
                self._send(to, 200, b"<html>expired</html>", {"Content-Type": "text/html"})
            case "pieces":
                self._send(to, 200, b"#EXTM3U\n", {"Content-Type": "application/vnd.apple.mpegurl"})
            case "refuses":
                self._send(to, 458, b"", {})
            case "gone":
                self._send(to, 404, b"", {})
            case "busy" if first:
                self._send(to, 503, b"", {})
            case "elsewhere" if to.path != "/cdn/1.mp4":
                self._send(to, 302, b"", {"Location": "/cdn/1.mp4"})
            case "round":
                self._send(to, 302, b"", {"Location": to.path})
            case "file":
                self._send(to, 302, b"", {"Location": "file:///etc/hostname"})
            case "shrinks" if to.headers.get("Range"):
                self._send(to, 416, b"", {"Content-Range": f"bytes */{len(self.body) // 2}"})
            case "gone later" if len(self.requests) == 2:
                self._send(to, 404, b"", {})
            case "endless" | "gone later":
                self._stream(to)
            case _:
                self._media(to, first=first)

    def _media(self, to: BaseHTTPRequestHandler, *, first: bool) -> None:
        body, etag = self.body, self.etag
        if self.mode == "other version" and not first:
            body, etag = body[::-1], '"two"'
        start = 0
        wanted = _RANGE.fullmatch(to.headers.get("Range", ""))
        if wanted and self.mode != "ignores range" and to.headers.get("If-Range", etag) == etag:
            start = int(wanted[1])
            if start >= len(body):
                self._send(to, 416, b"", {"Content-Range": f"bytes */{len(body)}"})
                return
        rest = body[start:]
        to.send_response(206 if start else 200)
        to.send_header("Content-Type", "video/mp4")
        if etag:
            to.send_header("ETag", etag)
        if start:
            said = start - 7 if self.mode == "lies" else start
            to.send_header("Content-Range", f"bytes {said}-{len(body) - 1}/{len(body)}")
        if self.mode == "too much" and start:
            self._flood(to)
            return
        if self.mode == "no length":
            to.send_header("Transfer-Encoding", "chunked")
            to.end_headers()
            to.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(rest), rest))
            return
        to.send_header("Content-Length", str(len(rest)))
        to.end_headers()
        if self.mode == "drips":
            to.wfile.write(b"" if wanted else rest[:1])
            to.close_connection = True
            return
        is_cut = self.mode in ("cuts", "silent", "shrinks") or (first and self.mode != "fine")
        to.wfile.write(rest[: max(len(rest) // 2, 1)] if is_cut and len(rest) > 1 else rest)
        to.wfile.flush()
        if self.mode == "silent":
            time.sleep(1.5)
        to.close_connection = is_cut

    def _flood(self, to: BaseHTTPRequestHandler) -> None:
        """Send bytes until the client has enough."""
        to.end_headers()
        to.close_connection = True
        with suppress(OSError):
            while True:
                to.wfile.write(bytes(1 << 16))

    def _stream(self, to: BaseHTTPRequestHandler) -> None:
        """Send a packet each 20 ms; break off after the first ten the first time."""
        to.send_response(200)
        to.send_header("Content-Type", "video/mp2t")
        to.send_header("Connection", "close")
        to.end_headers()
        try:
            for _packet in range(10 if len(self.requests) == 1 else 10_000):
                to.wfile.write(b"G" * 188)
                to.wfile.flush()
                time.sleep(0.02)
        except OSError:
            return  # the client has enough
        finally:
            to.close_connection = True

    def _send(self, to: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name, value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)
