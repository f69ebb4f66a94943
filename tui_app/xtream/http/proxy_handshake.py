"""Proxy handshakes: SOCKS 4, 4a and 5, and HTTP CONNECT.

Failures raise `ProxyError` with the variable's name and without its password.
"""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from ipaddress import ip_address
from typing import Final, NoReturn

import httpcore
from socksio import socks4, socks5
from socksio.exceptions import SOCKSError

from tui_app.errors import ProxyError, Unreachable
from tui_app.xtream.http.proxies import Proxy
from tui_app.xtream.http.response_head import BrokenRules, HeadReader, TlsAnswer

#: SOCKS 5 reply codes about the server, not the proxy.
_ABOUT_THE_SERVER: Final = {
    3: "its network can't be reached",
    4: "it can't be reached",
    5: "it refuses connections",
    6: "it did not answer in time",
}
_OWN_REFUSALS: Final = {2: "its rules forbid it", 7: "it knows no such command", 8: "it takes no such address"}
_UNREACHED: Final = frozenset({502, 503, 504})
_NO_CREDENTIALS_ACCEPTED: Final = 0xFF


def authorization(proxy: Proxy) -> bytes | None:
    """Return the value of `Proxy-Authorization`, None without a user name."""
    if not proxy.username:
        return None
    return b"Basic " + b64encode(f"{proxy.username}:{proxy.password}".encode())


def wants_login(proxy: Proxy) -> ProxyError:
    """Return the error for a proxy that requires another login."""
    advice = f"Put both into {proxy.variable}: {proxy.scheme}://USER:PASSWORD@HOST:PORT."
    if proxy.username:
        return ProxyError(f"{_subject(proxy)} refuses the user name and password it was given.", hint=advice)
    return ProxyError(f"{_subject(proxy)} asks for a user name and password.", hint=advice)


async def open_tunnel(stream: httpcore.AsyncNetworkStream, proxy: Proxy, host: str, port: int) -> None:
    """Negotiate a tunnel to the server on a stream connected to the proxy.

    Raises `ProxyError` when the proxy refuses or answers incomprehensibly, `Unreachable` when it can't reach the
    server.
    """
    try:
        if not proxy.is_socks:
            await _connect(stream, proxy, host, port)
        elif proxy.scheme.startswith("socks4"):
            await _socks4(stream, proxy, host, port)
        else:
            await _socks5(stream, proxy, host, port)
    except EOFError:
        raise ProxyError(f"{_subject(proxy)} closed the connection without an answer.") from None
    except (SOCKSError, BrokenRules, TlsAnswer, ValueError, AssertionError, UnicodeError):
        raise makes_no_sense(proxy) from None


def makes_no_sense(proxy: Proxy) -> ProxyError:
    """Return the error for bytes that a proxy of this type would not send."""
    kind = "SOCKS" if proxy.is_socks else "HTTP"
    return ProxyError(
        f"What answers as {proxy.words} is no {kind} proxy.", hint=f"Check kind and port of it in {proxy.variable}."
    )


def _subject(proxy: Proxy) -> str:
    return f"{proxy.words[0].upper()}{proxy.words[1:]}"


def _refused(proxy: Proxy, why: str) -> NoReturn:
    raise ProxyError(f"{_subject(proxy)} refuses to connect us: {why}.", hint="Ask whoever runs it, or unset it.")


def _unreached(proxy: Proxy, host: str, why: str) -> NoReturn:
    raise Unreachable(f"{_subject(proxy)} could not reach {host}: {why}.")


# ------------------------------------------------------------------------------------------------------ HTTP
async def _connect(stream: httpcore.AsyncNetworkStream, proxy: Proxy, host: str, port: int) -> None:
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1".encode(), f"Host: {target}".encode()]
    if value := authorization(proxy):
        lines.append(b"Proxy-Authorization: " + value)
    await stream.write(b"\r\n".join([*lines, b"", b""]))
    status = await _status(stream)
    if 200 <= status < 300:
        return
    if status == 407:
        raise wants_login(proxy)
    if status in _UNREACHED:
        _unreached(proxy, host, f"HTTP {status}")
    _refused(proxy, f"HTTP {status}")


