"""Search as you type over everything: channels, movies, series, and the episodes of series that were opened."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui_app.catalog import Hit, ItemRef, Kind, SearchAnswer
from tui_app.errors import XtreamTuiError
from tui_app.library import SEARCH_ALL, SEARCH_FIRST, Library
from tui_app.screens.item_place import ItemPlace
from tui_app.screens.opened import OpenedItem
from tui_app.screens.shown_marks import ShownMarks, read_marks
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
    Column("Kind", 7, min_list_width=36),
    Column("Year", 4, "right", 48),
    Column("Rating", 6, "right", 56),
    Column("In", 18, min_list_width=76),
)
RECENT_COLUMNS: Final = (Column("Recent searches", main=True),)
_QUOTED: Final = 60  # characters of what was typed that a sentence repeats
#: What the kind key goes through; None is everything.
SCOPES: Final[tuple[Kind | None, ...]] = (None, Kind.CHANNEL, Kind.MOVIE, Kind.SERIES, Kind.EPISODE)


class SearchScreen(ItemPlace):
    """A box, the ranked results, details."""

    PLACE = "search"
    DEFAULT_CSS = """
    SearchScreen {
        #middle { width: 1fr; }
        #details { width: 30%; min-width: 34; max-width: 64; border-left: solid $panel; display: none; }
        &.-wide #details { display: block; }
        &.-wide.-without-hits #details { display: none; }
        FilterBar { display: block; }
        &.-short FilterBar { display: none; }
        &.-short FilterBar.-filled { display: block; }
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
        self.results = PagedList(columns=COLUMNS, marks_width=2, id="results")
        self.pane = Details(id="details")
        self._scope: Kind | None = None
        self._hits: tuple[Hit, ...] = ()
        self._asked = ""
        self._limit = SEARCH_FIRST
        self._recent: tuple[str, ...] = ()
        self._marks: dict[Kind, ShownMarks] = {}
        self.add_class("-without-hits")

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
        self._open()

    @work(exclusive=True, group="recent", exit_on_error=False)
    async def _open(self) -> None:
        if self.house.library is not None:
            await self._read_recent(self.house.library)
            await self._read_marks(self.house.library)
            await self.house.library.prepare_search()
        self._search(self.box.text)

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts == {"marks"}:
            self._show_marks()
        elif parts != {"ended"}:
            self._search(self.box.text, keep=True, limit=self._limit)

    # ------------------------------------------------------------------------------------- what is acted on
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """The hit under the cursor."""
        row = self.results.row
        hit = next((hit for hit in self._hits if row is not None and _key(hit) == row.key), None)
        if hit is None:
            return ()
        item = hit.item
        return (ItemRef(item.kind, item.id, item.name, item.series_id, item.series_name, item.season, item.episode),)

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
        """Nothing is typed: the searches of before, or what can be done here."""
        self._take_hits(())
        self._show_chips(None)
        self.pane.show_nothing()
        if self._recent:
            self.results.set_columns(RECENT_COLUMNS)
            self.results.show(RowsSource([ListRow(text, (text,)) for text in self._recent]))
        else:
            self.results.show_empty(
                "Type what you look for", "Accents, word order and small typing errors do not matter."
            )

    def _show_answer(self, answer: SearchAnswer, *, keep: bool) -> None:
        self._take_hits(answer.hits)
        self._show_chips(answer)
        self.results.set_columns(COLUMNS)
        if not answer.hits:
            where = f" among the {self._scope.plural}" if self._scope else ""
            self.pane.show_nothing()
            self.results.show_empty(
                f"Nothing found for “{_shortened(answer.query)}”{where}",
                "Fewer or shorter words find more.",
                "F3 searches everything" if self._scope else "",
            )
            return
        source = self._rows()
        if keep:
            self.results.reload(source)
        else:
            self.results.show(source)

    def _rows(self) -> RowsSource:
        return RowsSource([_row(hit, self._marks.get(hit.item.kind, ShownMarks())) for hit in self._hits])

    @work(exclusive=True, group="marks", exit_on_error=False)
    async def _show_marks(self) -> None:
        if self.house.library is not None:
            await self._read_marks(self.house.library)
            if self._hits:
                self.results.reload(self._rows())

    async def _read_marks(self, library: Library) -> None:
        self._marks = {kind: await read_marks(library, kind) for kind in Kind}

    def _take_hits(self, hits: tuple[Hit, ...]) -> None:
        self._hits = hits
        self.set_class(not hits, "-without-hits")

    def _show_chips(self, answer: SearchAnswer | None) -> None:
        chips = [Chip("scope", f"only {self._scope.plural}")] if self._scope else []
        if answer is not None and answer.total:
            best = f", the best {len(answer.hits):,} here" if len(answer.hits) < answer.total else ""
            chips.append(Chip("", f"{answer.total:,}{'+' if answer.capped else ''} found{best}", removable=False))
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
        if event.by == "down":
            if self.results.total:
                self.set_focus(self.results)
        elif self.box.text:
            self.box.text = ""
        else:
            self.run_worker(self.app.run_action("leave_search"))

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        self._set_scope(None)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        if not self._hits:  # a search of before
            self.box.text = event.key
            self.box.take_focus()
            return
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

    @work(group="recent", exit_on_error=False)
    async def _remember(self, text: str) -> None:
        library = self.house.library
        if library is not None and text.strip():
            await library.remembered.remember_search(text.strip())
            await self._read_recent(library)

    async def _read_recent(self, library: Library) -> None:
        self._recent = await library.remembered.searches()
        self.box.set_recent(self._recent)
        if not self.box.text.strip():
            self._show_prompt()


def _row(hit: Hit, marks: ShownMarks) -> ListRow:
    """A hit with what tells it from others of the same name: its category, an episode's series."""
    item = hit.item
    year = str(item.year) if item.year else ""
    rating = f"{item.rating:.1f}" if item.rating else ""
    belongs_to = item.series_name if item.kind is Kind.EPISODE else item.category
    cells = (item.name, item.kind.value, year, rating, belongs_to or "")
    return ListRow(_key(hit), cells, marks.of(item), spans=hit.spans)


def _key(hit: Hit) -> str:
    return f"{hit.item.kind} {hit.item.id}"


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"
