"""Serves the page, its scripts, and a WebSocket for each app. The apps are processes of their own."""

from __future__ import annotations

import asyncio
import errno
import html
import os
import shlex
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from importlib.resources import files
from importlib.util import find_spec
from string import Template
from typing import TYPE_CHECKING, Any, Final

from tui_app.browser.doorkeeper import Doorkeeper
from tui_app.errors import UsageError

if TYPE_CHECKING:
    from aiohttp import web

_STOP_S: Final = 2.0
#: Nothing from elsewhere is loaded, and no other page may frame this one.
_POLICY: Final = (
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'"
)
Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]


def is_available() -> bool:
    """Whether the optional packages are installed."""
    return all(find_spec(name) is not None for name in ("aiohttp", "textual_serve"))


async def serve(
    command: Sequence[str], doorkeeper: Doorkeeper, port: int, *, title: str, on_ready: Callable[[int], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `command` starts one app, `on_ready` hears the port.

    Raises `UsageError` when the port or the address can't be had.
    """
    from aiohttp import web

    runner = web.AppRunner(
        await _web_app(command, doorkeeper, title), handle_signals=False, access_log=None, shutdown_timeout=_STOP_S
    )
    await runner.setup()
    try:
        await _listen(web.TCPSite(runner, doorkeeper.host, port), doorkeeper.host, port)
        on_ready(runner.addresses[0][1])
        await _stopped()
    finally:
        await runner.cleanup()


async def _listen(site: web.TCPSite, host: str, port: int) -> None:
    try:
        await site.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"Port {port} is taken.", hint="Choose another one: --port 0 takes a free one.") from error
        raise UsageError(f"Can't listen on {host}, port {port}: {os.strerror(error.errno or 0)}.") from error


async def _stopped() -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


async def _web_app(command: Sequence[str], doorkeeper: Doorkeeper, title: str) -> web.Application:
    from aiohttp import web
    from textual_serve.server import Server

    class AppServer(Server):
        """textual-serve with a page of ours, a doorkeeper, and silence on the terminal."""

        async def on_startup(self, app: web.Application) -> None:
            """Says nothing: whoever started us does."""

        async def handle_index(self, request: web.Request) -> web.Response:
            return web.Response(text=_page(request, doorkeeper, title), content_type="text/html")

    @web.middleware
    async def keep_door(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not doorkeeper.lets_in(request.host, request.headers.get("Origin")):
            raise web.HTTPForbidden(text="This page belongs to another address.")
        return await handler(request)

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update({"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"})

    server: Any = AppServer(shlex.join(command), host=doorkeeper.host, title=title)
    app: web.Application = await server._make_app()
    app.middlewares.append(keep_door)
    app.on_response_prepare.append(add_headers)
    return app


def _page(request: web.Request, doorkeeper: Doorkeeper, title: str) -> str:
    """The page, its addresses those the browser used: it may have come through a proxy."""
    text = (files("tui_app.browser") / "page.html").read_text(encoding="utf-8")
    font_size = request.query.get("fontsize", "16")
    values = {
        "title": title,
        "font_size": font_size if font_size.isdecimal() else "16",
        "websocket": doorkeeper.websocket_url(request.host),
    }
    return Template(text).substitute({name: html.escape(value) for name, value in values.items()})
