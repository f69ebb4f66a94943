"""`xtream-tui handbook`: show the handbook in a pager, or print it as plain text to a pipe."""

from __future__ import annotations

import io
import shutil
import sys
from typing import Final

import click

from tui_app.cli.output import Column, echo, print_table
from tui_app.handbook import TITLES, chapter

_WIDEST: Final = 100  # cells; longer lines are hard to read


@click.command("handbook")
@click.argument("name", required=False, metavar="[CHAPTER]", type=click.Choice(tuple(TITLES), case_sensitive=False))
def command(name: str | None) -> None:
    """Read the handbook: one chapter, or the list of chapters without a name.

    \b
    Examples:
      xtream-tui handbook
      xtream-tui handbook first-steps
      xtream-tui handbook scripting | less
    """
    if name is None:
        print_table((Column("chapter"), Column("about")), list(TITLES.items()))
        echo("Read a chapter with: xtream-tui handbook CHAPTER")
        return
    text = chapter(name).text
    if sys.stdout.isatty():
        click.echo_via_pager(_painted(text))
    else:
        click.echo(text.rstrip())


def _painted(text: str) -> str:
    """Return Markdown rendered for this terminal."""
    from rich.console import Console
    from rich.markdown import Markdown

    page = io.StringIO()
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    Console(file=page, width=width, force_terminal=True).print(Markdown(text, hyperlinks=False))
    return page.getvalue()
