"""The Channels, Movies and Series screens: one kind beside its categories and details, with keys and actions."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from tui_app.catalog import Category, ItemRef, Kind, SortKey
from tui_app.errors import XtreamTuiError
from tui_app.messages import MarksChanged
from tui_app.screens.browse.channels import READ_REST_S, VisibleProgrammes, programme_lines
from tui_app.screens.browse.columns import COLUMNS, GuideSource, Items, ItemSource
from tui_app.screens.browse.controller import BrowseController
from tui_app.screens.browse.dialogs import BrowseDialogs, FilterLine
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.list_controller import REST_S, ListController
from tui_app.screens.list_state import ListState
from tui_app.screens.main_screen import hidden_key, scroll_keys
from tui_app.screens.marks import marks_line, marks_width
from tui_app.screens.status_words import why_empty, why_waiting
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.list_model import ListRow
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import FollowedList, SelectableList


class BrowseScreen(ItemActions):
    """A list of one kind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "details", "Details", tooltip="Show or hide the details of the title", id="library.details"),
        Binding("c", "to_side", "Categories", tooltip="Go to the categories and back", id="library.categories"),
        Binding("F", "filter", "Filter", tooltip="Filter by genre, year, rating, age or marks", id="library.filter"),
        hidden_key("ampersand", "filter_line", "Filter line", tooltip="Type a filter", id="library.filter_line"),
        hidden_key("V", "saved_filters", "Saved filters", tooltip="Use or save filters", id="library.saved"),
        Binding("s", "sort", "Sort", tooltip="Choose the order", id="library.sort"),
        hidden_key("S", "reverse", "Reverse", tooltip="Reverse order", id="library.reverse"),
        hidden_key("X", "hide_category", "Hide category", tooltip="Hide or show the category", id="library.hide"),
        hidden_key("Y", "category_acts", "Category …", tooltip="Hide, show or sync categories", id="library.category"),
        hidden_key("H", "reveal", "Show hidden", tooltip="Show or hide hidden categories", id="library.reveal"),
        hidden_key("E", "export", "Export", tooltip="Write this list to a file", id="library.export"),
        hidden_key("N", "mark_seen", "Mark all as seen", tooltip="Remove the dots of new titles", id="library.seen"),
        hidden_key("delete", "clear_filters", "Clear filters", tooltip="Clear all filters", id="library.clear"),
        *scroll_keys("library"),
        hidden_key("escape", "back_to_list", "To the list", tooltip="Go to the list", id="library.list"),
        hidden_key("O", "group", "Group versions", tooltip="Group the versions of a title", id="library.group"),
    ]

    def __init__(self, active: ActiveProfile, kind: Kind) -> None:
        super().__init__(active, kind.plural)
        self.kind = kind
        self.browse = BrowseController(kind)
        self.side = self.category_list = CategoryList(id="categories", classes="side")
        self.filter_bar = FilterBar()
        self.filter_line = FilterLine(self.browse, lambda: self.library, self._change, self.action_back_to_list)
        made = FollowedList if kind is Kind.CHANNEL else SelectableList
        self.titles = made(columns=COLUMNS[kind], marks_width=marks_width(kind), by_letter=True, id="list")
        self.pane = Details(id="details")
        self.programmes = VisibleProgrammes(self._programmes_changed, self.set_timer, self._follow_guide)
        self.dialogs = BrowseDialogs(self, self.browse)
        self.list: ListController[ItemSource] = ListController(
            self.titles,
            "The library can't be read",
            lambda: why_empty(kind, self.state, self.app_state, self.active),
            while_waiting=lambda: why_waiting(self.app_state),
            before_rows=self._show_around,
        )
        self._items: Items | None = None
        self._opens = self._reads_categories = self._has_counted = False

    @property
    def state(self) -> ListState:
        return self.browse.state

    @property
    def enter_plays(self) -> bool:
        return self.kind is not Kind.SERIES

    @property
    def panes(self) -> Sequence[Widget]:
        return [self.side, *super().panes]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "group":
            return self.kind is not Kind.CHANNEL
        return super().check_action(action, parameters)

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body", classes="three"):
            yield self.category_list
            with Vertical(id="middle"):
                yield self.filter_line
                yield self.filter_bar
                yield self.titles
            yield self.pane

    def on_mount(self) -> None:
        self.set_focus(self.titles)

    async def first_answer(self) -> None:
        await self.list.first_answer()

    def state_to_save(self) -> str | None:
        return replace(self.state, row_key=self.list.row_key).to_json()

    # ----------------------------------------------------------------------------------- targets of actions
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        return tuple(map(self.ref_of, self.titles.rows_to_act_on))

    def ref_of(self, row: ListRow) -> ItemRef:
        name_at = next(index for index, column in enumerate(COLUMNS[self.kind]) if column.main)
        return ItemRef(self.kind, row.key, row.cells[name_at])

    async def all_watched(self, refs: Sequence[ItemRef]) -> Sequence[ItemRef]:
        if not self.browse.is_grouped:
            return refs
        return [one.item.ref for ref in refs for one in await self.library.versions.in_row(ref.kind, ref.id)]

    def done_with_selection(self) -> None:
        self.titles.clear_selection()

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        self.list.forget()
        self.programmes.forget()
        self._show(opens=True, read_categories=True)

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts & {"guide", "all"}:
            self.programmes.forget()
            self._follow_guide()
        if parts == {"marks"}:
            self._show_marks()
            return
        says_why_empty = bool(parts & {"started", "ended"}) and self.list.is_empty
        if says_why_empty or parts & {self.kind.plural, "categories", "all", "seen", "marks"}:
            self._show(read_categories=parts != {"seen"}, keep=not self.list.is_empty)

    def _show(self, *, opens: bool = False, read_categories: bool = False, keep: bool = False) -> None:
        """Read the list and show it, and what a cancelled question had to read. `opens`: in its saved state."""
        self._opens |= opens
        self._reads_categories |= read_categories
        self._show_now(keep=keep)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def _show_now(self, *, keep: bool) -> None:
        self.workers.cancel_group(self, "rest")  # it would run an older query
        if self._opens:
            try:
                self.browse.state = ListState.from_json(await self.library.remembered.screen_state(self.screen_id))
                self.list.row_key = self.state.row_key
            except XtreamTuiError as error:
                self.list.fail(error, "Your marks can't be read")
                return
            self._opens = False
        await self.list.load(self._read, keep=keep)

    @work(exclusive=True, group="rest", exit_on_error=False)
    async def _show_after(self, rest_s: float) -> None:
        """Show the list after a pause, so that keys need not wait for it."""
        await asyncio.sleep(rest_s)
        self._show()

    async def _read(self) -> ItemSource:
        library, read_categories = self.library, self._reads_categories
        if read_categories and self.active.stats is None:
            await self.app_state.refresh_stats()
        self._items, has_counted = await self.browse.read(library, categories=read_categories)
        self._has_counted |= has_counted
        self._reads_categories &= not read_categories
        return self._source(self._items)

    def _source(self, items: Items) -> ItemSource:
        if self.kind is Kind.CHANNEL:
            return GuideSource(items, self.browse.marks, self.programmes.known)
        return self.browse.source(items)

    def _show_around(self, source: ItemSource) -> None:
        """Show the categories, the filters, and the columns of these rows."""
        if self._has_counted:
            self._has_counted = False
            self.category_list.show_categories(
                self.browse.categories,
                all_count=self.browse.all_count,
                chosen=self.state.category,
                group=self.state.group,
                reveal_hidden=self.browse.reveals,
            )
        self.filter_bar.show([Chip(name, words) for name, words in self.state.chips_and_order])
        self.titles.set_columns(self.browse.columns)
        if not source.total:
            self.pane.show_nothing()

    @work(exclusive=True, group="marks", exit_on_error=False)
    async def _show_marks(self) -> None:
        """Show the same rows with their current marks; run the query again where it depends on marks."""
        await self.browse.read_marks(self.library)
        if self.state.depends_on_marks or self.list.source is None or self._items is None:
            self._show(keep=True)
        else:
            self.list.show(self._source(self._items), keep=True)
        self.show_details(rest_s=REST_S)

    def _change(
        self,
        state: ListState,
        *,
        keep: bool = False,
        from_top: bool = False,
        read_categories: bool = False,
        rest_s: float = 0,
    ) -> None:
        """Change the list state and show the result, with the cursor on its title or `from_top`."""
        self.browse.state, self._opens = state, False  # it replaces the saved one, even if that is being read
        if from_top:
            self.list.row_key = None
        if rest_s:
            self._show_after(rest_s)
        else:
            self._show(read_categories=read_categories, keep=keep)
        self.save_state_soon()

    async def fill_pane(self) -> None:
        library, row = self.library, self.titles.row
        if row is None:
            return
        try:
            full, played = await library.open_played(self.kind, row.key)
            guide = await programme_lines(library, row.key) if self.kind is Kind.CHANNEL else ()
            self.pane.show(full, note=marks_line(row.key, self.browse.marks, played), guide=guide)
        except XtreamTuiError:
            self.pane.show_nothing()

    # ------------------------------------------------------------------------------------------- the guide
    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._follow_guide()

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "guide")
        self.programmes.stop()

    def on_followed_list_seen(self, event: FollowedList.Seen) -> None:
        event.stop()
        self._follow_guide()

    @work(exclusive=True, group="guide", exit_on_error=False)
    async def _follow_guide(self) -> None:
        await asyncio.sleep(READ_REST_S)
        if isinstance(self.titles, FollowedList) and (seen := self.titles.seen_keys) and self.is_current:
            await self.programmes.follow(self.library, seen)

    def _programmes_changed(self, channels: Collection[str]) -> None:
        if isinstance(self.titles, FollowedList):
            self.titles.reread(channels)
        if self.titles.row is not None and self.titles.row.key in channels and self.pane.display:
            self.show_details(rest_s=REST_S)

    # ------------------------------------------------------------------------------------------- messages
    def on_category_list_highlighted(self, event: CategoryList.Highlighted) -> None:
        event.stop()
        if self.category_list.has_focus:
            self.choose_category(event.category_id, event.group, rest_s=REST_S)

    def on_category_list_chosen(self, event: CategoryList.Chosen) -> None:
        event.stop()
        self.choose_category(event.category_id, event.group)
        self.action_back_to_list()

    def choose_category(self, category_id: str | None, group: str = "", *, rest_s: float = 0) -> None:
        if (category_id, group) != (self.state.category, self.state.group):
            self._change(self.browse.with_category(category_id, group), from_top=True, rest_s=rest_s)

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        if event.list is self.titles and not isinstance(event, CategoryList.Highlighted):
            self.list.row_key = event.key
            self.save_state_soon()
            self.show_details(rest_s=REST_S)

    def on_paged_list_page_needed(self, event: PagedList.PageNeeded) -> None:
        """Show the rows when all keys of the list are read."""
        event.stop()
        if event.generation == self.titles.generation:
            self.list.await_rows()

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.play_or_open(self.ref_of(event.row))

    def on_paged_list_header_clicked(self, event: PagedList.HeaderClicked) -> None:
        event.stop()
        if event.list is self.titles and (sort := self.browse.sort_of(event.column)) is not None:
            self._change(self.state.sorted_by(sort), from_top=True)

    @work(exclusive=True, group="letter", exit_on_error=False)
    async def on_paged_list_letter_jump_requested(self, event: PagedList.LetterJumpRequested) -> None:
        if self.state.sort != "name":
            self.browse.state = replace(self.state, sort="name", descending=False)
            await self.list.load(self._read, keep=True)
        index = await self.browse.index_of_letter(self.library, event.letter)
        if index is not None:
            self.titles.move_to(index)

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        self._change(self.state.without(event.name))

    # --------------------------------------------------------------------------------------------- actions
    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_filter(self) -> None:
        if (state := await self.dialogs.filter(self.library)) is not None:
            self._change(state)

    def action_filter_line(self) -> None:
        self.filter_line.open()

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_saved_filters(self) -> None:
        if (state := await self.dialogs.saved_filters(self.library)) is not None:
            self._change(state, from_top=True, read_categories=True)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_export(self) -> None:
        refs = self.refs_to_act_on() if self.titles.is_selecting else ()
        if self.titles.total and await self.dialogs.export(self.library, refs):
            self.titles.clear_selection()

    def action_clear_filters(self) -> None:
        if (kept := self.state.without_filters(keep_category=True)) != self.state:
            self._change(kept)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_sort(self) -> None:
        if (state := await self.dialogs.sort()) is not None:
            self._change(state, from_top=True)

    def action_order(self, sort: SortKey, descending: bool) -> None:
        self._change(replace(self.state, sort=sort, descending=descending), from_top=True)

    def action_reverse(self) -> None:
        self._change(self.state.reversed(), from_top=True)

    @work(exclusive=True, group="hide", exit_on_error=False)
    async def action_hide_category(self) -> None:
        """Hide the chosen categories, or show them again when all are hidden."""
        if chosen := self.dialogs.chosen_categories(self.category_list.ids_to_act_on):
            await self._hide(chosen, hide=not all(category.hidden for category in chosen))

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_category_acts(self) -> None:
        """Choose what to do with the chosen categories: hide, show, or sync them."""
        if chosen := self.dialogs.chosen_categories(self.category_list.ids_to_act_on):
            hide = await self.dialogs.category_act(self.app_state, self.library, chosen)
            if hide is not None:
                await self._hide(chosen, hide=hide)

    async def _hide(self, chosen: Sequence[Category], *, hide: bool) -> None:
        await self.dialogs.hide(self.library, chosen, self.list.row_key, hide=hide)
        self._show(read_categories=True, keep=True)
        self.post_message(MarksChanged(self.library.profile))  # the search excludes it too

    def categories_shown_again(self) -> None:
        if self.browse.go_back():
            self.list.row_key = self.state.row_key
            self.list.forget()  # the cursor goes to that row, not to the present one

    def action_reveal(self) -> None:
        self.browse.reveals = not self.browse.reveals
        self._show(read_categories=True, keep=True)

    # -------------------------------------------------------------------------------------- grouped versions
    def action_group(self) -> None:
        self._change(replace(self.state, grouped=not self.state.grouped), keep=True)

    def action_play(self) -> None:
        """Play the title under the cursor, after choosing a version."""
        if self.browse.is_grouped and (ref := self.ref_to_play()) is not None:
            self.with_version(ref, self.play)
        else:
            super().action_play()

    def play_or_open(self, ref: ItemRef) -> None:
        if self.browse.is_grouped:
            self.with_version(ref, super().play_or_open)
        else:
            super().play_or_open(ref)
