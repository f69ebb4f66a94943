"""`Pictures`: the pictures of one profile, from the disk or from the address in the provider's list.

One request at a time for each host, paced like all others. The addresses are a stranger's: a picture may not make this
computer ask others of its own network, unless the panel is one of them.

On disk pictures are stored by content: one placeholder for a thousand titles is one file. For each address a small file
holds the digest of its content; an empty one says that the address had no picture.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from tui_app.errors import PanelError, XtreamTuiError
from tui_app.file_access import make_private_folder, read_regular, replace_file
from tui_app.paths import Paths
from tui_app.pictures.drawing import Colour, Picture, drawn
from tui_app.settings import Profile
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.media import LostStream, MediaClient
from tui_app.xtream.http.transport import PanelTransport
from tui_app.xtream.urls import host_of

#: Seconds for a whole picture: it is decoration.
_PATIENCE_S: Final = 20.0
_ACCEPT: Final = {"Accept": "image/webp,image/png,image/jpeg,image/gif;q=0.8,*/*;q=0.5"}
_OK: Final = 200
_GONE: Final = (404, 410)
#: The first bytes of JPEG, PNG, WebP and GIF.
_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8")
_THIS_COMPUTER: Final = ("127.0.0.1", "localhost", "::1")
_LOCAL_ENDINGS: Final = (".localhost", ".local", ".lan", ".internal", ".home.arpa", ".home", ".box")
#: Networks of IPv6 with an address of IPv4 inside: NAT64 at the end, 6to4 behind the first 16 bits.
_NAT64, _6TO4 = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16")
#: Some proxies on this computer resolve names to made-up addresses of this network, and know the real ones.
_MADE_UP: Final = ipaddress.ip_network("198.18.0.0/15")
#: The last part of a number in an unusual form, such as `127.0x1`, which resolvers accept.
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")
#: Bytes of all files on disk.
LIMIT: Final = 200_000_000
#: The largest picture, in bytes.
LARGEST: Final = 5_000_000
_SHARE_KEPT: Final = 0.8  # of the limit, after a clean-up
_PICTURE_HOLDS_S: Final = 30 * 86_400
_NOTHING_HOLDS_S: Final = 86_400
_USED_AGAIN_AFTER_S: Final = 86_400
_WRITES_BEFORE_CLEANUP: Final = 64
_DIGEST: Final = re.compile(r"[0-9a-f]{32}")


class Pictures:
    """The pictures of one profile. Close it when the profile is left."""

    def __init__(self, paths: Paths, profile: Profile) -> None:
        self._cache_folder = paths.cache
        self._cache = PictureCache(paths.pictures_folder)
        self._profile = profile
        may_be_local = any(map(is_local, profile.addresses))
        self._transport = _Guarded(PanelTransport(verify_tls=profile.verify_tls), may_be_local=may_be_local)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._failed: set[str] = set()  # addresses not asked again in this run

    async def draw(self, address: str, columns: int, rows: int, ground: Colour) -> Picture | None:
        """Return the picture of an address in at most `columns` × `rows` cells; None when there is none.

        Raises nothing for a panel, a disk or a broken picture. `ground` is the colour behind transparent parts.
        """
        content = await asyncio.to_thread(self._cache.get, address)
        if content is None:
            content = await self._fetch(address)
        return await asyncio.to_thread(drawn, content, columns, rows, ground) if content else None

    async def _fetch(self, address: str) -> bytes:
        """Fetch and store a picture; b"" without one. Two requests for one address are one."""
        async with self._hosts.setdefault(host_of(address), asyncio.Lock()):
            known = await asyncio.to_thread(self._cache.get, address)
            if known is not None or address in self._failed:
                return known or b""
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    content = await self._ask(address)
            except (TimeoutError, ValueError, XtreamTuiError):  # the line may be down, the address no address
                content = None
            if content is None:
                self._failed.add(address)
                return b""
            await asyncio.to_thread(self._cache.put, address, content)
            return content

    async def _ask(self, address: str) -> bytes | None:
        """Return the body; b"" for one that is no picture, and where there is none; None when that is not known.

        Raises `PanelError`, `ValueError` for an invalid address.
        """
        address = self._reachable(address)
        client = MediaClient(
            HostGate(self._cache_folder, host_of(address)),
            user_agent=self._profile.user_agent,
            verify_tls=self._profile.verify_tls,
            answer_s=self._profile.connect_timeout_s,
            transport=self._transport,
        )
        async with client.open(address, _ACCEPT) as response:
            if response.status_code != _OK:
                return b"" if response.status_code in _GONE else None
            body = bytearray()
            async for block in response.aiter_raw():
                body += block
                if len(body) > LARGEST:
                    return b""
            return bytes(body) if body.startswith(_BEGINNINGS) else b""

    def _reachable(self, address: str) -> str:
        """Return where to ask: a panel on this computer may listen on another port than when it sent the list."""
        panel = urlsplit(self._profile.address)
        asked = urlsplit(address)
        if asked.hostname in _THIS_COMPUTER and panel.hostname in _THIS_COMPUTER:
            return urlunsplit(asked._replace(netloc=panel.netloc))
        return address

    async def close(self) -> None:
        """Close the connections."""
        with suppress(PanelError, OSError, httpx.HTTPError):
            await self._transport.aclose()


class _Guarded(httpx.AsyncBaseTransport):
    """Refuses addresses of the local network, also when a server redirects there."""

    def __init__(self, inner: PanelTransport, *, may_be_local: bool) -> None:
        self._inner = inner
        self._may_be_local = may_be_local

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._may_be_local and (is_local(str(request.url)) or await self._leads_inside(request.url)):
            raise LostStream("The picture's address is in the local network.")
        return await self._inner.handle_async_request(request)

    async def _leads_inside(self, url: httpx.URL) -> bool:
        """Return True when a name stands for a local address, unless a proxy looks it up."""
        if self._inner.proxy_for(url) is not None:
            return False
        try:
            found = await asyncio.get_running_loop().getaddrinfo(url.host, None)
        except OSError:  # the request will say so
            return False
        return any(_is_inside(str(address[0])) for *_, address in found)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _is_inside(number: str) -> bool:
    """Return True for an address of this computer or a private network. Raises `ValueError` for a name."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if address in _NAT64:
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    elif address in _6TO4:
        address = ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return not address.is_global and address not in _MADE_UP


