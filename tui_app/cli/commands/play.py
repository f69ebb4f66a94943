"""`xtream-tui play`: play an item in the configured player, and store where it stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from tui_app.catalog import Kind
from tui_app.cli.completers import kind_words
from tui_app.cli.errors import warn
from tui_app.cli.params import metavar, one_of, profile_option
from tui_app.cli.session import Session, require_library
from tui_app.errors import PlayerError

if TYPE_CHECKING:
    from tui_app.catalog import FullItem
    from tui_app.library import Library
    from tui_app.playback import Playable, Player, PlayStatus
    from tui_app.settings import Profile

_PLAYABLE: Final = (Kind.CHANNEL, Kind.MOVIE, Kind.EPISODE)


@click.command("play")
@click.argument("kind", callback=one_of(_PLAYABLE), shell_complete=kind_words(_PLAYABLE), metavar=metavar(_PLAYABLE))
@click.argument("item_id", metavar="ID")
@click.option(
    "--from",
    "start_s",
    type=click.IntRange(min=0),
    metavar="SECONDS",
    help="Where to begin (default: where it stopped the last time).",
)
@click.option("--here", is_flag=True, help="Draw the picture in this terminal, with mpv; no display is needed.")
@profile_option
@click.pass_obj
def command(session: Session, kind: Kind, item_id: str, start_s: int | None, here: bool) -> None:
    """Play a channel, movie or episode, and wait until the player has ended.

    The player is that of the settings. The position is stored, as in the app.

    \b
    Examples:
      xtream-tui play movie 1204
      xtream-tui play movie 1204 --from 0 --here
    """
    from tui_app.playback import find_player, why_no_display
    from tui_app.settings import load_app_settings

    profile = session.profile()
    with require_library(session.paths, profile.name) as store:
        full = store.full_item(kind, item_id)
    settings = load_app_settings(session.paths)
    if here:
        settings = replace(settings, player="mpv", player_arguments=f"{settings.player_arguments} --vo=tct".strip())
    if why := why_no_display(settings):
        hint = f"Use --here, or play it elsewhere, with the address from: xtream-tui url {kind} {item_id}"
        raise PlayerError(why, hint=hint)
    status = asyncio.run(_play(session, profile, full, start_s, find_player(settings)))
    if status is not None and status.message:
        raise PlayerError(status.message, hint=status.hint)


async def _play(
    session: Session, profile: Profile, full: FullItem, start_s: int | None, player: Player
) -> PlayStatus | None:
    """Play to the end, and return the last state. The player is ended when cancelled. Raises `PlayerError`."""
    from tui_app.library import Library
    from tui_app.playback import PlaySession

    library = Library(session.paths, profile.name)
    states: list[PlayStatus] = []
    playing = PlaySession(states.append)
    try:
        await playing.play(await _playable(library, profile, full, start_s), player, library.watching)
        await playing.wait()
    finally:
        await playing.stop()
        await library.close()
    return states[-1] if states else None


async def _playable(library: Library, profile: Profile, full: FullItem, start_s: int | None) -> Playable:
    from tui_app.playback import Playable

    item = full.item
    ref = item.ref
    is_live = item.kind is Kind.CHANNEL
    if start_s is None:
        start_s = await library.watching.position_of(item.kind, item.id) or 0
        if start_s:
            warn(f"Going on at {start_s} s; --from 0 starts at the beginning.")
    return Playable(
        ref,
        await library.address(item.kind, item.id),
        ref.full_name,
        profile.name,
        user_agent=profile.user_agent,
        start_s=0.0 if is_live else float(start_s),
        is_live=is_live,
        keeps_position=not is_live,
        max_connections=profile.account.max_connections if profile.account else None,
    )
