"""Details of one item: asked for when somebody opens it, or anew by a sync; stored, and merged with what the list says.

An answer that says nothing never takes the place of one that did. For the app, which awaits this on its event loop,
work on files and keyring happens in threads.
"""

from __future__ import annotations

import asyncio
import time

from tui_app.catalog import Details, FullItem, Kind, Programme
from tui_app.errors import BadAnswer, UsageError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync.panel import open_panel
from tui_app.xtream.client import PanelClient
from tui_app.xtream.fields import zone_named


async def fetch_item_details(paths: Paths, profile_name: str, kind: Kind, item_id: str) -> FullItem:
    """Ask the panel for a movie's or series' details, store them, and return the merged item.

    What the panel knows nothing of is stored as empty, so that it is not asked again soon. Raises `NotFound` for an
    item the library does not hold, `PanelError` when the panel can't be asked, `LibraryError`.
    """
    if kind not in (Kind.MOVIE, Kind.SERIES):
        raise UsageError(f"A {kind} has no details to fetch.")
    stored = await asyncio.to_thread(_stored_item, paths, profile_name, kind, item_id)
    async with await _panel_of(paths, profile_name) as client:
        details = await _ask(client, stored)
    if _says_less(details, stored.details):
        return stored
    await asyncio.to_thread(_save, paths, profile_name, kind, item_id, details)
    return await asyncio.to_thread(_stored_item, paths, profile_name, kind, item_id)


async def renew_details(client: PanelClient, store: LibraryStore, kind: Kind, item_id: str, at: int) -> None:
    """Fetch stored details anew, as work that nobody waits for. Raises `PanelError`, and then what is stored stays."""
    stored = store.full_item(kind, item_id)
    details = await _ask(client, stored, background=True)
    if _says_less(details, stored.details):
        raise BadAnswer("The panel sent no details any more; the stored ones were kept.")
    _save_in(store, kind, item_id, details, at)


async def _ask(client: PanelClient, stored: FullItem, *, background: bool = False) -> Details:
    item = stored.item
    wire_id = stored.wire_id or item.id
    if item.kind is Kind.MOVIE:
        return await client.fetch_movie_details(wire_id, background=background)
    return await client.fetch_series_details(wire_id, list_row_name=item.name, background=background)


def _says_less(fetched: Details, stored: Details | None) -> bool:
    """Whether an answer without anything, or without episodes, would take the place of one that had them."""
    if stored is None:
        return False
    return (fetched.is_empty and not stored.is_empty) or (bool(stored.seasons) and not fetched.seasons)


async def fetch_guide(paths: Paths, profile_name: str, channel_id: str, limit: int = 4) -> tuple[Programme, ...]:
    """A channel's next programmes, the current one first where the panel has it; () without a guide."""
    stored = await asyncio.to_thread(_stored_item, paths, profile_name, Kind.CHANNEL, channel_id)
    async with await _panel_of(paths, profile_name) as client:
        return await client.fetch_short_guide(stored.wire_id or channel_id, limit=limit)


async def _panel_of(paths: Paths, profile_name: str) -> PanelClient:
    profile, password = await asyncio.to_thread(_profile_and_password, paths, profile_name)
    client = open_panel(paths, profile, password)
    if profile.account is not None:
        client.zone = zone_named(profile.account.timezone)
    return client


def _profile_and_password(paths: Paths, profile_name: str) -> tuple[Profile, str]:
    profiles = ProfileStore(paths)
    profile = profiles.get(profile_name)
    return profile, profiles.passwords.read(profile)


def _stored_item(paths: Paths, profile_name: str, kind: Kind, item_id: str) -> FullItem:
    with LibraryStore.open(paths.library_db(profile_name), readonly=True, create=False) as store:
        return store.full_item(kind, item_id)


def _save(paths: Paths, profile_name: str, kind: Kind, item_id: str, details: Details) -> None:
    with LibraryStore.open(paths.library_db(profile_name), create=False) as store:
        _save_in(store, kind, item_id, details, int(time.time()))


def _save_in(store: LibraryStore, kind: Kind, item_id: str, details: Details, at: int) -> None:
    save = store.save_movie_details if kind is Kind.MOVIE else store.save_series_details
    save(item_id, details, at)
