"""The special characters of the app, and ASCII ones for terminals that lack them.

The command line uses them too, so nothing here imports Textual.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from tui_app.terminal.capabilities import has_few_characters


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters, one cell each. The defaults are the Unicode set."""

    favourite: str = "★"
    watched: str = "✓"
    new: str = "●"
    hidden: str = "◌"
    selected: str = "◆"
    catchup: str = "↺"
    open: str = "▾"
    closed: str = "▸"
    remove: str = "✕"
    bar_full: str = "━"
    bar_half: str = "╸"
    bar_empty: str = "─"
    done: str = "✓"
    failed: str = "✗"
    warning: str = "!"
    working: str = "⟳"
    offline: str = "○"
    ascending: str = "↑"
    descending: str = "↓"
    dot: str = "·"
    minus: str = "−"
    arrow: str = "→"
    ellipsis: str = "…"
    reminder: str = "◷"
    edge: str = "▏"
    now_line: str = "┃"


PRETTY: Final = Glyphs()
PLAIN: Final = Glyphs(
    favourite="*", watched="+", new="o", hidden="-", selected="#", catchup="<", open="-", closed="+", remove="x",
    bar_full="#", bar_half="=", bar_empty="-", done="+", failed="x", working="~", offline="o", ascending="^",
    descending="v", dot="-", minus="-", arrow=">", ellipsis="~",
    reminder="@", edge=":", now_line="|",
)  # fmt: skip


def choose_glyphs(environ: Mapping[str, str]) -> Glyphs:
    """Return the set for the terminal in `TERM` and the locale variables."""
    return PLAIN if has_few_characters(environ) else PRETTY


@cache
def glyphs() -> Glyphs:
    """Return the set for this process's terminal."""
    return choose_glyphs(os.environ)
