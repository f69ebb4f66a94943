"""Search as you type over everything: channels, movies, series, and the episodes of series that were opened."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui_app.catalog import Hit, Kind, SearchAnswer
from tui_app.errors import XtreamTuiError
from tui_app.library import SEARCH_ALL, SEARCH_FIRST
from tui_app.screens.opened import OpenedItem
from tui_app.screens.place import Place
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.list_rows import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.search_box import SearchBox

#: Over SSH each answer costs bytes: wait until the fingers rest.
REMOTE_REST_S: Final = 0.1
DETAILS_REST_S: Final = 0.15
COLUMNS: Final = (
    Column("Title", 18, main=True),
    Column("Kind", 8, min_list_width=36),
    Column("Year", 4, "right", 48),
    Column("Rating", 6, "right", 56),
    Column("Category", 22, min_list_width=84),
)
#: What the kind key goes through; None is everything.
SCOPES: Final[tuple[Kind | None, ...]] = (None, Kind.CHANNEL, Kind.MOVIE, Kind.SERIES, Kind.EPISODE)


class SearchScreen(Place):
    """A box, the ranked results, details."""

    PLACE = "search"
    DEFAULT_CSS = """
    SearchScreen {
        #middle { width: 1fr; }
        #details { width: 40; border-left: solid $panel; display: none; }
        &.-wide #details { display: block; }
        SearchBox { margin-bottom: 1; }
        &.-short SearchBox { margin-bottom: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3,t", "scope", "Kind", tooltip="Only channels, movies, series, episodes; or all", id="search.scope"),
        Binding("escape", "to_box", "To the box", show=False, tooltip="Change the search", id="search.box"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.box = SearchBox(placeholder="Title, actor, director, genre …")
        self.filter_bar = FilterBar()
        self.results = PagedList(columns=COLUMNS, marks_width=0, id="results")
        self.pane = Details(id="details")
        self._scope: Kind | None = None
        self._hits: tuple[Hit, ...] = ()
        self._asked = ""
        self._limit = SEARCH_FIRST

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            with Vertical(id="middle"):
                yield self.box
                yield self.filter_bar
                yield self.results
            yield self.pane

    def on_mount(self) -> None:
        self.filter_bar.can_focus = False
        self.box.take_focus()
        self._show_prompt()

    def library_opened(self) -> None:
        self._read_recent()
        self._search(self.box.text)

    def library_changed(self, parts: frozenset[str]) -> None:
        self._search(self.box.text, keep=True, limit=self._limit)

    # -------------------------------------------------------------------------------------------- searching
    def on_search_box_changed(self, event: SearchBox.Changed) -> None:
        event.stop()
        self._search(event.text, rest_s=REMOTE_REST_S if self.house.is_remote else 0)

    @work(exclusive=True, group="search", exit_on_error=False)
    async def _search(self, text: str, *, keep: bool = False, rest_s: float = 0, limit: int | None = None) -> None:
        await asyncio.sleep(rest_s)
        library = self.house.library
        self._asked, self._limit = text, limit or SEARCH_FIRST
        if library is None or not text.strip():
            self._show_prompt()
            return
        kinds = None if self._scope is None else (self._scope,)
        try:
            answer = await library.search(text, kinds, self._limit)
        except XtreamTuiError as error:
            self.results.show_empty("The search failed", error.message, error.hint)
            return
        if answer is not None and text == self._asked:
            self._show_answer(answer, keep=keep)

    def _show_prompt(self) -> None:
        self._hits = ()
        self._show_chips(None)
        self.pane.show_nothing()
        self.results.show_empty(
            "Type what you look for",
            "Accents, word order and small typing errors do not matter.",
            "↑ brings back earlier searches",
        )

    def _show_answer(self, answer: SearchAnswer, *, keep: bool) -> None:
        self._hits = answer.hits
        self._show_chips(answer)
        if not answer.hits:
            where = f" among the {self._scope.plural}" if self._scope else ""
            self.pane.show_nothing()
            self.results.show_empty(
                f"Nothing found{where}", "Fewer or shorter words find more.", _scope_hint(self._scope)
            )
            return
        source = RowsSource([_row(hit) for hit in answer.hits])
        if keep:
            self.results.reload(source)
        else:
            self.results.show(source)

    def _show_chips(self, answer: SearchAnswer | None) -> None:
        chips = [Chip("scope", f"only {self._scope.plural}")] if self._scope else []
        if answer is not None and answer.total:
            chips.append(Chip("", f"{answer.total:,}{'+' if answer.capped else ''} found", removable=False))
        self.filter_bar.show(chips)

    # -------------------------------------------------------------------------------------- what is heard
    def on_search_box_submitted(self, event: SearchBox.Submitted) -> None:
        event.stop()
        self._open_when_answered(event.text)

    @work(exclusive=True, group="submit", exit_on_error=False)
    async def _open_when_answered(self, text: str) -> None:
        """Open the row under the cursor; first wait for the answer to what was typed."""
        limit = time.monotonic() + 2
        while time.monotonic() < limit and any(w.group == "search" and not w.is_finished for w in self.workers):
            await asyncio.sleep(0.01)
        if self._hits and text == self._asked:
            self.results.action_activate()
        self._remember(text)

    def on_search_box_left(self, event: SearchBox.Left) -> None:
        event.stop()
        if event.by == "escape" and self.box.text:
            self.box.text = ""
        elif self._hits:
            self.set_focus(self.results)

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        self._set_scope(None)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        item = self._hits[event.index].item
        self._remember(self._asked)
        if item.kind is Kind.EPISODE and item.series_id is not None:
            self.app.push_screen(OpenedItem(Kind.SERIES, item.series_id, self.place, episode_id=item.id))
        else:
            self.app.push_screen(OpenedItem(item.kind, item.id, self.place))

    @work(exclusive=True, group="details", exit_on_error=False)
    async def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        pane, library = self.pane, self.house.library
        if event.index + 1 == len(self._hits) == self._limit < SEARCH_ALL:  # the end of what came while typing
            self._search(self._asked, keep=True, limit=SEARCH_ALL)
        if library is None or not pane.display or event.index >= len(self._hits):
            return
        item = self._hits[event.index].item
        await asyncio.sleep(DETAILS_REST_S)
        try:
            pane.show(await library.open_item(item.kind, item.id))
        except XtreamTuiError:
            pane.show_nothing()

    # --------------------------------------------------------------------------------------------- actions
    def action_scope(self) -> None:
        """Everything, or one kind only."""
        self._set_scope(SCOPES[(SCOPES.index(self._scope) + 1) % len(SCOPES)])

    def _set_scope(self, scope: Kind | None) -> None:
        self._scope = scope
        self._show_chips(None)
        self._search(self.box.text)

    def action_to_box(self) -> None:
        """To the box."""
        self.box.take_focus()

    @work(exclusive=True, group="recent", exit_on_error=False)
    async def _read_recent(self) -> None:
        if self.house.library is not None:
            self.box.set_recent(await self.house.library.recent_searches())

    @work(group="recent", exit_on_error=False)
    async def _remember(self, text: str) -> None:
        library = self.house.library
        if library is not None and text.strip():
            await library.remember_search(text.strip())
            self.box.set_recent(await library.recent_searches())


def _row(hit: Hit) -> ListRow:
    item = hit.item
    name = item.name
    if item.kind is Kind.EPISODE and item.series_name:
        name = f"{item.name} · {item.series_name}"
    rating = f"{item.rating:.1f}" if item.rating else ""
    cells = (name, item.kind.value, str(item.year) if item.year else "", rating, item.category or "")
    return ListRow(f"{item.kind} {item.id}", cells, spans=hit.spans)


def _scope_hint(scope: Kind | None) -> str:
    return "F3 searches everything" if scope else ""
