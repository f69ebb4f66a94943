"""Download bodies to disk, decompressing by content instead of headers, with limits against decompression bombs."""

from __future__ import annotations

import asyncio
import bz2
import lzma
import tempfile
import time
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

import httpx
import xxhash

from tui_app.errors import BadAnswer, XtreamTuiError

RATIO_LIMIT: Final = 200  # maximum compression ratio; a panel's JSON reaches 30
_RATIO_GRACE: Final = 4 << 20  # bytes below which any ratio is accepted
_CHUNK: Final = 1 << 18
_LAYERS: Final = 3  # double compression occurs; the last layer checks for plain data
_GZIP: Final = b"\x1f\x8b"
_XZ: Final = b"\xfd7zXZ\x00"
_BZIP2: Final = (*(b"BZh%d1AY&SY" % level for level in range(1, 10)),)
_XZ_MEMORY: Final = 128 << 20  # the strongest preset needs 65 MB
_DAMAGE: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)  # OSError is raised by bz2
_ANY_HEADER: Final = 47  # zlib constant: detect gzip or zlib by the header
_NO_HEADER: Final = -15
_TEXT_STARTS: Final = b'[{<" \t\r\n\xef'


class Unpacker:
    """Decompresses a body incrementally. `deflate`: the headers claim it (raw or zlib)."""

    def __init__(self, *, deflate: bool = False) -> None:
        self._layers = [_Layer(deflate=deflate and number == 0) for number in range(_LAYERS)]
        self._received = self._given = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the decompressed bytes of `data`. Raises BadAnswer if a small body expands excessively."""
        self._received += len(data)
        yield from self._through(0, data)

    def finish(self) -> Iterator[bytes]:
        """Yield the bytes that were buffered for detection."""
        for number, layer in enumerate(self._layers):
            for chunk in layer.finish():
                yield from self._through(number + 1, chunk)

    @property
    def is_cut(self) -> bool:
        """Whether a compressed stream is incomplete or damaged."""
        return any(layer.is_cut for layer in self._layers)

    def _through(self, number: int, data: bytes) -> Iterator[bytes]:
        if number == _LAYERS:
            self._given += len(data)
            if self._given > self._received * RATIO_LIMIT + _RATIO_GRACE:
                raise BadAnswer("The answer unpacks to far more than it can honestly hold.")
            yield data
            return
        for chunk in self._layers[number].feed(data):
            yield from self._through(number + 1, chunk)


class _Layer:
    """One layer of compression or none, detected from the first bytes."""

    def __init__(self, *, deflate: bool) -> None:
        self._deflate = deflate
        self._start = b""
        self._is_decided = False
        self._engine: Any = None  # a decompressor of zlib, lzma or bz2, which share no type
        self.is_cut = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._is_decided:
            self._start += data
            if len(self._start) < 2 or _is_beginning_of_magic(self._start):
                return
            data, self._start = self._start, b""
            self._decide(data)
        if self._engine is not None:
            yield from self._unpacked(data)
        elif not self.is_cut and data:
            yield data

    def finish(self) -> Iterator[bytes]:
        if self._start:
            yield self._start
        self.is_cut = self.is_cut or (self._engine is not None and not self._engine.eof)

    def _decide(self, start: bytes) -> None:
        self._is_decided = True
        self._engine = _engine_of(start)
        if self._engine is not None:
            return
        if start[0] == 0x78 and (start[0] << 8 | start[1]) % 31 == 0:
            self._engine = zlib.decompressobj(_ANY_HEADER)
        elif self._deflate and start[0] not in _TEXT_STARTS:
            self._engine = zlib.decompressobj(_NO_HEADER)

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        is_hungry = False
        while self._engine is not None and (data or not is_hungry):
            if self._engine.eof:
                self._engine = _engine_of(data) or self._engine
                if self._engine.eof:  # padding after the end
                    return
            try:
                chunk = self._engine.decompress(data, _CHUNK)
            except _DAMAGE:
                self.is_cut, self._engine = True, None
                return
            if chunk:
                yield chunk
            # zlib returns unconsumed input; the others buffer it and expose `needs_input`
            data = self._engine.unused_data if self._engine.eof else getattr(self._engine, "unconsumed_tail", b"")
            is_hungry = self._engine.eof or getattr(self._engine, "needs_input", True)


def _engine_of(start: bytes) -> Any:
    """Return a decompressor for a stream with this beginning; None if it is not compressed."""
    if start.startswith(_GZIP):
        return zlib.decompressobj(_ANY_HEADER)
    if start.startswith(_XZ):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    return bz2.BZ2Decompressor() if start.startswith(_BZIP2) else None


def _is_beginning_of_magic(start: bytes) -> bool:
    """Whether more bytes are needed for detection."""
    return any(len(start) < len(magic) and magic.startswith(start) for magic in (_XZ, *_BZIP2))


#: Called with the bytes received so far and the total, None if unknown.
Progress = Callable[[int, int | None], None]

BLOCK: Final = 1 << 17
_LONGEST_VALIDATOR: Final = 256
#: Interval between speed checks, as a share of the measured period.
_LOOKS: Final = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """Minimum speed: a body with fewer than `bytes_per_s` over `within_s` seconds is aborted."""

    bytes_per_s: float = 1_000.0
    within_s: float = 180.0


@dataclass(slots=True)
class DownloadedBody:
    """A decoded body in a temporary file, deleted on close. `digest` is the xxh3_128 of the decoded bytes.

    `truncated` is True if fewer bytes arrived than announced or the download was aborted; False is no proof.
    """

    file: IO[bytes]
    size: int  # decoded bytes
    digest: bytes
    truncated: bool = False
    received: int = 0  # received bytes
    etag: str = ""  # as sent, "" if not sent
    last_modified: str = ""
    too_slow: bool = False  # aborted because it was slower than `Pace` allows

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Yield the content from the beginning in blocks of `size` bytes. Only one reader at a time."""
        self.file.seek(0)
        while block := self.file.read(size):
            yield block

    def read(self) -> bytes:
        """Return the whole content; for small bodies."""
        return b"".join(self.blocks())

    def tail(self, size: int) -> bytes:
        """Return the last `size` bytes."""
        self.file.seek(max(0, self.size - size))
        return self.file.read()

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> DownloadedBody:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()


