"""`library.guide`, `library.account` and `library.pictures`: data that may need a request to the panel.

The guide is answered from the local copy at once, and fetched on request. Whether the account is in use elsewhere is
advice, because panels count late: without a quick answer the caller continues as if nothing were known.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from tui_app.catalog import ChannelGuide, GridRow, Kind, NowNext, Programme, ProgrammeAnswer, Query
from tui_app.errors import LoginRefused, NotFound, PanelError, SettingsError, UsageError, XtreamTuiError
from tui_app.library.threads import LibraryThreads
from tui_app.pictures import Colour, Picture
from tui_app.settings import GuideMode, ProfileStore
from tui_app.store.library_store import LibraryStore

if TYPE_CHECKING:
    from tui_app.pictures.fetching import Pictures
    from tui_app.sync.channel_epg import ChannelGuides

#: After a failure the panel is not asked for guides during this time.
REST_S: Final = 60.0


class LibraryGuide:
    """The programme guide of one profile."""

    def __init__(self, threads: LibraryThreads, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads = threads
        self._clock = clock
        self._asking = asyncio.Lock()  # one request at a time for visible channels
        self._panel: ChannelGuides | None = None
        self._rests_until = 0.0

    # -------------------------------------------------------------------------------------------- stored guide
    async def now_next(self, channel_ids: Sequence[str]) -> Mapping[str, NowNext]:
        """Return the stored current and next programme of these channels."""
        now = int(time.time())
        return await self._threads.ask(lambda store: store.guide.get_now_next(channel_ids, now))

    async def programmes(self, channel_id: str, start: int, stop: int) -> ChannelGuide:
        """Return the stored programmes of a channel between two times (epoch seconds)."""
        return await self._threads.ask(lambda store: store.guide.get_programmes(channel_id, start, stop))

    async def grid(self, channel_ids: Sequence[str], start: int, stop: int) -> Mapping[str, GridRow]:
        """Return the stored programmes of channels between two times (epoch seconds), without descriptions."""
        return await self._threads.ask(lambda store: store.guide.get_grid(channel_ids, start, stop))

    async def has_any(self) -> bool:
        """Return True when any programme is stored."""
        return await self._threads.ask(lambda store: store.guide.age().newest is not None)

    async def search(self, text: str, limit: int, hidden: frozenset[str] = frozenset()) -> ProgrammeAnswer:
        """Search current and future programmes, the soonest first.

        Channels that are only in categories with `hidden` ids are excluded.
        """
        now = int(time.time())
        return await self._threads.ask_search(lambda store: store.guide.search_programmes(text, now, limit, hidden))

    async def coverage(self) -> str:
        """Return of how many channels programmes are stored: "38 of 1,218 channels"."""

        def count(store: LibraryStore) -> str:
            return f"{store.guide.channels_covered():,} of {store.count(Query(kind=Kind.CHANNEL)):,} channels"

        return await self._threads.ask_search(count)

    async def choice(self) -> GuideMode:
        """Return which part of the guide the user wants. Raises `SettingsError`."""
        threads = self._threads
        return await threads.run(lambda: ProfileStore(threads.paths).get_sync_settings(threads.profile).guide)

    # ------------------------------------------------------------------------------------------------ fetching
    async def fetch_now(self, channel_ids: Sequence[str], received: Callable[[str, NowNext], None]) -> None:
        """Fetch the channels without a fresh copy, in this order; `received` gets each answer.

        About one request a second, and none while a sync runs: cancel it when the channels are no longer
        visible. A request in flight is then abandoned, and its channel has to be fetched again. Raises the
        `PanelError` of a failure, and asks nothing for a minute after it.
        """
        now = time.time()
        stored = await self.now_next(channel_ids)
        for channel_id in channel_ids:
            if channel_id not in stored or stored[channel_id].fresh_until > now:
                continue
            if self._clock() < self._rests_until:
                return
            async with self._asking:
                await self._ask(partial(_fetch_now, channel_id))
            answer = (await self.now_next((channel_id,))).get(channel_id)
            if answer is not None:
                received(channel_id, answer)

    async def fetch_day(self, channel_id: str) -> None:
        """Fetch and store a channel's whole guide. Raises `PanelError`."""
        await self._ask(lambda panel: panel.fetch_day(channel_id))

    async def catchup_address(self, channel_id: str, programme: Programme, *, retry: bool = False) -> str:
        """Return the stream address of a past programme.

        The panel is probed the first time, and with `retry` after an address failed. Raises `PanelError` when no
        address plays, `UsageError` for a channel without an archive.
        """
        await self._threads.load_engine()
        from tui_app.sync import find_catchup_address  # noqa: PLC0415 - loads the HTTP client, 130 ms

        paths, profile = self._threads.paths, self._threads.profile
        return await find_catchup_address(paths, profile, channel_id, programme, retry=retry)

    async def close(self) -> None:
        """Close the connection to the panel."""
        if self._panel is not None:
            panel, self._panel = self._panel, None
            await panel.close()

    async def _ask(self, question: Callable[[ChannelGuides], Awaitable[None]]) -> None:
        if self._panel is None:
            await self._threads.load_engine()
            from tui_app.sync.channel_epg import ChannelGuides  # noqa: PLC0415 - loads the HTTP client, 130 ms

            self._panel = self._panel or ChannelGuides(self._threads.paths, self._threads.profile)
        try:
            await question(self._panel)
        except NotFound:  # removed from the library meanwhile
            return
        except PanelError as error:
            self._rests_until = self._clock() + REST_S
            if isinstance(error, LoginRefused):  # the login may have changed by the next request
                await self.close()
            raise


