"""Converts themes for terminals with 256 or 16 colours, or none.

Rounding each colour to the nearest one turns a dark blue background into a glaring navy, and hides the cursor row. So
the 256 colours are chosen by perceived distance. The 16 colours come from the theme's `[sixteen]` table, completed by
the tables below; these are legible with the palettes of xterm and of the Linux console, which has no bright
backgrounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from typing import Final, Literal

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.filter import LineFilter
from textual.theme import Theme

ColourDepth = Literal["16", "256", "24 bit"]

_LEVELS: Final = (0, 95, 135, 175, 215, 255)  # of a channel, in the cube of 6 x 6 x 6
_GREYS: Final = 24  # from 8 to 238 in steps of 10
_Lab = tuple[float, float, float]


def depth_of(colour_system: str | None) -> ColourDepth:
    """Return the depth for Rich's name of a colour system; None is a terminal without colours."""
    if colour_system == "truecolor":
        return "24 bit"
    return "256" if colour_system == "256" else "16"


def at_depth(theme: Theme, sixteen: Theme, depth: ColourDepth) -> Theme:
    """Return the theme for a terminal of this depth; `sixteen` is its version for 16 colours."""
    if theme.ansi or depth == "24 bit":
        return theme
    return sixteen if depth == "16" else in_256_colours(theme)


def in_256_colours(theme: Theme) -> Theme:
    """Return the theme with each colour replaced by the most similar of the 256."""
    variables = {**theme.to_color_system().generate(), **theme.variables}
    return replace(theme, variables={name: _replaced(value) for name, value in variables.items()})


def _replaced(value: str) -> str:
    """Replace opaque colours only: those with an alpha value are mixed first, and "auto" is computed."""
    try:
        colour = Color.parse(value)
    except ColorParseError:
        return value
    return value if colour.a < 1 or colour.ansi is not None else nearest_of_256(colour.rgb)


@cache
def nearest_of_256(rgb: tuple[int, int, int]) -> str:
    """Return "#rrggbb" of the palette colour that looks most similar to `rgb`, as Rich spells it."""
    wanted = _as_the_eye_sees(rgb)
    return min(_candidates(rgb), key=lambda found: _distance(wanted, _as_the_eye_sees(found[0])))[1]


def _candidates(rgb: tuple[int, int, int]) -> Iterator[tuple[tuple[int, int, int], str]]:
    """Yield (shown colour, Rich's spelling) of the cube corners around `rgb` and of the greys."""
    around = (sorted(_LEVELS, key=lambda level: abs(level - part))[:2] for part in rgb)
    for red, green, blue in product(*around):
        if not red == green == blue or red in (0, 255):  # other greys of the cube are covered by those below
            yield (red, green, blue), f"#{red:02x}{green:02x}{blue:02x}"
    for number in range(_GREYS):
        level = 8 + 10 * number
        told = round((number + 1) * 255 / 25)  # Rich counts 25 greys from black to white
        yield (level, level, level), f"#{told:02x}{told:02x}{told:02x}"


def _distance(one: _Lab, other: _Lab) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


@cache
def _as_the_eye_sees(rgb: tuple[int, int, int]) -> _Lab:
    """Convert to Oklab (Björn Ottosson, 2020): equal distances look equal."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _unit(rgb))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _unit(rgb: tuple[int, int, int]) -> tuple[float, ...]:
    return tuple(part / 255 for part in rgb)


_HIGHLIGHT: Final = RichColor.parse("white")  # the background of cursors in the theme without colours


class NoColor(LineFilter):
    """Removes colours, keeps bold, underline and reverse. Written for the theme `NO_COLOR_THEME`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, None if style is None else _without_colors(style)) for text, style, _ in segments]


@lru_cache(1024)
def _without_colors(style: Style) -> Style:
    is_set_off = style.bgcolor is not None and style.bgcolor.number == _HIGHLIGHT.number
    return Style(
        bold=style.bold,
        underline=style.underline,
        italic=style.italic,
        strike=style.strike,
        reverse=bool(style.reverse) != is_set_off,
        meta=style.meta or None,
    )


