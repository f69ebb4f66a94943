"""A list of one kind beside its categories and details: runs the queries and saves the list's state.

`screen` adds the keys and handles the user's actions. An empty list explains why it is empty and which key helps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tui_app.catalog import Category, ItemRef, Kind, Query
from tui_app.errors import XtreamTuiError
from tui_app.library import KindMarks, Library
from tui_app.screens.browse.columns import COLUMNS, Items, ItemSource
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.list_state import ListState
from tui_app.screens.marks import ShownMarks, marks_width, read_marks
from tui_app.screens.registry import key_of
from tui_app.services.app_state import ActiveProfile, AppState
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.list_model import ListRow
from tui_app.widgets.list_painter import Emptiness
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import SelectableList


def why_empty(kind: Kind, state: ListState, app_state: AppState, active: ActiveProfile) -> Emptiness:
    """Return the text to show in place of the rows."""
    if state.favourites and not state.without("favourites").chips:
        return Emptiness(
            f"No favourite {kind.plural} here",
            "Press f to add a title to the favourites.",
            "Press Del to clear filters",
        )
    if state.unwatched and not state.without("unwatched").chips:
        return Emptiness(f"All {kind.plural} here are watched", hint="Press Del to clear filters")
    if state.chips:
        return Emptiness(
            f"No {kind.plural} match these filters", state_words(state), "Press Del to clear filters, F to change them"
        )
    counted = active.stats.counts.get(kind, 0) if active.stats else 0
    if counted and state.category is not None:
        return Emptiness("This category is empty", hint="c chooses another")
    if counted:
        return Emptiness("All categories are hidden", hint="H shows hidden categories")
    return _never_in(kind, app_state, active)


def why_waiting(app_state: AppState) -> Emptiness:
    """Return the text to show while the first rows take long."""
    if app_state.is_updating:
        return Emptiness(
            "Updating the library file", "It was written by an earlier version; a backup is kept beside it."
        )
    return Emptiness("Reading the library …")


def _never_in(kind: Kind, app_state: AppState, active: ActiveProfile) -> Emptiness:
    """Return why the library has nothing of the kind."""
    part = active.stats.last_sync.get(kind.plural) if active.stats else None
    if app_state.is_syncing:
        progress = app_state.runner.get_sync_progress(active.name)
        return Emptiness(
            f"Fetching the {kind.plural} …"
            if progress is not None and kind.plural in progress.part
            else "A sync is running",
            f"The {kind.plural} appear here as soon as they are in.",
            "x cancels",
        )
    if part is not None and part.status in ("failed", "partial"):
        return Emptiness(f"The {kind.plural} could not be fetched", part.reason, "r tries again")
    if part is not None and part.status == "completed":
        return Emptiness(f"The provider lists no {kind.plural}", hint="r asks again")
    if kind not in active.profile.sync.kinds:
        return Emptiness(
            f"{kind.plural.capitalize()} are not synced",
            "They are excluded in the settings.",
            f"{key_of('settings')} opens the settings",
        )
    return Emptiness("This library is empty", "Nothing downloaded yet.", "r starts the first sync")


def state_words(state: ListState) -> str:
    """Return the active filters in one line."""
    return ", ".join(words for _name, words in state.chips)


#: Pause of the cursor before the details of its row are read.
REST_S: Final = 0.12
#: Pause after the last movement before the list state is saved.
KEEP_AFTER_S: Final = 1.0
#: The first rows may take this long before a placeholder is shown.
PATIENCE_S: Final = 0.15


class BrowsePanes(ItemActions):
    """The three panes of a browsing screen, and the way from the list state to their contents."""

    KIND: ClassVar[Kind]
    LIST: ClassVar[type[SelectableList]] = SelectableList
    DEFAULT_CSS = """
    BrowsePanes {
        #categories { width: 24%; min-width: 26; max-width: 42; border-right: solid $panel; }
        #middle { width: 1fr; }
        #details { width: 30%; min-width: 34; max-width: 64; border-left: solid $panel; display: none; }
        &.-wide #details, &.-with-details #details { display: block; }
        &.-without-details #details { display: none; }
        &.-middle #details, &.-narrow #details {
            width: 1fr; max-width: 100%; height: 1fr; border-left: none; border-top: solid $panel;
        }
        &.-middle.-with-details #body {
            layout: grid; grid-size: 2 2; grid-columns: 26 1fr; grid-rows: 3fr 2fr;
            & > #categories { row-span: 2; width: 1fr; }
        }
        &.-narrow #body { layout: vertical; }
        &.-narrow #categories, &.-slim #categories { display: none; width: 1fr; border-right: none; }
        &.-narrow #categories, &.-slim #categories { max-width: 100%; }
        &.-narrow.-choosing #categories { display: block; }
        &.-narrow.-choosing #middle, &.-narrow.-choosing #details { display: none; }
    }
    """

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, self.KIND.plural)
        self.state = ListState()
        self.category_list = CategoryList(id="categories")
        self.filter_bar = FilterBar()
        columns, marks = COLUMNS[self.KIND], marks_width(self.KIND)
        self.titles = self.LIST(columns=columns, marks_width=marks, by_letter=True, id="list")
        self.pane = Details(id="details")
        self._reveal = False
        self._categories: tuple[Category, ...] = ()
        self._all_count = 0
        self._counted: tuple[Query, bool] | None = None  # the query of the category counts
        self._marks = ShownMarks()
        self._view: Items | None = None
        self._rows_awaited = False
        self._answered = asyncio.Event()

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield self.category_list
            with Vertical(id="middle"):
                yield self.filter_bar
                yield self.titles
            yield self.pane

    def on_mount(self) -> None:
        self.set_focus(self.titles)

    async def on_unmount(self) -> None:
        await self.save_state()

    async def first_answer(self) -> None:
        await self._answered.wait()

    # ----------------------------------------------------------------------------------- targets of actions
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected titles, else the one under the cursor."""
        row = self.titles.row
        rows = self.titles.selected if self.titles.is_selecting else () if row is None or row.separator else (row,)
        return tuple(map(self.ref_of, rows))

    def ref_of(self, row: ListRow) -> ItemRef:
        """Return the title of a row."""
        name_at = next(index for index, column in enumerate(COLUMNS[self.KIND]) if column.main)
        return ItemRef(self.KIND, row.key, row.cells[name_at])

    def done_with_selection(self) -> None:
        self.titles.clear_selection()

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        """Show another library in the state the user left it in."""
        self._view = None
        self._open()

    def library_changed(self, parts: frozenset[str]) -> None:
        """Read the same list again."""
        if parts == {"marks"}:
            self._show_marks()
            return
        has_rows = self._view is not None and self._view.total > 0
        says_why_empty = "ended" in parts and not has_rows
        if says_why_empty or parts & {self.KIND.plural, "categories", "all", "seen", "marks"}:
            self._show(read_categories=parts != {"seen"}, keep=has_rows)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def _open(self) -> None:
        library = self.library
        patience = self.set_timer(PATIENCE_S, self._show_placeholder)
        try:
            self.state = ListState.from_json(await library.remembered.screen_state(self.screen_id))
        except XtreamTuiError as error:
            self.titles.show_empty("Your marks can't be read", error.message, error.hint)
        else:
            await self._read(read_categories=True, keep=False)
        finally:
            patience.stop()
            self._answered.set()

    def _show_placeholder(self) -> None:
        """Show a placeholder when the first rows take longer than `PATIENCE_S`."""
        if not self.titles.total:
            self.titles.show_empty(*why_waiting(self.app_state))

    @work(exclusive=True, group="view", exit_on_error=False)
    async def _show(self, *, read_categories: bool = False, keep: bool = False) -> None:
        self.workers.cancel_group(self, "rest")  # it would run an older query
        await self._read(read_categories=read_categories, keep=keep)

    @work(exclusive=True, group="rest", exit_on_error=False)
    async def _show_after(self, rest_s: float) -> None:
        """Show the list after a pause, so that keys need not wait for it."""
        await asyncio.sleep(rest_s)
        self._show()

    async def _read(self, *, read_categories: bool, keep: bool) -> None:
        """Query the library and fill the widgets. A newer query cancels this one."""
        library = self.library
        try:
            if read_categories and self.active.stats is None:
                await self.app_state.refresh_stats()
            counted = False
            if read_categories or self._counted is None:  # the query depends on which ones are hidden
                self._marks = await read_marks(library, self.KIND)
                counted = await self._count_categories(library, anew=read_categories)
            view = await self._read_list(library)
            counted |= await self._count_categories(library, anew=False)
            wanted = self.titles.row.key if keep and self.titles.row else self.state.row_key
            if wanted is not None and view.index_of(wanted) is None:
                await view.fill()
        except XtreamTuiError as error:
            self.titles.show_empty("The library can't be read", error.message, error.hint)
            return
        if counted:
            self._show_categories()
        self._show_view(keep=keep)
        self._answered.set()
        await view.fill()
        self._bring_awaited()

    @work(exclusive=True, group="marks", exit_on_error=False)
    async def _show_marks(self) -> None:
        """Show the same rows with their current marks; run the query again where it depends on marks."""
        self._marks = await read_marks(self.library, self.KIND)
        if self.state.depends_on_marks or self._view is None:
            self._show(keep=True)
        else:
            self.titles.reload(self._source(self._view))
        self.marks_shown()

    def marks_shown(self) -> None:
        """Handle changed marks of the rows."""

    def _source(self, view: Items) -> ItemSource:
        """Return a list's rows as this screen shows them."""
        return ItemSource(view, self._marks)

    def _bring_awaited(self) -> None:
        """Show rows that were requested before all keys of the list were read."""
        if self._rows_awaited and self._view is not None:
            self._rows_awaited = False
            self.titles.reload(self._source(self._view))

    def on_paged_list_page_needed(self, event: PagedList.PageNeeded) -> None:
        """Remember that rows are awaited; they are shown when all keys are read."""
        event.stop()
        self._rows_awaited = event.generation == self.titles.generation
        if self._view is not None and self._view.is_filled:
            self._bring_awaited()

    async def _read_list(self, library: Library) -> Items:
        """Read the marks and run the query of the list state, at once."""
        state, hidden = self.state, self._hidden_categories()

        def query_of(marks: KindMarks) -> Query:
            return _query_of(self.KIND, state, marks, hidden)

        grouped = state.grouped and self.KIND is not Kind.CHANNEL
        marks, view = await library.list_with_marks(self.KIND, query_of, grouped=grouped)
        self._marks, self._view = ShownMarks.of_kind(marks), view
        return view

    async def _count_categories(self, library: Library, *, anew: bool) -> bool:
        """Count the items of each category; False when the counts are known.

        Sorting and the chosen category don't change the counts.
        """
        everything = _query_of(self.KIND, replace(self.state, category=None), self._marks)
        counted = replace(everything, sort="name", descending=False)
        if not anew and (counted, self._reveal) == self._counted:
            return False
        self._categories, self._all_count = await library.counted_categories(counted, reveal=self._reveal)
        self._counted = counted, self._reveal
        return True

    def _query(self) -> Query:
        return _query_of(self.KIND, self.state, self._marks, self._hidden_categories())

    def _hidden_categories(self) -> Sequence[str]:
        return () if self._reveal else [category.id for category in self._categories if category.hidden]

    def _show_categories(self) -> None:
        self.category_list.show_categories(
            self._categories,
            all_count=self._all_count,
            chosen=self.state.category,
            reveal_hidden=self._reveal,
        )

    def _show_view(self, *, keep: bool) -> None:
        assert self._view is not None
        self._rows_awaited = False
        self._show_chips()
        if not self._view.total:
            self.titles.show_empty(*why_empty(self.KIND, self.state, self.app_state, self.active))
            self.pane.show_nothing()
            return
        source = self._source(self._view)
        if keep:
            self.titles.reload(source)
        else:
            self.titles.show(source, keep_key=self.state.row_key)

    def _show_chips(self) -> None:
        chips = [Chip(name, words) for name, words in self.state.chips]
        if self.state.sort != "number" or self.state.descending:
            chips.append(Chip("sort", f"by {self.state.sort_words}"))
        self.filter_bar.show(chips)

    def _change(self, state: ListState, *, keep: bool = False, rest_s: float = 0) -> None:
        """Change the list state and show the result."""
        self.state = state
        if rest_s:
            self._show_after(rest_s)
        else:
            self._show(keep=keep)
        self._save_state_soon()

    @work(exclusive=True, group="place", exit_on_error=False)
    async def _save_state_soon(self) -> None:
        await asyncio.sleep(KEEP_AFTER_S)
        await self.save_state()

    async def save_state(self) -> None:
        """Save the list state for the next start."""
        if self.is_opened:
            await self.library.remembered.save_screen_state(self.screen_id, self.state.to_json())


def _query_of(kind: Kind, state: ListState, marks: KindMarks, hidden: Sequence[str] = ()) -> Query:
    return state.query(kind, favourites=marks.favourites, watched=marks.watched, hidden_categories=hidden)
