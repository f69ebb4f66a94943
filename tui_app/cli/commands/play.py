"""`xtream-tui play`: play an item in the configured player, and store where it stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from tui_app.catalog import Kind
from tui_app.cli.completers import kind_words
from tui_app.cli.errors import warn
from tui_app.cli.params import metavar, one_of, profile_option
from tui_app.cli.session import Session, require_library
from tui_app.errors import PlayerError

if TYPE_CHECKING:
    from tui_app.catalog import FullItem, TitleVersion
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
@click.option(
    "--next-source", is_flag=True, help="If it does not start, try its next version, including those in other profiles."
)
@click.option("--here", is_flag=True, help="Draw the picture in this terminal, with mpv; no display is needed.")
@profile_option
@click.pass_obj
def command(session: Session, kind: Kind, item_id: str, start_s: int | None, next_source: bool, here: bool) -> None:
    """Play a channel, movie or episode, and wait until the player has ended.

    The player is that of the settings. The position is stored, as in the app.
    With --next-source, versions of this profile come before those of others; all
    begin where the first one would have.

    \b
    Examples:
      xtream-tui play movie 1204
      xtream-tui play movie 1204 --from 0 --here
      xtream-tui play movie 1204 --next-source
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
    wanted = _Wanted(profile, full, start_s)
    status = asyncio.run(_play(session, wanted, find_player(settings), tries_others=next_source))
    if status is not None and status.message:
        raise PlayerError(status.message, hint=status.hint)


async def _play(session: Session, what: _Wanted, player: Player, *, tries_others: bool) -> PlayStatus | None:
    """Play to the end, and return the last state. The player is ended when cancelled. Raises `PlayerError`.

    `tries_others`: when the title does not start, go on with its next version.
    """
    from tui_app.library import Library
    from tui_app.playback import PlaySession

    own = Library(session.paths, what.profile.name)
    libraries = {what.profile.name: own}
    states: list[PlayStatus] = []
    playing, sources = PlaySession(states.append), _Sources(session, what)
    try:
        current: Playable | None = await _playable(own, what.profile, what.full, what.start_s)
        while current is not None:
            if current.profile not in libraries:
                libraries[current.profile] = Library(session.paths, current.profile)
            await playing.play(current, player, libraries[current.profile].watching)
            await playing.wait()
            current = await sources.after(states[-1], own) if tries_others else None
    finally:
        await playing.stop()
        for library in libraries.values():
            await library.close()
    return states[-1] if states else None


class _Wanted(NamedTuple):
    """A title of a profile, and where to begin."""

    profile: Profile
    full: FullItem
    start_s: int | None


class _Sources:
    """The versions of a title, as they are tried."""

    def __init__(self, session: Session, what: _Wanted) -> None:
        self._session = session
        self._what = what
        self._tried: set[tuple[str, str]] = set()
        self._found: tuple[TitleVersion, ...] = ()

    async def after(self, status: PlayStatus, own: Library) -> Playable | None:
        """Return the next version of a title that did not start, None if it did or all were tried."""
        from tui_app.library.all_profiles import next_source, source_words
        from tui_app.playback import PlayState

        if status.state is not PlayState.FAILED or status.began or status.what.is_live:
            return None
        item, profiles = self._what.full.item, self._session.profiles()
        self._found = self._found or await own.versions.sources(profiles.names(), item.kind, item.id)
        failed = (status.what.profile, status.what.ref.id)
        found = next_source(self._found, failed, self._tried)
        self._tried.add(failed)
        if found is None:
            return None
        warn(f"{status.message} Trying {source_words(found, self._what.profile.name)}.")
        profile = profiles.get(found.profile)
        return replace(
            status.what,
            ref=found.item.ref,
            address=await own.versions.address(found),
            title=found.item.ref.full_name,
            profile=profile.name,
            user_agent=profile.user_agent,
            max_connections=profile.account.max_connections if profile.account else None,
        )


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
