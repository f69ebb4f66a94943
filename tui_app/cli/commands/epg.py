"""`xtream-tui epg`: what is on now, a channel's day, and a search for programmes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from tui_app.catalog import Item, Kind, Mark, NowNext, Programme, Query, has_catch_up
from tui_app.cli import documents
from tui_app.cli.completers import categories as category_words
from tui_app.cli.errors import describe, warn
from tui_app.cli.filters import category_id, find_channel
from tui_app.cli.output import Column, counted, echo, moment, plain_option, print_json, print_table
from tui_app.cli.params import json_option, profile_option
from tui_app.cli.session import Session, hidden_categories, marked, require_library
from tui_app.errors import PanelError, SecretError

if TYPE_CHECKING:
    from tui_app.store.library_store import LibraryStore
    from tui_app.sync.channel_epg import ChannelGuides

#: `epg now` fetches missing programmes of at most so many channels: each is a request, a second apart.
_MOST_FETCHED: Final = 20
_ONLY_SHOWN: Final = (
    "Only the guides of channels that were shown are stored. "
    "For all, set TV guide to “whole guide file” in the app's Settings, and sync."
)
_OFFLINE_HELP: Final = "Use the stored guide only, without contacting the provider."


@click.group("epg", no_args_is_help=False)
@profile_option
def command() -> None:
    """Show what is on, a channel's programmes of a day, or find a programme.

    Example: xtream-tui epg now --favourites
    """


# ------------------------------------------------------------------------------------------------------------- now
@command.command("now")
@click.option("--category", metavar="C", shell_complete=category_words, help="Only this category, by id or whole name.")
@click.option("--favourites", is_flag=True, help="Only favourite channels.")
@click.option("--offline", is_flag=True, help=_OFFLINE_HELP)
@plain_option
@json_option
@profile_option
@click.pass_obj
def now(session: Session, category: str | None, favourites: bool, offline: bool, as_json: bool) -> None:
    """List channels with their current and next programme, from the stored guide.

    Of up to 20 channels, programmes that are not stored are fetched, about one
    channel a second.

    \b
    Examples:
      xtream-tui epg now --favourites
      xtream-tui epg now --category Sports --json
    """
    profile, at = session.profile().name, int(time.time())
    with require_library(session.paths, profile) as store:
        channels = _channels(session, store, profile, category, favourites=favourites)
        on = store.guide.get_now_next([channel.id for channel in channels], at)
        missing = [channel.id for channel in channels if on.get(channel.id, NowNext()).fresh_until < at]
        if missing and len(channels) <= _MOST_FETCHED and not offline:
            _fetch(session, profile, missing)
            on = store.guide.get_now_next([channel.id for channel in channels], at)
    if as_json:
        print_json(documents.viewing.NowOnChannels(channels=tuple(_now_document(one, on) for one in channels)))
        return
    rows = [_now_cells(channel, on.get(channel.id, NowNext())) for channel in channels]
    shown = [row for row in rows if row[2] or row[4]]
    if shown:
        columns = (Column("id", right=True), Column("channel", flexible=True), Column("now", flexible=True),
                   Column("until"), Column("next", flexible=True), Column("at"))  # fmt: skip
        print_table(columns, shown)
    echo(f"{counted(len(shown), 'channel')} of {len(channels):,} with a stored guide")
    if not shown and channels:
        warn(_ONLY_SHOWN)


def _channels(
    session: Session, store: LibraryStore, profile: str, category: str | None, *, favourites: bool
) -> tuple[Item, ...]:
    chosen = category_id(store, Kind.CHANNEL, category) if category is not None else None
    hidden = hidden_categories(session.paths, profile, Kind.CHANNEL)
    query = Query(
        kind=Kind.CHANNEL,
        category=chosen,
        only_ids=tuple(sorted(marked(session.paths, profile, Kind.CHANNEL, Mark.FAVOURITE))) if favourites else None,
        excluded_categories=tuple(sorted(hidden - {chosen})),
    )
    return tuple(channel for channel in store.page(query, limit=None).items if not channel.is_separator)


def _now_document(channel: Item, on: Mapping[str, NowNext]) -> documents.viewing.ChannelNow:
    known = on.get(channel.id, NowNext())
    return documents.viewing.ChannelNow(
        id=channel.id, name=channel.name, now=_times(known.now), next=_times(known.next)
    )


def _times(programme: Programme | None) -> documents.viewing.ProgrammeTimes | None:
    if programme is None:
        return None
    return documents.viewing.ProgrammeTimes(start=programme.start, end=programme.stop, title=programme.title)


def _now_cells(channel: Item, on: NowNext) -> tuple[str, ...]:
    return (
        channel.id,
        channel.name,
        on.now.title if on.now else "",
        _clock(on.now.stop) if on.now else "",
        on.next.title if on.next else "",
        _clock(on.next.start) if on.next else "",
    )


def _clock(at: int) -> str:
    return moment(at)[-5:]


# ------------------------------------------------------------------------------------------------------------ show
@dataclass(frozen=True, slots=True)
class _Day:
    """A day of the local calendar: epoch seconds of its beginning and end."""

    start: int
    stop: int


def _day(ctx: click.Context, parameter: click.Parameter, text: str | None) -> _Day:
    """Parse `2026-11-29`, default today; a click callback."""
    try:
        day = date.today() if text is None else date.fromisoformat(text.strip())
        bounds = (datetime.combine(each, datetime.min.time()).timestamp() for each in (day, day + timedelta(days=1)))
        return _Day(*map(int, bounds))
    except (ValueError, OverflowError, OSError):
        raise click.BadParameter(f"'{text}' is not a day: write 2026-11-29.") from None


@command.command("show")
@click.argument("channel")
@click.option("--day", callback=_day, metavar="YYYY-MM-DD", help="The day to show (default: today).")
@click.option("--offline", is_flag=True, help=_OFFLINE_HELP)
@plain_option
@json_option
@profile_option
@click.pass_obj
def show(session: Session, channel: str, day: _Day, offline: bool, as_json: bool) -> None:
    """List the programmes of one channel on one day.

    CHANNEL is its id, or its whole name. What is not stored is fetched.

    \b
    Examples:
      xtream-tui epg show 1003
      xtream-tui epg show 1003 --day 2026-11-29 --json
    """
    profile, at = session.profile().name, int(time.time())
    with require_library(session.paths, profile) as store:
        item = find_channel(store, channel)
        found = store.guide.get_programmes(item.id, day.start, day.stop)
        if not offline and at >= found.day_until:
            _fetch(session, profile, (item.id,), whole=True)
            found = store.guide.get_programmes(item.id, day.start, day.stop)
    if as_json:
        programmes = tuple(_day_document(one, item, at) for one in found.programmes)
        print_json(
            documents.viewing.ChannelDay(
                channel=item.name, channel_id=item.id, timezone=_local_zone(), programmes=programmes
            )
        )
        return
    echo(item.name)
    for programme in found.programmes:
        note = "  (catch-up)" if has_catch_up(programme, item.archive_days, at) else ""
        echo(f"  {_clock(programme.start)}–{_clock(programme.stop)}  {programme.title}{note}")
    if not found.programmes:
        echo("  The provider has no guide for this channel." if found.has_none else "  No programmes are stored.")


def _day_document(programme: Programme, channel: Item, at: int) -> documents.viewing.DayProgramme:
    return documents.viewing.DayProgramme(
        start=programme.start,
        end=programme.stop,
        title=programme.title,
        description=programme.description,
        catchup=has_catch_up(programme, channel.archive_days, at),
    )


def _local_zone() -> str:
    """Return the name of this machine's time zone: `Europe/Berlin`, or "UTC" when it has none."""
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name() or "UTC"
    except (LookupError, ValueError):  # an unusable TZ
        return "UTC"


