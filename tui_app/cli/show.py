"""`xtream-tui show`: everything known of one item, out of the copy, asking the panel only for missing details."""

from __future__ import annotations

from typing import Literal

import click

from tui_app.catalog import LISTED_KINDS, FullItem, Kind, Programme
from tui_app.cli.completing import kind_words
from tui_app.cli.failures import describe, warn
from tui_app.cli.item_view import channel_document, print_channel, print_title, title_document
from tui_app.cli.kinds import metavar, one_of
from tui_app.cli.library import require_library
from tui_app.cli.options import json_option, profile_option
from tui_app.cli.output import print_json
from tui_app.cli.plain import plain_option
from tui_app.cli.session import Session
from tui_app.errors import PanelError, SecretError

Freshness = Literal["fresh", "stored", "missing"]


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

    That is plot, people, seasons and episodes; for a channel what is on now.
    Details are fetched when they are missing or old, and kept.

    \b
    Examples:
      xtream-tui show movie 1204
      xtream-tui show series 77 --json --offline
    """
    profile = session.profile().name
    stored = _stored(session, profile, kind, item_id)
    if kind is Kind.CHANNEL:
        guide = () if offline else _guide(session, profile, item_id)
        if as_json:
            print_json(channel_document(stored, guide))
        else:
            print_channel(stored, guide)
        return
    full, state = stored, freshness(stored)
    if not offline and state != "fresh":
        full, state = _with_details(session, profile, stored)
    if as_json:
        print_json(title_document(full, state))
    else:
        print_title(full, state)


def freshness(full: FullItem) -> Freshness:
    """How far the details can be trusted: of today, older than the list says, or never fetched."""
    if full.details is None:
        return "missing"
    return "stored" if full.details_stale else "fresh"


def _stored(session: Session, profile: str, kind: Kind, item_id: str) -> FullItem:
    with require_library(session.paths, profile) as store:
        return store.full_item(kind, item_id)


def _with_details(session: Session, profile: str, stored: FullItem) -> tuple[FullItem, Freshness]:
    """The item with details from the panel; as stored, with a warning, when the panel gives none."""
    import asyncio

    from tui_app.sync import fetch_item_details

    item = stored.item
    try:
        return asyncio.run(fetch_item_details(session.paths, profile, item.kind, item.id)), "fresh"
    except (PanelError, SecretError) as error:
        _warn_stored(error)
        return stored, freshness(stored)


def _guide(session: Session, profile: str, channel_id: str) -> tuple[Programme, ...]:
    import asyncio

    from tui_app.sync import fetch_guide

    try:
        return asyncio.run(fetch_guide(session.paths, profile, channel_id))
    except (PanelError, SecretError) as error:
        _warn_stored(error)
        return ()


def _warn_stored(error: PanelError | SecretError) -> None:
    warn(f"Shown as stored: {describe(error).message}")
