"""Small proxies on the loopback interface: HTTP (forward and CONNECT), SOCKS 4, 4a and 5. Each counts what it carried.

    async with ProxyServer("socks5") as proxy: ... proxy.url ... proxy.carried

`login` is what the proxy demands, as "user:password". `says` are bytes it answers to anybody, whatever was asked,
before it closes.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import struct
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class ProxyServer:
    kind: str = "http"
    login: str = ""
    says: bytes | None = None
    carried: list[str] = field(default_factory=list)  # host:port of each server it connected to
    port: int = 0
    tls: ssl.SSLContext | None = None  # an HTTP proxy that is itself spoken to over https

    async def __aenter__(self) -> ProxyServer:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else self.kind}://{self.login + '@' if self.login else ''}127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self.says is not None:
                await reader.read(1)
                writer.write(self.says)
                await writer.drain()
            elif self.kind == "http":
                await self._http(reader, writer)
            elif self.kind.startswith("socks4"):
                await self._socks4(reader, writer)
            else:
                await self._socks5(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if self.login and base64.b64encode(self.login.encode()) not in head:
            writer.write(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        method, target, _version = head.split(b"\r\n")[0].split(b" ")
        if method == b"CONNECT":
            host, _, port = target.decode().rpartition(":")
            await self._carry(host.strip("[]"), int(port), reader, writer, b"HTTP/1.1 200 Go on\r\n\r\n")
            return
        parts = urlsplit(target.decode())
        path = target.decode().partition(parts.netloc)[2].encode()
        sent = head.replace(target, path, 1)
        await self._carry(parts.hostname or "", parts.port or 80, reader, writer, b"", sent)

    async def _socks4(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _version, _command, port = struct.unpack("!BBH", await reader.readexactly(4))
        number = await reader.readexactly(4)
        await reader.readuntil(b"\0")
        host = ".".join(map(str, number))
        if self.kind == "socks4a" and number[:3] == b"\0\0\0":
            host = (await reader.readuntil(b"\0"))[:-1].decode()
        await self._carry(host, port, reader, writer, b"\0\x5a" + bytes(6))

    async def _socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _version, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        if self.login:
            if 2 not in methods:
                writer.write(b"\x05\xff")
                return
            writer.write(b"\x05\x02")
            _version, length = await reader.readexactly(2)
            user = await reader.readexactly(length)
            password = await reader.readexactly((await reader.readexactly(1))[0])
            is_right = f"{user.decode()}:{password.decode()}" == self.login
            writer.write(b"\x01" + (b"\0" if is_right else b"\1"))
            if not is_right:
                return
        else:
            writer.write(b"\x05\x00")
        _version, _command, _reserved, kind = await reader.readexactly(4)
        host = await self._socks5_host(kind, reader)
        (port,) = struct.unpack("!H", await reader.readexactly(2))
        # cut in two, as networks do
        writer.write(b"\x05")
        await writer.drain()
        await self._carry(host, port, reader, writer, b"\0\0\x01" + bytes(6))

    async def _socks5_host(self, kind: int, reader: asyncio.StreamReader) -> str:
        if kind == 3:
            return (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        number = await reader.readexactly(4 if kind == 1 else 16)
        return ".".join(map(str, number)) if kind == 1 else "::1"

    async def _carry(
        self,
        host: str,
        port: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        welcome: bytes,
        first: bytes = b"",
    ) -> None:
        """Connect, say so, and carry bytes both ways until one side closes."""
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            refusals = {"http": b"HTTP/1.1 502 Dead\r\nContent-Length: 0\r\n\r\n", "socks5": b"\x05\0\x01" + bytes(6)}
            writer.write(refusals.get(self.kind, b"\0\x5b" + bytes(6)))
            return
        self.carried.append(f"{host}:{port}")
        writer.write(welcome)
        far_writer.write(first)
        try:
            both = [asyncio.create_task(_copy(*ends)) for ends in ((reader, far_writer), (far_reader, writer))]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in both:
                task.cancel()
        finally:
            far_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(65_536):
        writer.write(block)
        await writer.drain()
