"""Fetch and store the EPG of single channels: now and next, or the whole table of an opened channel.

The absence of an EPG is stored too. Requests run at background pace and never beside a sync of the profile or a list
download from the same host.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from tui_app.catalog import Kind, Programme
from tui_app.errors import LibraryError
from tui_app.locks import is_held
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.connection import FILE_ERRORS
from tui_app.store.library_store import LibraryStore
from tui_app.sync.panel import open_panel
from tui_app.xtream.client import PanelClient
from tui_app.xtream.fields import zone_named

#: Bounds for the time until a channel's EPG is fetched again.
SHORTEST_FRESH_S: Final = 300
LONGEST_FRESH_S: Final = 86_400
#: Retry interval for a channel without an EPG, which may get one later.
NO_GUIDE_FRESH_S: Final = 12 * 3600
#: Validity of a channel's whole table: panels reload their EPG once a day.
DAY_FRESH_S: Final = 6 * 3600
_LISTINGS: Final = 4
_SYNC_POLL_S: Final = 1.0

log = logging.getLogger(__name__)


class ChannelGuides:
    """Fetches the EPG of one profile's channels, one at a time. Call `close` at the end."""

    def __init__(self, paths: Paths, profile: str) -> None:
        self._paths = paths
        self._profile = profile
        self._client: PanelClient | None = None

    async def fetch_now(self, channel_id: str) -> None:
        """Fetch and store what is on now and next, once no list is being fetched from the host.

        Raises `PanelError` and subclasses, `Overloaded` without a request while the host is in back-off,
        `NotFound`.
        """
        client, wire_id = await self._ready(channel_id)
        while await asyncio.to_thread(is_held, self._paths.sync_lock(self._profile)):
            await asyncio.sleep(_SYNC_POLL_S)
        client.gate.enter_background()
        async with client.gate.list_lane():
            found = await client.fetch_short_guide(wire_id, _LISTINGS, background=True)
        await self._save(channel_id, found)

    async def fetch_day(self, channel_id: str) -> None:
        """Fetch and store all programmes the panel lists for a channel. Raises the same errors as `fetch_now`."""
        client, wire_id = await self._ready(channel_id)
        found = await client.fetch_day_guide(wire_id)
        await self._save(channel_id, found, is_whole=True)

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def _ready(self, channel_id: str) -> tuple[PanelClient, str]:
        """Return the client, and the channel's id as the panel expects it."""
        wire_id = await asyncio.to_thread(self._wire_id, channel_id)
        if self._client is None:
            profile, password = await asyncio.to_thread(self._account)
            self._client = open_panel(self._paths, profile, password)
            if profile.account is not None:
                self._client.zone = zone_named(profile.account.timezone)
        return self._client, wire_id

    def _account(self) -> tuple[Profile, str]:
        profiles = ProfileStore(self._paths)
        profile = profiles.get(self._profile)
        return profile, profiles.passwords.read(profile)

    def _wire_id(self, channel_id: str) -> str:
        with LibraryStore.open(self._paths.library_db(self._profile), readonly=True, create=False) as store:
            return store.full_item(Kind.CHANNEL, channel_id).wire_id or channel_id

    async def _save(self, channel_id: str, found: Sequence[Programme], *, is_whole: bool = False) -> None:
        now = int(time.time())
        day_until = now + DAY_FRESH_S if is_whole else None

        def save() -> None:
            with LibraryStore.open(self._paths.library_db(self._profile), create=False) as store:
                store.guide.save_programmes(
                    channel_id, found, now, fresh_until=fresh_until(found, now), day_until=day_until
                )

        try:
            await asyncio.to_thread(save)
        except (LibraryError, *FILE_ERRORS) as error:  # another process is writing: the EPG is fetched again later
            log.info("the guide of a channel was not stored: %s", error)


def fresh_until(programmes: Sequence[Programme], now: int) -> int:
    """Return when to fetch again: at the end of the current or the start of the first programme, within a day."""
    ends = [one.stop if one.start <= now else one.start for one in programmes if one.stop > now]
    wanted = min(ends) if ends else now + NO_GUIDE_FRESH_S
    return max(now + SHORTEST_FRESH_S, min(wanted, now + LONGEST_FRESH_S))
