"""`xtream-tui show`: everything known of one item, out of the copy, asking the panel only for missing details."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tui_app.catalog import LISTED_KINDS, FullItem, Kind, NowNext, Programme
from tui_app.cli.completers import kind_words
from tui_app.cli.errors import describe, warn
from tui_app.cli.item_view import channel_document, print_channel, print_title, title_document
from tui_app.cli.output import plain_option, print_json
from tui_app.cli.params import json_option, metavar, one_of, profile_option
from tui_app.cli.session import Session, require_library
from tui_app.errors import PanelError, SecretError

if TYPE_CHECKING:
    from tui_app.cli.documents.items import Freshness, GuideState


@click.command("show")
@click.argument(
    "kind", callback=one_of(LISTED_KINDS), shell_complete=kind_words(LISTED_KINDS), metavar=metavar(LISTED_KINDS)
)
@click.argument("item_id", metavar="ID")
@click.option("--offline", is_flag=True, help="Do not ask the provider; show what is stored.")
@plain_option
@json_option
@profile_option
@click.pass_obj
def command(session: Session, kind: Kind, item_id: str, offline: bool, as_json: bool) -> None:
    """Show one channel, movie or series in full.

    That is plot, people, seasons and episodes; for a channel what is on now,
    from the stored guide where the provider does not say. Details are fetched
    when they are missing or old, and kept.

    \b
    Examples:
      xtream-tui show movie 1204
      xtream-tui show series 77 --json --offline
    """
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
    if as_json:
        print_json(title_document(full, state))
    else:
        print_title(full, state)


def freshness(full: FullItem, *, offline: bool = False) -> Freshness:
    """How far the details can be trusted: of today, older than the list says, or none.

    An empty answer of the panel is none, though it is not asked again for a day. `offline` nothing is fresh.
    """
    if full.details is None or full.details.is_empty:
        return "missing"
    return "stored" if offline or full.details_stale else "fresh"


def _stored(session: Session, profile: str, kind: Kind, item_id: str) -> FullItem:
    with require_library(session.paths, profile) as store:
        return store.full_item(kind, item_id)


def _with_details(session: Session, profile: str, stored: FullItem) -> FullItem:
    """The item with details from the panel; as stored, with a warning, when the panel gives none."""
    import asyncio

    from tui_app.sync import fetch_item_details

    item = stored.item
    try:
        return asyncio.run(fetch_item_details(session.paths, profile, item.kind, item.id))
    except (PanelError, SecretError) as error:
        _warn_stored(error)
        return stored


def _now_next(session: Session, profile: str, channel_id: str, *, offline: bool) -> tuple[NowNext, GuideState]:
    """What is on, of the panel where it says so and of the stored guide otherwise, and where that is from."""
    now = int(time.time())
    with require_library(session.paths, profile) as store:
        stored = store.guide.get_now_next((channel_id,), now).get(channel_id, NowNext())
        has_none = store.guide.get_programmes(channel_id, now, now + 1).has_none
    asked = None if offline else _asked_guide(session, profile, channel_id)
    fresh = _around(asked or (), now)
    if fresh.now or fresh.next:
        after = fresh.now.stop if fresh.now else now
        known = [one for one in (stored.now, stored.next) if one is not None]
        running = fresh.now or next((one for one in known if one.start <= now), None)
        following = fresh.next or next((one for one in known if one.start >= after), None)
        return NowNext(running, following), "fresh"
    if stored.now or stored.next:
        return stored, "stored"
    return NowNext(), "none" if asked == () or (asked is None and has_none) else "missing"


def _around(programmes: Sequence[Programme], now: int) -> NowNext:
    running = next((one for one in programmes if one.start <= now < one.stop), None)
    return NowNext(running, next((one for one in programmes if one.start > now), None))


def _asked_guide(session: Session, profile: str, channel_id: str) -> tuple[Programme, ...] | None:
    """What the panel says; None, with a warning, when it can't be asked."""
    import asyncio

    from tui_app.sync import fetch_guide

    try:
        return asyncio.run(fetch_guide(session.paths, profile, channel_id))
    except (PanelError, SecretError) as error:
        _warn_stored(error)
        return None


def _warn_stored(error: PanelError | SecretError) -> None:
    warn(f"Shown as stored: {describe(error).message}")
