"""Terminal capabilities from the environment: colours, characters, and the theme that suits them.

Imports nothing heavy: it is used before Textual is imported.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Final

MAIN_THEME: Final = "harbour"
CONSOLE_THEME: Final = "console"  # for terminals of 16 colours
NO_COLOR_THEME: Final = "slate"  # for terminals of none

#: Terminals with 24-bit colours by name: SSH passes on nothing else.
_RICH_TERMINALS: Final = ("kitty", "ghostty", "alacritty", "foot", "foot-extra", "wezterm", "contour")
_COLOURLESS_TERMINALS: Final = ("vt", "dumb", "sun")
#: Terminals that have few characters: "ansi" and "cons…" are consoles of PCs and of the BSDs.
_PLAIN_TERMINALS: Final = ("linux", "vt", "dumb", "ansi", "cons", "sun")


def default_theme(environ: Mapping[str, str]) -> str:
    """Return the theme to start with: a plain one for terminals with few colours, or with `NO_COLOR`."""
    if "NO_COLOR" in environ:
        return NO_COLOR_THEME
    return MAIN_THEME if has_many_colours(environ) else CONSOLE_THEME


def has_many_colours(environ: Mapping[str, str]) -> bool:
    """Return True when the terminal has 256 colours or more, and may use them."""
    if "NO_COLOR" in environ:
        return False
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return True
    if environ.get("TEXTUAL_COLOR_SYSTEM", "auto") in ("truecolor", "256"):
        return True
    term = environ.get("TERM", "")
    return not term or term.rpartition("-")[2] == "256color" or is_rich_terminal(term)


def can_show_pictures(environ: Mapping[str, str]) -> bool:
    """Return True when half blocks in many colours can be drawn."""
    return has_many_colours(environ) and not has_few_characters(environ)


def is_rich_terminal(term: str) -> bool:
    """Return True when a terminal of this name has 24-bit colours."""
    return term.removeprefix("xterm-") in _RICH_TERMINALS or term.endswith("-direct")


def tune_colours(environ: MutableMapping[str, str]) -> None:
    """Set Textual's colour variables from the terminal's name; call it before Textual is imported.

    SSH does not carry `COLORTERM`, and Textual assumes 16 colours for names it does not know.
    """
    term = environ.get("TERM", "")
    if term.startswith(_COLOURLESS_TERMINALS):
        environ.setdefault("NO_COLOR", "1")
    elif is_rich_terminal(term) and "COLORTERM" not in environ:
        environ.setdefault("TEXTUAL_COLOR_SYSTEM", "truecolor")


def has_few_characters(environ: Mapping[str, str]) -> bool:
    """Return True when the terminal should be sent ASCII only: by its name or a locale without UTF-8."""
    return environ.get("TERM", "").startswith(_PLAIN_TERMINALS) or not is_utf8(environ)


def is_utf8(environ: Mapping[str, str]) -> bool:
    """Return True when the locale uses UTF-8, as `setlocale` reads the variables.

    No variable at all is treated as UTF-8.
    """
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environ.get(name))), "C.UTF-8")
    codeset = locale.rpartition(".")[2].partition("@")[0]  # some systems set the code alone: LC_CTYPE=UTF-8
    return codeset.replace("-", "").lower() == "utf8"