async def _fetch_now(channel_id: str, panel: ChannelGuides) -> None:
    await panel.fetch_now(channel_id)


#: The longest delay this may add before playback.
ANSWER_S: Final = 1.5
#: How long an answer is valid, and how long a panel that did not answer in time is not asked again.
_HOLDS_S: Final = 10.0
_LEFT_ALONE_S: Final = 900.0
#: Panels count our own stream up to a minute after its end.
_OWN_STREAM_S: Final = 90


class LibraryAccount:
    """The current state of one profile's account, as the panel reports it."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._again_at = 0.0
        self._was_in_use = False

    async def is_in_use_elsewhere(self, *, within_s: float | None = None) -> bool:
        """Return True when all allowed streams are in use, none of them by us; False when unknown.

        Raises nothing for a panel, and answers within `within_s` (default `ANSWER_S`) whatever the panel does.
        """
        if time.monotonic() < self._again_at:
            return self._was_in_use
        if await self._played_just_now():
            return False
        self._was_in_use, self._again_at = False, time.monotonic() + _LEFT_ALONE_S
        try:
            async with asyncio.timeout(ANSWER_S if within_s is None else within_s):
                await self._threads.load_engine()
                from tui_app.sync import ask_account  # noqa: PLC0415 - loads the HTTP client, 130 ms

                account = await ask_account(self._threads.paths, self._threads.profile)
        except (TimeoutError, XtreamTuiError):
            return False
        self._again_at = time.monotonic() + _HOLDS_S
        limit, active = account.max_connections, account.active_connections
        self._was_in_use = limit is not None and active is not None and active >= limit
        return self._was_in_use

    async def _played_just_now(self) -> bool:
        profile = self._threads.profile
        last = await self._threads.ask_marks(lambda user: user.watching.history(profile, limit=1))
        return bool(last) and abs(time.time() - last[0].at) < _OWN_STREAM_S


class LibraryPictures:
    """The posters, covers and logos of one profile."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._pictures: Pictures | None = None

    async def draw(self, address: str, columns: int, rows: int, ground: Colour) -> Picture | None:
        """Return a picture in at most `columns` × `rows` cells; None when there is none. Raises `LibraryClosed`."""
        if self._pictures is None:
            await self._threads.load_engine()
            from tui_app.pictures.fetching import Pictures  # noqa: PLC0415 - loads the HTTP client, 130 ms

            threads = self._threads
            try:
                profile = await threads.run(lambda: ProfileStore(threads.paths).get(threads.profile))
            except (SettingsError, UsageError):  # said elsewhere: a picture is decoration
                return None
            self._pictures = self._pictures or Pictures(threads.paths, profile)
        return await self._pictures.draw(address, columns, rows, ground)

    async def close(self) -> None:
        """Close the connections."""
        if self._pictures is not None:
            pictures, self._pictures = self._pictures, None
            await pictures.close()
