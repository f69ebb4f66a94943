"""The Search screen: search as you type in all titles, or in the programmes of the guide.

Titles are channels, movies, series, and the episodes of series that were opened.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Final, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui_app.catalog import Hit, ItemRef, Kind, ProgrammeAnswer, ProgrammeHit, SearchAnswer
from tui_app.catalog.filters import shortened
from tui_app.errors import XtreamTuiError
from tui_app.library import SEARCH_ALL, SEARCH_FIRST, Library
from tui_app.screens.browse.columns import (
    HIT_COLUMNS,
    PROGRAMME_COLUMNS,
    AnyHit,
    hit_key,
    hit_ref,
    hit_row,
)
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.item.channel_page import ChannelPage, programme_item, programme_words
from tui_app.screens.list_controller import REST_S, ListController
from tui_app.screens.marks import ShownMarks, read_all_marks
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.list_model import Column, Emptiness, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.search_box import SearchBox
from tui_app.widgets.selectable_list import SelectableList

#: What is searched; None is all titles.
Scope = Kind | Literal["programmes"] | None
PROGRAMMES: Final[Scope] = "programmes"
#: The scopes the kind key cycles through.
SCOPES: Final[tuple[Scope, ...]] = (None, Kind.CHANNEL, Kind.MOVIE, Kind.SERIES, Kind.EPISODE, PROGRAMMES)


def scope_words(scope: Scope) -> str:
    """Return the plural of a scope: "movies", "programmes"."""
    return scope.plural if isinstance(scope, Kind) else scope or ""


#: Over SSH each answer costs bytes: wait for a pause in typing.
REMOTE_REST_S: Final = 0.1
RECENT_COLUMNS: Final = (Column("Recent searches", main=True),)


class SearchScreen(ItemActions):
    """A box, the ranked results, details."""

    DEFAULT_CSS = """
    SearchScreen {
        FilterBar { display: block; }
        &.-short FilterBar { display: none; }
        &.-short FilterBar.-filled { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3,t", "scope", "Kind", tooltip="Search one kind, programmes, or everything", id="search.scope"),
        Binding(
            "f4,H", "reveal", "Show hidden", show=False, tooltip="Show or hide hidden categories", id="search.reveal"
        ),
        Binding(
            "delete", "scope(True)", "Every kind", show=False, tooltip="Search every kind again", id="search.everything"
        ),
        Binding("escape", "to_box", "Edit search", show=False, tooltip="Edit the search", id="search.box"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "search")
        self.box = SearchBox(placeholder="Title, actor, director, genre …", complete=self._complete)
        self.filter_bar = FilterBar()
        self.titles = self.results = SelectableList(columns=HIT_COLUMNS, marks_width=2, id="results")
        self.pane = Details(id="details")
        self._scope: Scope = None
        self.list: ListController[RowsSource] = ListController(
            self.results, "The search failed", self._why_empty, before_rows=self._show_around
        )
        self._answer: SearchAnswer | ProgrammeAnswer | None = None  # None: nothing is typed
        self._asked = ""
        self._limit = SEARCH_FIRST
        self._recent: tuple[str, ...] = ()
        self._marks: dict[Kind, ShownMarks] = {}
        self._hidden: dict[Kind, frozenset[str]] = {}  # categories
        self._reveal = False
        self._followed = ""  # a query that was chosen on another screen
        self._coverage = ""  # of how many channels programmes are stored, in words
        self.add_class("-empty")

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
        library = self.library
        await self._read_recent(library)
        await self._read_marks(library)
        await library.prepare_search()
        self._search(self.box.text)

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts & {"marks", "categories"}:
            self._show_marks()
        if parts not in ({"marks"}, {"ended"}):
            self._search(self.box.text, keep=True, limit=self._limit)

    # ----------------------------------------------------------------------------------- targets of actions
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected hits, else the one under the cursor."""
        keys = {row.key for row in self.results.rows_to_act_on}
        return tuple(dict.fromkeys(hit_ref(hit) for hit in self._hits if hit_key(hit) in keys))

    def done_with_selection(self) -> None:
        self.results.clear_selection()

    @property
    def enter_plays(self) -> bool:
        return isinstance(self._hit, Hit) and hit_ref(self._hit).kind is not Kind.SERIES

    @property
    def _hits(self) -> Sequence[AnyHit]:
        return self._answer.hits if self._answer is not None else ()

    @property
    def _hit(self) -> AnyHit | None:
        """The hit under the cursor."""
        key = self.results.row.key if self.results.row else None
        return next((hit for hit in self._hits if hit_key(hit) == key), None)

    # -------------------------------------------------------------------------------------------- searching
    def on_search_box_changed(self, event: SearchBox.Changed) -> None:
        event.stop()
        self._search(event.text, rest_s=REMOTE_REST_S if self.app_state.is_remote else 0)

    @work(exclusive=True, group="search", exit_on_error=False)
    async def _search(self, text: str, *, keep: bool = False, rest_s: float = 0, limit: int | None = None) -> None:
        await asyncio.sleep(rest_s)
        self._asked, self._limit = text, limit or SEARCH_FIRST
        if not text.strip():
            self._show_prompt()
            return
        await self.list.load(partial(self._read, text), keep=keep)

    async def _read(self, text: str) -> RowsSource | None:
        """Search a text; None when a newer search replaced this one."""
        library, hidden = self.library, {} if self._reveal else self._hidden
        answer: SearchAnswer | ProgrammeAnswer | None
        if self._scope == PROGRAMMES:
            answer = await library.guide.search(text, self._limit, hidden.get(Kind.CHANNEL, frozenset()))
            self._coverage = await library.guide.coverage()
        else:
            kinds = (self._scope,) if isinstance(self._scope, Kind) else None
            answer = await library.search(text, kinds, self._limit, hidden=hidden)
        if answer is None:
            return None
        self._answer = answer
        self.box.show_problem(" ".join(answer.problems) if isinstance(answer, SearchAnswer) else "")
        return self._rows()

    async def _complete(self, text: str) -> str | None:
        return None if self._scope == PROGRAMMES else await self.library.completion(text, tuple(Kind))

    def _show_prompt(self) -> None:
        """Show the recent searches, or what can be searched, while nothing is typed."""
        self._answer = None
        self.box.show_problem("")
        self.list.show(RowsSource([ListRow(text, (text,)) for text in self._recent]))

    def _show_around(self, rows: RowsSource) -> None:
        """Show the chips and the columns of these rows."""
        self.set_class(not self._hits, "-empty")
        self._show_chips(self._answer)
        if not self._hits:
            self.pane.show_nothing()
        found = PROGRAMME_COLUMNS if self._scope == PROGRAMMES else HIT_COLUMNS
        self.results.set_columns(RECENT_COLUMNS if self._answer is None else found)

    def _why_empty(self) -> Emptiness:
        if self._answer is None:
            return Emptiness("Type to search", "Accents, word order and small typos do not matter.")
        where = f" among the {scope_words(self._scope)}" if self._scope else ""
        return Emptiness(
            f"Nothing found for “{shortened(self._answer.query)}”{where}",
            f"Searched: the guides of {self._coverage}. The settings can copy the whole guide."
            if self._scope == PROGRAMMES
            else "Fewer or shorter words find more.",
            "Del searches everything" if self._scope else "",
        )

    def _rows(self) -> RowsSource:
        return RowsSource([hit_row(hit, self._marks.get(hit_ref(hit).kind, ShownMarks())) for hit in self._hits])

    @work(exclusive=True, group="marks", exit_on_error=False)
    async def _show_marks(self) -> None:
        hidden = self._hidden
        await self._read_marks(self.library)
        if self._hidden != hidden:
            self._search(self.box.text, keep=True, limit=self._limit)
        elif self._hits:
            self.list.show(self._rows(), keep=True)

    async def _read_marks(self, library: Library) -> None:
        self._marks = await read_all_marks(library, tuple(Kind))
        self._hidden = await library.marks.all_hidden_categories()

    def _show_chips(self, answer: SearchAnswer | ProgrammeAnswer | None) -> None:
        chips = [Chip("scope", f"only {scope_words(self._scope)}")] if self._scope else []
        if self._reveal:
            chips.append(Chip("reveal", "including hidden"))
        if answer is not None and answer.total:
            which = "soonest" if isinstance(answer, ProgrammeAnswer) else "best"
            best = f", the {which} {len(answer.hits):,} shown" if len(answer.hits) < answer.total else ""
            where = f" in the guides of {self._coverage}" if isinstance(answer, ProgrammeAnswer) else ""
            found = f"{answer.total:,}{'+' if answer.capped else ''} found{where}{best}"
            chips.append(Chip("", found, removable=False))
        self.filter_bar.show(chips)

    # ------------------------------------------------------------------------------------------ messages
    def on_search_box_submitted(self, event: SearchBox.Submitted) -> None:
        event.stop()
        self._open_when_answered(event.text)

    @work(exclusive=True, group="submit", exit_on_error=False)
    async def _open_when_answered(self, text: str) -> None:
        """Play or open the hit under the cursor, after the results have arrived."""
        await self._answered()
        if self._hits and text == self._asked:
            self.results.action_activate()
        else:
            self._remember(text)

    @work(exclusive=True, group="submit", exit_on_error=False)
    async def _to_results_when_answered(self) -> None:
        await self._answered()
        if self.results.total:
            self.set_focus(self.results)

    async def _answered(self) -> None:
        """Wait for the results of the text in the box, at most two seconds."""
        limit = time.monotonic() + 2
        while time.monotonic() < limit and (
            self._asked != self.box.text or any(w.group == "search" and not w.is_finished for w in self.workers)
        ):
            await asyncio.sleep(0.01)

    def on_search_box_left(self, event: SearchBox.Left) -> None:
        event.stop()
        if event.by == "down":
            self._to_results_when_answered()
        elif event.by == "delete":
            self._set_scope(None)
        else:
            self.run_worker(self.app.run_action("leave_search"))

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        if event.name == "reveal":
            self.action_reveal()
        else:
            self._set_scope(None)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        if not self._hits:  # a recent search
            self.box.text = event.key
            self.box.take_focus()
            return
        self._remember(self._asked)
        hit = self._hits[event.index]
        if isinstance(hit, ProgrammeHit):
            self.action_open_page()
        else:
            self.play_or_open(hit_ref(hit))

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        if event.index + 1 == len(self._hits) == self._limit < SEARCH_ALL:  # the last of the hits fetched while typing
            self._search(self._asked, keep=True, limit=SEARCH_ALL)
        self.label_enter()
        self.show_details(rest_s=REST_S)

    async def fill_pane(self) -> None:
        pane, hit = self.pane, self._hit
        if not pane.display or hit is None:
            return
        if isinstance(hit, ProgrammeHit):
            when = programme_words(hit.programme, time.time(), can_be_watched=False)
            pane.show(programme_item(hit.programme), guide=(("When", when), ("On", hit.channel.name)))
            return
        try:
            pane.show(await self.library.open_item(hit.item.kind, hit.item.id))
        except XtreamTuiError:
            pane.show_nothing()

    # --------------------------------------------------------------------------------------------- actions
    def begin(self, query: str = "") -> None:
        """Begin a new search: everything is searched, and typing replaces the text of the last one.

        With a query its results are shown, and Escape on them goes back to where the query was chosen.
        """
        self._followed = query
        if self._scope is not None:
            self._set_scope(None)
        self.box.take_focus()
        if query:
            self.box.text = query
            self._to_results_when_answered()
        self.box.select_all()

    def action_scope(self, every: bool = False) -> None:
        """Search everything, or the next kind only."""
        self._set_scope(None if every else SCOPES[(SCOPES.index(self._scope) + 1) % len(SCOPES)])

    def action_reveal(self) -> None:
        """Include titles of hidden categories, or exclude them again."""
        self._reveal = not self._reveal
        self._show_chips(None)
        self._search(self.box.text, keep=True)

    def action_open_page(self) -> None:
        """Open the page of the hit; of a programme the day of its channel."""
        hit = self._hit
        if isinstance(hit, ProgrammeHit):
            self.app.push_screen(ChannelPage(self.active, hit.channel.id, self.screen_id, at=hit.programme.start))
        else:
            super().action_open_page()

    def _set_scope(self, scope: Scope) -> None:
        self._scope = scope
        self._show_chips(None)
        self._search(self.box.text)

    def action_to_box(self) -> None:
        """Go to the search box; from the results of a query that was chosen elsewhere, back there."""
        if self._followed and self._followed == self._asked:
            self.run_worker(self.app.run_action("leave_search"))
        else:
            self.box.take_focus()

    @work(group="recent", exit_on_error=False)
    async def _remember(self, text: str) -> None:
        if text.strip():
            library = self.library
            await library.remembered.remember_search(text.strip())
            await self._read_recent(library)

    async def _read_recent(self, library: Library) -> None:
        self._recent = await library.remembered.searches()
        self.box.set_recent(self._recent)
        if not self.box.text.strip():
            self._show_prompt()
