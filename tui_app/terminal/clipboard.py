"""Copies text to the user's clipboard with OSC 52, also through tmux and screen.

The terminal does not answer: whether it took the text is unknown.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from textual.app import App

from tui_app.terminal.textual_compat import write_to_terminal

_ESCAPE: Final = "\x1b"
_END: Final = f"{_ESCAPE}\\"
#: What GNU screen hands through at a time.
_SCREEN_CHUNK: Final = 512


def copy_text(app: App[Any], text: str) -> None:
    """Copy a text, also through a multiplexer between the app and the terminal."""
    app.copy_to_clipboard(text)  # the app's own paste, and the terminal itself; tmux with `set-clipboard on`
    if wrapped := passed_through(text, os.environ):
        write_to_terminal(app, wrapped)


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
