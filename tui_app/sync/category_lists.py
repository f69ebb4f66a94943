"""Fetch a list category by category, for panels that fail to send the whole list.

Sends one request at a time, in the panel's category order, and appends the rows to a temporary file. Each row carries
the category it was found in; `coverage` decides what may be changed or removed because of the result.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from tui_app.catalog import UNCATEGORISED_ID, Category, Kind
from tui_app.errors import PanelError, Unreachable, UnsupportedAction
from tui_app.sync.id_remap import IdSignature
from tui_app.sync.part_state import SyncContext
from tui_app.sync.report import ends_all
from tui_app.xtream.http.body import DownloadedBody, disk_trouble
from tui_app.xtream.json_repair import decode_object
from tui_app.xtream.rows import decode_row, row_identity
from tui_app.xtream.stream import MAX_BYTES, split_rows

#: Requests for this many categories take about 15 minutes; above it, the fallback is not tried.
MOST_CATEGORIES: Final = 2_000
#: Consecutive failures, and consecutive time-outs, after which the remaining categories are skipped.
_FAILURES: Final = 5
_SILENCES: Final = 2
#: If this many leading categories are all empty, the list counts as empty.
_EMPTIES: Final = 10
#: Size in bytes above which no further answer is appended.
_FULL: Final = MAX_BYTES - (MAX_BYTES >> 3)
#: Category ids for which panels return the whole list.
_NO_FILTER: Final = frozenset(("", "0", "*"))
#: An unfiltered answer counts as the whole list if it has at least this share of the stored rows.
_WHOLE: Final = 0.8


@dataclass(frozen=True, slots=True)
class ByCategory:
    """The categories a list was assembled from (ids in `answered` and `failed`), and why."""

    trouble: str  # why the whole list was not used, as a clause
    answered: frozenset[str]
    failed: frozenset[str]
    failed_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FetchedList:
    """A fetched list on disk.

    `by_category` is None for a single answer; `rows` is counted only for an assembled list.
    """

    body: DownloadedBody
    by_category: ByCategory | None = None
    rows: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether at least one category is missing."""
        return self.by_category is not None and bool(self.by_category.failed)


@dataclass(slots=True)
class _Answer:
    """The content of one category's answer. `strays` counts rows that do not name the requested category."""

    sketch: IdSignature
    rows: int
    strays: int
    is_whole: bool


