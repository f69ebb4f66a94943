"""`library.account`: whether the account is in use elsewhere, asked of the panel when that is quick and worth it.

The answer is advice: panels count late. Whoever is not told in time, or not at all, goes on as if nothing were known.
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
    """What the panel says of one profile's account just now."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._again_at = 0.0
        self._was_in_use = False

    async def is_in_use_elsewhere(self, *, within_s: float | None = None) -> bool:
        """Whether all streams the account allows are in use, none of them by us; False where that is not known.

        Never raises for a panel, and answers within `within_s` (else `ANSWER_S`) whatever the panel does.
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
    """Imported in a thread, like all that loads the HTTP client."""
    from tui_app.sync import ask_account

    return ask_account


class LibraryCatchup:
    """Past programmes of one profile's channels."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads

    async def address(self, channel_id: str, programme: Programme, *, anew: bool = False) -> str:
        """The stream address. The first time, and `anew` after one failed, the panel is tried; raises `PanelError` when
        nothing plays, `UsageError` for a channel that keeps nothing."""
        find = await self._threads.run(_finder)
        return await find(channel_id, programme, anew, self._threads)


def _finder() -> Callable[[str, Programme, bool, LibraryThreads], Awaitable[str]]:
    """Imported in a thread: the HTTP client takes 130 ms."""
    from tui_app.sync import find_catchup_address

    async def find(channel_id: str, programme: Programme, anew: bool, threads: LibraryThreads) -> str:
        return await find_catchup_address(threads.paths, threads.profile, channel_id, programme, anew=anew)

    return find
