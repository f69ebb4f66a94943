"""A loopback server of media: 100 seconds of silence, lists that name local files, refusals."""

from __future__ import annotations

import io
import re
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS = 100


def silence() -> bytes:
    """A WAV of eight thousand bytes a second."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 8000 * SECONDS)
    return written.getvalue()


class MediaServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: dict[str, tuple[int, str, bytes]] = {}
        self.asked: list[tuple[str, str]] = []  # (path with query, user agent)
        self.ranges: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def serve(self, path: str, body: bytes, *, status: int = 200, kind: str = "video/mp2t") -> str:
        """Answer a path with this; its address."""
        self.bodies[path] = (status, kind, body)
        return self.url + path


class _Handler(BaseHTTPRequestHandler):
    server: MediaServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("User-Agent", "")))
        self.server.ranges.append(self.headers.get("Range", ""))
        status, kind, body = self.server.bodies.get(self.path, (404, "text/html", b"<html>not found</html>"))
        place = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        extra = {}
        if status == 200 and place and int(place[1]) < len(body):
            start, last = int(place[1]), min(int(place[2] or len(body) - 1), len(body) - 1)
            extra["Content-Range"] = f"bytes {start}-{last}/{len(body)}"
            status, body = 206, body[start : last + 1]
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **extra}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        with suppress(ConnectionError):  # players leave as they please
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def media_server() -> Iterator[MediaServer]:
    server = MediaServer()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
