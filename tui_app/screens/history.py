"""The History screen: titles to continue on top, then what was played, by day."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from tui_app.catalog import Continuing, ItemRef, Kind, Played
from tui_app.errors import NotFound
from tui_app.screens.dialogs.base import Choice, ChoiceDialog
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.list_controller import REST_S, ListController
from tui_app.screens.marks import ShownMarks, read_all_marks, read_marks
from tui_app.screens.status_words import how_far, title_words
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.details import Details
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, Emptiness, ListRow
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import HeadedList
from tui_app.widgets.words import ago_words, bar_words, count_words, day_words, time_words

_BAR_CELLS: Final = 8
COLUMNS: Final = (
    Column("Title", 16, main=True, names=True),
    Column("Kind", 7, min_list_width=96),
    Column("", _BAR_CELLS, min_list_width=78),
    Column("Progress", 13, min_list_width=38),
    Column("When", 11, "right", 60),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a title to continue, a title that was played, or a heading."""

    key: str
    what: Continuing | Played | str


class HistorySource:
    """History entries as rows, created when they become visible. `now` is in epoch seconds."""

    def __init__(
        self,
        continuing: Sequence[Continuing],
        played: Sequence[Played],
        marks: Mapping[Kind, ShownMarks],
        now: float,
    ) -> None:
        self._marks = marks
        self._now = now
        self._entries = tuple(_entries(continuing, played, now))
        self._index = {entry.key: index for index, entry in enumerate(self._entries)}
        self._titles = tuple(accumulate(not isinstance(entry.what, str) for entry in self._entries))

    @property
    def total(self) -> int:
        return len(self._entries)

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        return [self._row(entry) for entry in self._entries[start:stop]]

    def index_of(self, key: str) -> int | None:
        return self._index.get(key)

    def titles_until(self, index: int) -> int:
        return self._titles[index]

    def entry(self, key: str) -> Continuing | Played | None:
        """Return the title of a row; None for a heading or an unknown row."""
        index = self._index.get(key)
        what = None if index is None else self._entries[index].what
        return None if isinstance(what, str) else what

    def _row(self, entry: Entry) -> ListRow:
        what = entry.what
        if isinstance(what, str):
            return ListRow(entry.key, (what,), separator=True)
        marks = self._marks.get(what.ref.kind, ShownMarks())
        when = ago_words(self._now - what.at) if isinstance(what, Continuing) else time_words(what.at)
        cells = (title_words(what.ref), what.ref.kind.value, _bar(what), how_far(what), when)
        return ListRow(entry.key, cells, marks.cells(what.ref.id), dim=what.is_gone)


def _bar(what: Continuing | Played) -> str:
    """Return the progress as a bar; "" without progress."""
    if isinstance(what, Played) and what.is_done:
        return bar_words(1, _BAR_CELLS)
    is_known = not what.is_gone and what.duration_s and what.position_s >= 60
    return bar_words(what.position_s / what.duration_s, _BAR_CELLS) if is_known and what.duration_s else ""


def _entries(continuing: Sequence[Continuing], played: Sequence[Played], now: float) -> Iterator[Entry]:
    if continuing:
        yield Entry("heading continue", "Continue watching")
    for going in continuing:
        yield Entry(f"continue {going.ref.kind} {going.ref.id}", going)
    for day, of_day in groupby(played, key=lambda one: time.localtime(one.at)[:3]):
        for number, one in enumerate(of_day):
            if not number:
                yield Entry(f"heading {day}", day_words(one.at, now))
            yield Entry(f"played {one.ref.kind} {one.ref.id}", one)


_NOTHING_PLAYED: Final = Emptiness(
    "Nothing played yet", "Channels, movies and episodes you play are listed here with your progress."
)
#: Titles under "Continue watching".
_MOST_TO_CONTINUE: Final = 10


