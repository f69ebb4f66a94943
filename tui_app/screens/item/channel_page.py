"""The page of a channel: its guide day by day, its details, and the programme under the cursor.

The copy shows at once; the guide is fetched when the copy is missing or old.
"""

from __future__ import annotations

import time
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from tui_app.catalog import ChannelGuide, FullItem, Item, ItemRef, Kind, Mark, Programme
from tui_app.errors import NotFound, Unreachable, XtreamTuiError
from tui_app.messages import ConnectionChanged, PlayWanted
from tui_app.screens.item.actions import ItemActions
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.day_list import DayList
from tui_app.widgets.details import Details
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.words import ago_words, clock, clock_words, left_words, length_words

#: The time span read from the copy: more than it contains.
_SPAN_S: Final = 40 * 86_400
_BAR_CELLS: Final = 16
_NO_GUIDE: Final = "The provider has no guide for this channel."


class ChannelPage(ItemActions):
    """A channel on top of the list it was opened from."""

    DEFAULT_CSS = """
    ChannelPage {
        #day { width: 1fr; }
        #words { width: 44; border-left: solid $panel; }
        #programme { height: 1fr; }
        #item { height: 2fr; border-top: solid $panel; }
        &.-middle #words { width: 34; }
        &.-narrow #body, &.-slim #body { layout: vertical; }
        &.-narrow #words { width: 1fr; height: 40%; border-left: none; border-top: solid $panel; }
        &.-narrow #item { display: none; }
        &.-short #words { display: none; }
        &.-reading.-narrow #words, &.-reading.-short #words {
            display: block; width: 1fr; height: 1fr; border-top: none; border-left: none;
        }
        &.-reading.-narrow #day, &.-reading.-short #day { display: none; }
        &.-reading.-narrow #item, &.-reading.-short #item { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "back", "Back", tooltip="Go to the list", id="channel.back"),
        Binding("u", "fetch", "Refresh", tooltip="Fetch the guide again", id="channel.fetch"),
    ]

    def __init__(self, active: ActiveProfile, channel_id: str, screen_id: str, *, at: int | None = None) -> None:
        """Create the page. `at`: the start (epoch seconds) of the programme to select."""
        super().__init__(active, screen_id)
        self.channel_id = channel_id
        self._at = at
        self._full: FullItem | None = None
        self._opened_in = active.library
        self._is_favourite = False
        self._clock: Timer | None = None
        self.day = DayList(id="day")
        self.programme_pane = Details(id="programme")
        self.pane = Details(id="item")

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield self.day
            with Vertical(id="words"):
                yield self.programme_pane
                yield self.pane

    def on_mount(self) -> None:
        self.set_focus(self.day)

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        """Open the channel; close when the profile was switched."""
        if self.library is self._opened_in:
            self._open(fetch=True)
        else:
            self.dismiss()

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts & {"channels", "guide", "marks", "all"}:
            self._open(fetch=False)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _open(self, *, fetch: bool, retry: bool = False) -> None:
        library = self.library
        try:
            self._full = await library.open_item(Kind.CHANNEL, self.channel_id)
            self._is_favourite = self.channel_id in await library.marks.ids(Kind.CHANNEL, Mark.FAVOURITE)
            guide = await self._read()
            is_wanted = retry or (fetch and guide.day_until < time.time() and await library.guide.choice() != "off")
        except NotFound:
            self.pane.show_nothing("This channel is no longer in the library.")
            self.day.show_none("The channel is no longer in the library.")
            return
        except XtreamTuiError as error:
            self.day.show_none(error.message, error.hint)
            return
        self._show(guide, fetching=is_wanted)
        if is_wanted:
            await self._ask_panel(guide)

    async def _read(self) -> ChannelGuide:
        now = int(time.time())
        return await self.library.guide.programmes(self.channel_id, now - _SPAN_S, now + _SPAN_S)

    async def _ask_panel(self, guide: ChannelGuide) -> None:
        profile = self.active.name
        try:
            await self.library.guide.fetch_day(self.channel_id)
        except XtreamTuiError as error:
            if isinstance(error, Unreachable):
                self.post_message(ConnectionChanged(profile, online=False))
            self._show(guide, trouble=error)
        else:
            self.post_message(ConnectionChanged(profile, online=True))
            self._show(await self._read())

    def _show(self, guide: ChannelGuide, *, fetching: bool = False, trouble: XtreamTuiError | None = None) -> None:
        if self._full is None:
            return
        age = f"guide from {ago_words(time.time() - guide.at)}" if guide.at else ""
        words = f"{'offline' if isinstance(trouble, Unreachable) else trouble.message.rstrip('.')}" if trouble else ""
        lead = f"fetching the guide {glyphs().ellipsis}" if fetching else words
        notes = ("favourite" if self._is_favourite else "", lead, age if guide.programmes else "")
        note = f" {glyphs().dot} ".join(filter(None, notes))
        self.pane.show(self._full, note=note, failed=trouble is not None)
        if guide.programmes:
            self._look_again(guide)
            self.day.show_programmes(
                guide.programmes, time.time(), archive_days=self._full.item.archive_days, at=self._at
            )
            self._at = None
            return
        self.programme_pane.show_nothing()
        if fetching:
            self.day.show_loading()
        elif trouble is not None:
            self.day.show_none(trouble.message, "u tries again")
        else:
            self.day.show_none(_why_empty(guide), "u asks the provider")

    def _look_again(self, guide: ChannelGuide) -> None:
        """Update when the next programme begins or ends."""
        if self._clock is not None:
            self._clock.stop()
        now = time.time()
        moments = [at for one in guide.programmes for at in (one.start, one.stop) if at > now]
        self._clock = self.set_timer(min(moments) - now + 0.5, lambda: self._show(guide)) if moments else None

    # ------------------------------------------------------------------------------------------- messages
    def on_day_list_programme_highlighted(self, event: DayList.ProgrammeHighlighted) -> None:
        event.stop()
        programme = event.programme
        now = time.time()
        when = programme_words(programme, now, self.day.can_be_watched(programme))
        note = progress_line(programme, now)
        self.programme_pane.show(programme_item(programme), note=note, guide=(("When", when),))

    def on_day_list_programme_activated(self, event: DayList.ProgrammeActivated) -> None:
        event.stop()
        if (ref := self.ref_to_play()) is not None:
            is_over = event.programme.stop <= time.time()
            self.post_message(PlayWanted(ref, event.programme if is_over else None))

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()

    # ----------------------------------------------------------------------------------- targets of actions
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the channel."""
        return (ItemRef(Kind.CHANNEL, self.channel_id, self._full.item.name),) if self._full is not None else ()

    # --------------------------------------------------------------------------------------------- actions
    def action_back(self) -> None:
        """Go from a programme's text to the day, from there to the list."""
        if self.has_class("-reading"):
            self.remove_class("-reading")
            self.set_focus(self.day)
        else:
            self.dismiss()

    def action_open_page(self) -> None:
        """Show the text of the programme under the cursor."""
        if self.day.programme is not None:
            self.add_class("-reading")
            self.set_focus(self.programme_pane)

    def action_fetch(self) -> None:
        """Fetch the guide again."""
        self._open(fetch=True, retry=True)


