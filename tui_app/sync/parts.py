"""One part of a sync: the list of one kind, fetched, compared with what is stored, written in one transaction.

What it refuses to do: decide on its own that something may be deleted (`guard` does), or leave half a part behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.library_store import LibraryStore
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.list_write import ListWrite
from tui_app.sync.progress import ProgressTracker
from tui_app.sync.report import PartOutcome
from tui_app.xtream.body import DownloadedBody
from tui_app.xtream.client import PanelClient
from tui_app.xtream.rows import RowContext

#: What a list of unknown length is taken for while it downloads, in bytes.
_USUAL_LIST: Final = 20_000_000
_TAIL: Final = 512


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
    is_full: bool = False
    accept_shrink: bool = False
    excluded_categories: Mapping[Kind, frozenset[str]] = field(default_factory=dict)

    async def sync(self, kind: Kind) -> PartOutcome:
        """Fetch and write one kind. Raises what the client raises; nothing of the part is written then."""
        body = await self._fetch(kind)
        fetched = body.received
        if looks_cut(body):  # once more, before its rows are taken as partial
            body.close()
            body = await self._fetch(kind)
            fetched += body.received
        with body, self.cancellation.calling(self.store.interrupt):
            outcome = ListWrite(self, kind, body).run()
        return replace(outcome, bytes_downloaded=fetched)

    async def _fetch(self, kind: Kind) -> DownloadedBody:
        return await self.client.fetch_list(kind, on_progress=self._downloading)

    def _downloading(self, received: int, expected: int | None) -> None:
        share = received / expected if expected else received / (received + _USUAL_LIST)
        self.progress.advance("downloading", share, body_bytes=received)


def looks_cut(body: DownloadedBody) -> bool:
    """Whether the answer seems to have stopped before its end: fewer bytes than announced, or no closing bracket."""
    if body.truncated:
        return True
    tail = body.tail(_TAIL).rstrip()
    return bool(tail) and b"]" not in tail and not tail.endswith((b"}", b"null", b'"'))
