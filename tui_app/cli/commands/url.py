"""`xtream-tui url`: print the stream address of an item. It contains the password, so it goes to stdout only."""

from __future__ import annotations

from typing import Final

import click

from tui_app.catalog import Kind
from tui_app.cli.completers import kind_words
from tui_app.cli.params import metavar, one_of, profile_option
from tui_app.cli.session import Session, require_library

_PLAYABLE: Final = (Kind.CHANNEL, Kind.MOVIE, Kind.EPISODE)


@click.command("url")
@click.argument("kind", callback=one_of(_PLAYABLE), shell_complete=kind_words(_PLAYABLE), metavar=metavar(_PLAYABLE))
@click.argument("item_id", metavar="ID")
@profile_option
@click.pass_obj
def command(session: Session, kind: Kind, item_id: str) -> None:
    """Print the stream address of a channel, movie or episode.

    The address contains your password: do not share it. Works without contacting the provider.

    Example: mpv "$(xtream-tui url movie 1204)"
    """
    profile = session.profile().name
    with require_library(session.paths, profile):  # raises when there is no library
        from tui_app.sync import item_url

        click.echo(item_url(session.paths, profile, kind, item_id))
