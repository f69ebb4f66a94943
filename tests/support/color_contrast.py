"""Contrast of colours as terminals show them: in 24 bits, in 256 colours, and in the 16 of two palettes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.palette import Palette
from textual.color import Color, ColorParseError
from textual.theme import Theme

Rgb = tuple[int, int, int]
_PLAIN_TONES: Final = ("muted", "primary", "accent", "success", "warning", "error")

#: (text, ground) of all that the stylesheets of the app put on each other.
TEXTS: Final[Sequence[tuple[str, str]]] = (
    *((f"text-{tone}", ground) for tone in _PLAIN_TONES for ground in ("surface", "panel", "background")),
    *(("foreground", ground) for ground in ("surface", "panel", "background", "primary-muted")),
    ("primary", "panel"),  # titles of dialogs
    ("text-primary", "primary-muted"),
    ("text-warning", "warning-muted"),
    ("text-error", "error-muted"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
)
#: (what shows where the focus is, what is around it).
FOCUS: Final[Sequence[tuple[str, str]]] = (
    *(("block-cursor-background", ground) for ground in ("surface", "panel", "background")),
    ("input-cursor-background", "surface"),
)

#: The 16 colours of xterm and of the Linux console.
XTERM: Final = Palette(
    [
        *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205)),
        *((229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255)),
        *((0, 255, 255), (255, 255, 255)),
    ]
)
CONSOLE: Final = Palette(
    [
        *((0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170)),
        *((170, 170, 170), (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255)),
        *((85, 255, 255), (255, 255, 255)),
    ]
)


def colours_of(theme: Theme) -> dict[str, str]:
    """Everything a stylesheet may name, as Textual derives it."""
    return {**theme.to_color_system().generate(), **theme.variables}


def weak(shown: Mapping[str, Rgb], pairs: Sequence[tuple[str, str]], at_least: float) -> dict[tuple[str, str], float]:
    """The pairs of less contrast than that, and what they have."""
    found = {(one, other): round(contrast(shown[one], shown[other]), 2) for one, other in pairs}
    return {pair: ratio for pair, ratio in found.items() if ratio < at_least}


def contrast(one: Rgb, other: Rgb) -> float:
    """The WCAG contrast ratio of two colours."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def in_24_bits(theme: Theme) -> dict[str, Rgb]:
    """What is shown on a terminal that has all colours."""
    return {name: Color.parse(value).rgb for name, value in colours_of(theme).items() if _is_colour(value)}


def in_256(theme: Theme) -> dict[str, Rgb]:
    """What Rich sends to a terminal of 256 colours, looked up in their table."""
    sent = {name: RichColor.from_rgb(*rgb).downgrade(ColorSystem.EIGHT_BIT) for name, rgb in in_24_bits(theme).items()}
    return {name: tuple(colour.get_truecolor()) for name, colour in sent.items()}  # type: ignore[misc]


def in_16(theme: Theme, palette: Palette) -> dict[str, Rgb]:
    """What a terminal with this palette shows; its own ground is black and its own text white."""
    shown: dict[str, Rgb] = {}
    for name, value in colours_of(theme).items():
        number = Color.parse(value).ansi if _is_colour(value) else None
        if number is not None:
            is_ground = name in ("background", "surface", "panel") or name.endswith("-background") or "-muted" in name
            number = number if number >= 0 else 0 if is_ground and not name.startswith("text-") else 7
            shown[name] = tuple(palette[number])  # type: ignore[assignment]
    return shown


def _is_colour(value: str) -> bool:
    try:
        return Color.parse(value).a == 1
    except ColorParseError:
        return False


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in rgb))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
