"""`xtream-tui man`: the manual page, for `man` to read or a package to install."""

from __future__ import annotations

import click

from tui_app import __version__


@click.command("man")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print the manual page, in the form that man reads.

    \b
    Examples:
      xtream-tui man | man -l -
      xtream-tui man > ~/.local/share/man/man1/xtream-tui.1
    """
    from tui_app.cli.man_page import man_page
    from tui_app.cli.reference import commands_of

    click.echo(man_page(tuple(commands_of(ctx.find_root().command)), __version__), nl=False)
