"""The Favourites screen: favourites of all kinds beside their folders and details, their order and their folders."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from tui_app.catalog import FoundFavourite, ItemRef, Kind, Mark
from tui_app.errors import NotFound
from tui_app.library import FolderCount, Library
from tui_app.messages import MarksChanged
from tui_app.screens.dialogs.choosers import FolderNameDialog, MoveDialog
from tui_app.screens.favourites.rows import (
    FavouriteSource,
    FavouriteState,
    columns,
    missing_words,
    ref_of_row,
    why_empty,
)
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.list_controller import REST_S, ListController
from tui_app.screens.main_screen import hidden_key, scroll_keys
from tui_app.screens.marks import marks_note, read_marks
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.category_tree import FolderList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.list_model import Emptiness
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import SelectableList

#: Favourites among which the channels show what is on.
_MOST_WITH_GUIDE: Final = 500
#: Kinds with a watched mark.
_WATCHED_KINDS: Final = (Kind.MOVIE, Kind.SERIES, Kind.EPISODE)


class FavouritesScreen(ItemActions):
    """The favourites. Every change can be undone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "move", "Move to folder", tooltip="Move favourites into a folder", id="favourites.move"),
        Binding("<,alt+up,ctrl+up", "shift(-1)", "Up", tooltip="Move the favourite or folder up", id="favourites.up"),
        Binding(
            ">,alt+down,ctrl+down",
            "shift(1)",
            "Down",
            tooltip="Move the favourite or folder down",
            id="favourites.down",
        ),
        Binding("c", "to_side", "Folders", tooltip="Go to the folders and back", id="favourites.folders"),
        Binding("f3,t", "kind", "Kind", tooltip="Show one kind only, or all", id="favourites.kind"),
        hidden_key("d", "details", "Details", tooltip="Show or hide the details", id="favourites.details"),
        hidden_key("s", "sort", "Sort by name", tooltip="Sort A–Z now", id="favourites.sort"),
        hidden_key("n", "new_folder", "New folder", tooltip="Create a folder", id="favourites.new_folder"),
        hidden_key("e", "rename_folder", "Rename", tooltip="Rename the folder", id="favourites.rename"),
        hidden_key(
            "delete",
            "remove",
            "Remove",
            tooltip="Remove from favourites; in the folder list, delete the folder",
            id="favourites.remove",
        ),
        *scroll_keys("favourites"),
        hidden_key("escape", "back_to_list", "To the list", tooltip="Go to the list", id="favourites.list"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "favourites")
        self.state = FavouriteState()
        self.side = self.folder_list = FolderList(id="folders", classes="side")
        self.filter_bar = FilterBar()
        self.titles = SelectableList(columns=columns(with_folders=True), by_letter=True, id="list")
        self.pane = Details(id="details")
        self.list: ListController[FavouriteSource] = ListController(
            self.titles, "Your favourites can't be read", self._why_empty, before_rows=self._show_around
        )
        self._folders: tuple[FolderCount, ...] = ()

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body", classes="three"):
            yield self.folder_list
            with Vertical(id="middle"):
                yield self.filter_bar
                yield self.titles
            yield self.pane

    def on_mount(self) -> None:
        self.set_focus(self.titles)

    def state_to_save(self) -> str | None:
        return replace(self.state, row_key=self.list.row_key).to_json()

    # ----------------------------------------------------------------------------------- targets of actions
    @property
    def found(self) -> FoundFavourite | None:
        """The favourite under the cursor."""
        index = self.titles.cursor
        return self.list.source.found(index) if self.list.source is not None and index is not None else None

    @property
    def enter_plays(self) -> bool:
        found = self.found
        return found is not None and found.favourite.kind is not Kind.SERIES

    @property
    def panes(self) -> Sequence[Widget]:
        return [self.side, *super().panes]

    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected favourites, else the one under the cursor."""
        if self.titles.is_selecting:
            return tuple(map(ref_of_row, self.titles.selected))
        found = self.found
        if found is None:
            return ()
        return (found.favourite.ref if found.item is None else found.item.ref,)

    def done_with_selection(self) -> None:
        self.titles.clear_selection()

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The user's folders, in order."""
        return tuple(folder.name for folder in self._folders if folder.name)

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        self.list.forget()
        self.show_list(opens=True)

    def library_changed(self, parts: frozenset[str]) -> None:
        if not parts <= {"seen", "ended"}:
            self.show_list(keep=True)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def show_list(self, *, opens: bool = False, keep: bool = False) -> None:
        """Show the list of the current state, with `opens` of the saved one. `keep`: it is the same list, read again.

        A newer query cancels this one.
        """
        self.workers.cancel_group(self, "rest")  # it would run an older query
        if await self.list.load(self._read_opened if opens else self._read, keep=keep) and keep:
            self.show_details()

    async def _read_opened(self) -> FavouriteSource:
        self.state = FavouriteState.from_json(await self.library.remembered.screen_state(self.screen_id))
        self.list.row_key = self.state.row_key
        return await self._read()

    async def _read(self) -> FavouriteSource:
        library = self.library
        self._folders = await library.favourites.folders(self.state.kind)
        if self.state.folder is not None and self.state.folder not in {folder.name for folder in self._folders}:
            self.state = replace(self.state, folder=None)
        view = await library.favourites.list_entries(self.state.folder, self.state.kind)
        shown = view.items(0, _MOST_WITH_GUIDE) if self.state.kind in (None, Kind.CHANNEL) else ()
        channels = [found.favourite.id for found in shown if found.favourite.kind is Kind.CHANNEL]
        guide = await library.guide.now_next(channels) if channels else {}
        return FavouriteSource(view, {kind: await library.watching.watched(kind) for kind in _WATCHED_KINDS}, guide)

    def _show_around(self, source: FavouriteSource) -> None:
        """Show the folders, the filters, and the columns of these rows."""
        shown = self._folders if len(self._folders) > 1 else ()
        total = sum(folder.count for folder in self._folders)
        self.folder_list.show_folders([(one.name, one.count) for one in shown], total=total, chosen=self.state.folder)
        chips = []
        if self.state.folder is not None:
            chips.append(Chip("folder", self.state.folder or "No folder"))
        if self.state.kind is not None:
            chips.append(Chip("kind", f"only {self.state.kind.plural}"))
        self.filter_bar.show(chips)
        self.set_class(not source.total, "-empty")
        self.titles.set_columns(columns(with_folders=self.state.folder is None and len(self._folders) > 1))
        if not source.total:
            self.pane.show_nothing()

    def _why_empty(self) -> Emptiness:
        count = sum(folder.count for folder in self._folders) if self.state.kind is None else 1
        return why_empty(self.state, count)

    async def fill_pane(self) -> None:
        library, found = self.library, self.found
        if found is None or not self.pane.display:
            return
        kind, item_id = found.favourite.kind, found.favourite.id
        try:
            note = await marks_note(library, kind, item_id, await read_marks(library, kind))
            self.pane.show(await library.open_item(kind, item_id), note=note)
        except NotFound:
            self.pane.show_nothing(missing_words(found))

    # ------------------------------------------------------------------------------------------- messages
    def on_folder_list_highlighted(self, event: FolderList.Highlighted) -> None:
        event.stop()
        if self.folder_list.has_focus and event.folder != self.state.folder:
            self._change(replace(self.state, folder=event.folder), from_top=True, rest_s=REST_S)

    def on_folder_list_chosen(self, event: FolderList.Chosen) -> None:
        event.stop()
        if event.folder != self.state.folder:
            self._change(replace(self.state, folder=event.folder), from_top=True)
        self.action_back_to_list()

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        if event.list is self.titles:
            self.list.row_key = event.key
            self.save_state_soon()
            self.label_enter()
            self.show_details(rest_s=REST_S)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        found = self.found
        if found is None:
            return
        if found.item is None:
            self.notify(missing_words(found), markup=False)
            return
        self.play_or_open(found.item.ref)

    def on_paged_list_letter_jump_requested(self, event: PagedList.LetterJumpRequested) -> None:
        event.stop()
        source = self.list.source
        index = source.index_of_letter(event.letter) if source is not None else None
        if index is not None:
            self.titles.move_to(index)

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        state = replace(self.state, folder=None) if event.name == "folder" else replace(self.state, kind=None)
        self._change(state)

    @work(exclusive=True, group="rest", exit_on_error=False)
    async def _show_after(self, rest_s: float) -> None:
        """Show the list after a pause, so that keys need not wait for it."""
        await asyncio.sleep(rest_s)
        self.show_list()

    def show_folder(self, folder: str) -> None:
        """Show one folder, all kinds."""
        self._change(FavouriteState(folder), from_top=True)
        self.action_back_to_list()

    def _change(self, state: FavouriteState, *, from_top: bool = False, rest_s: float = 0) -> None:
        self.state = state
        if from_top:
            self.list.row_key = None
        if rest_s:
            self._show_after(rest_s)
        else:
            self.show_list()
        self.save_state_soon()

    # ------------------------------------------------------------------------------------------- favourites
    @work(group="mark", exit_on_error=False)
    async def action_favourite(self) -> None:
        """Remove titles from the favourites."""
        library, refs = self.library, self.refs_to_act_on()
        if not refs:
            return
        await library.marks.put(refs, Mark.FAVOURITE, on=False)
        words = f"“{refs[0].name}”" if len(refs) == 1 else f"{len(refs):,} titles"
        self._notify_done(library, f"{words} removed from favourites")

    @work(group="mark", exit_on_error=False)
    async def action_shift(self, step: int) -> None:
        """Move favourites, or the folder under the cursor, by one position."""
        library, refs = self.library, self.refs_to_act_on()
        if self.folder_list.has_focus:
            folder = self.folder_list.folder
            moved = bool(folder) and await library.favourites.shift_folder(folder or "", step)
        else:
            moved = bool(refs) and await library.favourites.shift(refs, step, kind=self.state.kind)
        if moved:
            self.show_list(keep=True)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_move(self) -> None:
        """Move favourites into a folder."""
        library, refs = self.library, self.refs_to_act_on()
        if not refs:
            return
        what = refs[0].name if len(refs) == 1 else f"{len(refs):,} titles"
        folder = await self.app.push_screen_wait(MoveDialog(what, self.folder_names))
        if folder is None:
            return
        moved = await library.favourites.put(refs, folder)
        where = f"in “{folder}”" if folder else "in no folder"
        now = "now" if moved else "already"
        words = f"“{what}” is" if len(refs) == 1 else f"{what} are"
        self._notify_done(library, f"{words} {now} {where}", undoable=bool(moved))

    @work(group="mark", exit_on_error=False)
    async def action_sort(self) -> None:
        """Sort the list by name once; it can be rearranged from there."""
        library = self.library
        if not self.titles.total:
            return
        if await library.favourites.sort_by_name(self.state.folder, self.state.kind):
            self._notify_done(library, "Sorted by name")
        else:
            self.notify("The list is already sorted by name.", markup=False)

    def action_kind(self) -> None:
        """Show all kinds, or the next one only."""
        self._change(replace(self.state, kind=self.state.next_kind), from_top=True)

    # ---------------------------------------------------------------------------------------------- folders
    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_new_folder(self) -> None:
        """Create a folder."""
        library = self.library
        name = await self.app.push_screen_wait(FolderNameDialog(self.folder_names))
        if name:
            await library.favourites.add_folder(name)
            self._notify_done(library, f"Folder “{name}” created. Press m to move favourites into it", undoable=False)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_rename_folder(self) -> None:
        """Rename the folder under the cursor, else the one of the list."""
        library, folder = self.library, self._folder_to_act_on()
        if folder is None:
            return
        name = await self.app.push_screen_wait(FolderNameDialog(self.folder_names, folder))
        if name and name != folder and await library.favourites.rename_folder(folder, name):
            if self.state.folder == folder:
                self.state = replace(self.state, folder=name)
            self._notify_done(library, f"Folder renamed to “{name}”")

    @work(group="mark", exit_on_error=False)
    async def _delete_folder(self, folder: str) -> None:
        library = self.library
        await library.favourites.remove_folder(folder)
        self._notify_done(library, f"Folder “{folder}” deleted; its favourites are kept without a folder")

    def _folder_to_act_on(self) -> str | None:
        folder = self.folder_list.folder if self.folder_list.has_focus else self.state.folder
        if not folder:
            self.notify("Choose one of your folders first: press c to go to them, n to create one.", markup=False)
        return folder or None

    def action_remove(self) -> None:
        """Remove titles from the favourites; in the folder list, delete the folder."""
        if not self.folder_list.has_focus:
            self.action_favourite()
        elif (folder := self._folder_to_act_on()) is not None:
            self._delete_folder(folder)

    def _notify_done(self, library: Library, words: str, *, undoable: bool = True) -> None:
        """Notify what was done, and update all screens."""
        self.notify(f"{words}. Press z to undo." if undoable else f"{words}.", markup=False)
        self.done_with_selection()
        self.post_message(MarksChanged(library.profile))
