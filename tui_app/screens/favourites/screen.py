"""The Favourites screen: favourites of all kinds, their order and their folders."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_app.catalog import ItemRef, Mark
from tui_app.library import Library
from tui_app.messages import MarksChanged
from tui_app.screens.dialogs.folders import FolderNameDialog, MoveDialog
from tui_app.screens.favourites.controller import REST_S, FavouritePanes
from tui_app.screens.favourites.rows import FavouriteState, missing_words
from tui_app.widgets.category_tree import FolderList
from tui_app.widgets.filter_bar import FilterBar
from tui_app.widgets.paged_list import PagedList


class FavouritesScreen(FavouritePanes):
    """The keys and actions of the Favourites screen. Every change can be undone."""

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
        Binding("c", "folders", "Folders", tooltip="Go to the folders and back", id="favourites.folders"),
        Binding("f3,t", "kind", "Kind", tooltip="Show one kind only, or all", id="favourites.kind"),
        Binding("d", "details", "Details", show=False, tooltip="Show or hide the details", id="favourites.details"),
        Binding("s", "sort", "Sort by name", show=False, tooltip="Sort A–Z now", id="favourites.sort"),
        Binding("n", "new_folder", "New folder", show=False, tooltip="Create a folder", id="favourites.new_folder"),
        Binding("e", "rename_folder", "Rename", show=False, tooltip="Rename the folder", id="favourites.rename"),
        Binding(
            "delete",
            "remove",
            "Remove",
            show=False,
            tooltip="Remove from favourites; in the folder list, delete the folder",
            id="favourites.remove",
        ),
        Binding(
            "J,shift+down",
            "scroll_details(1)",
            "Scroll details down",
            show=False,
            tooltip="Scroll details down",
            id="favourites.read_on",
        ),
        Binding(
            "K,shift+up",
            "scroll_details(-1)",
            "Scroll details up",
            show=False,
            tooltip="Scroll details up",
            id="favourites.read_back",
        ),
        Binding("escape", "back_to_list", "To the list", show=False, tooltip="Go to the list", id="favourites.list"),
    ]

    # ------------------------------------------------------------------------------------------- messages
    def on_folder_list_highlighted(self, event: FolderList.Highlighted) -> None:
        event.stop()
        if self.folder_list.has_focus and event.folder != self.state.folder:
            self._change(replace(self.state, folder=event.folder, row_key=None), rest_s=REST_S)

    def on_folder_list_chosen(self, event: FolderList.Chosen) -> None:
        event.stop()
        if event.folder != self.state.folder:
            self._change(replace(self.state, folder=event.folder, row_key=None))
        self.action_back_to_list()

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        if event.list is self.titles:
            self.state = replace(self.state, row_key=event.key)
            self.save_state_soon()
            self.show_details(rest_s=REST_S)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        found = self.found
        if found is None:
            return
        if found.item is None:
            self.notify(missing_words(found), markup=False)
            return
        item = found.item
        self.play_or_open(
            ItemRef(item.kind, item.id, item.name, item.series_id, item.series_name, item.season, item.episode)
        )

    def on_paged_list_letter_jump_requested(self, event: PagedList.LetterJumpRequested) -> None:
        event.stop()
        index = self._source.index_of_letter(event.letter) if self._source is not None else None
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

    def _change(self, state: FavouriteState, *, rest_s: float = 0) -> None:
        self.state = state
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
        self._change(replace(self.state, kind=self.state.next_kind, row_key=None))

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

    # ------------------------------------------------------------------------------------------------ panes
    def action_details(self) -> None:
        """Show or hide the details; on a short terminal open the title's page instead."""
        if self.has_class("-short") and not self.has_class("-wide"):
            self.action_open_page()
            return
        wanted = not self.pane.display
        self.set_class(wanted, "-with-details")
        self.set_class(not wanted, "-without-details")
        self.call_after_refresh(self.show_details)

    def action_scroll_details(self, lines: int) -> None:
        """Scroll the details without leaving the list."""
        self.pane.action_scroll(lines)

    def action_folders(self) -> None:
        """Go to the folders; on a narrow terminal they replace the list."""
        if self.folder_list.has_focus:
            self.action_back_to_list()
            return
        self.add_class("-choosing")
        self.set_focus(self.folder_list)

    def action_back_to_list(self) -> None:
        """Go to the list."""
        self.remove_class("-choosing")
        self.set_focus(self.titles)
