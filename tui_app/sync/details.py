"""Details of one item, fetched when somebody opens it: asked for once, stored, and merged with what the list says.

File and keyring work happens in threads, because the app awaits this on its event loop.
"""

from __future__ import annotations

import asyncio
import time

from tui_app.catalog import Details, FullItem, Kind, Programme
from tui_app.errors import UsageError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync.panel import open_panel
from tui_app.xtream.client import PanelClient
from tui_app.xtream.zones import zone_named


async def fetch_item_details(paths: Paths, profile_name: str, kind: Kind, item_id: str) -> FullItem:
    """Ask the panel for a movie's or series' details, store them, and return the merged item.

    What the panel knows nothing of is stored as empty, so that it is not asked again soon. Raises `NotFound` for an
    item the library does not hold, `PanelError` when the panel can't be asked, `LibraryError`.
    """
    if kind not in (Kind.MOVIE, Kind.SERIES):
        raise UsageError(f"A {kind} has no details to fetch.")
    stored = await asyncio.to_thread(_stored_item, paths, profile_name, kind, item_id)
    wire_id = stored.wire_id or item_id
    async with await _panel_of(paths, profile_name) as client:
        if kind is Kind.MOVIE:
            details = await client.fetch_movie_details(wire_id)
        else:
            details = await client.fetch_series_details(wire_id, list_row_name=stored.item.name)
    await asyncio.to_thread(_save, paths, profile_name, kind, item_id, details)
    return await asyncio.to_thread(_stored_item, paths, profile_name, kind, item_id)


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
        save = store.save_movie_details if kind is Kind.MOVIE else store.save_series_details
        save(item_id, details, int(time.time()))
