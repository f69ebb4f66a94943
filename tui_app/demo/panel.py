"""The HTTP server of the demo panel: login, answers, streams with ranges, and its life cycle."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Lock, Thread
from typing import Any, Final, Self, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tui_app.catalog import Kind
from tui_app.demo.answers import (
    DEFAULT_CHANNELS,
    DEFAULT_MOVIES,
    DEFAULT_SEED,
    DEFAULT_SERIES,
    REFUSED,
    Answers,
    DemoLibrary,
    intval,
)
from tui_app.demo.artwork import picture
from tui_app.demo.facts import clip
from tui_app.demo.generations import ExpectedChanges
from tui_app.errors import XtreamTuiError

_BLOCK: Final = 256 * 1024
_NOT_FOUND: Final = (
    b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"
    b"<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
_STREAM: Final = re.compile(r"(?:/(live|movie|series))?/([^/]+)/([^/]+)/(\d{1,15})(?:\.(\w{1,8}))?")
_TIMESHIFT: Final = re.compile(r"/timeshift/([^/]+)/([^/]+)/\d+/[^/]+/(\d{1,15})(?:\.(\w{1,8}))?")
_LONGEST_FORM: Final = 64 * 1024


class PanelHandler(BaseHTTPRequestHandler):
    """GET and POST for `player_api.php`, GET for `xmltv.php` and streams; an empty 200 otherwise, as panels do."""

    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True  # header and body are two writes, which Nagle and delayed acks would slow by 40 ms

    def do_GET(self) -> None:
        self._respond("")

    def do_POST(self) -> None:
        length = min(intval(self.headers.get("Content-Length", "")), _LONGEST_FORM)
        self._respond(self.rfile.read(length).decode("latin-1"))

    def do_HEAD(self) -> None:
        self._send(b"", "text/html; charset=UTF-8")

    do_OPTIONS = do_PUT = do_DELETE = do_HEAD

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: request lines contain the password."""

    @property
    def _panel(self) -> DemoPanel:
        return cast("PanelServer", self.server).panel

    def _respond(self, form: str) -> None:
        address = urlsplit(self.path)
        if address.path.endswith("/player_api.php"):
            self._respond_api(dict(parse_qsl(f"{address.query}&{form}", keep_blank_values=True)))
        elif address.path.endswith("/xmltv.php"):
            self._respond_guide(dict(parse_qsl(address.query)))
        elif (image := picture(address.path)) is not None:
            self._panel.count_request("picture")
            self._send(image, "image/png")
        else:
            self._respond_stream(address.path)

    def _respond_api(self, parameters: dict[str, str]) -> None:
        panel, action = self._panel, parameters.get("action", "")
        panel.count_request(action or "login")
        if not self._is_login(parameters.get("username", ""), parameters.get("password", "")):
            self._send(REFUSED, "application/json")
            return
        body = panel.answers.answer(action, parameters) if action else None
        if body is None:
            body = panel.answers.account(panel.username, panel.password, panel.port)
        # Panels send wrong content types; a client must look at the body.
        self._send(body, "text/html; charset=UTF-8" if action.startswith("get_vod") else "application/json")

    def _respond_guide(self, parameters: dict[str, str]) -> None:
        self._panel.count_request("xmltv")
        if not self._is_login(parameters.get("username", ""), parameters.get("password", "")):
            self._send(_NOT_FOUND, "text/html", 404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")  # it is generated while it is sent
        self.end_headers()
        for piece in self._panel.answers.guide_file():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _respond_stream(self, path: str) -> None:
        match = _STREAM.fullmatch(path)
        past = _TIMESHIFT.fullmatch(path)
        if past:
            prefix, username, password, item_id, extension = "timeshift", past[1], past[2], past[3], past[4]
        elif match:
            prefix, username, password, item_id, extension = match[1] or "live", match[2], match[3], match[4], match[5]
        else:
            self._send(_NOT_FOUND, "text/html", 404)
            return
        self._panel.count_request(prefix)
        allowed = self._is_login(unquote(username), unquote(password))
        if not allowed or not self._panel.answers.is_playable(prefix, int(item_id)):
            self._send(_NOT_FOUND, "text/html", 404)
        elif extension == "m3u8":
            self._send(_playlist(item_id), "application/vnd.apple.mpegurl")
        else:
            self._send_clip()

    def _is_login(self, username: str, password: str) -> bool:
        return (username, password) == (self._panel.username, self._panel.password)

    def _send_clip(self) -> None:
        """Send the clip, or the requested range of it."""
        body = clip()
        wanted = _RANGE.fullmatch(self.headers.get("Range", "").strip())
        if wanted is None or not any(wanted.groups()):
            self._send(body, "video/mp2t", extra={"Accept-Ranges": "bytes"})
            return
        start, stop = _span(wanted, len(body))
        if start >= stop:
            self._send(b"", "video/mp2t", 416, {"Content-Range": f"bytes */{len(body)}"})
            return
        headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}
        self._send(body[start:stop], "video/mp2t", 206, headers)

    def _send(self, body: bytes, content_type: str, status: int = 200, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        view = memoryview(body)
        for start in range(0, len(body), _BLOCK):
            self.wfile.write(view[start : start + _BLOCK])


def _span(wanted: re.Match[str], length: int) -> tuple[int, int]:
    """Return the first byte and the one after the last; empty when the range lies outside."""
    first, last = wanted.groups()
    if not first:
        return max(0, length - int(last)), length
    return int(first), min(length, int(last) + 1) if last else length


def _playlist(item_id: str) -> bytes:
    lines = (
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-TARGETDURATION:6",
        "#EXTINF:5.0,",
        f"{item_id}.ts",
        "#EXT-X-ENDLIST",
        "",
    )
    return "\n".join(lines).encode()


DEFAULT_USERNAME: Final = "demo"
DEFAULT_PASSWORD: Final = "silent-era-1926"
_HOST: Final = "127.0.0.1"
_POLL_S: Final = 0.05


class DemoPanel:
    """An Xtream Codes panel with a library of any size, the same for the same seed.

    Use it as a context manager, or call `start()` and `stop()`. `generation` may be set while it runs: the next request
    gets the changed library, and `expected_changes()` says what a client must find. `requests` counts the requests:
    actions by name, `login` without an action, `live`, `movie`, `series` and `timeshift` for streams, `picture`.
    With `serves_pictures` the posters and logos in the lists have this panel's address. `failures` collects internal
    errors; it stays empty unless the panel has a bug.
    """

    def __init__(  # noqa: PLR0913 - each is an option of the panel
        self,
        seed: int = DEFAULT_SEED,
        channels: int = DEFAULT_CHANNELS,
        movies: int = DEFAULT_MOVIES,
        series: int = DEFAULT_SERIES,
        *,
        port: int = 0,
        username: str = DEFAULT_USERNAME,
        password: str = DEFAULT_PASSWORD,
        generation: int = 0,
        clock: Callable[[], float] = time.time,
        serves_pictures: bool = False,
    ) -> None:
        self.library = DemoLibrary(seed, channels, movies, series)
        self.answers = Answers(self.library, generation, clock)
        self.username = username
        self.password = password
        self.requests: Counter[str] = Counter()
        self.failures: list[BaseException] = []
        self._wanted_port = port
        self._serves_pictures = serves_pictures
        self._counting = Lock()
        self._lifecycle = Lock()  # two threads may call `stop` at the same time
        self._server: PanelServer | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start to listen. Raises `XtreamTuiError` when the port is in use."""
        with self._lifecycle:
            if self._server is None:
                server = self._listen()
                if self._serves_pictures:
                    self.answers.port = server.server_address[1]
                self._thread = Thread(target=server.serve_forever, args=(_POLL_S,), name="demo-panel", daemon=True)
                self._server = server
                self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and close all connections."""
        with self._lifecycle:
            if self._server is not None and self._thread is not None:
                self._server.shutdown()
                self._thread.join()
                self._server.server_close()
                self._server.cut_connections()
                self._wanted_port = self._server.server_address[1]  # a second start() uses the same address
                self._server = self._thread = None

    def wait(self) -> None:
        """Wait until interrupted or stopped."""
        serving = self._thread
        while serving is not None and serving.is_alive():
            serving.join(0.5)

    @property
    def port(self) -> int:
        """Return the port in use; before the first start, the requested one."""
        return self._server.server_address[1] if self._server else self._wanted_port

    @property
    def url(self) -> str:
        return f"http://{_HOST}:{self.port}"

    @property
    def generation(self) -> int:
        return self.answers.generation

    @generation.setter
    def generation(self, generation: int) -> None:
        self.answers.generation = generation

    def expected_changes(self, kind: Kind, from_generation: int, to_generation: int) -> ExpectedChanges:
        """Return how many items of `kind` are added, changed and removed between two generations."""
        return self.library.expected_changes(kind, from_generation, to_generation)

    def count_request(self, what: str) -> None:
        with self._counting:
            self.requests[what] += 1

    def _listen(self) -> PanelServer:
        try:
            return PanelServer(self, self._wanted_port)
        except OSError as error:
            raise XtreamTuiError(
                f"The demo panel can't listen on port {self._wanted_port}.", hint="Choose another with --port."
            ) from error


class PanelServer(ThreadingTCPServer):
    """One thread per connection, no output on stderr, connections that can be closed."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, panel: DemoPanel, port: int) -> None:
        self.panel = panel
        self._connections: set[socket.socket] = set()
        super().__init__((_HOST, port), PanelHandler)

    server_address: tuple[str, int]

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        for connection in tuple(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore lost clients; collect all other errors."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            self.panel.failures.append(error)


def run_panel(
    port: int = 0,
    channels: int = DEFAULT_CHANNELS,
    movies: int = DEFAULT_MOVIES,
    series: int = DEFAULT_SERIES,
    seed: int = DEFAULT_SEED,
    generation: int = 0,
    on_ready: Callable[[DemoPanel], None] | None = None,
) -> None:
    """Serve until Ctrl+C. `on_ready` gets the listening panel. Raises `XtreamTuiError` when the port is in use."""
    asked = DemoPanel(seed, channels, movies, series, port=port, generation=generation, serves_pictures=True)
    with suppress(KeyboardInterrupt), asked as panel:  # Ctrl+C may come during start or stop
        if on_ready is not None:
            on_ready(panel)
        panel.wait()