def is_local(url: str) -> bool:
    """Return True for an address in a private network or of this computer, by its number or by its name."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return True
    try:
        return _is_inside(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return "." not in host or host.endswith(_LOCAL_ENDINGS) or _NUMBER.fullmatch(last) is not None


class PictureCache:
    """The pictures of a folder. No method raises: a cache that fails is a cache without content."""

    def __init__(self, folder: Path, *, limit: int = LIMIT, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._limit = limit
        self._clock = clock
        self._writes = 0

    def get(self, address: str) -> bytes | None:
        """Return the content of an address, b"" when it is known to have no picture, None when that is not known."""
        try:
            path = self._of_address(address)
            age = self._clock() - path.stat().st_mtime
            digest = read_regular(path, 64).decode("ascii")
            if not digest:
                return b"" if age < _NOTHING_HOLDS_S else None
            if age >= _PICTURE_HOLDS_S or not _DIGEST.fullmatch(digest):
                return None
            content = self._folder / digest
            body = read_regular(content, LARGEST)
            if self._clock() - content.stat().st_mtime > _USED_AGAIN_AFTER_S:
                os.utime(content)
        except (OSError, ValueError):
            return None
        return body if _digest(body) == digest else None

    def put(self, address: str, content: bytes) -> None:
        """Store the content of an address; b"" for none."""
        try:
            make_private_folder(self._folder)
            digest = _digest(content) if content else ""
            if content and not (self._folder / digest).exists():
                replace_file(self._folder / digest, content)
            replace_file(self._of_address(address), digest.encode())
            self._writes += 1
            if self._writes % _WRITES_BEFORE_CLEANUP == 1:
                self.clean_up()
        except OSError:  # a full disk or one that can't be written: fetched again the next time
            return

    def clean_up(self) -> None:
        """Delete the files not used for the longest time if all together exceed the limit. Raises `OSError`."""
        found = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(self._folder))
        total = sum(size for _, size, _ in found)
        if total <= self._limit:
            return
        for _, size, path in found:
            Path(path).unlink(missing_ok=True)
            total -= size
            if total <= self._limit * _SHARE_KEPT:
                return

    def _of_address(self, address: str) -> Path:
        return self._folder / f"{_digest(address.encode('utf-8', 'replace'))}.address"


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