class HistoryScreen(ItemActions):
    """One list with headings, and details."""

    DEFAULT_CSS = """
    HistoryScreen {
        #played { width: 1fr; }
        &.-middle #body, &.-narrow #body, &.-slim #body { layout: vertical; }
        &.-middle #details, &.-narrow #details { height: 40%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "details", "Details", tooltip="Show or hide the details of the title", id="history.details"),
        Binding("delete", "forget", "Remove", tooltip="Remove from history", id="history.forget"),
        Binding("C", "forget_all", "Clear history", show=False, tooltip="Clear the history", id="history.forget_all"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "history")
        self.titles = HeadedList(columns=COLUMNS, marks_width=2, id="played")
        self.pane = Details(id="details")
        self.list: ListController[HistorySource] = ListController(
            self.titles, "The history can't be read", lambda: _NOTHING_PLAYED, before_rows=self._show_around
        )

    def on_mount(self) -> None:
        self.set_focus(self.titles)

    def state_to_save(self) -> str | None:
        return self.list.row_key

    # --------------------------------------------------------------------------------------------- showing
    def on_screen_resume(self) -> None:
        if self.is_opened:  # otherwise `library_opened` follows
            self._read()

    def library_opened(self) -> None:
        self.list.forget()
        self._read()

    def library_changed(self, parts: frozenset[str]) -> None:
        self._read()

    @work(exclusive=True, group="history", exit_on_error=False)
    async def _read(self) -> None:
        if await self.list.load(self._read_rows, keep=self.list.source is not None):
            self.show_details()

    async def _read_rows(self) -> HistorySource:
        library = self.library
        if self.list.source is None:
            self.list.row_key = await library.remembered.screen_state(self.screen_id)
        continuing = await library.watching.continue_watching(_MOST_TO_CONTINUE)
        played = await library.watching.history()
        marks = await read_all_marks(library, (Kind.MOVIE, Kind.EPISODE, Kind.CHANNEL))
        return HistorySource(continuing, played, marks, time.time())

    def _show_around(self, source: HistorySource) -> None:
        self.set_class(not source.total, "-empty")

    async def fill_pane(self) -> None:
        library, entry = self.library, self._entry
        if entry is None or not self.pane.display:
            self.pane.show_nothing()
            return
        marks = await read_marks(library, entry.ref.kind)
        note = f" {glyphs().dot} ".join(filter(None, (*marks.words(entry.ref.id), how_far(entry))))
        try:
            self.pane.show(await library.open_item(entry.ref.kind, entry.ref.id), note=note)
        except NotFound:
            self.pane.show_nothing(f"{title_words(entry.ref)}: the provider no longer lists it.")

    # ----------------------------------------------------------------------------------- targets of actions
    @property
    def _entry(self) -> Continuing | Played | None:
        """The entry under the cursor; None on a heading."""
        row = self.titles.row
        return self.list.source.entry(row.key) if self.list.source is not None and row is not None else None

    @property
    def _entries(self) -> tuple[Continuing | Played, ...]:
        """The selected entries, else the one under the cursor."""
        source, rows = self.list.source, self.titles.rows_to_act_on
        found = (source.entry(row.key) for row in rows) if source is not None else ()
        return tuple(entry for entry in found if entry is not None)

    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected titles, else the one under the cursor, each once."""
        return tuple(dict.fromkeys(entry.ref for entry in self._entries))

    def favourite_refs(self) -> tuple[ItemRef, ...]:
        """Return the titles, of episodes their series."""
        return tuple(dict.fromkeys(ref.listed for ref in self.refs_to_act_on()))

    def done_with_selection(self) -> None:
        self.titles.clear_selection()

    # ------------------------------------------------------------------------------------------- messages
    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        self.list.row_key = event.key
        self.show_details(rest_s=REST_S)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        if self._entry is not None:
            self.play_or_open(self._entry.ref)

    # --------------------------------------------------------------------------------------------- actions
    def open_instead_of_details(self) -> None:
        self.titles.action_activate()

    @work(group="forget", exit_on_error=False)
    async def action_forget(self) -> None:
        """Remove titles from the history; a title to continue with all episodes of its series."""
        library, entries = self.library, self._entries
        if not entries:
            return
        refs = [entry.ref.listed if isinstance(entry, Continuing) else entry.ref for entry in entries]
        await library.watching.forget(refs)
        words = f"“{title_words(refs[0])}” is" if len(refs) == 1 else f"{len(refs):,} titles are"
        self.notify(f"{words} no longer in the history. Press z to undo.", markup=False)
        self.done_with_selection()
        self._read()

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_forget_all(self) -> None:
        """Clear the history, after asking."""
        if self.list.is_empty:
            return
        dialog = ChoiceDialog(
            "Clear history",
            "Remove everything from the history?",
            ("Resume positions are removed too. Favourites and watched marks stay.",),
            (Choice("forget", "Clear history", "error"), Choice("keep", "Cancel", "primary")),
        )
        if await self.app.push_screen_wait(dialog) != "forget":
            return
        count = await self.library.watching.forget_all()
        self.notify(f"{count_words(count, 'title')} removed from the history. Press z to undo.", markup=False)
        self._read()
