"""One part of a sync: the list of one kind, fetched, compared with what is stored, written in one transaction.

What it refuses to do: decide on its own that something may be deleted (`guard` does), or leave half a part behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tui_app.catalog import Kind
from tui_app.store.library_store import LibraryStore
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.list_dates import RequestTime
from tui_app.sync.list_source import ListFetch
from tui_app.sync.list_write import ListWrite
from tui_app.sync.part_memory import PartMemory
from tui_app.sync.progress import ProgressTracker
from tui_app.sync.report import PartOutcome
from tui_app.xtream.client import PanelClient
from tui_app.xtream.rows import RowContext


@dataclass(slots=True)
class PartSync:
    """What the parts of one sync share."""

    client: PanelClient
    store: LibraryStore
    context: RowContext
    progress: ProgressTracker
    cancellation: Cancellation
    run: int  # number of this run in the library's change list
    now: Callable[[], int]
    clock_skew_s: int = 0  # how far the panel's clock is ahead of ours
    is_full: bool = False
    accept_shrink: bool = False
    excluded_categories: Mapping[Kind, frozenset[str]] = field(default_factory=dict)

    async def sync(self, kind: Kind) -> PartOutcome:
        """Fetch and write one kind. Raises what the client raises; nothing of the part is written then."""
        memory = PartMemory(self, kind)
        asked_at = self.now()
        fetch = ListFetch(self, kind, memory)
        fetched = await fetch.run()
        if fetched is None:
            outcome = memory.keep(None)
        else:
            with fetched.body, self.cancellation.calling(self.store.interrupt):
                request = RequestTime(asked_at, self.now(), self.clock_skew_s)
                outcome = ListWrite(self, kind, fetched, memory, request).run()
        return replace(outcome, bytes_downloaded=fetch.received)
