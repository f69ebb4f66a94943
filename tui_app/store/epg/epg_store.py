"""`LibraryStore.guide`: all that may be asked of the stored guide and done to it. Thin: others do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui_app.catalog import ChannelGuide, NowNext, Programme, ProgrammeAnswer
from tui_app.store.database import LibraryDatabase
from tui_app.store.epg import programmes
from tui_app.store.epg.programmes import GuideAge
from tui_app.store.lists.reads import Reads

if TYPE_CHECKING:
    from tui_app.store.epg.search import ProgrammeSearch


class GuideStore:
    """The guide of one library."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads
        self._searcher: ProgrammeSearch | None = None

    def save_programmes(
        self, channel_id: str, found: Sequence[Programme], at: int, *, fresh_until: int, day_until: int | None = None
    ) -> None:
        """Store what the panel said of one channel's guide; see `programmes.save_programmes`."""
        programmes.save_programmes(self._database, channel_id, found, at, fresh_until=fresh_until, day_until=day_until)

    def get_now_next(self, channel_ids: Sequence[str], now: int) -> dict[str, NowNext]:
        """What runs at `now` and what follows, by channel id; see `programmes.get_now_next`."""
        return programmes.get_now_next(self._database, channel_ids, now)

    def get_programmes(self, channel_id: str, start: int, stop: int) -> ChannelGuide:
        """The programmes of one channel between two times; see `programmes.get_programmes`."""
        return programmes.get_programmes(self._database, channel_id, start, stop)

    def search_programmes(
        self, text: str, now: int, limit: int = 100, hidden: frozenset[str] = frozenset()
    ) -> ProgrammeAnswer:
        """Running and coming programmes whose title has the words; see `ProgrammeSearch.search`."""
        if self._searcher is None:
            from tui_app.store.epg.search import ProgrammeSearch  # imported late: rapidfuzz takes its time

            self._searcher = ProgrammeSearch(self._database, self._reads)
        return self._searcher.search(text, now, limit=limit, hidden=hidden)

    def age(self) -> GuideAge:
        """How much guide is stored, and how old it is."""
        return programmes.guide_age(self._database)

    def prune(self, now: int) -> int:
        """Drop what is outside the window, or of channels that are gone; how many programmes left."""
        return programmes.prune_programmes(self._database, now)

    def close(self) -> None:
        """Stop what a search reads in the background."""
        if self._searcher is not None:
            self._searcher.close()
