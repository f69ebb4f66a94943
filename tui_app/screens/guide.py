"""The Guide screen: channels down, time across. Enter plays what is on, replays what was, reminds of what comes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from tui_app.catalog import ItemRef, Kind, NowNext, Programme, has_catch_up
from tui_app.errors import XtreamTuiError
from tui_app.library import Library
from tui_app.messages import MarksChanged, PlayWanted
from tui_app.screens.browse.channels import ASK_REST_S, READ_REST_S
from tui_app.screens.browse.columns import ItemSource
from tui_app.screens.browse.controller import BrowseController
from tui_app.screens.browse.dialogs import BrowseDialogs
from tui_app.screens.guide_blocks import USES, GuideBlocks, Use
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.item.channel_page import programme_item, programme_words, progress_line
from tui_app.screens.list_controller import REST_S, ListController
from tui_app.screens.list_state import ListState
from tui_app.screens.main_screen import hidden_key, scroll_keys
from tui_app.screens.marks import marks_width
from tui_app.screens.registry import key_of
from tui_app.screens.status_words import why_empty, why_waiting
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.guide_grid import GuideGrid
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import FollowedList

_NAME_AT: Final = 1  # of the cells of a channel's row
_OLDEST_S: Final = 86_400  # an hour that was left longer ago is not gone back to


class GuideScreen(ItemActions):
    """The grid, with the programme under the cursor below it."""

    DEFAULT_CSS = """
    GuideScreen {
        & #body { layout: vertical; }
        &.-framed .side { display: none; }
        &.-framed.-choosing .side { display: block; }
        &.-framed #details {
            display: block; width: 1fr; max-width: 100%; height: 8; border-left: none; border-top: solid $panel;
        }
        &.-framed.-short #details { height: 3; border-top: none; }
        &.-framed.-without-details #details, &.-framed.-empty #details { display: none; }
        &.-framed.-choosing #details, &.-framed.-narrow.-choosing #middle { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "app.reminders", "Reminders", tooltip="List the reminders", id="guide.reminders"),
        Binding("c", "to_side", "Categories", tooltip="Go to the categories and back", id="guide.categories"),
        Binding("F", "filter", "Filter", tooltip="Filter by name, favourites or catch-up", id="guide.filter"),
        hidden_key("asterisk", "only_favourites", "Favourites", tooltip="Only favourites, or all", id="guide.starred"),
        hidden_key("delete", "clear_filters", "Clear filters", tooltip="Clear all filters", id="guide.clear"),
        hidden_key("u", "fetch", "Refresh", tooltip="Fetch the guide of this channel", id="guide.fetch"),
        hidden_key("d", "details", "Details", tooltip="Show or hide the programme's details", id="guide.details"),
        *scroll_keys("guide"),
        hidden_key("escape", "back_to_list", "To the grid", tooltip="Go to the grid", id="guide.grid"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "guide")
        self.browse = BrowseController(Kind.CHANNEL)
        self.side = self.category_list = CategoryList(id="categories", classes="side")
        self.filter_bar = FilterBar()
        self.blocks = GuideBlocks()
        self.titles = self.grid = GuideGrid(
            self.blocks, _NAME_AT, columns=self.browse.columns, marks_width=marks_width(Kind.CHANNEL), by_letter=True
        )
        self.pane = Details(id="details")
        self.dialogs = BrowseDialogs(self, self.browse)
        self.list: ListController[ItemSource] = ListController(
            self.grid,
            "The library can't be read",
            lambda: why_empty(Kind.CHANNEL, self.state, self.app_state, self.active),
            while_waiting=lambda: why_waiting(self.app_state),
            before_rows=self._show_around,
        )
        self._clock: Timer | None = None
        self._enter: Use = "play"
        self._wanted: int | None = None  # an hour to show instead of the saved one

    @property
    def state(self) -> ListState:
        return self.browse.state

    def compose_body(self) -> ComposeResult:
        with Vertical(id="body"):
            with Horizontal(id="upper"):
                yield self.category_list
                with Vertical(id="middle"):
                    yield self.filter_bar
                    yield self.grid
            yield self.pane

    def on_mount(self) -> None:
        self.set_focus(self.grid)

    async def first_answer(self) -> None:
        await self.list.first_answer()

    # ---------------------------------------------------------------------------------------- the saved state
    def state_to_save(self) -> str | None:
        at = None if self.grid.follows_now else self.grid.at
        return json.dumps({**json.loads(replace(self.state, row_key=self.list.row_key).to_json()), "at": at})

    async def _restore(self) -> None:
        saved = await self.library.remembered.screen_state(self.screen_id)
        self.browse.state = ListState.from_json(saved)
        at, self._wanted = _saved_hour(saved) if self._wanted is None else self._wanted, None
        self.list.row_key = self.list.row_key or self.state.row_key
        if at is not None and at > time.time() - _OLDEST_S:
            self.grid.go_to_time(at)
        else:
            self.grid.action_now()

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        self.list.forget()
        self.blocks.forget()
        self._show(opens=True, read_categories=True)

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts & {"guide", "all"}:
            self.blocks.forget()
            self._follow()
        if parts & {"channels", "categories", "all", "marks"} or ("ended" in parts and self.list.is_empty):
            self._show(read_categories=parts != {"marks"}, keep=not self.list.is_empty)

    @work(exclusive=True, group="view", exit_on_error=False)
    async def _show(self, *, opens: bool = False, read_categories: bool = False, keep: bool = False) -> None:
        """Read the channels and show them. A newer question cancels this one. `opens`: in its saved state."""
        if opens:
            await self._restore()
        await self.list.load(partial(self._read, read_categories=read_categories), keep=keep)
        self._label_enter()
        self._follow()
        self.show_details()

    async def _read(self, *, read_categories: bool) -> ItemSource:
        library = self.library
        self.blocks.take_reminders(await library.reminders.coming())
        items, has_counted = await self.browse.read(library, categories=read_categories)
        if has_counted:
            self.category_list.show_categories(
                self.browse.categories,
                all_count=self.browse.all_count,
                chosen=self.state.category,
                reveal_hidden=self.browse.reveals,
            )
        return self.browse.source(items)

    def _show_around(self, source: ItemSource) -> None:
        self.set_class(not source.total, "-empty")
        chips = [Chip(name, words) for name, words in self.state.chips]
        if self.state.category is not None:
            chips.insert(0, Chip("category", self.state.category_name))
        self.filter_bar.show(chips)

    def show_programme(self, channel_id: str, start: int) -> None:
        """Show a programme, whatever the filters are."""
        self.list.row_key = channel_id
        if self.list.source is None:
            self._wanted = start  # the channels are being read
            return
        self.grid.go_to_time(start)
        if (index := self.list.source.index_of(channel_id)) is not None:
            self.grid.move_to(index)
        else:
            self.grid.show_empty("")
            self._change(ListState(row_key=channel_id))

    def _change(self, state: ListState) -> None:
        """Change the filters and show the result with the cursor on its channel."""
        self.browse.state = state
        self._show()
        self.save_state_soon()

    # --------------------------------------------------------------------------------------- the visible part
    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._follow()

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "guide")
        self._stop_clock()

    def on_followed_list_seen(self, event: FollowedList.Seen) -> None:
        event.stop()
        self._label_enter()
        self._follow()
        self.show_details(rest_s=REST_S)
        self.save_state_soon()

    @work(exclusive=True, group="guide", exit_on_error=False)
    async def _follow(self) -> None:
        """Read what is visible and what the next keys may show; then ask the panel about what stays visible."""
        if not self.is_current or not self.grid.total:
            return
        library, seen, window = self.library, self.grid.seen_keys, self.grid.window
        await self._read_blocks(seen, window)
        self._label_enter()
        self._set_clock()
        await asyncio.sleep(READ_REST_S)
        await self._read_blocks(self.grid.keys_around(), window)
        span = window[1] - window[0]
        await self._read_blocks(seen, (window[0] - span, window[1] + span))
        await asyncio.sleep(ASK_REST_S)
        if window[0] <= time.time() < window[1]:
            await self._ask_panel(library, seen)

    async def _read_blocks(self, keys: Collection[str], window: tuple[int, int]) -> None:
        await self.blocks.read(self.library, tuple(keys), window, self.grid.show_known)

    async def _ask_panel(self, library: Library, seen: Collection[str]) -> None:
        """Ask about visible channels without a stored guide, as the list of channels does."""
        try:
            if await library.guide.choice() != "off":
                await library.guide.fetch_now(tuple(seen), self._received)
        except XtreamTuiError:  # the status line shows the connection
            return

    def _received(self, channel_id: str, said: NowNext) -> None:
        self._read_again(channel_id)

    @work(group="answers", exit_on_error=False)
    async def _read_again(self, channel_id: str) -> None:
        self.blocks.forget((channel_id,))
        await self._read_blocks((channel_id,), self.grid.window)
        self._label_enter()
        if self.grid.row is not None and self.grid.row.key == channel_id:
            self.show_details()

    def _set_clock(self) -> None:
        """Move the now-line when it reaches the next cell."""
        self._stop_clock()
        start, stop = self.grid.window
        if start <= (now := time.time()) < stop:
            cell_s = self.grid.seconds_per_cell
            self._clock = self.set_timer(cell_s - (now - start) % cell_s + 0.1, self._pass_time)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.stop()

    def _pass_time(self) -> None:
        self.grid.pass_time()
        self._label_enter()
        self._set_clock()
        self.show_details()

    # -------------------------------------------------------------------------------------------- the details
    async def fill_pane(self) -> None:
        row, one = self.grid.row, self.grid.programme
        if row is None or row.separator or not self.pane.display:
            self.pane.show_nothing()
            return
        if one is None:
            self.pane.show_nothing(f"{row.cells[_NAME_AT]}: no programme is stored here. {await self._help()}")
            return
        found = await self.library.guide.programmes(row.key, one.start, one.start + 1)
        full = next((each for each in found.programmes if each.start == one.start), one)
        now = time.time()
        again = has_catch_up(one, self.blocks.archive_days(row.key), now)
        reminder = f"{glyphs().reminder} reminder set" if self.blocks.is_reminded(row.key, one.start) else ""
        name = "" if self.has_class("-narrow") else row.cells[_NAME_AT]
        note = f" {glyphs().dot} ".join(filter(None, (name, reminder, progress_line(one, now))))
        when = programme_words(one, now, again or one.start <= now < one.stop)
        self.pane.show(programme_item(full), note=note, guide=(("When", when),))

    async def _help(self) -> str:
        """Return what helps where no programme is stored."""
        choice = await self.library.guide.choice()
        full = f"for all channels, set TV guide in the settings ({key_of('settings')}) to the whole guide"
        return "u asks the provider." if choice == "full" else f"u asks the provider; {full}."

    # ----------------------------------------------------------------------------------- targets of actions
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        return tuple(ItemRef(Kind.CHANNEL, row.key, row.cells[_NAME_AT]) for row in self.grid.rows_to_act_on)

    def done_with_selection(self) -> None:
        self.grid.clear_selection()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = super().active_bindings
        if "enter" in found and found["enter"].binding.id == "list.open" and found["enter"].node is self.grid:
            words, tooltip = USES[self._enter]
            enter = replace(found["enter"].binding, description=words, tooltip=tooltip)
            found["enter"] = found["enter"]._replace(binding=enter, tooltip=tooltip)
            if self._enter == "play" and "p" in found:
                found["p"] = found["p"]._replace(binding=replace(found["p"].binding, show=False))
        return found

    def _label_enter(self) -> None:
        """Name in the footer what Enter does here."""
        row = self.grid.row
        use = self.blocks.use_of(row.key, self.grid.programme) if row is not None else "play"
        if use != self._enter:
            self._enter = use
            self.refresh_bindings()

    # ------------------------------------------------------------------------------------------- messages
    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        ref, one = ItemRef(Kind.CHANNEL, event.key, event.row.cells[_NAME_AT]), self.grid.programme
        match self.blocks.use_of(event.key, one):
            case "catchup":
                self.post_message(PlayWanted(ref, one))
            case "remind" | "unremind" if one is not None:
                self._toggle_reminder(ref, one)
            case "over":
                self.notify(f"It is over, and {ref.name} has no archive of it.", markup=False)
            case _:
                self.play(ref)

    @work(group="mark", exit_on_error=False)
    async def _toggle_reminder(self, ref: ItemRef, one: Programme) -> None:
        library, minutes = self.library, self.app_state.settings.reminder_minutes
        is_set = await library.reminders.toggle(ref, one)
        words = f"A notice comes {minutes} min before it begins." if is_set else "The reminder is cleared."
        self.notify(f"{words} Press z to undo.", title=one.title, markup=False)
        self.post_message(MarksChanged(library.profile))

    def on_category_list_highlighted(self, event: CategoryList.Highlighted) -> None:
        event.stop()

    def on_category_list_chosen(self, event: CategoryList.Chosen) -> None:
        event.stop()
        self.action_back_to_list()
        if event.category_id != self.state.category:
            self._change(self.browse.with_category(event.category_id))

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        if event.list is self.grid:
            self.list.row_key = event.key

    def on_paged_list_page_needed(self, event: PagedList.PageNeeded) -> None:
        """Show the rows when all keys of the list are read."""
        event.stop()
        if event.generation == self.grid.generation:
            self.list.await_rows()

    @work(exclusive=True, group="letter", exit_on_error=False)
    async def on_paged_list_letter_jump_requested(self, event: PagedList.LetterJumpRequested) -> None:
        if self.state.sort != "name":
            self.browse.state = replace(self.state, sort="name", descending=False)
            await self.list.load(partial(self._read, read_categories=False), keep=True)
        index = await self.browse.index_of_letter(self.library, event.letter)
        if index is not None:
            self.grid.move_to(index)

    def on_filter_bar_removed(self, event: FilterBar.Removed) -> None:
        event.stop()
        self._change(self.state.without(event.name))

    # --------------------------------------------------------------------------------------------- actions
    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_filter(self) -> None:
        if (state := await self.dialogs.filter(self.library)) is not None:
            self._change(state)

    def action_only_favourites(self) -> None:
        self._change(replace(self.state, favourites=not self.state.favourites))

    def action_clear_filters(self) -> None:
        self._change(self.state.without_filters())

    @work(exclusive=True, group="fetch", exit_on_error=False)
    async def action_fetch(self) -> None:
        """Fetch the whole guide of the channel under the cursor."""
        if (ref := self.ref_to_play()) is not None:
            await self.library.guide.fetch_day(ref.id)
            self._read_again(ref.id)


def _saved_hour(saved: str | None) -> int | None:
    """Return the hour in the state of the screen."""
    try:
        at = json.loads(saved or "{}").get("at")
    except (ValueError, RecursionError, AttributeError):
        return None
    return at if isinstance(at, int) and not isinstance(at, bool) else None
