"""The body of an answer: from the network into an unlinked temporary file, unpacked and hashed on its way.

Nothing holds it whole in memory. A body that breaks off is kept and marked, because its rows are still good to show.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Final

import httpx
import xxhash

from tui_app.errors import BadAnswer, XtreamTuiError
from tui_app.xtream.inflate import Unpacker

#: Called with the bytes received so far and, where the server says it, how many there will be.
Progress = Callable[[int, int | None], None]

BLOCK: Final = 1 << 17
_LONGEST_VALIDATOR: Final = 256
#: Between two looks at how fast a body comes, as a share of the time that is looked at.
_LOOKS: Final = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow a body may come: fewer than `bytes_per_s` over `within_s`, and it is broken off."""

    bytes_per_s: float = 1_000.0
    within_s: float = 180.0


@dataclass(slots=True)
class DownloadedBody:
    """A decoded body on disk, gone when closed. `digest` is xxh3_128 of the decoded bytes.

    `truncated` is True when fewer bytes came than were promised, or it was broken off; False proves nothing.
    """

    file: IO[bytes]
    size: int  # decoded bytes
    digest: bytes
    truncated: bool = False
    received: int = 0  # bytes on the wire
    etag: str = ""  # as sent, "" when not
    last_modified: str = ""
    too_slow: bool = False  # truncated by us, because it came more slowly than `Pace` allows

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """The bytes from the beginning, `size` at a time. One reader at a time."""
        self.file.seek(0)
        while block := self.file.read(size):
            yield block

    def read(self) -> bytes:
        """All of it: for small bodies."""
        return b"".join(self.blocks())

    def tail(self, size: int) -> bytes:
        """The last `size` bytes."""
        self.file.seek(max(0, self.size - size))
        return self.file.read()

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> DownloadedBody:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class NothingReceived(Exception):
    """The connection broke, or stayed silent, before the body's first byte. Never leaves this room."""


async def receive(
    response: httpx.Response,
    *,
    cap: int,
    first_byte_s: float,
    idle_s: float,
    pace: Pace = Pace(),
    on_progress: Progress | None = None,
) -> DownloadedBody:
    """Download the body of a streamed response. `cap` is in decoded bytes.

    Raises BadAnswer beyond the cap, NothingReceived when not one byte came, TimeoutError when none came in time.
    Cancelling works at once.
    """
    expected = _content_length(response)
    sink = _Sink(cap, deflate="deflate" in response.headers.get("content-encoding", ""))
    received, broken, patience, speed = 0, False, first_byte_s, _Speed(pace)
    chunks = response.aiter_raw()
    try:
        while True:
            try:
                chunk = await _next_chunk(chunks, patience)
            except (httpx.HTTPError, OSError) as error:  # OSError: our TimeoutError too
                if isinstance(error, TimeoutError) and not received:
                    raise  # slow, not broken: asking again would only wait as long again
                broken = True
                break
            if chunk is None:
                break
            received += len(chunk)
            patience = idle_s
            sink.write(chunk)
            if on_progress is not None:
                on_progress(received, expected)
            if speed.is_too_low(received):
                break
        if broken and not received:
            raise NothingReceived
        is_short = broken or speed.was_too_low or (expected is not None and received < expected)
        body = sink.finished(received, is_short=is_short)
        body.too_slow = speed.was_too_low
        body.etag, body.last_modified = _validator(response, "etag"), _validator(response, "last-modified")
        return body
    except BaseException:
        sink.file.close()
        raise


class _Speed:
    """How fast a body comes, over the last `within_s` seconds. Costs a constant amount of memory."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._marks: deque[tuple[float, int]] = deque()  # when so many bytes had come
        self.was_too_low = False

    def is_too_low(self, received: int) -> bool:
        """Note that so many bytes have come by now; whether they came too slowly."""
        now, within = time.monotonic(), self._pace.within_s
        marks = self._marks
        if not marks or now - marks[-1][0] >= within / _LOOKS:
            marks.append((now, received))
        while len(marks) > 1 and now - marks[1][0] >= within:
            marks.popleft()
        began, before = marks[0]
        self.was_too_low = now - began >= within and received - before < self._pace.bytes_per_s * within
        return self.was_too_low


async def _next_chunk(chunks: AsyncIterator[bytes], patience: float) -> bytes | None:
    async with asyncio.timeout(patience):
        return await anext(chunks, None)


def _validator(response: httpx.Response, name: str) -> str:
    """A validator as it can be sent back; "" for none, or one no sane server sends."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""


def _content_length(response: httpx.Response) -> int | None:
    value = response.headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


class _Sink:
    """Where bytes go: unpacked, counted, hashed, written."""

    def __init__(self, cap: int, *, deflate: bool) -> None:
        self._cap = cap
        self._unpacker = Unpacker(deflate=deflate)
        self._hash = xxhash.xxh3_128()
        self._size = 0
        try:
            self.file: IO[bytes] = tempfile.TemporaryFile(prefix="xtream-tui-")  # noqa: SIM115 - owned by the body
        except OSError as error:
            raise disk_trouble(error) from None

    def write(self, chunk: bytes) -> None:
        self._store(self._unpacker.feed(chunk))

    def finished(self, received: int, *, is_short: bool) -> DownloadedBody:
        self._store(self._unpacker.finish())
        truncated = is_short or self._unpacker.is_cut
        return DownloadedBody(self.file, self._size, self._hash.digest(), truncated, received)

    def _store(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self._size += len(piece)
            if self._size > self._cap:
                raise BadAnswer(f"The answer is larger than {self._cap >> 20} MB.")
            self._hash.update(piece)
            try:
                self.file.write(piece)
            except OSError as error:
                raise disk_trouble(error) from None


def disk_trouble(error: OSError) -> XtreamTuiError:
    """What to tell when a temporary file can't be written."""
    return XtreamTuiError(
        f"The download can't be written to the temporary folder: {error.strerror or 'disk trouble'}.",
        hint="Free some space, or point TMPDIR at another disk.",
    )
