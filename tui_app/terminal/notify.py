"""Builds the escape that asks a terminal for a desktop notification. It writes nothing and knows no secret."""

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
    """The bytes to send, wrapped so that tmux and screen pass them on to the terminal around them."""
    title, words = (_plain(text) for text in (title, words))
    if _TITLED.search(environ.get("TERM", "")) or "VTE_VERSION" in environ:
        escape = f"{_ESCAPE}]777;notify;{title};{words}{_END}"
    else:
        escape = f"{_ESCAPE}]9;{title}: {words}{_END}"
    return _passed_on(escape, environ)


def _plain(text: str) -> str:
    """One line without control characters, nor what separates the fields of the escape."""
    return clean_line(text).replace(";", ",")[:_LONGEST]


def _passed_on(escape: str, environ: Mapping[str, str]) -> str:
    """Inside a multiplexer the escape is put into one that it hands through (tmux: with `allow-passthrough on`)."""
    if environ.get("TMUX"):
        return f"{_ESCAPE}Ptmux;{escape.replace(_ESCAPE, 2 * _ESCAPE)}{_ESCAPE}\\"
    if environ.get("STY"):
        return f"{_ESCAPE}P{escape}{_ESCAPE}\\"
    return escape