# ---------------------------------------------------------------------------------------------------------- search
@command.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=0), default=100, metavar="N", help="Maximum number of results (100).")
@plain_option
@json_option
@profile_option
@click.pass_obj
def search(session: Session, words: Sequence[str], limit: int, as_json: bool) -> None:
    """Find current and coming programmes in the stored guide, soonest first.

    Example: xtream-tui epg search news
    """
    profile = session.profile().name
    hidden = hidden_categories(session.paths, profile, Kind.CHANNEL)
    with require_library(session.paths, profile) as store:
        answer = store.guide.search_programmes(" ".join(words), int(time.time()), limit, hidden)
        covered, total = store.guide.channels_covered(), store.count(Query(kind=Kind.CHANNEL))
    if as_json:
        found = tuple(
            documents.viewing.FoundProgramme(
                channel_id=hit.channel.id,
                channel=hit.channel.name,
                start=hit.programme.start,
                end=hit.programme.stop,
                title=hit.programme.title,
            )
            for hit in answer.hits
        )
        print_json(documents.viewing.FoundProgrammes(total=answer.total, channels_covered=covered, programmes=found))
        return
    if answer.hits:
        columns = (Column("start"), Column("end"), Column("title", flexible=True), Column("channel", flexible=True),
                   Column("id", right=True))  # fmt: skip
        rows = [
            (moment(hit.programme.start), _clock(hit.programme.stop), hit.programme.title, hit.channel.name,
             hit.channel.id)
            for hit in answer.hits
        ]  # fmt: skip
        print_table(columns, rows)
    more = "more than " if answer.capped else ""
    echo(f"{more}{answer.total:,} found in the guides of {covered:,} of {counted(total, 'channel')}")


# --------------------------------------------------------------------------------------------------------- fetching
def _fetch(session: Session, profile: str, channel_ids: Sequence[str], *, whole: bool = False) -> None:
    """Fetch and store the programmes of channels; stop with a warning when the panel fails."""
    import asyncio

    from tui_app.sync.channel_epg import ChannelGuides

    async def fetch(guides: ChannelGuides) -> None:
        try:
            for channel_id in channel_ids:
                await (guides.fetch_day(channel_id) if whole else guides.fetch_now(channel_id))
        finally:
            await guides.close()

    try:
        asyncio.run(fetch(ChannelGuides(session.paths, profile)))
    except (PanelError, SecretError) as error:
        warn(f"Showing stored data: {describe(error).message}")
