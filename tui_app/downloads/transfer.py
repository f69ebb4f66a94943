"""Download one file: it grows in a `.part` file, resumes after any interruption, and is renamed when it is whole.

Beside the part a small file keeps what the server said of the version (length, ETag, date), so that a later request
asks for the rest of the same version only (RFC 9110, If-Range). A file of another length than announced is never whole.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import httpx

from tui_app.errors import (
    BadAnswer,
    Denied,
    NotFound,
    Overloaded,
    PanelError,
    TruncatedAnswer,
    Unreachable,
    XtreamTuiError,
)
from tui_app.file_access import replace_file
from tui_app.xtream.http.media import MediaClient

#: Called with the bytes that are there, and the length of the file; None if the server does not say.
OnProgress = Callable[[int, int | None], None]

#: Disk space that a download leaves free, in bytes.
SPARE_BYTES: Final = 100_000_000
_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_WHOLE: Final = re.compile(r"bytes \*/(\d{1,18})")
_LONGEST_VALIDATOR: Final = 200  # characters of an ETag or date
#: Content types of answers that are no film: error pages, and playlists of pieces.
_PAGES: Final = ("text/html", "application/json", "text/plain")
_PLAYLISTS: Final = ("application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl")


class DiskFull(XtreamTuiError):
    """The file can't be written, or the disk has no room for it; what was written stays."""

    code = "disk_full"
    default_hint = "Free space, or choose another folder."


@dataclass(frozen=True, slots=True)
class TransferOptions:
    """Limits of a download. `tries` without progress end it; times in seconds, the rate in bytes a second."""

    idle_s: float = 30.0
    tries: int = 5
    first_wait_s: float = 1.0
    rate: int | None = None
    spare_bytes: int = SPARE_BYTES
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class Transfer:
    """A file that is whole. `exists`: it was there before."""

    path: Path
    size: int
    status: Literal["completed", "exists"]


@dataclass(frozen=True, slots=True)
class _Version:
    """What the server said of the file: its length and what tells its versions apart."""

    total: int | None = None
    etag: str = ""
    modified: str = ""

    @property
    def validator(self) -> str:
        """The value of If-Range; weak ETags do not qualify."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified

    @classmethod
    def of(cls, response: httpx.Response) -> _Version:
        """Return what a complete or partial answer says of the file."""
        if response.status_code == 206:
            match = _RANGE.fullmatch(response.headers.get("content-range", ""))
            total = match[3] if match else ""
        else:
            total = response.headers.get("content-length", "")
        texts = (response.headers.get(name, "") for name in ("etag", "last-modified"))
        return cls(
            int(total) if total.isascii() and total.isdigit() else None,
            *(text if text.isascii() and len(text) <= _LONGEST_VALIDATOR else "" for text in texts),
        )

    def is_same(self, other: _Version) -> bool:
        return self.total == other.total and self.validator == other.validator


async def download(
    client: MediaClient,
    address: str,
    target: Path,
    options: TransferOptions = TransferOptions(),
    on_progress: OnProgress = lambda done, total: None,
) -> Transfer:
    """Download to `target`, going on where an earlier attempt stopped. An existing file is left as it is.

    When cancelled, the part stays. Raises `PanelError` and subclasses, `NotFound`, `DiskFull`, `OSError`.
    """
    if target.exists():
        return Transfer(target, target.stat().st_size, "exists")
    part = _Part(target)
    failures, furthest = 0, part.size
    while True:
        try:
            await _attempt(client, address, part, options, on_progress)
            return Transfer(target, part.finish(), "completed")
        except (Denied, NotFound, DiskFull):
            raise
        except PanelError as error:
            failures = 1 if part.size > furthest else failures + 1
            furthest = max(furthest, part.size)
            may_pass = isinstance(error, Overloaded | TruncatedAnswer | _Interrupted)
            was_reached = isinstance(error, Unreachable) and part.size > 0
            if failures >= options.tries or not (may_pass or was_reached):
                raise
        finally:
            part.clear_if_empty()
        await options.sleep(options.first_wait_s * 2 ** (failures - 1))


class _Interrupted(BadAnswer):
    """The connection broke, or the server sent something else than the part that was requested."""

    default_hint = "Run the same command again: it goes on where it stopped."


class _Part:
    """The growing file, and the version it is of."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._target = target
        self._facts = target.with_name(f"{target.name}.part.json")
        self.version = self._read_version()
        if self.version is None:
            self.path.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def begin(self, version: _Version) -> None:
        """Delete what is there, and begin with this version. Raises `DiskFull`."""
        with _writing(self.path):
            self.path.unlink(missing_ok=True)
            self.version = version
            replace_file(self._facts, json.dumps(asdict(version)).encode())

    def clear_if_empty(self) -> None:
        """Delete the facts of a part of which nothing is there."""
        if not self.size:
            with suppress(OSError):
                self._facts.unlink(missing_ok=True)

    def finish(self) -> int:
        """Rename the whole file; return its size."""
        with self.path.open("ab") as file:
            os.fsync(file.fileno())
        self.path.rename(self._target)
        self._facts.unlink(missing_ok=True)
        return self._target.stat().st_size

    def _read_version(self) -> _Version | None:
        with suppress(OSError, ValueError, TypeError):
            return _Version(**json.loads(self._facts.read_bytes()))
        return None


