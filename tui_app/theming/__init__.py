"""Theme files, and their conversion for terminals with few colours or none."""

from tui_app.theming.color_depth import ColourDepth, depth_of
from tui_app.theming.files import (
    LoadedTheme,
    ThemeProblem,
    ThemesLoaded,
    known_variables,
    load_themes,
    read_theme,
)

__all__ = [
    "ColourDepth",
    "LoadedTheme",
    "ThemeProblem",
    "ThemesLoaded",
    "depth_of",
    "known_variables",
    "load_themes",
    "read_theme",
]
