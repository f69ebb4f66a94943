"""The Home screen: what to watch next, what is new, what is on, and the user's folders, in one list."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import ClassVar, Final, NamedTuple

from textual import work
from textual.binding import ActiveBinding, Binding, BindingType

from tui_app.catalog import Continuing, Item, ItemRef, Kind, NowNext
from tui_app.errors import NotFound, XtreamTuiError
from tui_app.library import FolderCount, HomeLists, Library, NewItems
from tui_app.messages import ScreenWanted
from tui_app.screens.browse.columns import running
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.list_controller import REST_S, ListController
from tui_app.screens.main_screen import hidden_key, scroll_keys, with_playing_enter
from tui_app.screens.marks import ShownMarks
from tui_app.screens.registry import key_of
from tui_app.screens.status_words import how_far, title_words, why_home_empty, why_waiting
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.details import Details
from tui_app.widgets.list_model import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import HeadedList
from tui_app.widgets.words import ago_words, bar_words, count_words, left_words

_BAR_CELLS: Final = 8
_BARS: Final = Column("", _BAR_CELLS, min_list_width=52)
COLUMNS: Final = (
    Column("Home", 16, main=True, names=True),
    Column("", 12, min_list_width=60, most=60),
    _BARS,
    Column("", 13, "right", 36),
)
#: On lower lists no rows are spent on the space between the parts.
_LEAST_ROWS_FOR_GAPS: Final = 20
#: What the rows with the time left show changes so often.
_MINUTE_S: Final = 60.0
#: Pause before the guide is asked about the favourite channels.
_ASK_REST_S: Final = 0.6

HISTORY: Final = "history"
_TIPS_STATE: Final = "tips"


class Tip(NamedTuple):
    """One step of the tour of a new user, done with Enter on its row. `action` is one of the app."""

    step: str
    words: str
    more: str
    action: str


#: The tour: shown until each step was done once, or hidden for ever.
TIPS: Final = (
    Tip("find", "Find: / and a few letters", "titles, people, typos", "app.search"),
    Tip("play", "Play: Enter on a title", "p plays from any list", "app.go('movies')"),
    Tip("favourite", "Favourite: f on a title", f"{key_of('favourites')} shows all favourites", "app.go('movies')"),
    Tip("palette", "All commands: ctrl+p", "type what you want", "app.command_palette"),
)
_HIDE_TIPS: Final = Tip("", "Hide these tips", "for ever", "")
#: What a row stands for: a title, the new items of a kind, a folder, a tip, or a screen.
Target = Continuing | Item | NewItems | FolderCount | Tip | str


class HomeSource(RowsSource):
    """The parts of Home as rows below headings. `now` is in epoch seconds; `gaps`: with a blank row between parts."""

    def __init__(self, lists: HomeLists, now: float, tips: Sequence[Tip] = (), *, gaps: bool) -> None:
        self._lists = lists
        self._tips = tips
        self._now = now
        self.targets: dict[str, Target] = {}
        rows: list[ListRow] = []
        for heading, part in self._parts():
            if found := list(part):
                rows += [ListRow(f"gap {heading}", ("",), separator=True)] if rows and gaps else []
                rows += [ListRow(f"heading {heading}", (heading,), separator=True), *found]
        super().__init__(rows)
        self.all_rows = tuple(rows)
        self._titles = tuple(accumulate(not row.separator for row in rows))

    @property
    def columns(self) -> Sequence[Column]:
        """The columns, without that of the bars where no row has one."""
        has_bars = self._lists.continuing or self._lists.channels
        return COLUMNS if has_bars else [replace(column, width=0) if column is _BARS else column for column in COLUMNS]

    def titles_until(self, index: int) -> int:
        return self._titles[index]

    def has_same_rows(self, other: HomeSource | None) -> bool:
        return other is not None and self.all_rows == other.all_rows

    def ref(self, key: str) -> ItemRef | None:
        """Return the title of a row; None for other rows."""
        match self.targets.get(key):
            case Continuing(ref=ref):
                return ref
            case Item() as item:
                return item.ref
        return None

    def channel_ids(self) -> tuple[str, ...]:
        """Return the channels whose programmes are shown."""
        return tuple(item.id for item, _ in self._lists.channels)

    # ------------------------------------------------------------------------------------------------ the parts
    def _parts(self) -> Iterator[tuple[str, Iterable[ListRow]]]:
        lists = self._lists
        where = "in what you watch" if lists.is_recent_watched else ""
        if self._tips:
            tips = (*self._tips, _HIDE_TIPS)
            yield "A short tour", (self._row(f"tip {one.step}", one, (one.words, one.more, "", "")) for one in tips)
        yield "Continue watching", self._continuing([one for one in lists.continuing if not one.is_next])
        yield "Next episode", self._continuing([one for one in lists.continuing if one.is_next])
        yield "New since you last looked", self._new()
        yield "On now on your channels", self._on_now()
        yield f"Recently added {where}".rstrip(), self._recent()
        yield "Your folders", self._folders()
        if lists.continuing:
            yield "More", iter([self._row("history", HISTORY, ("Everything you watched", "", "", ""))])

    def _continuing(self, found: Sequence[Continuing]) -> Iterator[ListRow]:
        for one in found:
            share = one.position_s / one.duration_s if one.duration_s and one.position_s else None
            cells = (title_words(one.ref), ago_words(self._now - one.at), bar_words(share, _BAR_CELLS), how_far(one))
            row = self._row(f"continue {one.ref.kind} {one.ref.id}", one, cells)
            yield row._replace(marks=self._marks(one.ref.kind, one.ref.id), dim=one.is_gone)

    def _new(self) -> Iterator[ListRow]:
        for new in self._lists.new:
            noun = new.kind.value
            counted = count_words(new.count, f"new {noun}", f"new {new.kind.plural}")
            names = ", ".join(item.name for item in new.items)
            yield self._row(f"new {new.kind}", new, (counted, names, "", ""))
            if new.kind is Kind.SERIES:
                for item in new.items:
                    yield self._titled(f"new series {item.id}", item, (item.name, item.genre or "", "", "new series"))

    def _on_now(self) -> Iterator[ListRow]:
        for item, guide in self._lists.channels:
            yield self._titled(f"channel {item.id}", item, (item.name, *self._programme(guide)))

    def _programme(self, guide: NowNext) -> tuple[str, str, str]:
        on = running(guide, self._now)
        if on is None:
            return "", "", ""
        share = (self._now - on.start) / max(1, on.stop - on.start)
        return on.title, bar_words(share, _BAR_CELLS), left_words(on.stop - self._now)

    def _recent(self) -> Iterator[ListRow]:
        for item in self._lists.recent:
            added = ago_words(self._now - item.added) if item.added else ""
            words = ", ".join(filter(None, (item.kind.value, item.genre)))
            yield self._titled(f"recent {item.kind} {item.id}", item, (item.name, words, "", added))

    def _folders(self) -> Iterator[ListRow]:
        for folder in self._lists.folders:
            yield self._row(f"folder {folder.name}", folder, (folder.name, "", "", count_words(folder.count, "title")))

    # --------------------------------------------------------------------------------------------------- rows
    def _titled(self, key: str, item: Item, cells: tuple[str, ...]) -> ListRow:
        return self._row(key, item, cells)._replace(marks=self._marks(item.kind, item.id))

    def _row(self, key: str, target: Target, cells: tuple[str, ...]) -> ListRow:
        self.targets[key] = target
        return ListRow(key, cells)

    def _marks(self, kind: Kind, item_id: str) -> str:
        marks = self._lists.marks.get(kind)
        return ShownMarks.of_kind(marks).cells(item_id) if marks is not None else ""


class HomeScreen(ItemActions):
    """One list with headings, and details."""

    DEFAULT_CSS = """
    HomeScreen {
        #parts { width: 1fr; }
        &.-middle #body, &.-narrow #body, &.-slim #body { layout: vertical; }
        &.-middle #details, &.-narrow #details { height: 40%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "details", "Details", tooltip="Show or hide the details of the title", id="home.details"),
        *scroll_keys("home"),
        hidden_key("N", "mark_seen", "Mark all as seen", tooltip="Remove the dots of new titles", id="home.seen"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "home")
        self.titles = HeadedList(columns=COLUMNS, marks_width=2, id="parts")
        self.pane = Details(id="details")
        self.list: ListController[HomeSource] = ListController(
            self.titles,
            "The library can't be read",
            lambda: why_home_empty(self.app_state, self.active),
            while_waiting=lambda: why_waiting(self.app_state),
            before_rows=self._show_around,
        )

    @property
    def enter_plays(self) -> bool:
        return self._enter_words != "Open"

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = with_playing_enter(super().active_bindings, self._enter_words)
        for key, active in found.items():
            if active.binding.id == "go.history":
                found[key] = active._replace(binding=replace(active.binding, show=True))
        return found

    @property
    def _enter_words(self) -> str:
        """What Enter does on this row."""
        row, source = self.titles.row, self.list.source
        match source.targets.get(row.key) if source is not None and row is not None else None:
            case Continuing(is_next=False):
                return "Resume"
            case Continuing() | Item(kind=Kind.MOVIE | Kind.CHANNEL | Kind.EPISODE):
                return "Play"
        return "Open"

    def on_mount(self) -> None:
        self.set_focus(self.titles)
        self.set_interval(_MINUTE_S, self._show_minute)

    async def first_answer(self) -> None:
        await self.list.first_answer()

    def state_to_save(self) -> str | None:
        return self.list.row_key

    # --------------------------------------------------------------------------------------------- showing
    def on_screen_resume(self) -> None:
        if self.is_opened:  # otherwise `library_opened` follows
            self._read()

    def on_resize(self) -> None:
        if self.list.source is not None:
            self._read()

    def library_opened(self) -> None:
        self.list.forget()
        self._read()

    def library_changed(self, parts: frozenset[str]) -> None:
        self._read()

    def _show_minute(self) -> None:
        """Show how much time is left of what is on."""
        if self.is_current and self.list.source is not None and self.list.source.channel_ids():
            self._read()

    @work(exclusive=True, group="home", exit_on_error=False)
    async def _read(self) -> None:
        if await self.list.load(self._read_rows, keep=self.list.source is not None):
            self.refresh_bindings()
            self.show_details()
        self._ask_guide()

    async def _read_rows(self) -> HomeSource | None:
        library, before = self.library, self.list.source
        if before is None:
            self.list.row_key = await library.remembered.screen_state(self.screen_id)
        lists = await library.home.read()
        gaps = self.size.height >= _LEAST_ROWS_FOR_GAPS
        source = HomeSource(lists, time.time(), await self._tips(library, lists), gaps=gaps)
        return None if source.total and source.has_same_rows(before) else source

    async def _tips(self, library: Library, lists: HomeLists) -> tuple[Tip, ...]:
        """Return the steps that the user has not done; none for those who used the app before there was a tour."""
        left = await library.remembered.screen_state(_TIPS_STATE)
        if left is None and lists.recent and not (lists.has_played or lists.has_favourites):
            left = " ".join(tip.step for tip in TIPS)
            await library.remembered.save_screen_state(_TIPS_STATE, left)
        done = {"play"} if lists.has_played else set()
        done |= {"favourite"} if lists.has_favourites else set()
        return tuple(tip for tip in TIPS if tip.step in (left or "").split() and tip.step not in done)

    @work(group="tips", exit_on_error=False)
    async def _finish_tip(self, tip: Tip) -> None:
        """Do what a step of the tour is about, and show it no more."""
        library = self.library
        left = (await library.remembered.screen_state(_TIPS_STATE) or "").split()
        await library.remembered.save_screen_state(
            _TIPS_STATE, " ".join(step for step in left if tip.step and step != tip.step)
        )
        if tip.action:
            await self.run_action(tip.action)
        else:
            self._read()

    @work(exclusive=True, group="guide", exit_on_error=False)
    async def _ask_guide(self) -> None:
        """Ask the provider what is on on the favourite channels of which the copy says nothing current."""
        library, source = self.library, self.list.source
        await asyncio.sleep(_ASK_REST_S)
        if source is None or not self.is_current or not source.channel_ids():
            return
        try:
            if await library.guide.choice() != "off":
                await library.guide.fetch_now(source.channel_ids(), self._take_programme)
        except XtreamTuiError:  # the status line shows the connection
            return

    def _take_programme(self, channel_id: str, found: NowNext) -> None:
        if found.now is not None:
            self._read()

    def _show_around(self, source: HomeSource) -> None:
        self.set_class(not source.total, "-empty")
        self.titles.set_columns(source.columns)

    async def fill_pane(self) -> None:
        library, refs = self.library, self.refs_to_act_on()
        if len(refs) != 1 or not self.pane.display:
            self.pane.show_nothing()
            return
        for ref in dict.fromkeys((refs[0], refs[0].listed)):  # of an episode whose details were dropped its series
            try:
                self.pane.show(await library.open_item(ref.kind, ref.id))
                return
            except NotFound:
                self.pane.show_nothing(f"{title_words(ref)}: the provider no longer lists it.")

    # ----------------------------------------------------------------------------------- targets of actions
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected titles, else the one under the cursor, each once."""
        source = self.list.source
        found = (source.ref(row.key) for row in self.titles.rows_to_act_on) if source is not None else ()
        return tuple(dict.fromkeys(ref for ref in found if ref is not None))

    def favourite_refs(self) -> tuple[ItemRef, ...]:
        """Return the titles, of episodes their series."""
        return tuple(dict.fromkeys(ref.listed for ref in self.refs_to_act_on()))

    def done_with_selection(self) -> None:
        self.titles.clear_selection()

    # ------------------------------------------------------------------------------------------- messages
    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        self.list.row_key = event.key
        self.save_state_soon()
        self.refresh_bindings()
        self.show_details(rest_s=REST_S)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        source = self.list.source
        match source.targets.get(event.key) if source is not None else None:
            case NewItems():
                self.post_message(ScreenWanted("changes"))
            case FolderCount(name=name):
                self.post_message(ScreenWanted("favourites", folder=name))
            case Tip() as tip:
                self._finish_tip(tip)
            case str() as screen_id:
                self.post_message(ScreenWanted(screen_id))
            case Continuing(ref=ref):
                self.play_or_open(ref)
            case Item() as item:
                self.play_or_open(item.ref)

    def open_instead_of_details(self) -> None:
        self.titles.action_activate()
