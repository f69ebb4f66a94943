"""Unpacks a body as it arrives, by what its bytes are and not by what its headers claim; refuses bombs."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator
from typing import Any, Final

from tui_app.errors import BadAnswer

RATIO_LIMIT: Final = 200  # unpacked to packed bytes; JSON of a panel reaches 30
_RATIO_GRACE: Final = 4 << 20  # small bodies may be of any ratio
_PIECE: Final = 1 << 18
_LAYERS: Final = 3  # doubly packed bodies exist; the last layer is there to see that it is plain
_GZIP: Final = b"\x1f\x8b"
_XZ: Final = b"\xfd7zXZ\x00"
_BZIP2: Final = (*(b"BZh%d1AY&SY" % level for level in range(1, 10)),)
_XZ_MEMORY: Final = 128 << 20  # the strongest preset needs 65 MB
_DAMAGE: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)  # OSError: bz2's word for it
_ANY_HEADER: Final = 47  # zlib's word for "gzip or zlib, by its header"
_NO_HEADER: Final = -15
_TEXT_STARTS: Final = b'[{<" \t\r\n\xef'


class Unpacker:
    """Fed with a body's bytes as sent, gives them as meant. `deflate`: the headers claim it, whatever form is meant."""

    def __init__(self, *, deflate: bool = False) -> None:
        self._layers = [_Layer(deflate=deflate and number == 0) for number in range(_LAYERS)]
        self._received = self._given = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes add. Raises BadAnswer when a small body unpacks to a huge one."""
        self._received += len(data)
        yield from self._through(0, data)

    def finish(self) -> Iterator[bytes]:
        """What was held back for a look at it."""
        for number, layer in enumerate(self._layers):
            for piece in layer.finish():
                yield from self._through(number + 1, piece)

    @property
    def is_cut(self) -> bool:
        """Whether a packed stream did not reach its own end, or is damaged."""
        return any(layer.is_cut for layer in self._layers)

    def _through(self, number: int, data: bytes) -> Iterator[bytes]:
        if number == _LAYERS:
            self._given += len(data)
            if self._given > self._received * RATIO_LIMIT + _RATIO_GRACE:
                raise BadAnswer("The answer unpacks to far more than it can honestly hold.")
            yield data
            return
        for piece in self._layers[number].feed(data):
            yield from self._through(number + 1, piece)


class _Layer:
    """One packing, or none: decided by the first bytes."""

    def __init__(self, *, deflate: bool) -> None:
        self._deflate = deflate
        self._start = b""
        self._is_decided = False
        self._engine: Any = None  # a decompressor: zlib's, lzma's and bz2's have no type in common
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
                piece = self._engine.decompress(data, _PIECE)
            except _DAMAGE:
                self.is_cut, self._engine = True, None
                return
            if piece:
                yield piece
            # zlib gives back what it did not take; the others keep it, and say whether they want more
            data = self._engine.unused_data if self._engine.eof else getattr(self._engine, "unconsumed_tail", b"")
            is_hungry = self._engine.eof or getattr(self._engine, "needs_input", True)


def _engine_of(start: bytes) -> Any:
    """What unpacks a stream that begins like this; None for what is not packed."""
    if start.startswith(_GZIP):
        return zlib.decompressobj(_ANY_HEADER)
    if start.startswith(_XZ):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    return bz2.BZ2Decompressor() if start.startswith(_BZIP2) else None


def _is_beginning_of_magic(start: bytes) -> bool:
    """Whether more bytes are needed to tell."""
    return any(len(start) < len(magic) and magic.startswith(start) for magic in (_XZ, *_BZIP2))
