"""Import the whole EPG file (XMLTV) in one transaction.

It runs after the lists, because only programmes of listed channels are stored. A truncated or implausibly small file
adds programmes but removes none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui_app.catalog import Changes, PartState
from tui_app.errors import LoginRefused, PanelError
from tui_app.events import PartStatus
from tui_app.store.epg.import_file import GuideChanges, GuideImport, GuideRow
from tui_app.store.write.sync_state import StoredPart
from tui_app.sync.part_state import SyncContext
from tui_app.sync.report import GUIDE, PartOutcome, as_reason
from tui_app.xtream.epg.xmltv import XmltvStream, XmltvVerdict
from tui_app.xtream.http.body import DownloadedBody

#: Minimum age before the file is fetched again, except in a full sync.
SHORTEST_AGE_S: Final = 4 * 3600
#: Assumed size in bytes of a file without Content-Length, for the progress estimate.
_USUAL_FILE: Final = 50_000_000


class GuideFileSync:
    """One import of the EPG file; call `run` once."""

    def __init__(self, sync: SyncContext) -> None:
        self._sync = sync
        self._before = sync.store.read_part_state(GUIDE)
        self._received = 0

    @property
    def is_due(self) -> bool:
        """Whether the stored EPG is old enough or incomplete."""
        state = self._before.state
        if self._sync.is_full or state.status != "completed" or state.completed_at is None:
            return True
        return not 0 <= self._sync.now() - state.completed_at < SHORTEST_AGE_S

    async def run(self) -> PartOutcome:
        """Fetch and import the file.

        Errors of the panel are in the outcome; database errors and cancellation are raised.
        """
        try:
            body = await self._sync.client.fetch_guide_file(on_progress=self._downloading)
            with body, self._sync.cancellation.calling(self._sync.store.interrupt):
                return self._import(body)
        except PanelError as error:
            reason = _no_guide(error)
            self._store_state("failed", reason, self._before.body_digest, self._before.total)
            return PartOutcome("failed", Changes(total=self._before.total), reason, bytes_downloaded=self._received)

    def _import(self, body: DownloadedBody) -> PartOutcome:
        importer = GuideImport(self._sync.store.database, self._sync.now())
        try:
            digest = f"{body.digest.hex()}-{importer.terms}"
            if digest == self._before.body_digest and not body.truncated:
                return self._known(digest)
            verdict = self._read(body, importer)
            self._sync.progress.advance("writing", 0.0, rows=importer.rows)
            done = importer.apply(is_complete=verdict.complete and not body.truncated)
        finally:
            importer.close()
        reason = _why_not_whole(body, verdict, done)
        status: PartStatus = "partial" if reason else "completed"
        self._store_state(status, reason, None if reason else digest, done.total)
        written = done.added + done.changed
        changes = Changes(
            done.total,
            done.added,
            done.changed,
            done.removed,
            max(0, done.total - written),
            rows_written=written + done.removed,
        )
        return self._outcome(status, changes, reason)

    def _known(self, digest: str) -> PartOutcome:
        """Conclude with an unchanged file: only prune past programmes."""
        guide = self._sync.store.guide
        guide.prune(self._sync.now())
        total = guide.age().programmes
        self._store_state("completed", "", digest, total)
        return self._outcome("completed", Changes(total=total, unchanged=total))

    def _read(self, body: DownloadedBody, importer: GuideImport) -> XmltvVerdict:
        stream = XmltvStream(
            self._watched(body, importer), importer.wants, zone=self._sync.context.zone, mask=self._sync.client.mask
        )
        for batch in stream:
            importer.add(GuideRow(*programme) for programme in batch)
        return stream.verdict

    def _watched(self, body: DownloadedBody, importer: GuideImport) -> Iterator[bytes]:
        done = 0
        for block in body.blocks():
            self._sync.cancellation.raise_if_cancelled()
            self._sync.progress.advance("comparing", done / max(1, body.size), rows=importer.rows)
            yield block
            done += len(block)

    def _downloading(self, received: int, expected: int | None) -> None:
        self._received = received
        share = received / expected if expected else received / (received + _USUAL_FILE)
        self._sync.progress.advance("downloading", share, body_bytes=received)

    def _outcome(self, status: PartStatus, changes: Changes, reason: str = "") -> PartOutcome:
        return PartOutcome(status, changes, reason, bytes_downloaded=self._received)

    def _store_state(self, status: str, reason: str, digest: str | None, total: int) -> None:
        at = self._sync.now()
        completed_at = at if status == "completed" else self._before.state.completed_at
        self._sync.store.write_part_state(StoredPart(PartState(GUIDE, status, at, completed_at, reason), digest, total))


def _no_guide(error: PanelError) -> str:
    """Return why there is no file, as a clause. Many panels that switched it off answer with a refused login."""
    if isinstance(error, LoginRefused):
        return "the panel does not give its guide file to this account"
    return as_reason(error)


def _why_not_whole(body: DownloadedBody, verdict: XmltvVerdict, done: GuideChanges) -> str:
    """Return why the import is incomplete, as a clause; "" for a complete file."""
    if not verdict.programmes:
        why = "came too slowly and was broken off" if body.too_slow else "was empty"
        return f"the guide file {why}; what was stored was kept"
    if body.too_slow:
        return "the guide file came too slowly and was broken off; nothing stored was taken away"
    if body.truncated or not (verdict.complete or verdict.skipped):
        return "the guide file broke off; nothing stored was taken away"
    if verdict.skipped:
        return f"the guide file was damaged ({verdict.skipped:,} programmes could not be read); nothing was taken away"
    if done.is_implausible:
        return "the guide file was implausibly small; nothing stored was taken away"
    return ""
