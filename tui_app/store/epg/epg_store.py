"""`LibraryStore.guide`: the interface to a library's EPG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui_app.catalog import ChannelGuide, GridRow, NowNext, Programme, ProgrammeAnswer
from tui_app.store.database import LibraryDatabase
from tui_app.store.epg import programmes
from tui_app.store.epg.programmes import GuideAge
from tui_app.store.lists.reads import Reads

if TYPE_CHECKING:
    from tui_app.store.epg.search import ProgrammeSearch


class GuideStore:
    """The EPG of one library."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads
        self._searcher: ProgrammeSearch | None = None

    def save_programmes(
        self, channel_id: str, found: Sequence[Programme], at: int, *, fresh_until: int, day_until: int | None = None
    ) -> None:
        """Store the fetched EPG of one channel; see `programmes.save_programmes`."""
        programmes.save_programmes(self._database, channel_id, found, at, fresh_until=fresh_until, day_until=day_until)

    def get_now_next(self, channel_ids: Sequence[str], now: int) -> dict[str, NowNext]:
        """Return the programmes on at `now` and next, by channel id; see `programmes.get_now_next`."""
        return programmes.get_now_next(self._database, channel_ids, now)

    def get_programmes(self, channel_id: str, start: int, stop: int) -> ChannelGuide:
        """Return the programmes of one channel between two times; see `programmes.get_programmes`."""
        return programmes.get_programmes(self._database, channel_id, start, stop)

    def get_grid(self, channel_ids: Sequence[str], start: int, stop: int) -> dict[str, GridRow]:
        """Return the programmes of many channels between two times; see `programmes.get_grid`."""
        return programmes.get_grid(self._database, channel_ids, start, stop)

    def search_programmes(
        self, text: str, now: int, limit: int = 100, hidden: frozenset[str] = frozenset()
    ) -> ProgrammeAnswer:
        """Return current and upcoming programmes with these words in the title."""
        if self._searcher is None:
            from tui_app.store.epg.search import ProgrammeSearch  # noqa: PLC0415  # start-up: rapidfuzz

            self._searcher = ProgrammeSearch(self._database, self._reads)
        return self._searcher.search(text, now, limit=limit, hidden=hidden)

    def channels_covered(self) -> int:
        """Return the number of channels of which programmes are stored."""
        return programmes.channels_covered(self._database)

    def age(self) -> GuideAge:
        """Return the amount and age of the stored EPG."""
        return programmes.guide_age(self._database)

    def prune(self, now: int) -> int:
        """Delete programmes outside the window or of removed channels; return how many."""
        return programmes.prune_programmes(self._database, now)

    def close(self) -> None:
        """Stop background reading of the search."""
        if self._searcher is not None:
            self._searcher.close()
