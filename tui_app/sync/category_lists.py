"""A list put together from the answers for single categories, for panels whose whole list fails.

One request at a time, in the panel's order of categories; rows go to a temporary file as they come. What it says of a
row is where it was found; what may be changed or removed because of it is not its business.
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
from tui_app.sync.context import SyncContext
from tui_app.sync.id_remap import IdSignature
from tui_app.sync.report import ends_all
from tui_app.xtream.http.body import DownloadedBody, disk_trouble
from tui_app.xtream.json_repair import decode_object
from tui_app.xtream.rows import decode_row, row_identity
from tui_app.xtream.stream import MAX_BYTES, split_rows

#: Asking for this many takes a quarter of an hour; the panel is left alone then.
MOST_CATEGORIES: Final = 2_000
#: After this many failures in a row, or this many silences, the rest is not asked for.
_FAILURES: Final = 5
_SILENCES: Final = 2
#: When the first so many categories are all empty, so is the list.
_EMPTIES: Final = 10
#: Bytes from which on no further answer fits into one list.
_FULL: Final = MAX_BYTES - (MAX_BYTES >> 3)
#: Panels answer these ids with the whole list.
_NO_FILTER: Final = frozenset(("", "0", "*"))
#: An answer that ignores the filter is taken for the whole list unless it is much shorter than what is stored.
_WHOLE: Final = 0.8


@dataclass(frozen=True, slots=True)
class ByCategory:
    """Which categories a list was put together from, and why. `answered` and `failed` are ids."""

    trouble: str  # with the whole list, as a clause
    answered: frozenset[str]
    failed: frozenset[str]
    failed_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FetchedList:
    """A list on disk. `by_category` is None when it came as one answer; `rows` are counted when it did not."""

    body: DownloadedBody
    by_category: ByCategory | None = None
    rows: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether some category is missing."""
        return self.by_category is not None and bool(self.by_category.failed)


@dataclass(slots=True)
class _Answer:
    """What one category's answer held. `strays` are rows that do not name the category asked for."""

    sketch: IdSignature
    rows: int
    strays: int
    is_whole: bool


class CategoryFetch:
    """One round through the categories; `run` is called once. `received` counts bytes, `summary` is for the log."""

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
        """The list, None when no row came. Raises when the login is refused."""
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
        """The listed categories the user wants, but for those that are no filter."""
        no_filter = _NO_FILTER | self._sync.excluded_categories.get(self._kind, frozenset()) | {UNCATEGORISED_ID}
        return [found for found in self._sync.store.get_categories(self._kind) if found.id.strip() not in no_filter]

    async def _round(self, asked: Sequence[Category]) -> DownloadedBody | None:
        """Ask for one after the other. The answer of a panel that ignores what is asked for, if this one does."""
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
        """The answer for one category, None when it failed."""
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
        """Add an answer's rows to the list, each with the category it was found in."""
        names_category = re.compile(_member_pattern(category.id))
        ids: list[str] = []
        rows = strays = 0
        stream = split_rows(self._sync.cancellation.checked(body.blocks()))
        is_whole = not body.truncated
        try:
            for batch in stream:
                self._sync.cancellation.raise_if_cancelled()
                found = [raw if names_category.search(raw) else self._placed(raw, category.id) for raw in batch]
                strays += sum(placed is not raw for placed, raw in zip(found, batch, strict=True))
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
        """The row, saying also that it is in this category when it did not say so."""
        row = decode_row(self._kind, raw, self._sync.context)
        values = decode_object(raw)
        if row is None or values is None or category_id in row.category_ids:
            return raw
        return json.dumps({**values, "category_ids": [*row.category_ids, category_id]}).encode()

    def _ignores_filter(self, answer: _Answer) -> bool:
        """Whether this answer and the last one are the same list, of rows that are not of the category asked for."""
        last, self._last = self._last, answer if answer.rows else self._last
        if not answer.rows or last is None or not answer.sketch.is_like(last.sketch):
            return False
        if not (answer.strays or last.strays):
            return False
        if not (answer.is_whole or last.is_whole):
            return True  # both were cut at the same place: how long the list is can't be told from them
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
            self._streak = _FAILURES  # it will not be understood next time either

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
    """What finds a category's id in a raw row, quoted or not."""
    quoted, plain = json.dumps(category_id).encode(), category_id.encode()
    return rb'"category_id"\s*:\s*(?:' + re.escape(quoted) + rb"|" + re.escape(plain) + rb"\s*[,}])"


class _Combined:
    """Rows on their way into one list on disk."""

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
        """The list as one body; it has no digest, because nothing like it comes over the wire."""
        self._write(b"]")
        return DownloadedBody(self._file, self.size, b"")

    def close(self) -> None:
        self._file.close()

    def _write(self, piece: bytes) -> None:
        try:
            self.size += self._file.write(piece)
        except OSError as error:
            raise disk_trouble(error) from None