class NothingReceived(Exception):
    """The connection broke or stayed silent before the body's first byte. Internal to this package."""


async def receive(
    response: httpx.Response,
    *,
    cap: int,
    first_byte_s: float,
    idle_s: float,
    pace: Pace = Pace(),
    on_progress: Progress | None = None,
) -> DownloadedBody:
    """Download the body of a streamed response. `cap` limits the decoded bytes.

    Raises BadAnswer beyond the cap, NothingReceived if no byte arrived, TimeoutError if none arrived in time. Can
    be cancelled at any time.
    """
    expected = _content_length(response)
    sink = _Sink(cap, deflate="deflate" in response.headers.get("content-encoding", ""))
    received, broken, patience, speed = 0, False, first_byte_s, _Speed(pace)
    chunks = response.aiter_raw()
    try:
        while True:
            try:
                chunk = await _next_chunk(chunks, patience)
            except (httpx.HTTPError, OSError) as error:  # OSError includes our TimeoutError
                if isinstance(error, TimeoutError) and not received:
                    raise  # too slow, not broken: a retry would take as long
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
    """Measures the speed of a download over the last `within_s` seconds, in constant memory."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._marks: deque[tuple[float, int]] = deque()  # (time, bytes received)
        self.was_too_low = False

    def is_too_low(self, received: int) -> bool:
        """Record the bytes received by now; return whether the speed is too low."""
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
    """Return a validator that can be sent back; "" if missing or invalid."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""


def _content_length(response: httpx.Response) -> int | None:
    value = response.headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


class _Sink:
    """Decompresses, counts, hashes and writes a body."""

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
        for chunk in pieces:
            self._size += len(chunk)
            if self._size > self._cap:
                raise BadAnswer(f"The answer is larger than {self._cap >> 20} MB.")
            self._hash.update(chunk)
            try:
                self.file.write(chunk)
            except OSError as error:
                raise disk_trouble(error) from None


def disk_trouble(error: OSError) -> XtreamTuiError:
    """Return the error for a temporary file that can't be written."""
    return XtreamTuiError(
        f"The download can't be written to the temporary folder: {error.strerror or 'disk trouble'}.",
        hint="Free some space, or point TMPDIR at another disk.",
    )