class CategoryFetch:
    """Fetch all categories once; call `run` once. `received` counts bytes, `summary` is for the log."""

    def __init__(self, sync: SyncContext, kind: Kind, trouble: str) -> None:
        self._sync = sync
        self._kind = kind
        self._trouble = trouble
        self._combined = _Combined()
        self._answered: list[Category] = []
        self._failed: list[Category] = []
        self._last: _Answer | None = None
        self._streak = self._silences = 0
        self.received = 0
        self.summary = "nothing came"

    async def run(self) -> FetchedList | None:
        """Return the assembled list, or None when no row was received. Raises `LoginRefused`."""
        asked = self._to_ask()
        try:
            whole = await self._round(asked)
            if whole is not None:
                self._combined.close()
                self.summary = "the panel ignores the category, its answer is the whole list"
                return FetchedList(whole)
            if not self._combined.rows:
                self._combined.close()
                return None
            return self._result(asked)
        except BaseException:
            self._combined.close()
            raise

    def _to_ask(self) -> list[Category]:
        """Return the wanted categories whose ids the panel can filter by."""
        no_filter = _NO_FILTER | self._sync.excluded_categories.get(self._kind, frozenset()) | {UNCATEGORISED_ID}
        return [found for found in self._sync.store.get_categories(self._kind) if found.id.strip() not in no_filter]

    async def _round(self, asked: Sequence[Category]) -> DownloadedBody | None:
        """Request each category in turn. If the panel ignores the filter, return its unfiltered answer."""
        for number, category in enumerate(asked[:MOST_CATEGORIES]):
            self._say(number / len(asked))
            body = await self._ask(category)
            if body is None:
                if self._gives_up:
                    break
                continue
            try:
                answer = self._take(category, body)
                if self._ignores_filter(answer):
                    return body
            except BaseException:
                body.close()
                raise
            body.close()
            self._note(category, answer)
            if self._gives_up:
                break
        return None

    # ------------------------------------------------------------------------------------------------ one category
    async def _ask(self, category: Category) -> DownloadedBody | None:
        """Return the answer for one category, or None when it failed."""
        before = self.received

        def on_progress(received: int, _expected: int | None) -> None:
            self.received = before + received

        try:
            body = await self._sync.client.fetch_list(self._kind, category_id=category.id, on_progress=on_progress)
        except PanelError as error:
            if ends_all(error):
                raise
            self._note_failure(category, error)
            return None
        self.received = before + body.received
        if body.too_slow:
            self._silences += 1
        return body

    def _take(self, category: Category, body: DownloadedBody) -> _Answer:
        """Append an answer's rows to the list, each with the category it was found in."""
        names_category = re.compile(_member_pattern(category.id))
        ids: list[str] = []
        rows = strays = 0
        stream = split_rows(self._sync.cancellation.checked(body.blocks()))
        is_whole = not body.truncated
        try:
            for batch in stream:
                self._sync.cancellation.raise_if_cancelled()
                found = [raw if names_category.search(raw) else self._placed(raw, category.id) for raw in batch]
                strays += sum(assigned is not raw for assigned, raw in zip(found, batch, strict=True))
                rows += len(found)
                ids += self._ids(batch)
                self._combined.add(found)
        except PanelError as error:
            if ends_all(error):
                raise
            self._note_failure(category, error)
            is_whole = False
        return _Answer(IdSignature.of(ids), rows, strays, is_whole and stream.verdict.sound)

    def _ids(self, batch: Sequence[bytes]) -> Iterator[str]:
        found = (row_identity(self._kind, raw, self._sync.context) for raw in batch)
        return (identity for identity in found if identity is not None)

    def _placed(self, raw: bytes, category_id: str) -> bytes:
        """Return the raw row with `category_id` added if the row does not name it."""
        row = decode_row(self._kind, raw, self._sync.context)
        values = decode_object(raw)
        if row is None or values is None or category_id in row.category_ids:
            return raw
        return json.dumps({**values, "category_ids": [*row.category_ids, category_id]}).encode()

    def _ignores_filter(self, answer: _Answer) -> bool:
        """Whether this answer equals the previous one and consists of rows of other categories."""
        last, self._last = self._last, answer if answer.rows else self._last
        if not answer.rows or last is None or not answer.sketch.is_like(last.sketch):
            return False
        if not (answer.strays or last.strays):
            return False
        if not (answer.is_whole or last.is_whole):
            return True  # both were cut at the same byte, so the length of the list is unknown
        return answer.sketch.size >= _WHOLE * self._sync.store.read_part_state(self._kind.plural).total

    # ---------------------------------------------------------------------------------------------------- counting
    def _note(self, category: Category, answer: _Answer) -> None:
        if answer.is_whole:
            self._answered.append(category)
            self._streak = self._silences = 0
        elif category not in self._failed:
            self._failed.append(category)
            self._streak += 1

    def _note_failure(self, category: Category, error: PanelError) -> None:
        self._failed.append(category)
        self._streak += 1
        self._silences = self._silences + 1 if isinstance(error, Unreachable) else 0
        if isinstance(error, UnsupportedAction):
            self._streak = _FAILURES  # an unsupported request fails the same way for every category

    @property
    def _gives_up(self) -> bool:
        is_empty = not self._failed and not self._combined.rows and len(self._answered) >= _EMPTIES
        is_full = self._combined.size >= _FULL
        return self._streak >= _FAILURES or self._silences >= _SILENCES or is_empty or is_full

    def _say(self, share: float) -> None:
        self._sync.cancellation.raise_if_cancelled()
        self._sync.progress.advance("by category", share, rows=self._combined.rows, body_bytes=self.received)

    def _result(self, asked: Sequence[Category]) -> FetchedList:
        answered = frozenset(category.id for category in self._answered)
        missing = [category for category in asked if category.id not in answered]
        self.summary = f"{len(answered)} of {len(asked)} answered, {self._combined.rows} rows"
        found = ByCategory(
            self._trouble,
            answered,
            frozenset(category.id for category in missing),
            tuple(category.name for category in missing),
        )
        return FetchedList(self._combined.finished(), found, self._combined.rows)


def _member_pattern(category_id: str) -> bytes:
    """Return a pattern that matches a category's id in a raw row, quoted or not."""
    quoted, plain = json.dumps(category_id).encode(), category_id.encode()
    return rb'"category_id"\s*:\s*(?:' + re.escape(quoted) + rb"|" + re.escape(plain) + rb"\s*[,}])"


class _Combined:
    """Collects rows of several answers in one temporary file."""

    def __init__(self) -> None:
        self.rows = self.size = 0
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(prefix="xtream-tui-")  # noqa: SIM115 - owned by the body
        except OSError as error:
            raise disk_trouble(error) from None

    def add(self, rows: Sequence[bytes]) -> None:
        self._write((b",\n" if self.rows else b"[") + b",\n".join(rows))
        self.rows += len(rows)

    def finished(self) -> DownloadedBody:
        """Return the list as one body. It has no digest, because the panel never sends it in this form."""
        self._write(b"]")
        return DownloadedBody(self._file, self.size, b"")

    def close(self) -> None:
        self._file.close()

    def _write(self, piece: bytes) -> None:
        try:
            self.size += self._file.write(piece)
        except OSError as error:
            raise disk_trouble(error) from None
