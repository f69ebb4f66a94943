"""Reads theme files and turns valid ones into Textual themes. An invalid file gives one message.

Everything is checked first, because Textual does not: a wrong colour in a theme ends the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS
from textual.css.tokenize import tokenize_values
from textual.css.tokenizer import TokenError
from textual.design import ColorSystem
from textual.theme import Theme

from tui_app.file_access import read_regular
from tui_app.settings.toml_file import LARGEST_TOML, TomlProblem, parse_toml
from tui_app.text import strip_controls
from tui_app.theming.color_depth import ColourDepth, at_depth, in_ansi16

_COLOURS: Final = (
    *("primary", "secondary", "warning", "error", "success", "accent"),
    *("foreground", "background", "surface", "panel", "boost"),
)
_KEYS: Final = frozenset(("name", "title", "dark", "ansi", "variables", "sixteen", *_COLOURS))
_GROUNDS: Final = ("surface", "panel", "boost")  # Textual derives nothing from these in ansi themes
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_COLOUR_VALUE = re.compile(r"(?P<colour>[#\w(),.\s]+?)(?:\s+(?P<alpha>\d{1,3}(?:\.\d+)?)%)?")
_BEYOND_COLOURS: Final = ("auto", "initial")  # keywords allowed instead of a colour


@dataclass(frozen=True, slots=True)
class LoadedTheme:
    """A theme that can be registered. `title` is its displayed name; `sixteen` its version in 16 colours."""

    name: str
    title: str
    theme: Theme
    sixteen: Theme

    def at_depth(self, depth: ColourDepth) -> Theme:
        """Return the theme for a terminal of this depth."""
        return at_depth(self.theme, self.sixteen, depth)


@dataclass(frozen=True, slots=True)
class ThemesLoaded:
    """The loaded themes in the order of the files, and one sentence for each invalid file."""

    themes: tuple[LoadedTheme, ...] = ()
    problems: tuple[str, ...] = ()


class ThemeProblem(ValueError):
    """A theme can't be used; `str()` is the reason."""


def load_themes(own_folder: Path | None = None) -> ThemesLoaded:
    """Load the shipped themes and those in the user's folder, which win where names are equal."""
    themes: dict[str, LoadedTheme] = {}
    problems: list[str] = []
    shipped = shipped_folder()
    for folder in (shipped, own_folder):
        for path in sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else ():
            try:
                loaded = read_theme(path, is_ours=folder is shipped)
            except ThemeProblem as problem:
                problems.append(strip_controls(f"{path.name}: {problem}"))
            else:
                themes[loaded.name] = loaded
    return ThemesLoaded(tuple(themes.values()), tuple(problems))


def shipped_folder() -> Path:
    """Return the themes folder: inside an installed package, beside it in a source tree."""
    package = Path(str(files("tui_app")))
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def read_theme(path: Path, *, is_ours: bool = False) -> LoadedTheme:
    """Read one file. `is_ours`: it was validated before it was shipped. Raises `ThemeProblem`."""
    try:
        raw = parse_toml(read_regular(path, LARGEST_TOML))
    except OSError as error:
        raise ThemeProblem(f"can't be read ({error.strerror})") from error
    except TomlProblem as error:
        raise ThemeProblem(f"is not TOML: {error}") from error
    return theme_from(raw, is_ours=is_ours)


def theme_from(raw: Mapping[str, Any], *, is_ours: bool = False) -> LoadedTheme:
    """Create a theme from the content of a file. Raises `ThemeProblem` naming the first wrong key.

    Trying out seven themes takes 10 ms of every start: the shipped ones are tried by the tests (`is_ours`).
    """
    unknown = sorted(set(raw) - _KEYS)
    if unknown:
        raise ThemeProblem(f"has an unknown key {unknown[0]!r}")
    name = raw.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ThemeProblem("name must be a word of small letters, digits and hyphens")
    title = raw.get("title", name)
    if not isinstance(title, str) or not title.isprintable() or not 0 < len(title) <= 60:
        raise ThemeProblem("title must be a short text")
    if "primary" not in raw:
        raise ThemeProblem("has no primary colour")
    colours: dict[str, Any] = {key: _colour(key, raw[key]) for key in _COLOURS if key in raw}
    theme = Theme(
        name=name,
        dark=_flag(raw, "dark", True),
        ansi=_flag(raw, "ansi", False),
        variables=dict(_variables(raw.get("variables", {}))),
        **colours,
    )
    sixteen = _in_ansi16(name, theme.dark, raw.get("sixteen", {}))
    for each in (theme, sixteen):
        _complete(each)
        if not is_ours:
            _try_out(each)
    return LoadedTheme(name, title, theme, sixteen)


