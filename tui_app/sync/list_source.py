"""Fetch the list of a kind: the whole list, again if it was truncated, and by category if it fails.

This module decides how to ask; `coverage` decides what the result means. Every sync starts with the whole list.
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
from tui_app.sync.part_state import PartHistory, SyncContext
from tui_app.sync.report import as_reason
from tui_app.xtream.http.body import DownloadedBody
from tui_app.xtream.stream import split_rows

#: Assumed size in bytes of a list without Content-Length, for the progress estimate.
_USUAL_LIST: Final = 20_000_000
_TAIL: Final = 64
_USUAL_END: Final = re.compile(rb"[}\[]\s*\]\s*\Z")
#: Size in bytes up to which an answer is checked for an empty list.
_EMPTY_LIST: Final = 1_024
_BLANK: Final = b" \t\r\n\0\xef\xbb\xbf"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ListFetch:
    """Fetches one list, trying the alternatives in turn; call `run` once."""

    sync: SyncContext
    kind: Kind
    history: PartHistory
    received: int = 0  # bytes received in all attempts

    async def run(self) -> FetchedList | None:
        """Return the list, or None when the panel reports it as unchanged. The caller closes its body.

        Raises the error of the whole list when fetching by category returned nothing either.
        """
        try:
            body = await self._whole()
        except Throttled:
            raise  # the panel set a time for the next request, which holds for category requests too
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
                found.body.close()  # the truncated list has more rows than the categories returned
                found = None
        except BaseException:
            body.close()
            raise
        if found is None:
            return whole
        body.close()
        return found

    async def _whole(self) -> DownloadedBody | None:
        """Fetch the whole list, a second time if it was truncated."""
        validators = self.history.validators
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
    """Whether the answer was truncated: shorter than announced, or a list without its closing bracket.

    The last bytes decide for most lists; others are parsed.
    """
    if body.truncated:
        return True
    if _USUAL_END.search(body.tail(_TAIL)):
        return False
    stream = split_rows(cancellation.checked(body.blocks()))
    try:
        for _batch in stream:
            pass
    except PanelError:  # not a list, or truncated within its first row
        return next(body.blocks(_TAIL), b"").lstrip(_BLANK)[:1] == b"[" and not body.tail(_TAIL).rstrip().endswith(b"]")
    return stream.verdict.truncated


def _trouble_with(body: DownloadedBody, cancellation: Cancellation) -> str:
    """Return why to fetch by category, or "". A slow answer is no reason: categories would be slow too."""
    if body.too_slow:
        return ""
    if looks_cut(body, cancellation):
        return "the whole one was cut short twice"
    return "the whole one was empty" if _is_empty(body, cancellation) else ""


def _is_empty(body: DownloadedBody, cancellation: Cancellation) -> bool:
    """Whether the answer is empty: PHP panels send that for the whole list when one row has an invalid byte."""
    return body.size <= _EMPTY_LIST and (not body.read().strip(_BLANK) or _rows_in(body, cancellation) == 0)


def _rows_in(body: DownloadedBody, cancellation: Cancellation) -> int | None:
    """Return the number of readable rows, None when the answer is no list (a message, a page, the account)."""
    try:
        return sum(map(len, split_rows(cancellation.checked(body.blocks()))))
    except PanelError:
        return None
