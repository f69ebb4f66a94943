"""The Channels screen: a browsing screen with the current programme beside the visible channels.

Stored programmes show at once; the panel is asked only about rows that stay visible, one by one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Final, cast

from textual import work
from textual.timer import Timer

from tui_app.catalog import FullItem, Kind, NowNext
from tui_app.errors import XtreamTuiError
from tui_app.library import Library
from tui_app.screens.browse.columns import GuideSource, Items, ItemSource, guide_lines, next_change, running
from tui_app.screens.browse.screen import BrowseScreen
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.selectable_list import FollowedList

#: Pause before the copy is read, and before the panel is asked.
READ_REST_S: Final = 0.05
ASK_REST_S: Final = 0.6
#: The hours ahead whose programmes the details pane shows.
_AHEAD_S: Final = 6 * 3600
_LINES: Final = 5
#: Channels whose current programme is cached.
_REMEMBERED: Final = 2_000


class ChannelsScreen(BrowseScreen):
    """Live channels."""

    KIND = Kind.CHANNEL
    LIST = FollowedList

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active)
        self._known: dict[str, NowNext] = {}
        self._until_change: Timer | None = None

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        self._known.clear()
        super().library_opened()

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts & {"guide", "all"}:
            self._known.clear()
            self._follow_guide()
        super().library_changed(parts)

    def _source(self, view: Items) -> ItemSource:
        return GuideSource(view, self._marks, self._known)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._follow_guide()

    def on_screen_suspend(self) -> None:
        """Stop asking for programmes while the screen is hidden."""
        self.workers.cancel_group(self, "guide")
        self._stop_clock()

    # ------------------------------------------------------------------------------------------- messages
    def on_followed_list_seen(self, event: FollowedList.Seen) -> None:
        event.stop()
        self._follow_guide()

    @work(exclusive=True, group="guide", exit_on_error=False)
    async def _follow_guide(self) -> None:
        """Show the current programmes of the visible channels, from the copy, then from the panel."""
        await asyncio.sleep(READ_REST_S)
        library, seen = self.library, cast(FollowedList, self.titles).seen_keys
        if not seen or not self.is_current:
            return
        try:
            self._take(await library.guide.now_next(seen))
            self._set_clock(seen)
            await asyncio.sleep(ASK_REST_S)
            if await library.guide.choice() != "off":
                await library.guide.fetch_now(seen, lambda channel, said: self._take({channel: said}))
                self._set_clock(seen)
        except XtreamTuiError:  # the status line shows the connection
            return

    def _take(self, found: Mapping[str, NowNext]) -> None:
        """Store what is known now; repaint only cells that changed."""
        now = time.time()
        changed = {key for key, said in found.items() if running(self._known.get(key), now) != running(said, now)}
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known.update(found)
        if changed:
            cast(FollowedList, self.titles).reread(changed)
        row = self.titles.row
        if row is not None and row.key in changed and self.pane.display:
            self._show_details(row.key)

    # --------------------------------------------------------------------------------------- updates in time
    def _set_clock(self, seen: Collection[str]) -> None:
        """Look again when the first visible programme ends."""
        self._stop_clock()
        now = time.time()
        moment = next_change([self._known[key] for key in seen if key in self._known], now)
        if moment is not None:
            self._until_change = self.set_timer(moment - now + 0.5, self._programme_ended)

    def _stop_clock(self) -> None:
        if self._until_change is not None:
            self._until_change.stop()
            self._until_change = None

    def _programme_ended(self) -> None:
        list_ = cast(FollowedList, self.titles)
        list_.reread(list_.seen_keys)
        self._follow_guide()

    # ------------------------------------------------------------------------------------------- the details
    async def guide_lines_of(self, library: Library, full: FullItem) -> tuple[tuple[str, str], ...]:
        now = int(time.time())
        found = await library.guide.programmes(full.item.id, now, now + _AHEAD_S)
        return guide_lines(found.programmes, now)[:_LINES]