DARK: Final[Mapping[str, str]] = {
    "primary": "ansi_cyan",
    "secondary": "ansi_blue",
    "accent": "ansi_yellow",
    "success": "ansi_green",
    "warning": "ansi_yellow",
    "error": "ansi_bright_red",
    "foreground": "ansi_white",
    "background": "ansi_black",
    "surface": "ansi_black",
    "panel": "ansi_blue",
    "boost": "ansi_black",
    "ansi-background": "ansi_black",
    "ansi-foreground": "ansi_white",
    "text-muted": "ansi_cyan",
    "text-disabled": "ansi_cyan",
    "foreground-muted": "ansi_cyan",
    "foreground-disabled": "ansi_cyan",
    "primary-muted": "ansi_black",
    "warning-muted": "ansi_black",
    "error-muted": "ansi_black",
    "text-primary": "ansi_bright_cyan",
    "text-accent": "ansi_bright_yellow",
    "text-success": "ansi_bright_green",
    "text-warning": "ansi_bright_yellow",
    "text-error": "ansi_bright_red",
    "border": "ansi_cyan",
    "border-blurred": "ansi_blue",
    "block-cursor-background": "ansi_cyan",
    "block-cursor-foreground": "ansi_black",
    "block-cursor-text-style": "none",
    "block-cursor-blurred-background": "ansi_blue",
    "block-cursor-blurred-foreground": "ansi_bright_white",
    "footer-background": "ansi_blue",
    "footer-foreground": "ansi_white",
    "footer-description-foreground": "ansi_white",
    "footer-key-foreground": "ansi_bright_yellow",
    "input-cursor-background": "ansi_white",
    "input-cursor-foreground": "ansi_black",
    "input-cursor-text-style": "none",
    "input-selection-background": "ansi_blue",
    "input-selection-foreground": "ansi_bright_white",
    "scrollbar": "ansi_cyan",
    "scrollbar-hover": "ansi_cyan",
    "scrollbar-active": "ansi_cyan",
    "scrollbar-background": "ansi_black",
    "scrollbar-background-hover": "ansi_black",
    "scrollbar-background-active": "ansi_black",
    "scrollbar-corner-color": "ansi_black",
}
LIGHT: Final[Mapping[str, str]] = {
    **DARK,
    "primary": "ansi_blue",
    "accent": "ansi_blue",
    "success": "ansi_blue",
    "warning": "ansi_red",
    "error": "ansi_red",
    "foreground": "ansi_black",
    "background": "ansi_white",
    "surface": "ansi_white",
    "panel": "ansi_cyan",
    "boost": "ansi_white",
    "ansi-background": "ansi_white",
    "ansi-foreground": "ansi_black",
    "text-muted": "ansi_black",
    "text-disabled": "ansi_black",
    "foreground-muted": "ansi_black",
    "foreground-disabled": "ansi_black",
    "primary-muted": "ansi_white",
    "warning-muted": "ansi_white",
    "error-muted": "ansi_white",
    "text-primary": "ansi_blue",
    "text-accent": "ansi_blue",
    "text-success": "ansi_blue",
    "text-warning": "ansi_black",
    "text-error": "ansi_black",
    "border": "ansi_blue",
    "border-blurred": "ansi_cyan",
    "block-cursor-background": "ansi_blue",
    "block-cursor-foreground": "ansi_bright_white",
    "block-cursor-blurred-background": "ansi_cyan",
    "block-cursor-blurred-foreground": "ansi_black",
    "footer-background": "ansi_cyan",
    "footer-foreground": "ansi_black",
    "footer-description-foreground": "ansi_black",
    "footer-key-foreground": "ansi_blue",
    "input-cursor-background": "ansi_black",
    "input-cursor-foreground": "ansi_white",
    "input-selection-background": "ansi_blue",
    "input-selection-foreground": "ansi_bright_white",
    "scrollbar": "ansi_blue",
    "scrollbar-hover": "ansi_blue",
    "scrollbar-active": "ansi_blue",
    "scrollbar-background": "ansi_white",
    "scrollbar-background-hover": "ansi_white",
    "scrollbar-background-active": "ansi_white",
    "scrollbar-corner-color": "ansi_white",
}


def in_ansi16(table: Mapping[str, str], *, dark: bool) -> dict[str, str]:
    """Return all colours and variables of a theme in 16 colours, by name."""
    return {**(DARK if dark else LIGHT), **table}
