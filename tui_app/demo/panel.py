"""The demo panel as an HTTP server on the loopback interface: starts, stops, counts. Makes no content itself."""

from __future__ import annotations

import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from socketserver import ThreadingTCPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Final, Self

from tui_app.catalog import Kind
from tui_app.demo.answers import Answers
from tui_app.demo.generations import ExpectedChanges
from tui_app.demo.handler import PanelHandler
from tui_app.demo.library import DEFAULT_CHANNELS, DEFAULT_MOVIES, DEFAULT_SEED, DEFAULT_SERIES, DemoLibrary
from tui_app.errors import XtreamTuiError

DEFAULT_USERNAME: Final = "demo"
DEFAULT_PASSWORD: Final = "silent-era-1926"
_HOST: Final = "127.0.0.1"
_POLL_S: Final = 0.05


class DemoPanel:
    """An Xtream Codes panel with a library of any size, the same for the same seed.

    Use it as a context manager, or call `start()` and `stop()`. `generation` may be set while it runs: the next
    request sees the changed library, and `expected_changes()` says what a client must find. `requests` counts
    what was asked: actions by their names, `login` for none, `live`, `movie`, `series` and `timeshift` for streams.
    `failures` holds what went wrong inside; it stays empty unless the panel itself is at fault.
    """

    def __init__(
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
    ) -> None:
        self.library = DemoLibrary(seed, channels, movies, series)
        self.answers = Answers(self.library, generation, clock)
        self.username = username
        self.password = password
        self.requests: Counter[str] = Counter()
        self.failures: list[BaseException] = []
        self._wanted_port = port
        self._counting = Lock()
        self._turning = Lock()  # on or off: whoever stops it and the main thread's own end may coincide
        self._server: PanelServer | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Begin to listen. Raises XtreamTuiError when the port is taken."""
        with self._turning:
            if self._server is None:
                server = self._listen()
                self._thread = Thread(target=server.serve_forever, args=(_POLL_S,), name="demo-panel", daemon=True)
                self._server = server
                self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and cut all connections."""
        with self._turning:
            if self._server is not None and self._thread is not None:
                self._server.shutdown()
                self._thread.join()
                self._server.server_close()
                self._server.cut_connections()
                self._wanted_port = self._server.server_address[1]  # a second start() answers at the same address
                self._server = self._thread = None

    def wait(self) -> None:
        """Serve until interrupted or stopped from elsewhere."""
        serving = self._thread
        while serving is not None and serving.is_alive():
            serving.join(0.5)

    @property
    def port(self) -> int:
        """The port it listens on; before the first start the one asked for."""
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
        """How many items of `kind` are added, changed and removed between two generations."""
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
    """Threads a connection, no words on stderr, connections that can be cut."""

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
        """A client that went away is everyday; anything else is kept for whoever looks."""
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
    """Serve until Ctrl+C. `on_ready` gets the listening panel. Raises XtreamTuiError when the port is taken."""
    asked = DemoPanel(seed, channels, movies, series, port=port, generation=generation)
    with suppress(KeyboardInterrupt), asked as panel:  # Ctrl+C may come while it is being started, or stopped
        if on_ready is not None:
            on_ready(panel)
        panel.wait()
