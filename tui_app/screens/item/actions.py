"""The actions of every screen with titles: play, open, mark, undo, copy the link.

A screen implements `refs_to_act_on`; changes arrive as the part "marks" of `library_changed`, on every screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui_app.catalog import ItemRef, Kind, Mark, TitleVersion
from tui_app.errors import NotFound, XtreamTuiError
from tui_app.messages import (
    ChangesSeen,
    LibraryChanged,
    MarksChanged,
    PlayWanted,
    SearchWanted,
    SettingsChanged,
    TitleWanted,
)
from tui_app.screens.main_screen import MainScreen, hidden_key, with_enter, with_playing_enter
from tui_app.terminal.clipboard import copy_text
from tui_app.widgets.details import Details
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import SelectableList

_PLAYABLE = (Kind.CHANNEL, Kind.MOVIE, Kind.EPISODE)
_NO_TITLE = "Choose one title first; Esc clears the selection."
_HEADING = "This row is a heading."


class ItemActions(MainScreen):
    """The base of all screens with titles. Implement `refs_to_act_on`.

    Lists with details beside them implement `fill_pane`, and bind `details` and `scroll_details` where they can be
    hidden and scrolled; those with another list at their `side` bind `to_side`.
    """

    DEFAULT_CSS = """
    ItemActions {
        .side { width: auto; min-width: 26; max-width: 33%; border-right: solid $panel; }
        &.-wide .side { max-width: 27%; }
        &.-wide.-without-details .side, &.-wide.-empty .side { max-width: 33%; }
        #middle { width: 1fr; }
        #details { width: 30%; min-width: 34; max-width: 64; border-left: solid $panel; display: none; }
        &.-wide #details, &.-with-details #details { display: block; }
        &.-without-details #details, &.-empty #details { display: none; }
        &.-middle #details, &.-narrow #details {
            width: 1fr; max-width: 100%; height: 1fr; border-left: none; border-top: solid $panel;
        }
        &.-middle.-with-details #body.three {
            layout: grid; grid-size: 2 2; grid-columns: 26 1fr; grid-rows: 3fr 2fr;
            & > .side { row-span: 2; width: 1fr; max-width: 100%; }
        }
        &.-narrow #body { layout: vertical; }
        &.-narrow .side, &.-slim .side { display: none; width: 1fr; max-width: 100%; border-right: none; }
        &.-narrow.-choosing .side { display: block; }
        &.-narrow.-choosing #middle, &.-narrow.-choosing #details { display: none; }
    }
    """
    titles: SelectableList
    side: PagedList
    pane: Details
    _enter_played: bool | None = None  # as the footer says

    BINDINGS: ClassVar[list[BindingType]] = [
        hidden_key("left,h", "pane(-1)", "Pane on the left", tooltip="Go to the pane on the left", id="item.left"),
        hidden_key("right,l", "pane(1)", "Pane on the right", tooltip="Go to the pane on the right", id="item.right"),
        Binding("p", "play", "Play", tooltip="Play the title; of a series the next episode", id="item.play"),
        hidden_key("P", "play_here", "Play here", tooltip="Play in this terminal (mpv)", id="item.play_here"),
        hidden_key("A", "versions", "Versions", tooltip="List all versions, of every account", id="item.versions"),
        Binding("o", "open_page", "Page", show=False, tooltip="Open the page of this title", id="item.open"),
        Binding("f", "favourite", "Favourite", tooltip="Add to or remove from favourites", id="item.favourite"),
        Binding("w", "watched", "Watched", show=False, tooltip="Mark as watched or unwatched", id="item.watched"),
        Binding("z", "undo", "Undo", show=False, tooltip="Undo the last action", id="item.undo"),
        Binding(
            "y",
            "copy",
            "Copy link",
            show=False,
            tooltip="Copy the stream link (contains your password)",
            id="item.copy",
        ),
    ]

    def compose_body(self) -> ComposeResult:
        """Compose the list with the details beside it."""
        with Horizontal(id="body"):
            yield self.titles
            yield self.pane

    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected titles, else the one under the cursor, else none."""
        raise NotImplementedError

    def favourite_refs(self) -> tuple[ItemRef, ...]:
        """Return the titles `f` acts on: where episodes are shown, their series."""
        return self.refs_to_act_on()

    def watched_refs(self) -> tuple[ItemRef, ...]:
        """Return the titles `w` acts on; a series stands for its stored episodes."""
        return self.refs_to_act_on()

    def ref_to_play(self) -> ItemRef | None:
        """Return the title to play or to open; None without exactly one."""
        refs = self.refs_to_act_on()
        return refs[0] if len(refs) == 1 else None

    def done_with_selection(self) -> None:
        """Clear the selection after an action."""

    def _say_no_title(self) -> None:
        """Say why there is nothing to act on: a heading is under the cursor, or several titles are selected."""
        row = self.focused.row if isinstance(self.focused, PagedList) else None
        self.notify(_HEADING if row is not None and row.separator else _NO_TITLE, markup=False)

    # ------------------------------------------------------------------------------------- Enter and its label
    @property
    def enter_plays(self) -> bool:
        """True when Enter plays the title under the cursor, False when it opens it."""
        return True

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = super().active_bindings
        if isinstance(self.focused, Details) and self.focused.entry is not None:
            words = self.focused.entry.words
            return with_enter(found, "details.choose", words, words)
        return with_playing_enter(found) if self.enter_plays else found

    def label_enter(self) -> None:
        """Update the footer when Enter does something else on the row under the cursor."""
        if self.enter_plays != self._enter_played:
            self._enter_played = self.enter_plays
            self.refresh_bindings()

    # ---------------------------------------------------------------------------------------- the details pane
    async def fill_pane(self) -> None:
        """Show the details of the title under the cursor in `pane`."""

    @work(exclusive=True, group="details", exit_on_error=False)
    async def show_details(self, *, rest_s: float = 0) -> None:
        """Show the details of the title under the cursor after a pause."""
        await asyncio.sleep(rest_s)
        await self.fill_pane()
        if self.pane.has_focus:
            self.show_extras(self.pane)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Find what takes longer than a row may cost, when the user goes to the details."""
        if isinstance(event.widget, Details):
            self.show_extras(event.widget)

    @work(exclusive=True, group="extras", exit_on_error=False)
    async def show_extras(self, pane: Details) -> None:
        """Show the versions of a pane's title, and titles like it."""
        if (ref := pane.ref) is not None and ref.kind in (Kind.MOVIE, Kind.SERIES):
            with suppress(NotFound):  # a sync removed it
                pane.set_extras(ref, await self.library.extras_of(ref.kind, ref.id))

    def on_details_chosen(self, event: Details.Chosen) -> None:
        """Follow an entry of the details: to a title, to a search, or copy the address of a trailer."""
        event.stop()
        target = event.entry.target
        if isinstance(target, ItemRef):
            self.play(target) if target.kind is Kind.EPISODE else self.open_page(target)
        elif target.startswith("https:"):
            copy_text(self.app, target)
            self.notify(target, title="Trailer address copied", markup=False)
        else:
            self.post_message(SearchWanted(target))

    def action_details(self) -> None:
        """Show or hide the details; on a terminal too short for them show the title instead."""
        if self.has_class("-short") and not self.has_class("-wide"):
            self.open_instead_of_details()
            return
        wanted = not self.pane.display
        self.set_class(wanted, "-with-details")
        self.set_class(not wanted, "-without-details")
        if not wanted and self.pane.has_focus:
            self.action_back_to_list()
        self.call_after_refresh(self.show_details)

    def open_instead_of_details(self) -> None:
        """Show the title on a terminal too short for details."""
        self.action_open_page()

    def action_scroll_details(self, lines: int) -> None:
        """Scroll the details without leaving the list."""
        self.pane.action_scroll(lines)

    # ------------------------------------------------------------------------------------------------- panes
    @property
    def panes(self) -> Sequence[Widget]:
        """The panes from left to right that can have the focus."""
        return [self.titles, *((self.pane,) if self.pane.display else ())]

    def action_pane(self, step: int) -> None:
        """Go to the pane on the left or on the right."""
        panes = self.panes
        at = next((number for number, pane in enumerate(panes) if pane.has_focus), 0)
        wanted = panes[max(0, min(len(panes) - 1, at + step))]
        self.set_class(wanted.has_class("side"), "-choosing")
        self.set_focus(wanted)

    def action_to_side(self) -> None:
        """Go to the list at the side, or back; on a narrow terminal it replaces the other one."""
        if self.side.has_focus:
            self.action_back_to_list()
            return
        self.add_class("-choosing")
        self.set_focus(self.side)

    def action_back_to_list(self) -> None:
        """Go to the list of titles."""
        self.remove_class("-choosing")
        self.set_focus(self.titles)

    # --------------------------------------------------------------------------------------------- actions
    def action_play(self) -> None:
        """Play the title under the cursor."""
        if (ref := self.ref_to_play()) is not None:
            self.play(ref)
        else:
            self._say_no_title()

    def action_play_here(self) -> None:
        """Play the title under the cursor in this terminal."""
        if (ref := self.ref_to_play()) is not None:
            self.post_message(PlayWanted(ref, here=True))
        else:
            self._say_no_title()

    def play(self, ref: ItemRef) -> None:
        """Play a title."""
        self.post_message(PlayWanted(ref))

    def action_open_page(self) -> None:
        """Open the page of the title under the cursor."""
        if (ref := self.ref_to_play()) is not None:
            self.open_page(ref)
        else:
            self._say_no_title()

    def open_page(self, ref: ItemRef) -> None:
        """Open a title's page; of an episode its series' page with the cursor on it."""
        self.post_message(TitleWanted(ref))

    # -------------------------------------------------------------------------------------------- versions
    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_versions(self) -> None:
        """List the versions of the title under the cursor, play or split them."""
        ref = self.ref_to_play()
        if ref is None or ref.kind is Kind.CHANNEL:
            self.notify("Choose one movie or series first.", markup=False)
            return
        listed, library = ref.listed, self.library
        names = await asyncio.to_thread(self.app_state.profiles.names)
        try:
            chosen = await self.choose_version(lambda: library.versions.sources(names, listed.kind, listed.id))
        except XtreamTuiError as error:
            self.notify(error.sentence, severity="warning", markup=False)
            return
        if chosen is None:
            return
        if chosen.profile == library.profile:
            self.play_version(chosen.item.ref)
        else:
            self.post_message(PlayWanted(chosen.item.ref, profile=chosen.profile))

    def play_version(self, ref: ItemRef) -> None:
        """Play a version that was chosen from the list, or open a series."""
        ItemActions.play_or_open(self, ref)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def with_version(self, ref: ItemRef, act: Callable[[ItemRef], None]) -> None:
        """Call `act` with the chosen version of a row, unless the list is closed."""
        read = partial(self.library.versions.in_row, ref.kind, ref.id)
        if len(await read()) > 1:
            if (chosen := await self.choose_version(read)) is None:
                return
            ref = chosen.item.ref
        act(ref)

    async def choose_version(self, read: Callable[[], Awaitable[Sequence[TitleVersion]]]) -> TitleVersion | None:
        """Ask which version of a title; None for none. Those that the user splits or groups are read again."""
        from tui_app.screens.dialogs.choosers import VersionsDialog  # noqa: PLC0415 - loaded when it is opened

        library = self.library
        while versions := await read():
            answer = await self.app.push_screen_wait(VersionsDialog(versions, library.profile))
            if answer is None:
                return None
            chosen = versions[answer.number]
            if not answer.splits:
                return chosen
            if chosen.profile not in ("", library.profile):
                self.notify(f"This version belongs to profile {chosen.profile}. Split it there.", markup=False)
                continue
            is_split = await library.marks.toggle((chosen.item.ref,), Mark.SPLIT)
            words = "split from its title" if is_split else "grouped with its title again"
            self.notify(f"{chosen.item.name} is {words}. Press z to undo.", markup=False)
            self.post_message(MarksChanged(library.profile))
        return None

    def play_or_open(self, ref: ItemRef) -> None:
        """Handle Enter on a title: play it, or open a series."""
        if ref.kind is Kind.SERIES:
            self.open_page(ref)
        else:
            self.play(ref)

    @work(group="mark", exit_on_error=False)
    async def action_favourite(self) -> None:
        """Add the titles to the favourites, or remove them when all are favourites."""
        await self._toggle(self.favourite_refs(), Mark.FAVOURITE, ("favourites now", "favourites no longer"))

    @work(group="mark", exit_on_error=False)
    async def action_watched(self) -> None:
        """Mark movies, episodes and all episodes of series as watched, or not when all are."""
        refs = self.watched_refs()
        if not refs:
            self._say_no_title()
            return
        titles = await self.library.watching.to_mark(await self.all_watched(refs))
        if titles:
            await self._toggle(titles, Mark.WATCHED, ("marked as watched", "no longer marked as watched"))
        elif any(ref.kind is Kind.SERIES for ref in refs):
            self.notify("The episodes have not been fetched yet: open the series first.", markup=False)
        else:
            self.notify("Channels can't be marked as watched.", markup=False)

    async def all_watched(self, refs: Sequence[ItemRef]) -> Sequence[ItemRef]:
        """Return all titles to mark as watched, with the versions a row stands for."""
        return refs

    async def _toggle(self, refs: Sequence[ItemRef], mark: Mark, words: tuple[str, str]) -> None:
        if not refs:
            self._say_no_title()
            return
        library = self.library
        on = await library.marks.toggle(refs, mark)
        if len(refs) > 1:
            self.notify(f"{len(refs):,} titles are {words[0] if on else words[1]}. Press z to undo.", markup=False)
        self.done_with_selection()
        self.post_message(MarksChanged(library.profile))

    @work(group="mark", exit_on_error=False)
    async def action_undo(self) -> None:
        """Undo the last mark, move or hiding."""
        library = self.library
        undone = await library.undo.undo()
        if undone is None:
            self.notify("Nothing to undo.", markup=False)
            return
        self.notify(f"{undone.words}.", title="Undone", markup=False)
        if undone.is_of_settings:
            await self.app_state.reload_profile()
            self.post_message(SettingsChanged())
        if undone.is_of_categories:
            self.categories_shown_again()
        self.post_message(MarksChanged(library.profile))
        if undone.is_of_categories:
            self.post_message(LibraryChanged(library.profile, "categories"))

    def categories_shown_again(self) -> None:
        """Go back to where the user was before categories were hidden."""

    @work(exclusive=True, group="seen", exit_on_error=False)
    async def action_mark_seen(self) -> None:
        """Clear the marks of new titles; the change lists stay."""
        library = self.library
        await library.changes.mark_seen()
        self.post_message(ChangesSeen(library.profile))

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy the stream address of the title under the cursor through the terminal (OSC 52)."""
        refs = [ref for ref in self.refs_to_act_on() if ref.kind in _PLAYABLE]
        if len(refs) != 1:
            self._say_no_title()
            return
        kind, item_id = refs[0].kind, refs[0].id
        copy_text(self.app, await self.library.address(kind, item_id))
        self.notify(
            f"It contains your password: keep it secret. If pasting fails, run: xtream-tui url {kind} {item_id}",
            title="Stream link copied",
            markup=False,
        )
