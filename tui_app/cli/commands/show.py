"""`xtream-tui show`: show one item in full; fetch its details from the panel only when missing or old."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tui_app.catalog import LISTED_KINDS, FullItem, Item, Kind, NowNext, Programme, TitleVersion
from tui_app.cli.completers import kind_words
from tui_app.cli.errors import describe, warn
from tui_app.cli.item_view import (
    channel_document,
    print_channel,
    print_similar,
    print_title,
    print_versions,
    title_document,
)
from tui_app.cli.output import plain_option, print_json
from tui_app.cli.params import json_option, metavar, one_of, profile_option
from tui_app.cli.session import Session, hidden_categories, require_library
from tui_app.errors import PanelError, SecretError, UsageError

if TYPE_CHECKING:
    from tui_app.cli.documents.items import Freshness, GuideState


@click.command("show")
@click.argument(
    "kind", callback=one_of(LISTED_KINDS), shell_complete=kind_words(LISTED_KINDS), metavar=metavar(LISTED_KINDS)
)
@click.argument("item_id", metavar="ID")
@click.option("--offline", is_flag=True, help="Show stored data only, without contacting the provider.")
@click.option("--similar", is_flag=True, help="Also list similar titles of the library (movies and series).")
@click.option("--versions", is_flag=True, help="Also list all versions, of every profile (movies and series).")
@plain_option
@json_option
@profile_option
@click.pass_obj
def command(
    session: Session, kind: Kind, item_id: str, offline: bool, similar: bool, versions: bool, as_json: bool
) -> None:
    """Show one channel, movie or series in full.

    Shows plot, people, seasons and episodes; for a channel the current programme,
    from the stored guide if the provider has none. Missing or old details are
    fetched and stored.

    \b
    Examples:
      xtream-tui show movie 1204
      xtream-tui show movie 1204 --similar
      xtream-tui show movie 1204 --versions
      xtream-tui show series 77 --json --offline
    """
    if (similar or versions) and kind is Kind.CHANNEL:
        raise UsageError(f"{'--similar' if similar else '--versions'} applies to movies and series.")
    profile = session.profile().name
    stored = _stored(session, profile, kind, item_id)
    if kind is Kind.CHANNEL:
        on, guide_state = _now_next(session, profile, item_id, offline=offline)
        if as_json:
            print_json(channel_document(stored, on, guide_state))
        else:
            print_channel(stored, on, guide_state)
        return
    full = stored
    if not offline and (stored.details is None or stored.details_stale):
        full = _with_details(session, profile, stored)
    state = freshness(full, offline=offline)
    alike = _similar(session, profile, full) if similar else None
    copies = _versions(session, profile, full.item) if versions else None
    if as_json:
        print_json(title_document(full, state, alike, copies))
        return
    print_title(full, state)
    if copies is not None:
        print_versions(copies)
    if alike is not None:
        print_similar(alike)


def _similar(session: Session, profile: str, full: FullItem) -> tuple[Item, ...]:
    from tui_app.library.similar import similar_titles

    hidden = hidden_categories(session.paths, profile, full.item.kind)
    with require_library(session.paths, profile) as store:
        return similar_titles(store, full.item.kind, full.item.id, hidden=hidden)


def _versions(session: Session, profile: str, item: Item) -> tuple[TitleVersion, ...]:
    from tui_app.library.all_profiles import sources_of

    names = (profile, *(name for name in session.profiles().names() if name != profile))
    return sources_of(session.paths, names, item.kind, item.id)


def freshness(full: FullItem, *, offline: bool = False) -> Freshness:
    """Return how recent the details are: of today, older, or missing.

    An empty answer of the panel counts as missing, though it is not requested again for a day. Nothing is fresh when
    `offline`.
    """
    if full.details is None or full.details.is_empty:
        return "missing"
    return "stored" if offline or full.details_stale else "fresh"


def _stored(session: Session, profile: str, kind: Kind, item_id: str) -> FullItem:
    with require_library(session.paths, profile) as store:
        return store.full_item(kind, item_id)


def _with_details(session: Session, profile: str, stored: FullItem) -> FullItem:
    """Return the item with details from the panel; as stored, with a warning, when that fails."""
    import asyncio

    from tui_app.sync import fetch_item_details

    item = stored.item
    try:
        return asyncio.run(fetch_item_details(session.paths, profile, item.kind, item.id))
    except (PanelError, SecretError) as error:
        _warn_stored(error)
        return stored


def _now_next(session: Session, profile: str, channel_id: str, *, offline: bool) -> tuple[NowNext, GuideState]:
    """Return the current and next programme, from the panel or else the stored guide, and their source."""
    now = int(time.time())
    with require_library(session.paths, profile) as store:
        stored = store.guide.get_now_next((channel_id,), now).get(channel_id, NowNext())
        has_none = store.guide.get_programmes(channel_id, now, now + 1).has_none
    fetched = None if offline else _fetched_guide(session, profile, channel_id)
    fresh = _now_next_of(fetched or (), now)
    if fresh.now or fresh.next:
        after = fresh.now.stop if fresh.now else now
        known = [one for one in (stored.now, stored.next) if one is not None]
        running = fresh.now or next((one for one in known if one.start <= now), None)
        following = fresh.next or next((one for one in known if one.start >= after), None)
        return NowNext(running, following), "fresh"
    if stored.now or stored.next:
        return stored, "stored"
    return NowNext(), "none" if fetched == () or (fetched is None and has_none) else "missing"


def _now_next_of(programmes: Sequence[Programme], now: int) -> NowNext:
    running = next((one for one in programmes if one.start <= now < one.stop), None)
    return NowNext(running, next((one for one in programmes if one.start > now), None))


def _fetched_guide(session: Session, profile: str, channel_id: str) -> tuple[Programme, ...] | None:
    """Return the panel's programmes; None, with a warning, when it can't be reached."""
    import asyncio

    from tui_app.sync import fetch_guide

    try:
        return asyncio.run(fetch_guide(session.paths, profile, channel_id))
    except (PanelError, SecretError) as error:
        _warn_stored(error)
        return None


def _warn_stored(error: PanelError | SecretError) -> None:
    warn(f"Showing stored data: {describe(error).message}")