def programme_item(programme: Programme) -> FullItem:
    """Return a programme as an item for the details pane."""
    item = Item(Kind.CHANNEL, f"programme {programme.start}", programme.title)
    return FullItem(item, plot=programme.description or None)


def programme_words(programme: Programme, now: float, can_be_watched: bool) -> str:
    """Describe a programme: "20:15 to 21:45, 1 h 30 min, can be watched again"."""
    when = f"{clock_words(programme.start, now)} to {clock(programme.stop)}"
    if programme.start <= now < programme.stop:
        state = "on now"
    elif programme.stop <= now:
        state = "can be watched again" if can_be_watched else "is over"
    else:
        state = ""
    return ", ".join(filter(None, (when, length_words(programme.stop - programme.start), state)))


def progress_line(one: Programme, now: float) -> str:
    """Return how far the current programme is, as a bar and in words."""
    if not one.start <= now < one.stop:
        return ""
    full = int(_BAR_CELLS * (now - one.start) / (one.stop - one.start))
    bar = glyphs().bar_full * full + glyphs().bar_empty * (_BAR_CELLS - full)
    return f"{bar} {left_words(one.stop - now)}"


def _why_empty(guide: ChannelGuide) -> str:
    if guide.has_none:
        return _NO_GUIDE
    return "The stored programmes are over." if guide.at else "It has not been fetched yet."
