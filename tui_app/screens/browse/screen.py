"""The browsing screen of one kind: its keys and the actions on categories, titles and filters.

Dialogs are loaded when they are opened, because the app starts with this screen.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import ActiveBinding, Binding, BindingType

from tui_app.catalog import Category, FullItem, Kind
from tui_app.errors import XtreamTuiError
from tui_app.library import ENDINGS, Library
from tui_app.messages import ChangesSeen, MarksChanged
from tui_app.screens.browse.controller import REST_S, BrowsePanes
from tui_app.screens.item.actions import with_playing_enter
from tui_app.screens.list_state import ListState
from tui_app.screens.marks import marks_line
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.filter_bar import FilterBar
from tui_app.widgets.paged_list import PagedList


class BrowseScreen(BrowsePanes):
    """The base of the Channels, Movies and Series screens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "details", "Details", tooltip="Show or hide the details of the title", id="library.details"),
        Binding("c", "categories", "Categories", tooltip="Go to the categories and back", id="library.categories"),
        Binding("F", "filter", "Filter", tooltip="Filter by genre, year, rating, age or marks", id="library.filter"),
        Binding("V", "saved_filters", "Saved filters", show=False, tooltip="Use or save filters", id="library.saved"),
        Binding("s", "sort", "Sort", tooltip="Change sorting", id="library.sort"),
        Binding("S", "reverse", "Reverse", show=False, tooltip="Reverse order", id="library.reverse"),
        Binding(
            "h", "hide_category", "Hide category", show=False, tooltip="Hide or show the category", id="library.hide"
        ),
        Binding(
            "H", "reveal", "Show hidden", show=False, tooltip="Show or hide hidden categories", id="library.reveal"
        ),
        Binding("E", "export", "Export", show=False, tooltip="Write this list to a file", id="library.export"),
        Binding(
            "N", "mark_seen", "Mark all as seen", show=False, tooltip="Remove the dots of new titles", id="library.seen"
        ),
        Binding(
            "delete", "clear_filters", "Clear filters", show=False, tooltip="Clear all filters", id="library.clear"
        ),
        Binding(
            "J,shift+down",
            "scroll_details(1)",
            "Scroll details down",
            show=False,
            tooltip="Scroll details down",
            id="library.read_on",
        ),
        Binding(
            "K,shift+up",
            "scroll_details(-1)",
            "Scroll details up",
            show=False,
            tooltip="Scroll details up",
            id="library.read_back",
        ),
        Binding("escape", "back_to_list", "To the list", show=False, tooltip="Go to the list", id="library.list"),
    ]

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = super().active_bindings
        return found if self.KIND is Kind.SERIES else with_playing_enter(found)

    # ------------------------------------------------------------------------------------------- messages
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
            self._save_state_soon()
            self._show_details(event.key)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.play_or_open(self.ref_of(event.row))

    @work(exclusive=True, group="letter", exit_on_error=False)
    async def on_paged_list_letter_jump_requested(self, event: PagedList.LetterJumpRequested) -> None:
        """Sort by name, then go to the letter."""
        if self.state.sort != "name":
            self.state = replace(self.state, sort="name", descending=False)
            await self._read(read_categories=False, keep=True)
        index = await self.index_of_letter(event.letter)
        if index is not None:
            self.titles.move_to(index)

    async def index_of_letter(self, letter: str) -> int | None:
        """Return the row where names with this letter begin."""
        return await self.library.index_of_letter(self._query(), letter)

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        self._change(self.state.without(event.name))

    @work(exclusive=True, group="details", exit_on_error=False)
    async def _show_details(self, item_id: str) -> None:
        library = self.library
        await asyncio.sleep(REST_S)
        try:
            full, played = await library.open_played(self.KIND, item_id)
            note = marks_line(item_id, self._marks, played)
            self.pane.show(full, note=note, guide=await self.guide_lines_of(library, full))
        except XtreamTuiError:
            self.pane.show_nothing()

    async def guide_lines_of(self, library: Library, full: FullItem) -> tuple[tuple[str, str], ...]:
        """Return (label, words) of the programmes; only channels have any."""
        return ()

    def marks_shown(self) -> None:
        """Update the details, which show the marks too."""
        if self.titles.row is not None and self.pane.display:
            self._show_details(self.titles.row.key)

    # --------------------------------------------------------------------------------------------- actions
    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_filter(self) -> None:
        """Choose filters."""
        library = self.library
        from tui_app.screens.dialogs.filters import FilterDialog  # noqa: PLC0415 - loaded when it is opened

        genres: Sequence[tuple[str, int]] = () if self.KIND is Kind.CHANNEL else await library.genres(self.KIND)
        answer = await self.app.push_screen_wait(FilterDialog(self.KIND, self.state, genres))
        if answer is not None and answer != self.state:
            self._change(answer)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_saved_filters(self) -> None:
        """Use, save or delete saved filters."""
        library = self.library
        from tui_app.screens.dialogs.filters import SavedFiltersDialog  # noqa: PLC0415 - loaded when it is opened

        saved = {name: ListState.from_json(value) for name, value in await library.remembered.saved_filters(self.KIND)}
        words = [(name, state.words) for name, state in saved.items()]
        answer = await self.app.push_screen_wait(SavedFiltersDialog(words, self.state.words))
        if answer is None:
            return
        if answer.act == "use":
            self.state = self._with_known_category(saved[answer.name])
            self._show(read_categories=True)
            self._save_state_soon()
        elif answer.act == "save":
            await library.remembered.save_filter(self.KIND, answer.name, self.state.to_save.to_json())
            self.notify(f"Saved as “{answer.name}”. Press V to use it.", markup=False)
        else:
            await library.remembered.forget_filter(self.KIND, answer.name)
            self.notify(f"“{answer.name}” deleted.", markup=False)

    def _with_known_category(self, state: ListState) -> ListState:
        """Return the state without a category the provider has dropped, and notify the user."""
        if state.category is None or any(category.id == state.category for category in self._categories):
            return state
        self.notify(f"The category “{state.category_name}” no longer exists.", markup=False)
        return replace(state, category=None, category_name="")

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_export(self) -> None:
        """Export the selected titles, or the whole list."""
        if not self.titles.total:
            return
        library, refs = self.library, self.refs_to_act_on() if self.titles.is_selecting else ()
        query = replace(self._query(), only_ids=tuple(ref.id for ref in refs)) if refs else self._query()
        count = len(refs) or await library.count(query)

        async def write(target: Path, progress: Callable[[int, int], None], stop: threading.Event) -> str:
            exported = await library.exporting.write(query, target, progress, stop)
            return f"{exported.total:,} rows are in {target}."

        from tui_app.screens.dialogs.export import ExportDialog  # noqa: PLC0415 - loaded when it is opened

        what = f"{count:,} {self.KIND.plural if count != 1 else self.KIND.value}"
        suggested = f"~/{self.KIND.plural}.m3u" if self.KIND is not Kind.SERIES else "~/series.csv"
        done = await self.app.push_screen_wait(ExportDialog(what, suggested, tuple(ENDINGS), write))
        if done is not None:
            self.titles.clear_selection()
            self.notify(done, title="Exported", markup=False)

    def action_details(self) -> None:
        """Show or hide the details; on a short terminal open the title's page instead."""
        if self.has_class("-short") and not self.has_class("-wide"):
            self.action_open_page()
            return
        wanted = not self.pane.display
        self.set_class(wanted, "-with-details")
        self.set_class(not wanted, "-without-details")
        if not wanted and self.pane.has_focus:
            self.action_back_to_list()

    def action_scroll_details(self, lines: int) -> None:
        """Scroll the details without leaving the list."""
        self.pane.action_scroll(lines)

    def action_clear_filters(self) -> None:
        """Clear the filters, but keep the category."""
        kept = replace(
            self.state.without_filters(), category=self.state.category, category_name=self.state.category_name
        )
        if kept != self.state:
            self._change(kept)

    def action_sort(self) -> None:
        """Change to the next sorting."""
        self._change(replace(self.state.next_sort(self.KIND), row_key=None))

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._change(replace(self.state.reversed(), row_key=None))

    def action_categories(self) -> None:
        """Go to the categories; on a narrow terminal they replace the list."""
        if self.category_list.has_focus:
            self.action_back_to_list()
            return
        self.add_class("-choosing")
        self.set_focus(self.category_list)

    def action_back_to_list(self) -> None:
        """Go to the list."""
        self.remove_class("-choosing")
        self.set_focus(self.titles)

    @work(exclusive=True, group="hide", exit_on_error=False)
    async def action_hide_category(self) -> None:
        """Hide the chosen categories, or show them again when all are hidden."""
        library, chosen = self.library, self._categories_to_act_on()
        if not chosen:
            self.notify("Choose a category first: press c to go to them.", markup=False)
            return
        hide = not all(category.hidden for category in chosen)
        await library.marks.hide_categories(self.KIND, chosen, hide=hide)
        words = f"“{chosen[0].name}” is" if len(chosen) == 1 else f"{len(chosen):,} categories are"
        what = "hidden. Press H to show hidden ones, z to undo." if hide else "visible again. Press z to undo."
        self.notify(f"{words} {what}", markup=False)
        if hide and not self._reveal and self.state.category in {category.id for category in chosen}:
            self.state = replace(self.state, category=None, category_name="")
        self._show(read_categories=True, keep=True)
        self.post_message(MarksChanged(library.profile))  # the search excludes it too

    def _categories_to_act_on(self) -> list[Category]:
        if self.category_list.is_selecting:
            wanted = {row.key for row in self.category_list.selected}
        else:
            in_list = self.category_list.has_focus
            wanted = {(self.category_list.category_id if in_list else self.state.category) or ""}
        return [known for known in self._categories if known.id in wanted]

    def action_reveal(self) -> None:
        """Show hidden categories, dimmed, or hide them again."""
        self._reveal = not self._reveal
        self._show(read_categories=True, keep=True)

    @work(exclusive=True, group="seen", exit_on_error=False)
    async def action_mark_seen(self) -> None:
        """Clear the marks of new titles; the change lists stay."""
        library = self.library
        await library.changes.mark_seen()
        self.post_message(ChangesSeen(library.profile))
