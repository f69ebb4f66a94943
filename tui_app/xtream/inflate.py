"""Unpacks a body as it arrives, by what its bytes are and not by what its headers claim; refuses bombs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from tui_app.errors import BadAnswer

RATIO_LIMIT: Final = 200  # unpacked to packed bytes; JSON of a panel reaches 30
_RATIO_GRACE: Final = 4 << 20  # small bodies may be of any ratio
_PIECE: Final = 1 << 18
_LAYERS: Final = 3  # doubly packed bodies exist; the last layer is there to see that it is plain
_GZIP: Final = b"\x1f\x8b"
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
    """One packing, or none: decided by the first two bytes."""

    def __init__(self, *, deflate: bool) -> None:
        self._deflate = deflate
        self._start = b""
        self._is_decided = False
        self._engine: zlib._Decompress | None = None
        self.is_cut = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._is_decided:
            self._start += data
            if len(self._start) < 2:
                return
            data, self._start = self._start, b""
            self._decide(data)
        if self._engine is None:
            if not self.is_cut and data:
                yield data
        else:
            yield from self._unpacked(data)

    def finish(self) -> Iterator[bytes]:
        if self._start:
            yield self._start
        self.is_cut = self.is_cut or (self._engine is not None and not self._engine.eof)

    def _decide(self, start: bytes) -> None:
        self._is_decided = True
        if start[:2] == _GZIP or (start[0] == 0x78 and (start[0] << 8 | start[1]) % 31 == 0):
            self._engine = zlib.decompressobj(_ANY_HEADER)
        elif self._deflate and start[0] not in _TEXT_STARTS:
            self._engine = zlib.decompressobj(_NO_HEADER)

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        while data and self._engine is not None:
            if self._engine.eof:
                if data[:2] != _GZIP:  # padding after the end
                    return
                self._engine = zlib.decompressobj(_ANY_HEADER)
            try:
                piece = self._engine.decompress(data, _PIECE)
            except zlib.error:
                self.is_cut, self._engine = True, None
                return
            if piece:
                yield piece
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
