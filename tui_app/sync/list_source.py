"""Where the list of a kind comes from: the whole list; once more when it was cut; category by category when it fails.

Decides how to ask, never what to believe: what came, and what it can say, goes on as a `FetchedList`. The next sync
begins with the whole list again.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Final

from tui_app.catalog import Kind
from tui_app.errors import Overloaded, PanelError, Throttled, TooSlow
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.category_lists import CategoryFetch, FetchedList
from tui_app.sync.context import SyncContext
from tui_app.sync.part_state import PartHistory
from tui_app.sync.report import as_reason
from tui_app.xtream.http.body import DownloadedBody
from tui_app.xtream.stream import split_rows

#: What a list of unknown length is taken for while it downloads, in bytes.
_USUAL_LIST: Final = 20_000_000
_TAIL: Final = 64
_USUAL_END: Final = re.compile(rb"[}\[]\s*\]\s*\Z")
#: An answer longer than this holds more than an empty list.
_EMPTY_LIST: Final = 1_024
_BLANK: Final = b" \t\r\n\0\xef\xbb\xbf"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ListFetch:
    """The ways to one list, tried one after the other; `run` is called once."""

    sync: SyncContext
    kind: Kind
    memory: PartHistory
    received: int = 0  # bytes on the wire, over all tries

    async def run(self) -> FetchedList | None:
        """What came, None when the panel says that it is what came last time. The caller closes its body.

        Raises what the client raises for the whole list, when asking by category brought nothing either.
        """
        try:
            body = await self._whole()
        except Throttled:
            raise  # it said when it wants to be asked again, which is not now for a part of the list
        except (Overloaded, TooSlow) as error:
            found = await self._by_category(as_reason(error))
            if found is None:
                raise
            return found
        if body is None:
            return None
        whole = FetchedList(body)
        try:
            trouble = _trouble_with(body, self.sync.cancellation)
            found = await self._by_category(trouble) if trouble else None
            if found is not None and found.is_partial and (_rows_in(body, self.sync.cancellation) or 0) >= found.rows:
                found.body.close()  # what came before the cut is more than what the categories gave
                found = None
        except BaseException:
            body.close()
            raise
        if found is None:
            return whole
        body.close()
        return found

    async def _whole(self) -> DownloadedBody | None:
        """The whole list, asked for once more when it was cut."""
        validators = self.memory.validators
        if validators:
            body = await self.sync.client.fetch_list_if_changed(
                self.kind, etag=validators.etag, last_modified=validators.last_modified, on_progress=self._downloading
            )
        else:
            body = await self.sync.client.fetch_list(self.kind, on_progress=self._downloading)
        if body is not None:
            self.received += body.received
            if not body.too_slow and looks_cut(body, self.sync.cancellation):
                body.close()
                body = await self.sync.client.fetch_list(self.kind, on_progress=self._downloading)
                self.received += body.received
        return body

    async def _by_category(self, trouble: str) -> FetchedList | None:
        fetch = CategoryFetch(self.sync, self.kind, trouble)
        found = await fetch.run()
        self.received += fetch.received
        log.info("%s by category, because %s: %s", self.kind.plural, trouble, fetch.summary)
        return found

    def _downloading(self, received: int, expected: int | None) -> None:
        share = received / expected if expected else received / (received + _USUAL_LIST)
        self.sync.progress.advance("downloading", share, body_bytes=received)


def looks_cut(body: DownloadedBody, cancellation: Cancellation) -> bool:
    """Whether the answer stopped before its end: fewer bytes than announced, or a list that does not close.

    Most lists show by their last bytes that they close; the others are read to tell.
    """
    if body.truncated:
        return True
    if _USUAL_END.search(body.tail(_TAIL)):
        return False
    stream = split_rows(cancellation.checked(body.blocks()))
    try:
        for _batch in stream:
            pass
    except PanelError:  # no list at all, or one that stopped before its first row was whole
        return next(body.blocks(_TAIL), b"").lstrip(_BLANK)[:1] == b"[" and not body.tail(_TAIL).rstrip().endswith(b"]")
    return stream.verdict.truncated


def _trouble_with(body: DownloadedBody, cancellation: Cancellation) -> str:
    """Why the list should be asked for by category; "" when there is no reason to: what is too slow stays so."""
    if body.too_slow:
        return ""
    if looks_cut(body, cancellation):
        return "the whole one was cut short twice"
    return "the whole one was empty" if _is_empty(body, cancellation) else ""


def _is_empty(body: DownloadedBody, cancellation: Cancellation) -> bool:
    """Whether it is an empty list, or nothing at all: one bad byte makes PHP send that for the whole list."""
    return body.size <= _EMPTY_LIST and (not body.read().strip(_BLANK) or _rows_in(body, cancellation) == 0)


def _rows_in(body: DownloadedBody, cancellation: Cancellation) -> int | None:
    """How many rows can be read, None when it is no list: a message, a page, the account."""
    try:
        return sum(map(len, split_rows(cancellation.checked(body.blocks()))))
    except PanelError:
        return None
