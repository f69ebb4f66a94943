"""OSC sequences for the user's terminal, also through tmux and screen: the clipboard and desktop notifications.

The terminal does not answer: whether it took a text is unknown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from textual.app import App

from tui_app.terminal.textual_compat import write_to_terminal
from tui_app.text import clean_line

_ESCAPE: Final = "\x1b"
_END: Final = f"{_ESCAPE}\\"
#: The longest sequence GNU screen passes on.
_SCREEN_CHUNK: Final = 512
_TMUX_S: Final = 3


def copy_text(app: App[Any], text: str) -> None:
    """Copy a text, also through a multiplexer between the app and the terminal.

    tmux itself sends the text on with its default settings, and keeps it for pasting inside.
    """
    if os.environ.get("TMUX") and (tmux := shutil.which("tmux")):
        app.run_worker(partial(_load_into_tmux, tmux, text), thread=True, exit_on_error=False)
    app.copy_to_clipboard(text)  # for pasting in the app, and for the terminal; tmux needs `set-clipboard on`
    if wrapped := passed_through(text, os.environ):
        write_to_terminal(app, wrapped)


def _load_into_tmux(tmux: str, text: str) -> None:
    """Hand a text to tmux on its standard input, which no process list shows."""
    with suppress(OSError, subprocess.SubprocessError):  # the terminal gets the text as well
        subprocess.run([tmux, "load-buffer", "-w", "-"], input=text.encode(), timeout=_TMUX_S, capture_output=True)


def passed_through(text: str, environ: Mapping[str, str]) -> str:
    """Return the OSC 52 request wrapped for the multiplexer around the app; "" without one.

    tmux passes it on with `allow-passthrough on`, screen always, in chunks.
    """
    request = f"{_ESCAPE}]52;c;{b64encode(text.encode()).decode()}\a"
    if environ.get("TMUX"):
        return f"{_ESCAPE}Ptmux;{request.replace(_ESCAPE, 2 * _ESCAPE)}{_END}"
    if environ.get("STY"):
        pieces = [request[start : start + _SCREEN_CHUNK] for start in range(0, len(request), _SCREEN_CHUNK)]
        return "".join(f"{_ESCAPE}P{piece}{_END}" for piece in pieces)
    return ""


_LONGEST_NOTICE: Final = 120  # characters of the title and of the words: what daemons show
_BELL: Final = "\a"
#: Terminals that know OSC 777 (title and words) and not OSC 9 (words alone). Others get OSC 9: those that know neither
#: drop both.
_TITLED: Final = re.compile(r"rxvt|foot|^urxvt")


def desktop_notice(title: str, words: str, environ: Mapping[str, str]) -> str:
    """Return the sequence, wrapped so that tmux and screen pass it on."""
    title, words = (_plain(text) for text in (title, words))
    if _TITLED.search(environ.get("TERM", "")) or "VTE_VERSION" in environ:
        escape = f"{_ESCAPE}]777;notify;{title};{words}{_BELL}"
    else:
        escape = f"{_ESCAPE}]9;{title}: {words}{_BELL}"
    return _passed_on(escape, environ)


def _plain(text: str) -> str:
    """Return one line without control characters and without the separator of the fields."""
    return clean_line(text).replace(";", ",")[:_LONGEST_NOTICE]


def _passed_on(escape: str, environ: Mapping[str, str]) -> str:
    """Wrap a sequence for the multiplexer around the app (tmux: needs `allow-passthrough on`)."""
    if environ.get("TMUX"):
        return f"{_ESCAPE}Ptmux;{escape.replace(_ESCAPE, 2 * _ESCAPE)}{_ESCAPE}\\"
    if environ.get("STY"):
        return f"{_ESCAPE}P{escape}{_ESCAPE}\\"
    return escape
