"""Fetch and store the EPG of single channels: now and next, or the whole table of an opened channel.

The absence of an EPG is stored too. Requests run at background pace and never beside a sync of the profile or a list
download from the same host.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from tui_app.catalog import Kind, Programme
from tui_app.errors import LibraryError
from tui_app.locks import is_held
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.connection import FILE_ERRORS
from tui_app.store.library_store import LibraryStore
from tui_app.sync.panel import at_any_address, open_panel
from tui_app.xtream.client import PanelClient

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
        self._address = ""  # of the client
        self._password: str | None = None  # read once: a password command may ask the user

    async def fetch_now(self, channel_id: str) -> None:
        """Fetch and store what is on now and next, once no list is being fetched from the host.

        Raises `PanelError` and subclasses, `Overloaded` without a request while the host is in back-off,
        `NotFound`.
        """
        wire_id = await asyncio.to_thread(self._wire_id, channel_id)
        while await asyncio.to_thread(is_held, self._paths.sync_lock(self._profile)):
            await asyncio.sleep(_SYNC_POLL_S)

        async def ask(client: PanelClient) -> Sequence[Programme]:
            client.gate.enter_background()
            async with client.gate.list_lane():
                return await client.fetch_short_guide(wire_id, _LISTINGS, background=True)

        await self._save(channel_id, await self._ask(ask))

    async def fetch_day(self, channel_id: str) -> None:
        """Fetch and store all programmes the panel lists for a channel. Raises the same errors as `fetch_now`."""
        wire_id = await asyncio.to_thread(self._wire_id, channel_id)
        found = await self._ask(lambda client: client.fetch_day_guide(wire_id))
        await self._save(channel_id, found, is_whole=True)

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def _ask(self, ask: Callable[[PanelClient], Awaitable[Sequence[Programme]]]) -> Sequence[Programme]:
        """Ask at any address of the panel; the connection to the one that answers is kept."""
        profile = await asyncio.to_thread(ProfileStore(self._paths).get, self._profile)
        if self._password is None:
            self._password = await asyncio.to_thread(ProfileStore(self._paths).passwords.read, profile)
        password = self._password

        async def ask_at(profile: Profile) -> Sequence[Programme]:
            if self._client is None or self._address != profile.url:
                await self.close()
                self._client, self._address = open_panel(self._paths, profile, password), profile.url
            return await ask(self._client)

        return await at_any_address(self._paths, profile, ask_at)

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
