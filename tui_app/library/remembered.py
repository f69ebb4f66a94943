"""`library.remembered`: where screens were left, saved filters, recent searches."""

from __future__ import annotations

import logging

from tui_app.catalog import Kind
from tui_app.errors import LibraryError
from tui_app.library.threads import LibraryThreads

log = logging.getLogger(__name__)


class LibraryRemembered:
    """What the app remembers of one profile's user."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._profile = threads.profile

    async def view_state(self, place: str) -> str | None:
        """What `keep_view_state` kept for a screen."""
        return await self._threads.ask_user(lambda user: user.get_view_state(self._profile, place))

    async def keep_view_state(self, place: str, state: str) -> None:
        """Keep where a screen was left, as JSON text."""
        try:
            await self._threads.ask_user(lambda user: user.save_view_state(self._profile, place, state))
        except LibraryError as error:  # where a screen was left is worth no trouble, least of all on the way out
            log.warning("the place of %s can't be kept: %s", place, error)

    async def saved_filters(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """(name, what `save_filter` kept under it) of each, by name."""
        return await self._threads.ask_user(lambda user: user.saved_filters(self._profile, kind))

    async def save_filter(self, kind: Kind, name: str, state: str) -> None:
        """Keep filters under a name."""
        await self._threads.ask_user(lambda user: user.save_filter(self._profile, kind, name, state))

    async def forget_filter(self, kind: Kind, name: str) -> None:
        """Forget filters."""
        await self._threads.ask_user(lambda user: user.forget_filter(self._profile, kind, name))

    async def searches(self) -> tuple[str, ...]:
        """What was searched for, newest first."""
        return await self._threads.ask_user(lambda user: tuple(user.recent_searches(self._profile)))

    async def remember_search(self, text: str) -> None:
        """Put a search first."""
        await self._threads.ask_user(lambda user: user.add_recent_search(self._profile, text))
