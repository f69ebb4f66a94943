"""`library.account` and `library.catchup`: requests to the panel about the account and past programmes.

Whether the account is in use elsewhere is advice, because panels count late: without a quick answer the caller
continues as if nothing were known.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from tui_app.catalog import Account, Programme
from tui_app.errors import XtreamTuiError
from tui_app.library.threads import LibraryThreads
from tui_app.paths import Paths

#: The longest that somebody who wants to see a film waits for this.
ANSWER_S: Final = 1.5
#: An answer holds this long; panels that did not answer in time are not asked again before.
_HOLDS_S: Final = 10.0
_LEFT_ALONE_S: Final = 900.0
#: A stream of our own is counted by panels up to a minute after its end.
_OWN_STREAM_S: Final = 90

Ask = Callable[[Paths, str], Coroutine[Any, Any, Account]]


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
                ask = await self._threads.run(_account_asker)
                account = await ask(self._threads.paths, self._threads.profile)
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


def _account_asker() -> Ask:
    """Import the HTTP client, which takes 130 ms: call it in a thread."""
    from tui_app.sync import ask_account

    return ask_account


class LibraryCatchup:
    """Stream addresses of past programmes of one profile's channels."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads

    async def address(self, channel_id: str, programme: Programme, *, anew: bool = False) -> str:
        """Return the stream address of a past programme.

        The panel is probed the first time, and with `anew` after an address failed. Raises `PanelError` when no
        address plays, `UsageError` for a channel without an archive.
        """
        find = await self._threads.run(_finder)
        return await find(channel_id, programme, anew, self._threads)


def _finder() -> Callable[[str, Programme, bool, LibraryThreads], Awaitable[str]]:
    """Import the HTTP client, which takes 130 ms: call it in a thread."""
    from tui_app.sync import find_catchup_address

    async def find(channel_id: str, programme: Programme, anew: bool, threads: LibraryThreads) -> str:
        return await find_catchup_address(threads.paths, threads.profile, channel_id, programme, anew=anew)

    return find
