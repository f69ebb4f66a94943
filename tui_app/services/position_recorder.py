"""Saves playback positions in the library of their profile, also while another profile is on the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui_app.catalog import ItemRef
from tui_app.library import Library, LibraryClosed
from tui_app.library.watching import LibraryWatching
from tui_app.paths import Paths


class PositionRecorder:
    """A `playback.PositionSink` of one profile. `shown` returns the library on the screen."""

    def __init__(self, paths: Paths, profile: str, shown: Callable[[], Library | None]) -> None:
        self._paths = paths
        self._profile = profile
        self._shown = shown

    async def note_position(self, ref: ItemRef, position_s: float | None, duration_s: float | None) -> None:
        """Save a position. Without one: only that the title was played."""
        await self._tell(lambda watching: watching.note_position(ref, position_s, duration_s))

    async def note_finished(self, ref: ItemRef) -> None:
        """Save that a title was played to its end."""
        await self._tell(lambda watching: watching.note_finished(ref))

    async def _tell(self, say: Callable[[LibraryWatching], Awaitable[None]]) -> None:
        shown = self._shown()
        if shown is not None and shown.profile == self._profile:
            try:
                await say(shown.watching)
                return
            except LibraryClosed:  # switched this very moment
                pass
        library = Library(self._paths, self._profile)
        try:
            await say(library.watching)
        finally:
            await library.close()
