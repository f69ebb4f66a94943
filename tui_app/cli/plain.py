"""Lists for ears: one item a line, in words, without columns. For screen readers, and wherever lines wrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

PLAIN_VARIABLE: Final = "XTREAM_TUI_PLAIN"
_PLAIN: Final = "tui_app.plain"


def _remember(ctx: click.Context, parameter: click.Parameter, is_wanted: bool) -> None:
    ctx.meta[_PLAIN] = is_wanted


plain_option = click.option(
    "--plain",
    is_flag=True,
    envvar=PLAIN_VARIABLE,
    expose_value=False,
    callback=_remember,
    help=f"One item a line in words, no columns: for screen readers; {PLAIN_VARIABLE}=1 says the same.",
)


def is_plain() -> bool:
    """Whether the command that runs was asked for words instead of columns."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_PLAIN))


def in_words(titles: Sequence[str], cells: Sequence[str], main: int) -> str:
    """`Metropolis (1927), year 1927, rating 8.8, id 100004`: the main cell first, empty ones left out."""
    others = [
        f"{title} {cell}".strip()
        for number, (title, cell) in enumerate(zip(titles, cells, strict=True))
        if number != main and cell
    ]
    # What leads a row for the eye, as an id does, is what the ear wants last.
    return ", ".join(filter(None, (cells[main], *others[main:], *others[:main])))
