"""Serve the page, its scripts, and a WebSocket for each app. Each app is a process of its own."""

from __future__ import annotations

import asyncio
import errno
import html
import logging
import os
import shlex
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from importlib.resources import files
from importlib.util import find_spec
from string import Template
from typing import TYPE_CHECKING, Any, Final

from tui_app.errors import UsageError
from tui_app.web.access import Access, OriginCheck

if TYPE_CHECKING:
    from aiohttp import web

_STOP_S: Final = 2.0
#: Nothing is loaded from other origins, and no other page may embed this one.
_POLICY: Final = (
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # the page must not come from a cache after the server has ended
}
_TOKEN: Final = "token"
_FORBIDDEN: Final = "This address is not valid: open the latest one that xtream-tui web printed; each works once."
_RELOAD: Final = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=./"><title>xtream-tui</title></head>
<body><a href="./">Open xtream-tui</a></body>
</html>
"""
_OTHER_SITES: Final = ("cross-site", "same-site")
Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]


def is_available() -> bool:
    """Return whether the optional packages are installed."""
    return all(find_spec(name) is not None for name in ("aiohttp", "textual_serve"))


async def serve(
    command: Sequence[str], origin_check: OriginCheck, port: int, *, title: str, on_token: Callable[[int, str], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `command` starts one app.

    Calls `on_token` with the port and a token for one browser: at the start, and whenever a token was used. Raises
    `UsageError` when it can't listen on the port or the address.
    """
    from aiohttp import web  # noqa: PLC0415 - an optional package

    access = Access()
    app = _web_app(command, origin_check, access, title=title, on_token=on_token)
    runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=_STOP_S)
    _shorten_log()
    await runner.setup()
    try:
        await _listen(web.TCPSite(runner, origin_check.host, port), origin_check.host, port)
        on_token(runner.addresses[0][1], access.token)
        await _stopped()
    finally:
        await runner.cleanup()


async def _listen(site: web.TCPSite, host: str, port: int) -> None:
    try:
        await site.start()
    except (socket.gaierror, UnicodeError, ValueError) as error:
        raise UsageError(
            f"{host} is not an address of this machine.", hint="Omit --host, or give an IP address."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"Port {port} is in use.", hint="Choose another one; --port 0 chooses a free one."
            ) from error
        raise UsageError(f"Can't listen on {host}, port {port}: {os.strerror(error.errno or 0)}.") from error


async def _stopped() -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


def _shorten_log() -> None:
    """Keep malformed requests out of the log: they are the sender's fault and not worth a traceback."""
    from aiohttp.http_exceptions import HttpProcessingError  # noqa: PLC0415 - an optional package

    def is_worth_keeping(record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))

    logging.getLogger("aiohttp.server").addFilter(is_worth_keeping)


def _web_app(
    command: Sequence[str],
    origin_check: OriginCheck,
    access: Access,
    *,
    title: str,
    on_token: Callable[[int, str], None],
) -> web.Application:
    from aiohttp import web  # noqa: PLC0415 - an optional package
    from textual_serve.server import Server  # noqa: PLC0415 - an optional package

    server: Any = Server(shlex.join(command), host=origin_check.host, title=title)

    async def show_page(request: web.Request) -> web.Response:
        return web.Response(text=_page(request, origin_check, title), content_type="text/html")

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not origin_check.allows(request.host, request.headers.get("Origin")):
            raise web.HTTPForbidden(text="This page belongs to another address.")
        if not access.admits(request.cookies.get(_cookie_name(request))):
            return _admit(request, origin_check, access, on_token)
        return _reload() if _TOKEN in request.query else await handler(request)

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_HEADERS)

    app = web.Application(middlewares=[check])
    app.add_routes([
        web.get("/", show_page),
        web.get("/ws", server.handle_websocket),
        web.get("/download/{key}", server.handle_download),
        web.static("/static", server.statics_path),
    ])  # fmt: skip
    app.on_response_prepare.append(add_headers)
    return app


def _admit(
    request: web.Request, origin_check: OriginCheck, access: Access, on_token: Callable[[int, str], None]
) -> web.Response:
    """Exchange the token of an address for a cookie. Raises `HTTPForbidden` for any other request."""
    from aiohttp import web  # noqa: PLC0415 - an optional package

    is_page = request.method == "GET" and request.path == "/"
    if not (is_page and access.redeem(request.query.get(_TOKEN, ""))):
        if is_page and request.headers.get("Sec-Fetch-Site") in _OTHER_SITES:
            return _reload()  # the browser may have a cookie that it does not send from there
        raise web.HTTPForbidden(text=_FORBIDDEN)
    answer = _reload()
    answer.set_cookie(
        _cookie_name(request),
        access.cookie,
        httponly=True,
        samesite="Strict",
        secure=origin_check.is_encrypted(request.host),
    )
    on_token(_port(request), access.token)
    return answer


def _reload() -> web.Response:
    """Return a page that loads the address without the token, so that neither address bar nor history keeps it.

    A redirect would not do: after a click on another site browsers send no `SameSite=Strict` cookie along with it.
    """
    from aiohttp import web  # noqa: PLC0415 - an optional package

    return web.Response(text=_RELOAD, content_type="text/html")


def _cookie_name(request: web.Request) -> str:
    """Return a name for this server: browsers send the cookies of a host to all of its ports."""
    return f"xtream-tui-{_port(request)}"


def _port(request: web.Request) -> int:
    return int(request.get_extra_info("sockname", ("", 0))[1])


def _page(request: web.Request, origin_check: OriginCheck, title: str) -> str:
    """Return the page, with the addresses that the browser used: it may have come through a proxy."""
    text = (files("tui_app.web") / "page.html").read_text(encoding="utf-8")
    font_size = request.query.get("fontsize", "16")
    values = {
        "title": title,
        "font_size": font_size if font_size.isdecimal() else "16",
        "websocket": origin_check.websocket_url(request.host),
    }
    return Template(text).substitute({name: html.escape(value) for name, value in values.items()})
