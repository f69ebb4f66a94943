"""The rows of one list: reading them, what is shown meanwhile or instead, and the row the user was at.

It knows no Textual: the lists of all screens are loaded by it, and it is tested without an app.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, Protocol, TypeVar, runtime_checkable

from tui_app.errors import XtreamTuiError
from tui_app.library import LibraryClosed
from tui_app.widgets.list_model import Emptiness, ListRow, ListSource

#: Pause of the cursor before the details of its row are read.
REST_S: Final = 0.12
#: Pause after the last movement before the state of a list is saved.
KEEP_AFTER_S: Final = 1.0
#: The first rows may take this long before a placeholder is shown.
PATIENCE_S: Final = 0.15


class ShowsRows(Protocol):
    """The widget, as far as the controller knows it; a `PagedList` is one."""

    @property
    def total(self) -> int: ...

    @property
    def row(self) -> ListRow | None: ...

    def show(self, source: ListSource, *, keep_key: str | None = None) -> None: ...

    def reload(self, source: ListSource) -> None: ...

    def show_empty(self, title: str, reason: str = "", hint: str = "") -> None: ...


@runtime_checkable
class FilledLater(Protocol):
    """A source whose first rows are there at once, and the others after `fill`."""

    @property
    def is_filled(self) -> bool: ...

    async def fill(self) -> None: ...

    def index_of(self, key: str) -> int | None: ...


Source = TypeVar("Source", bound=ListSource)


class ListController(Generic[Source]):
    """Fills a list. One `load` at a time: the caller cancels an older one.

    `failure`: the sentence when the rows can't be read. `why_empty`: what to show instead of no rows. `while_waiting`:
    what to show while the first rows take long. `before_rows` changes what is around the list, just before other rows
    are shown.
    """

    def __init__(
        self,
        rows: ShowsRows,
        failure: str,
        why_empty: Callable[[], Emptiness],
        *,
        while_waiting: Callable[[], Emptiness] | None = None,
        before_rows: Callable[[Source], None] = lambda source: None,
    ) -> None:
        self._rows = rows
        self._failure = failure
        self._why_empty = why_empty
        self._while_waiting = while_waiting
        self._before_rows = before_rows
        self._are_rows_awaited = False
        self._answered = asyncio.Event()
        #: What is shown; None before the first answer and after a failure.
        self.source: Source | None = None
        #: The row the user is at, or was at when this list was last left.
        self.row_key: str | None = None

    @property
    def is_empty(self) -> bool:
        """True when there are no rows, for whatever reason."""
        return self.source is None or not self.source.total

    def forget(self) -> None:
        """Forget the rows, because another library is to be shown."""
        self.source = None

    async def first_answer(self) -> None:
        """Wait until the first answer is shown."""
        await self._answered.wait()

    async def load(self, read: Callable[[], Awaitable[Source | None]], *, keep: bool = False) -> bool:
        """Read rows and show them; False when they can't be read.

        `keep`: it is the same list, read again, and the cursor stays on its row. `read` may set `row_key`, and return
        None to leave the list as it is.
        """
        patience = asyncio.get_running_loop().call_later(PATIENCE_S, self._show_waiting)
        try:
            source = await read()
            if source is None:
                return False
            await self._fill_up_to_cursor(source, keep=keep)
        except XtreamTuiError as error:
            self.fail(error)
            return False
        finally:
            patience.cancel()
            self._answered.set()
        self.show(source, keep=keep)
        await self._fill(source)
        return True

    def fail(self, error: XtreamTuiError, failure: str = "") -> None:
        """Show why there are no rows, unless another library follows."""
        self._answered.set()
        if isinstance(error, LibraryClosed):
            return
        self.source = None
        self._rows.show_empty(failure or self._failure, error.message, error.hint)

    def show(self, source: Source, *, keep: bool = False) -> None:
        """Show rows that are there already."""
        self.source = source
        self._are_rows_awaited = False
        self._before_rows(source)
        if not source.total:
            self._rows.show_empty(*self._why_empty())
        elif keep and self._rows.total:
            self._rows.reload(source)
        else:
            self._rows.show(source, keep_key=self.row_key)

    def await_rows(self) -> None:
        """Show rows that the widget lacks as soon as they are read."""
        self._are_rows_awaited = True
        if isinstance(self.source, FilledLater) and self.source.is_filled:
            self._show_awaited()

    def _show_waiting(self) -> None:
        if self._while_waiting is not None and self.source is None and not self._rows.total:
            self._rows.show_empty(*self._while_waiting())

    async def _fill_up_to_cursor(self, source: Source, *, keep: bool) -> None:
        """Read all rows first if the one under the cursor is not among the first ones."""
        wanted = self._rows.row.key if keep and self._rows.row else self.row_key
        if isinstance(source, FilledLater) and wanted is not None and source.index_of(wanted) is None:
            await source.fill()

    async def _fill(self, source: Source) -> None:
        if isinstance(source, FilledLater):
            await source.fill()
            self._show_awaited()

    def _show_awaited(self) -> None:
        if self._are_rows_awaited and self.source is not None:
            self._are_rows_awaited = False
            self._rows.reload(self.source)
