"""The favourites beside their folders and details: runs the queries and saves the list's state.

`screen` adds the keys and handles the user's actions.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tui_app.catalog import FoundFavourite, ItemRef, Kind
from tui_app.errors import NotFound, XtreamTuiError
from tui_app.library import FolderCount, Library
from tui_app.screens.favourites.rows import (
    FavouriteSource,
    FavouriteState,
    columns,
    missing_words,
    ref_of,
    why_empty,
)
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.marks import marks_note, read_marks
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.category_tree import FolderList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.selectable_list import SelectableList

#: Pause of the cursor before the details of its row are read.
REST_S: Final = 0.12
#: Pause after the last movement before the list state is saved.
KEEP_AFTER_S: Final = 1.0
#: Kinds with a watched mark.
_WATCHED_KINDS: Final = (Kind.MOVIE, Kind.SERIES, Kind.EPISODE)


class FavouritePanes(ItemActions):
    """The three panes of the Favourites screen."""

    DEFAULT_CSS = """
    FavouritePanes {
        #folders { width: 24%; min-width: 26; max-width: 42; border-right: solid $panel; }
        #middle { width: 1fr; }
        #details { width: 30%; min-width: 34; max-width: 64; border-left: solid $panel; display: none; }
        &.-wide #details, &.-with-details #details { display: block; }
        &.-without-details #details, &.-empty #details { display: none; }
        &.-middle #details, &.-narrow #details {
            width: 1fr; max-width: 100%; height: 1fr; border-left: none; border-top: solid $panel;
        }
        &.-middle.-with-details #body {
            layout: grid; grid-size: 2 2; grid-columns: 26 1fr; grid-rows: 3fr 2fr;
            & > #folders { row-span: 2; width: 1fr; }
        }
        &.-narrow #body { layout: vertical; }
        &.-narrow #folders, &.-slim #folders { display: none; width: 1fr; max-width: 100%; border-right: none; }
        &.-narrow.-choosing #folders { display: block; }
        &.-narrow.-choosing #middle, &.-narrow.-choosing #details { display: none; }
    }
    """

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "favourites")
        self.state = FavouriteState()
        self.folder_list = FolderList(id="folders")
        self.filter_bar = FilterBar()
        self.titles = SelectableList(columns=columns(with_folders=True), by_letter=True, id="list")
        self.pane = Details(id="details")
        self._folders: tuple[FolderCount, ...] = ()
        self._source: FavouriteSource | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield self.folder_list
            with Vertical(id="middle"):
                yield self.filter_bar
                yield self.titles
            yield self.pane

    def on_mount(self) -> None:
        self.set_focus(self.titles)

    async def on_unmount(self) -> None:
        await self.save_state()

    # ----------------------------------------------------------------------------------- targets of actions
    @property
    def found(self) -> FoundFavourite | None:
        """The favourite under the cursor."""
        index = self.titles.cursor
        return self._source.found(index) if self._source is not None and index is not None else None

    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected favourites, else the one under the cursor."""
        if self.titles.is_selecting:
            return tuple(map(ref_of, self.titles.selected))
        found = self.found
        if found is None:
            return ()
        item = found.item
        if item is None:
            return (found.favourite.ref,)
        return (ItemRef(item.kind, item.id, item.name, item.series_id, item.series_name, item.season, item.episode),)

    def done_with_selection(self) -> None:
        self.titles.clear_selection()

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The user's folders, in order."""
        return tuple(folder.name for folder in self._folders if folder.name)

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        self._source = None
        self._open()

    def library_changed(self, parts: frozenset[str]) -> None:
        if not parts <= {"seen", "ended"}:
            self.show_list(keep=True)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def _open(self) -> None:
        library = self.library
        try:
            self.state = FavouriteState.from_json(await library.remembered.screen_state(self.screen_id))
        except XtreamTuiError as error:
            self.titles.show_empty("Your favourites can't be read", error.message, error.hint)
            return
        await self._read(library, keep=False)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def show_list(self, *, keep: bool = False) -> None:
        """Show the list of the current state; with `keep` it is the same list, read again."""
        self.workers.cancel_group(self, "rest")  # it would run an older query
        await self._read(self.library, keep=keep)

    async def _read(self, library: Library, *, keep: bool) -> None:
        """Query the library and fill the widgets. A newer query cancels this one."""
        try:
            self._folders = await library.favourites.folders(self.state.kind)
            if self.state.folder is not None and self.state.folder not in {folder.name for folder in self._folders}:
                self.state = replace(self.state, folder=None)
            view = await library.favourites.list_entries(self.state.folder, self.state.kind)
            watched = {kind: await library.watching.watched(kind) for kind in _WATCHED_KINDS}
        except XtreamTuiError as error:
            self.titles.show_empty("Your favourites can't be read", error.message, error.hint)
            return
        self._source = FavouriteSource(view, watched)
        self._show_folders()
        self._show_titles(keep=keep)

    def _show_folders(self) -> None:
        has_folders = len(self._folders) > 1
        shown = self._folders if has_folders else ()
        total = sum(folder.count for folder in self._folders)
        self.folder_list.show_folders([(one.name, one.count) for one in shown], total=total, chosen=self.state.folder)

    def _show_titles(self, *, keep: bool) -> None:
        assert self._source is not None
        self._show_chips()
        self.set_class(not self._source.total, "-empty")
        self.titles.set_columns(columns(with_folders=self.state.folder is None and len(self._folders) > 1))
        if not self._source.total:
            count = sum(folder.count for folder in self._folders) if self.state.kind is None else 1
            self.titles.show_empty(*why_empty(self.state, count))
            self.pane.show_nothing()
        elif keep and self.titles.total:
            self.titles.reload(self._source)
            self.show_details()
        else:
            self.titles.show(self._source, keep_key=self.state.row_key)

    def _show_chips(self) -> None:
        chips = []
        if self.state.folder is not None:
            chips.append(Chip("folder", self.state.folder or "No folder"))
        if self.state.kind is not None:
            chips.append(Chip("kind", f"only {self.state.kind.plural}"))
        self.filter_bar.show(chips)

    @work(exclusive=True, group="details", exit_on_error=False)
    async def show_details(self, *, rest_s: float = 0) -> None:
        """Show the details of the favourite under the cursor."""
        await asyncio.sleep(rest_s)
        library, found = self.library, self.found
        if found is None or not self.pane.display:
            return
        kind, item_id = found.favourite.kind, found.favourite.id
        try:
            note = await marks_note(library, kind, item_id, await read_marks(library, kind))
            self.pane.show(await library.open_item(kind, item_id), note=note)
        except NotFound:
            self.pane.show_nothing(missing_words(found))

    @work(exclusive=True, group="place", exit_on_error=False)
    async def save_state_soon(self) -> None:
        """Save the list state after a pause."""
        await asyncio.sleep(KEEP_AFTER_S)
        await self.save_state()

    async def save_state(self) -> None:
        """Save the list state for the next start."""
        if self.is_opened:
            await self.library.remembered.save_screen_state(self.screen_id, self.state.to_json())
