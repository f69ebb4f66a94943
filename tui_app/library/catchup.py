"""`library.catchup`: where a past programme of a channel is played from. An address is a secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui_app.catalog import Programme
from tui_app.library.threads import LibraryThreads


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