async def _status(stream: httpcore.AsyncNetworkStream) -> int:
    reader = HeadReader()
    while not reader.status:
        block = await stream.read(4096)
        if not block:
            reader.end()
            raise EOFError
        reader.feed(block)
    return reader.status


# ----------------------------------------------------------------------------------------------------- SOCKS
async def _socks5(stream: httpcore.AsyncNetworkStream, proxy: Proxy, host: str, port: int) -> None:
    methods = [socks5.SOCKS5AuthMethod.NO_AUTH_REQUIRED]
    if proxy.username:
        methods.append(socks5.SOCKS5AuthMethod.USERNAME_PASSWORD)
    await stream.write(socks5.SOCKS5AuthMethodsRequest(methods).dumps())
    version, method = await _exactly(stream, 2)
    if version == 5 and method == _NO_CREDENTIALS_ACCEPTED:
        raise wants_login(proxy)
    chosen = socks5.SOCKS5AuthReply.loads(bytes((version, method))).method
    if chosen not in methods:
        raise SOCKSError
    if chosen == socks5.SOCKS5AuthMethod.USERNAME_PASSWORD:
        await _log_in(stream, proxy)
    command = socks5.SOCKS5CommandRequest.from_address(socks5.SOCKS5Command.CONNECT, (host.encode(), port))
    await stream.write(command.dumps())
    await _socks5_reply(stream, proxy, host)


async def _log_in(stream: httpcore.AsyncNetworkStream, proxy: Proxy) -> None:
    username, password = proxy.username.encode(), proxy.password.encode()
    if max(len(username), len(password)) > 255:
        raise ProxyError(f"The user name or password in {proxy.variable} is too long for a SOCKS proxy.")
    await stream.write(socks5.SOCKS5UsernamePasswordRequest(username, password).dumps())
    _version, outcome = await _exactly(stream, 2)
    if outcome != 0:
        raise wants_login(proxy)


async def _socks5_reply(stream: httpcore.AsyncNetworkStream, proxy: Proxy, host: str) -> None:
    version, code, _reserved, kind = await _exactly(stream, 4)
    if version != 5 or kind not in (1, 3, 4):
        raise SOCKSError
    length = {1: 4, 4: 16}.get(kind) or (await _exactly(stream, 1))[0]
    await _exactly(stream, length + 2)
    if code == 0:
        return
    if code in _ABOUT_THE_SERVER:
        _unreached(proxy, host, _ABOUT_THE_SERVER[code])
    _refused(proxy, _OWN_REFUSALS.get(code, "it does not say why"))


async def _socks4(stream: httpcore.AsyncNetworkStream, proxy: Proxy, host: str, port: int) -> None:
    """Negotiate SOCKS 4 or 4a.

    SOCKS 4 takes IPv4 addresses only, so the name is resolved here; 4a resolves it at the proxy.
    """
    kind: type[socks4.SOCKS4ARequest | socks4.SOCKS4Request] = socks4.SOCKS4ARequest
    name = host
    if proxy.scheme != "socks4a" or _is_address(host):
        kind, name = socks4.SOCKS4Request, await _ipv4_of(host, proxy)
    request = kind.from_address(socks4.SOCKS4Command.CONNECT, (name, port), proxy.username.encode())
    await stream.write(request.dumps())
    reply = socks4.SOCKS4Reply.loads(await _exactly(stream, 8))
    if reply.reply_code == socks4.SOCKS4ReplyCode.REQUEST_GRANTED:
        return
    if reply.reply_code == socks4.SOCKS4ReplyCode.REQUEST_REJECTED_OR_FAILED:
        _unreached(proxy, host, "it rejects the request, or the server can't be reached")
    raise wants_login(proxy)


async def _ipv4_of(host: str, proxy: Proxy) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except OSError:
        hint = f"SOCKS 4 can't do more: try socks4a:// or socks5:// in {proxy.variable}."
        raise Unreachable(f"{host} has no IPv4 address that {proxy.words} could be told.", hint=hint) from None
    return str(found[0][4][0])


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def _exactly(stream: httpcore.AsyncNetworkStream, count: int) -> bytes:
    """Read exactly `count` bytes. Raises EOFError when the proxy closes before."""
    found = b""
    while len(found) < count:
        block = await stream.read(count - len(found))
        if not block:
            raise EOFError
        found += block
    return found
