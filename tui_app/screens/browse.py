"""The screen of one kind: categories, the list, details. It keeps its place over switching, syncs and restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui_app.catalog import Category, Kind, Mark
from tui_app.errors import XtreamTuiError
from tui_app.screens.copying import copy_address
from tui_app.screens.dialogs.filters import FilterDialog
from tui_app.screens.emptiness import why_empty
from tui_app.screens.opened import OpenedItem
from tui_app.screens.place import Place
from tui_app.screens.rows import COLUMNS, Items, ItemSource
from tui_app.screens.view_state import ViewState
from tui_app.widgets.category_list import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.paged_list import PagedList

#: How long the cursor rests before what it stands on is read.
REST_S: Final = 0.12
#: How long nothing moves before the place is written down.
KEEP_AFTER_S: Final = 1.0


class BrowseScreen(Place):
    """The base of Channels, Movies and Series: only the kind differs."""

    KIND: ClassVar[Kind]
    DEFAULT_CSS = """
    BrowseScreen {
        #categories { width: 30; border-right: solid $panel; }
        #middle { width: 1fr; }
        #details { width: 40; border-left: solid $panel; display: none; }
        &.-wide #details { display: block; }
        &.-wide #categories { width: 34; }
        &.-narrow #categories, &.-slim #categories { display: none; width: 1fr; border-right: none; }
        &.-narrow.-choosing #categories { display: block; }
        &.-narrow.-choosing #middle { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "favourite", "Favourite", tooltip="Keep this title at hand, or let it go", id="library.favourite"),
        Binding("F", "filter", "Filter", tooltip="By genre, years, rating, favourites, catch-up", id="library.filter"),
        Binding("s", "sort", "Sort", tooltip="The next order", id="library.sort"),
        Binding("S", "reverse", "Reverse", show=False, tooltip="The same order backwards", id="library.reverse"),
        Binding("c", "categories", "Categories", tooltip="To the categories and back", id="library.categories"),
        Binding("h", "hide_category", "Hide category", show=False, tooltip="Hide or show it", id="library.hide"),
        Binding("H", "reveal", "Show hidden", show=False, tooltip="Show or leave out hidden ones", id="library.reveal"),
        Binding(
            "y", "copy", "Copy address", show=False, tooltip="Copy the stream address (a secret)", id="library.copy"
        ),
        Binding("delete", "clear_filters", "No filters", show=False, tooltip="Show everything", id="library.clear"),
        Binding("escape", "back_to_list", "To the list", show=False, tooltip="To the list", id="library.list"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state = ViewState()
        self.category_list = CategoryList(id="categories")
        self.filter_bar = FilterBar()
        self.titles = PagedList(columns=COLUMNS[self.KIND], id="list")
        self.pane = Details(id="details")
        self._reveal = False
        self._categories: tuple[Category, ...] = ()
        self._favourites: frozenset[str] = frozenset()
        self._view: Items | None = None

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
        await self.keep_place()

    # --------------------------------------------------------------------------------------- what is shown
    def library_opened(self) -> None:
        """Another library: go to where the user was in it."""
        self._view = None
        self._open()

    def library_changed(self, parts: frozenset[str]) -> None:
        """The same place, read anew."""
        if parts & {self.KIND.plural, "categories", "all"}:
            self._show(read_categories=True, keep=self._view is not None and self._view.total > 0)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def _open(self) -> None:
        library = self.house.library
        if library is None:
            return
        self.state = ViewState.from_json(await library.view_state(self.place))
        await self._read(read_categories=True, keep=False)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def _show(self, *, read_categories: bool = False, keep: bool = False, rest_s: float = 0) -> None:
        await asyncio.sleep(rest_s)
        await self._read(read_categories=read_categories, keep=keep)

    async def _read(self, *, read_categories: bool, keep: bool) -> None:
        """Ask the library and give the widgets its answers. A newer question cancels this one."""
        library = self.house.library
        if library is None:
            return
        try:
            if read_categories:
                if self.house.stats is None:
                    await self.house.refresh_stats()
                self._categories = await library.categories(self.KIND)
            self._favourites = await library.marked(self.KIND, Mark.FAVOURITE)
            hidden = () if self._reveal else [category.id for category in self._categories if category.hidden]
            query = self.state.query(self.KIND, favourites=self._favourites, hidden_categories=hidden)
            self._view = await library.view(query)
        except XtreamTuiError as error:
            self.titles.show_empty("The library can't be read", error.message, error.hint)
            return
        if read_categories:
            self._show_categories()
        self._show_view(keep=keep)

    def _show_categories(self) -> None:
        stats = self.house.stats
        self.category_list.show_categories(
            self._categories,
            all_count=stats.counts.get(self.KIND, 0) if stats else 0,
            chosen=self.state.category,
            reveal_hidden=self._reveal,
        )

    def _show_view(self, *, keep: bool) -> None:
        assert self._view is not None
        self._show_chips()
        if not self._view.total:
            self.titles.show_empty(*why_empty(self.KIND, self.state, self.house))
            self.pane.show_nothing()
            return
        source = ItemSource(self._view, self._favourites)
        if keep:
            self.titles.reload(source)
        else:
            self.titles.show(source, keep_key=self.state.row_key)

    def _show_chips(self) -> None:
        chips = [Chip(name, words) for name, words in self.state.chips]
        if self.state.sort != "number" or self.state.descending:
            chips.append(Chip("sort", f"by {self.state.sort_words}"))
        self.filter_bar.show(chips)

    def _change(self, state: ViewState, *, keep: bool = False, rest_s: float = 0) -> None:
        """Another view of the kind."""
        self.state = state
        self._show(keep=keep, rest_s=rest_s)
        self._keep_place()

    @work(exclusive=True, group="place", exit_on_error=False)
    async def _keep_place(self) -> None:
        await asyncio.sleep(KEEP_AFTER_S)
        await self.keep_place()

    async def keep_place(self) -> None:
        """Write down where the user is, for the next start."""
        if self.house.library is not None and self.house.library is self._shown_library:
            await self.house.library.keep_view_state(self.place, self.state.to_json())

    # --------------------------------------------------------------------------------------- what is heard
    def on_category_list_highlighted(self, event: CategoryList.Highlighted) -> None:
        event.stop()
        if self.category_list.has_focus and event.category_id != self.state.category:
            self._choose(event.category_id, rest_s=REST_S)

    def on_category_list_chosen(self, event: CategoryList.Chosen) -> None:
        event.stop()
        if event.category_id != self.state.category:
            self._choose(event.category_id)
        self.action_back_to_list()

    def _choose(self, category_id: str | None, *, rest_s: float = 0) -> None:
        name = next((category.name for category in self._categories if category.id == category_id), "")
        self._change(replace(self.state, category=category_id, category_name=name, row_key=None), rest_s=rest_s)

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        if event.list is self.titles and not isinstance(event, CategoryList.Highlighted):
            self.state = replace(self.state, row_key=event.key)
            self._keep_place()
            self._show_details(event.key)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.app.push_screen(OpenedItem(self.KIND, event.key, self.place))

    @work(exclusive=True, group="letter", exit_on_error=False)
    async def on_paged_list_letter_jump_requested(self, event: PagedList.LetterJumpRequested) -> None:
        """Letters are only in order where names are: sort by name, then go there."""
        library = self.house.library
        if library is None:
            return
        if self.state.sort != "name":
            self.state = replace(self.state, sort="name", descending=False)
            await self._read(read_categories=False, keep=True)
        hidden = () if self._reveal else [category.id for category in self._categories if category.hidden]
        query = self.state.query(self.KIND, favourites=self._favourites, hidden_categories=hidden)
        index = await library.index_of_letter(query, event.letter)
        if index is not None:
            self.titles.move_to(index)

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        self._change(self.state.without(event.name))

    @work(exclusive=True, group="details", exit_on_error=False)
    async def _show_details(self, item_id: str) -> None:
        library = self.house.library
        if library is None or not self.pane.display:
            return
        await asyncio.sleep(REST_S)
        try:
            self.pane.show(await library.open_item(self.KIND, item_id))
        except XtreamTuiError:
            self.pane.show_nothing()

    # --------------------------------------------------------------------------------------------- actions
    @work(exclusive=True, group="favourite", exit_on_error=False)
    async def action_favourite(self) -> None:
        """Mark the title under the cursor, or unmark it."""
        row, library = self.titles.row, self.house.library
        if row is None or row.separator or library is None:
            return
        name = row.cells[next(i for i, column in enumerate(COLUMNS[self.KIND]) if column.main)]
        await library.toggle_mark(self.KIND, row.key, Mark.FAVOURITE, name)
        self._favourites = await library.marked(self.KIND, Mark.FAVOURITE)
        if self.state.favourites or self._view is None:
            self._show(keep=True)
        else:
            self.titles.reload(ItemSource(self._view, self._favourites))

    @work(exclusive=True, group="filter", exit_on_error=False)
    async def action_filter(self) -> None:
        """Choose filters."""
        library = self.house.library
        if library is None:
            return
        genres: Sequence[tuple[str, int]] = () if self.KIND is Kind.CHANNEL else await library.genres(self.KIND)
        answer = await self.app.push_screen_wait(FilterDialog(self.KIND, self.state, genres))
        if answer is not None and answer != self.state:
            self._change(answer)

    def action_clear_filters(self) -> None:
        """Show everything of this category."""
        kept = replace(
            self.state.without_filters(), category=self.state.category, category_name=self.state.category_name
        )
        if kept != self.state:
            self._change(kept)

    def action_sort(self) -> None:
        """The next order."""
        self._change(self.state.next_sort(self.KIND), keep=True)

    def action_reverse(self) -> None:
        """The same order backwards."""
        self._change(self.state.reversed(), keep=True)

    def action_categories(self) -> None:
        """To the categories; on a narrow terminal they take the place of the list."""
        if self.category_list.has_focus:
            self.action_back_to_list()
            return
        self.add_class("-choosing")
        self.set_focus(self.category_list)

    def action_back_to_list(self) -> None:
        """To the list."""
        self.remove_class("-choosing")
        self.set_focus(self.titles)

    @work(exclusive=True, group="hide", exit_on_error=False)
    async def action_hide_category(self) -> None:
        """Hide the category under the cursor, or of the list; or show it again."""
        library = self.house.library
        category_id = self.category_list.category_id if self.category_list.has_focus else self.state.category
        category = next((known for known in self._categories if known.id == category_id), None)
        if library is None or category is None:
            self.notify("Choose a category first: c goes to them.", markup=False)
            return
        hidden = await library.toggle_category(category)
        words = f"“{category.name}” is hidden. H shows hidden ones." if hidden else f"“{category.name}” is shown again."
        self.notify(words, markup=False)
        if hidden and self.state.category == category_id and not self._reveal:
            self.state = replace(self.state, category=None, category_name="")
        self._show(read_categories=True, keep=True)

    def action_reveal(self) -> None:
        """Show hidden categories, dimmed; or leave them out again."""
        self._reveal = not self._reveal
        self._show(read_categories=True, keep=True)

    def action_copy(self) -> None:
        """Copy the stream address of the title under the cursor."""
        row = self.titles.row
        if row is not None and not row.separator and self.KIND is not Kind.SERIES:
            copy_address(self, self.house, self.KIND, row.key)


class ChannelsScreen(BrowseScreen):
    """Live channels."""

    PLACE = "channels"
    KIND = Kind.CHANNEL


class MoviesScreen(BrowseScreen):
    """Movies."""

    PLACE = "movies"
    KIND = Kind.MOVIE


class SeriesScreen(BrowseScreen):
    """Series."""

    PLACE = "series"
    KIND = Kind.SERIES
