"""What the parts of one sync share, and the stored state of a part from its last sync.

That is its outcome, the digest of the answer, and removals awaiting confirmation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final, NamedTuple

from tui_app.catalog import Changes, Kind, PartState
from tui_app.catalog.fields import FIELDS_READ
from tui_app.store.library_store import LibraryStore
from tui_app.store.write.sync_state import StoredPart
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.progress import ProgressTracker
from tui_app.sync.report import PartOutcome
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.body import DownloadedBody
from tui_app.xtream.rows import RowContext


@dataclass(slots=True)
class SyncContext:
    """The objects and options that all parts of one sync use."""

    client: PanelClient
    store: LibraryStore
    context: RowContext
    progress: ProgressTracker
    cancellation: Cancellation
    run: int  # id of this run in `sync_run`
    now: Callable[[], int]
    clock_skew_s: int = 0  # panel clock minus local clock
    is_full: bool = False
    accept_shrink: bool = False
    excluded_categories: Mapping[Kind, frozenset[str]] = field(default_factory=dict)


#: Increase it when a reader returns other values, so that stored rows are compared again. Fields that are added to the
#: item field table do that by themselves.
ROW_FORMAT: Final = 2


class Validators(NamedTuple):
    """HTTP validators (ETag, Last-Modified) of the last list, as received."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


class PartHistory:
    """The stored state of one kind's part, read when created."""

    def __init__(self, sync: SyncContext, kind: Kind) -> None:
        self._sync = sync
        self._kind = kind
        self._before = sync.store.read_part_state(kind.plural)
        self._reading = self._reading_digest()

    @property
    def total(self) -> int:
        """Return the number of stored items."""
        return self._before.total

    @property
    def pending_keys(self) -> frozenset[int]:
        """Return the keys of items whose removal awaits confirmation."""
        return self._before.pending_keys

    @property
    def is_read_alike(self) -> bool:
        """Whether the row parser is the same as at the last sync; otherwise stored hashes can't be trusted."""
        return (self._before.body_digest or "").startswith(f"{self._reading}:")

    @property
    def validators(self) -> Validators:
        """Return the last answer's validators, if it had any and is stored completely."""
        if self._sync.is_full or not self._is_settled or not self.is_read_alike:
            return Validators()
        return Validators(self._before.etag, self._before.last_modified)

    @property
    def _is_settled(self) -> bool:
        return self._before.state.status == "completed"

    def is_known(self, body: DownloadedBody) -> bool:
        """Whether the body equals the last complete answer and is parsed the same way, so nothing can have changed."""
        return (
            not self._sync.is_full
            and not body.truncated
            and self._is_settled
            and self._before.body_digest == self._digest_of(body)
        )

    def keep(self, body: DownloadedBody | None) -> PartOutcome:
        """Conclude a part with an unchanged answer (None: HTTP 304)."""
        before = self._before
        total = before.total
        if body is not None:
            before = replace(before, etag=body.etag, last_modified=body.last_modified)
        now = self._sync.now()
        state = PartState(self._kind.plural, "completed", now, now)
        self._sync.store.write_part_state(replace(before, state=state, pending_keys=frozenset()))
        return PartOutcome("completed", Changes(total=total, unchanged=total))

    def conclude(
        self, status: str, reason: str, changes: Changes, body: DownloadedBody | None, pending_keys: frozenset[int]
    ) -> None:
        """Store how the part ended. `body` is the answer to compare the next one with, or None."""
        now = self._sync.now()
        done = status == "completed"
        completed_at = now if done else self._before.state.completed_at
        state = PartState(self._kind.plural, status, now, completed_at, reason, changes.pending_removals)
        stored = StoredPart(state, f"{self._reading}:", changes.total, pending_keys)
        if done and body is not None:
            digest = self._digest_of(body)
            stored = replace(stored, body_digest=digest, etag=body.etag, last_modified=body.last_modified)
        self._sync.store.write_part_state(stored)

    def _digest_of(self, body: DownloadedBody) -> str:
        return f"{self._reading}:{body.digest.hex()}"

    def _reading_digest(self) -> str:
        """Return a digest of everything besides the body that determines the parsed rows."""
        excluded = self._sync.excluded_categories.get(self._kind, frozenset())
        facts = repr((ROW_FORMAT, FIELDS_READ, str(self._sync.context.zone), sorted(excluded)))
        return blake2b(facts.encode(), digest_size=8).hexdigest()