async def _attempt(
    client: MediaClient, address: str, part: _Part, options: TransferOptions, on_progress: OnProgress
) -> None:
    """Bring the part to its whole length. Raises `_Interrupted` or `TruncatedAnswer` when another attempt may help."""
    done = part.size
    headers = {"Accept-Encoding": "identity"}
    if done and part.version is not None:
        headers["Range"] = f"bytes={done}-"
        if part.version.validator:
            headers["If-Range"] = part.version.validator
    async with client.open(address, headers) as response:
        if response.status_code == 416 and done:
            whole = _WHOLE.fullmatch(response.headers.get("content-range", ""))
            if whole and int(whole[1]) == done and part.version and part.version.total in (None, done):
                return
            part.begin(_Version())
            raise _Interrupted("The file changed on the server.")
        check_media(response)
        version = _Version.of(response)
        if response.status_code != 206:
            part.begin(version)
            done = 0
        elif part.version is None or _start_of(response) != done or not part.version.is_same(version):
            part.begin(_Version())
            raise _Interrupted("The file changed on the server.")
        check_room(part.path, (version.total or done) - done, options.spare_bytes)
        await _receive(response, part, options, on_progress)
    if part.size == 0:
        raise BadAnswer("The provider sent an empty file.", hint="Play it to see whether it works.")
    if version.total is not None and part.size != version.total:
        raise TruncatedAnswer(f"The server sent {part.size:,} of {version.total:,} bytes.")


async def _receive(response: httpx.Response, part: _Part, options: TransferOptions, on_progress: OnProgress) -> None:
    began, received = time.monotonic(), 0
    total = part.version.total if part.version else None
    done = part.size
    async for block in blocks_of(response, options.idle_s):
        done += len(block)
        if total is not None and done > total:
            raise _Interrupted(f"The server sends more than the {total:,} bytes that it announced.")
        write_block(part.path, block, options.spare_bytes)
        received += len(block)
        on_progress(done, total)
        if options.rate is not None:
            ahead = received / options.rate - (time.monotonic() - began)
            if ahead > 0:
                await options.sleep(ahead)


def write_block(file: Path, block: bytes, spare_bytes: int) -> None:
    """Append to a file. Raises `DiskFull`, also when less than `spare_bytes` would be left on the disk."""
    check_room(file, len(block), spare_bytes)
    with _writing(file), file.open("ab") as stream:
        stream.write(block)


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    """Turn an `OSError` into `DiskFull`: inside `MediaClient.open` it would be taken for one of the connection."""
    try:
        yield
    except OSError as error:
        raise DiskFull(f"{file.name} can't be written: {error.strerror}.") from error


async def blocks_of(response: httpx.Response, idle_s: float) -> AsyncIterator[bytes]:
    """Yield the body as it arrives. Raises `_Interrupted` when the connection breaks or stays silent."""
    blocks = response.aiter_raw()
    while True:
        try:
            async with asyncio.timeout(idle_s):
                block = await anext(blocks, None)
        except (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError):
            break
        if block is None:
            return
        yield block
    raise _Interrupted("The connection broke.")  # outside the handler, so that no exception context holds the URL


def check_media(response: httpx.Response) -> None:
    """Raise the error of an answer that is no media."""
    status, kind = response.status_code, response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if status in (404, 410):
        raise NotFound("The provider has no file for this title.", hint="It may be listed but missing; try another.")
    if status in (408, 425, 429) or status >= 500:
        raise Overloaded(f"The provider's server is busy (HTTP {status}).")
    if status not in (200, 206):
        hint = "Another stream of the account may be running; stop it, and run the same command again."
        raise Denied(f"The provider refuses the stream (HTTP {status}).", http_status=status, hint=hint)
    if kind in _PAGES:
        raise BadAnswer("The provider sent a page instead of the stream.", hint="Play it to see whether it works.")
    if kind in _PLAYLISTS:
        raise BadAnswer("The provider sends this in pieces (HLS), which can only be played.")


def _start_of(response: httpx.Response) -> int | None:
    spanned = _RANGE.fullmatch(response.headers.get("content-range", ""))
    return int(spanned[1]) if spanned else None


def check_room(file: Path, n_bytes: int, spare_bytes: int) -> None:
    """Raise `DiskFull` when so many bytes more would leave less than `spare_bytes` on the disk of a file."""
    with _writing(file):
        free = shutil.disk_usage(file.parent).free
    if free < n_bytes + spare_bytes:
        needed = f"{n_bytes // 1_000_000:,} MB are needed, and " if n_bytes >= 1_000_000 else ""
        raise DiskFull(
            f"The disk has {free // 1_000_000:,} MB free; {needed}{spare_bytes // 1_000_000:,} MB are kept free."
        )
