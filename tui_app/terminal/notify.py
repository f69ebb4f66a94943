"""Builds the escape sequence that asks a terminal for a desktop notification."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tui_app.text import clean_line

_LONGEST: Final = 120  # characters of the title and of the words: what daemons show
_ESCAPE: Final = "\x1b"
_END: Final = "\a"
#: Terminals that know OSC 777 (title and words) and not OSC 9 (words alone). Others get OSC 9: those that know neither
#: drop both.
_TITLED: Final = re.compile(r"rxvt|foot|^urxvt")


def desktop_notice(title: str, words: str, environ: Mapping[str, str]) -> str:
    """Return the sequence, wrapped so that tmux and screen pass it on."""
    title, words = (_plain(text) for text in (title, words))
    if _TITLED.search(environ.get("TERM", "")) or "VTE_VERSION" in environ:
        escape = f"{_ESCAPE}]777;notify;{title};{words}{_END}"
    else:
        escape = f"{_ESCAPE}]9;{title}: {words}{_END}"
    return _passed_on(escape, environ)


def _plain(text: str) -> str:
    """Return one line without control characters and without the separator of the fields."""
    return clean_line(text).replace(";", ",")[:_LONGEST]


def _passed_on(escape: str, environ: Mapping[str, str]) -> str:
    """Wrap a sequence for the multiplexer around the app (tmux: needs `allow-passthrough on`)."""
    if environ.get("TMUX"):
        return f"{_ESCAPE}Ptmux;{escape.replace(_ESCAPE, 2 * _ESCAPE)}{_ESCAPE}\\"
    if environ.get("STY"):
        return f"{_ESCAPE}P{escape}{_ESCAPE}\\"
    return escape
