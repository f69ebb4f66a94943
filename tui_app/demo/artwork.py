"""Posters and logos of the demo panel, drawn from the name of their file: landscapes for titles, marks for channels."""

from __future__ import annotations

import math
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from tui_app.demo.seeded_random import SeededRandom

Colour = tuple[int, int, int]

#: Folders whose pictures the panel serves itself.
FOLDERS: Final = ("logos", "posters", "covers")
_PATH: Final = re.compile(rf"/({'|'.join(FOLDERS)})/([0-9a-f]{{1,64}})\.(?:png|jpg)")
_POSTER: Final = (80, 120)
_LOGO: Final = (64, 40)
#: Sky above, sky at the horizon, the disc, the land in front.
_MOODS: Final[tuple[tuple[Colour, Colour, Colour, Colour], ...]] = (
    ((18, 24, 58), (214, 92, 74), (255, 214, 140), (22, 14, 30)),
    ((12, 30, 52), (64, 132, 150), (236, 240, 220), (8, 20, 30)),
    ((70, 42, 24), (222, 178, 110), (255, 240, 206), (40, 22, 12)),
    ((34, 12, 48), (176, 60, 120), (255, 176, 150), (20, 6, 26)),
    ((16, 44, 36), (150, 190, 110), (250, 246, 190), (8, 26, 20)),
    ((40, 48, 64), (188, 198, 206), (250, 250, 246), (24, 28, 38)),
    ((60, 8, 16), (232, 120, 40), (255, 226, 130), (28, 4, 8)),
    ((8, 12, 24), (36, 60, 110), (214, 224, 255), (4, 6, 14)),
)


def picture(path: str) -> bytes | None:
    """Return the PNG of an address' path, the same for the same path; None for a path of no picture."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    rng = SeededRandom(f"artwork {match[2]}")
    return _logo(rng) if match[1] == "logos" else _poster(rng)


def _poster(rng: SeededRandom) -> bytes:
    """Draw a sky with a disc above two lines of hills, or above a town."""
    width, height = _POSTER
    above, horizon, disc, land = rng.pick(_MOODS)
    centre_x, centre_y = rng.between(16, width - 16), rng.between(24, 64)
    radius = rng.between(7, 17)
    is_town = rng.chance(40)
    far, near = _ridge(rng, 78, 9), _town(rng) if is_town else _ridge(rng, 97, 12)
    back = _mixed(horizon, land, 0.6)

    def colour(x: int, y: int) -> Colour:
        if y >= near(x):
            return land
        if y >= far(x):
            return back
        if math.hypot(x - centre_x, y - centre_y) <= radius:
            return disc
        glow = max(0.0, 1 - math.hypot(x - centre_x, y - centre_y) / (3 * radius))
        return _mixed(_mixed(above, horizon, min(1.0, y / 84) ** 1.6), disc, 0.4 * glow)

    return _png(width, height, ((*colour(x, y), 255) for y in range(height) for x in range(width)))


def _logo(rng: SeededRandom) -> bytes:
    """Draw a disc, a diamond or bars on a transparent ground."""
    width, height = _LOGO
    _, main, second, _ = rng.pick(_MOODS)
    shape, stripe = rng.below(3), rng.between(5, 9)

    def colour(x: int, y: int) -> tuple[int, int, int, int]:
        right, down = abs(x - width // 2), abs(y - height // 2)
        inside = (math.hypot(right, down) <= 18, right + 1.4 * down <= 27, right <= 28 and y % stripe > 1)[shape]
        inner = (math.hypot(right, down) <= 9, right + 1.4 * down <= 13, right <= 6)[shape]
        return (*(second if inner else main), 255 if inside else 0)

    return _png(width, height, (colour(x, y) for y in range(height) for x in range(width)))


def _ridge(rng: SeededRandom, base: int, swing: int) -> Callable[[int], float]:
    """Return the height of a line of hills at each x, counted from the top."""
    waves = [(rng.between(2, 9) / 60, rng.below(628) / 100, swing / number) for number in (1, 2, 3)]
    return lambda x: base + sum(size * math.sin(x * pace + start) for pace, start, size in waves)


def _town(rng: SeededRandom) -> Callable[[int], float]:
    roofs = [rng.between(74, 112) for _ in range(_POSTER[0] // 6 + 1)]
    return lambda x: roofs[x // 6]


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _png(width: int, height: int, pixels: Iterator[tuple[int, int, int, int]]) -> bytes:
    """Encode RGBA pixels, line by line from the top left."""
    lines = b"".join(b"\0" + bytes(part for _ in range(width) for part in next(pixels)) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