def _in_ansi16(name: str, dark: bool, table: object) -> Theme:
    if not isinstance(table, dict):
        raise ThemeProblem("sixteen must be a table")
    unknown = sorted(set(table) - known_variables() - set(_COLOURS))
    if unknown:
        raise ThemeProblem(f"sixteen.{unknown[0]} is no known colour or variable")
    for key, value in table.items():
        if not isinstance(value, str) or not (_is_style(value) if key.endswith("-style") else _is_of_sixteen(value)):
            kind = "a text style" if key.endswith("-style") else "one of the ansi_… colours"
            raise ThemeProblem(f"sixteen.{key} is not {kind}: {value!r}")
    values = in_ansi16(table, dark=dark)
    colours: dict[str, Any] = {key: values[key] for key in _COLOURS}
    return Theme(name=name, dark=dark, ansi=True, variables=values, **colours)


def _is_of_sixteen(value: str) -> bool:
    return value.startswith("ansi_") and _is_colour(value)


def _flag(raw: Mapping[str, Any], key: str, default: bool) -> bool:
    value = raw.get(key, default)
    if not isinstance(value, bool):
        raise ThemeProblem(f"{key} must be true or false")
    return value


def _colour(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise ThemeProblem(f"{key} must be a colour in quotes")
    try:
        Color.parse(value)
    except ColorParseError:
        raise ThemeProblem(f"{key} is not a colour: {value!r}") from None
    return value


def _variables(table: object) -> Iterator[tuple[str, str]]:
    if not isinstance(table, dict):
        raise ThemeProblem("variables must be a table")
    for name, value in table.items():
        if name not in known_variables():
            raise ThemeProblem(f"variables.{name} is not a known variable")
        if not isinstance(value, str):
            raise ThemeProblem(f"variables.{name} must be a text in quotes")
        if not (_is_style(value) if name.endswith("-style") else _is_colour(value)):
            kind = "a text style" if name.endswith("-style") else "a colour"
            raise ThemeProblem(f"variables.{name} is not {kind}: {value!r}")
        yield name, value


def _is_style(value: str) -> bool:
    words = value.split()
    return bool(words) and all(word in VALID_STYLE_FLAGS for word in words)


def _is_colour(value: str) -> bool:
    match = _COLOUR_VALUE.fullmatch(value)
    if match is None:
        return False
    if match["colour"] in _BEYOND_COLOURS:
        return True
    try:
        Color.parse(match["colour"])
    except ColorParseError:
        return False
    return True


@cache
def known_variables() -> frozenset[str]:
    """Return the names a theme may set: all that Textual derives from a theme's colours."""
    plain, ansi = ColorSystem(primary="#000000"), ColorSystem(primary="ansi_blue", ansi=True)
    return frozenset(plain.generate()) | frozenset(ansi.generate())


def _complete(theme: Theme) -> None:
    """Set variables that Textual does not derive.

    ansi themes lack some that stylesheets use; in other themes scroll bars would have a black background.
    """
    if theme.ansi:
        missing = known_variables() - theme.to_color_system().generate().keys()
        theme.variables.update(dict.fromkeys(missing, "ansi_default"))
        given = {key: value for key in _GROUNDS if (value := getattr(theme, key)) is not None}
        theme.variables.update(given | theme.variables)
    elif theme.panel is not None:
        for name in ("background", "background-hover", "background-active", "corner-color"):
            theme.variables.setdefault(f"scrollbar-{name}", theme.panel)
        theme.variables.setdefault("scrollbar", theme.variables.get("border", theme.primary))


def _try_out(theme: Theme) -> None:
    """Run Textual's own processing of the theme, to refuse it now instead of crashing later."""
    if theme.ansi and any(not (getattr(theme, key) or "ansi_").startswith("ansi_") for key in _COLOURS):
        raise ThemeProblem("ansi themes need ansi_… colours throughout")
    try:
        tokenize_values({**theme.to_color_system().generate(), **theme.variables})
    except (TokenError, ColorParseError, ValueError, AttributeError) as error:
        raise ThemeProblem(f"its colours don't work together ({error})") from error
