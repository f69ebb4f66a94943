"""Draw a picture for a terminal: two pixels in each cell, as the upper half block in two colours.

Pictures come from strangers: only common formats are decoded, and none with more pixels than `MOST_PIXELS`.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

#: An RGB colour, each part 0 to 255.
Colour = tuple[int, int, int]

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
#: A decoded pixel takes up to 4 bytes: 48 MB.
MOST_PIXELS: Final = 12_000_000
#: What decoders raise for broken files, by format and by version of Pillow, whose own errors are `OSError`s.
_BROKEN: Final = (
    *(OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, RuntimeError),
    *(AssertionError, MemoryError, struct.error, zlib.error),
)
#: Colours are rounded to multiples of this, so that neighbouring cells are often equal and cost no bytes.
_STEP: Final = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture: rows of cells, each the colours of its upper and its lower half."""

    rows: tuple[tuple[tuple[Colour, Colour], ...], ...]

    @property
    def width(self) -> int:
        """The number of cells in a row."""
        return len(self.rows[0]) if self.rows else 0


def can_draw() -> bool:
    """Return True when Pillow is installed."""
    return find_spec("PIL") is not None


def drawn(content: bytes, columns: int, rows: int, ground: Colour) -> Picture | None:
    """Return the picture in at most `columns` × `rows` cells, transparent parts in the colour `ground`.

    None for anything but a sound picture of a known format and a sane size.
    """
    from PIL import Image  # noqa: PLC0415 - an extra, and only where pictures are shown

    Image.MAX_IMAGE_PIXELS = None  # the size is checked here, before anything is decoded
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as source:
            if source.width * source.height > MOST_PIXELS:
                return None
            size = fitted(source.width, source.height, columns, rows * 2)
            source.draft("RGB", size)  # a JPEG is decoded at a fraction of its size
            pixels = source.convert("RGBA").resize(size, Image.Resampling.BOX, reducing_gap=2.0)
        canvas = Image.new("RGBA", size, (*ground, 255))
        canvas.alpha_composite(pixels)
    except _BROKEN:
        return None
    return _in_cells(canvas.convert("RGB").tobytes(), *size, ground)


def fitted(width: int, height: int, widest: int, highest: int) -> tuple[int, int]:
    """Return the largest size in pixels with the same proportions that fits; at least one pixel."""
    scale = min(widest / width, highest / height)
    return max(1, min(widest, round(width * scale))), max(1, min(highest, round(height * scale)))


def _in_cells(pixels: bytes, width: int, height: int, ground: Colour) -> Picture:
    """Pair the lines of pixels; an odd last one stands above the ground."""
    lines = [[_rounded(pixels, 3 * (line * width + column)) for column in range(width)] for line in range(height)]
    if height % 2:
        lines.append([ground] * width)
    return Picture(
        tuple(tuple(zip(upper, lower, strict=True)) for upper, lower in zip(lines[::2], lines[1::2], strict=True))
    )


def _rounded(pixels: bytes, at: int) -> Colour:
    red, green, blue = (min(255, (part + _STEP // 2) // _STEP * _STEP) for part in pixels[at : at + 3])
    return red, green, blue
