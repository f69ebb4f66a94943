"""The Changes screen: the last syncs, and what the one under the cursor added, changed and removed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui_app.catalog import ChangedItem, ItemRef, Kind, SyncRunInfo
from tui_app.errors import NotFound, XtreamTuiError
from tui_app.library import ChangeList
from tui_app.messages import ChangesSeen
from tui_app.screens.item.title_page import page_of
from tui_app.screens.main_screen import MainScreen
from tui_app.services.app_state import ActiveProfile
from tui_app.text import strip_controls
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, Emptiness, ListRow, RowsSource, RowTone
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.words import (
    changed_fields,
    clock_words,
    count_words,
    fields_words,
    name_words,
    short_summary,
    sign_of,
    summary_words,
)

RUN_COLUMNS: Final = (Column("Sync", 12), Column("", 12, main=True))
CHANGE_COLUMNS: Final = (Column("What changed", 16, main=True), Column("Kind", 7, min_list_width=40))
_REST_KEY: Final = "rest"
_LONGEST: Final = 40  # characters of "old → new" that a row has room for
_ENDS: Final[Mapping[str, str]] = {
    "partial": "partly",
    "failed": "failed",
    "cancelled": "cancelled",
    "running": "running",
}


def run_row(run: SyncRunInfo, *, is_new: bool, now: float | None = None) -> ListRow:
    """Return the row of a sync: its time, and the result in a dozen cells."""
    counts = short_summary(run.counts) if run.status == "completed" or run.recorded or run.omitted else ""
    words = " ".join(filter(None, (counts, _ENDS.get(run.status, ""))))
    when = clock_words(run.at, time.time() if now is None else now)
    has_new_changes = is_new and run.recorded + run.omitted > 0
    return ListRow(str(run.run), (when, words), glyphs().new if has_new_changes else "")


def run_words(run: SyncRunInfo, *, is_last: bool = False) -> str:
    """Return the full description of a sync. `is_last`: no other followed, so a failed one can be tried again."""
    dot = f" {glyphs().dot} "
    counts = summary_words(run.counts) if run.status in ("completed", "partial") or run.recorded else ""
    end = f"{run.mode} sync {run.status} {clock_words(run.at, time.time())}"
    again = "press r to try again" if is_last and run.status in ("partial", "failed", "cancelled") else ""
    reason = run.reason.removesuffix(".") if again else run.reason
    return strip_controls(dot.join(filter(None, (counts, end, reason, again))))


#: The order of the tabs; None is all kinds.
_TABS: Final = (None, Kind.MOVIE, Kind.SERIES, Kind.CHANNEL)


def tab_words(view: ChangeList, chosen: Kind | None, *, only_new: bool) -> Content:
    """Return the tabs with their counts; a click chooses one."""
    tabs = []
    for kind in _TABS:
        words = f" {kind.plural.capitalize() if kind else 'All'} {view.narrowed(kind, only_new=only_new).total:,} "
        chooses = Style.from_meta({"@click": f"screen.kind('{kind}')"})
        tabs.append(Content.assemble((words, "bold $text-accent" if kind is chosen else chooses)))
    return Content.assemble((" only new ", "$text-warning") if only_new else "", *tabs)


def why_no_changes(run: SyncRunInfo) -> Emptiness:
    """Return the text to show for a sync without listed changes."""
    if run.omitted:
        return Emptiness(
            "Only the counts are kept", f"{count_words(run.omitted, 'change')} were too many to list or too old."
        )
    if run.status == "running":
        return Emptiness("This sync is running", "What it changes appears here part by part.")
    if run.status == "failed":
        return Emptiness("This sync failed", run.reason, "press r to try again")
    if run.status == "cancelled":
        return Emptiness("This sync was cancelled", "It had not changed anything yet.", "press r to try again")
    return Emptiness("Nothing changed", run.reason or "The provider's lists are unchanged.")


def change_words(changed: ChangedItem) -> Content:
    """Return everything known about one change, one line per field."""
    lines = [
        Content.assemble((strip_controls(name_words(changed)), "bold")),
        Content(f"{changed.kind.value}, {changed.change}"),
        *(Content(strip_controls(f"{label}: {words}")) for label, words in changed_fields(changed)),
    ]
    return Content("\n").join(lines)


_OTHERS_CHANGED: Final = Emptiness(
    "Nothing here", "This sync changed other titles.", "t shows other kinds, n all changes or only new titles"
)


class ChangeSource:
    """The changes of one sync as rows; the last row counts the changes that are not listed."""

    def __init__(self, view: ChangeList, omitted: int) -> None:
        self._view = view
        self._omitted = omitted

    @property
    def total(self) -> int:
        return self._view.total + bool(self._omitted)

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        rows = [_change_row(key, changed) for key, changed in self._view.items(start, min(stop, self._view.total))]
        if self._omitted and stop > self._view.total:
            rest = f"and {count_words(self._omitted, 'more change')} that are not listed"
            rows.append(ListRow(_REST_KEY, (rest, ""), separator=True))
        return rows

    def index_of(self, key: str) -> int | None:
        return self._view.index_of(int(key)) if key.isdigit() else None

    def changed(self, index: int) -> ChangedItem | None:
        """Return the change in this row; None when it is gone, or for the last row."""
        found = self._view.items(index, index + 1)
        return found[0][1] if found else None


_TONES: Final[Mapping[str, RowTone]] = {"added": "added", "changed": "changed", "removed": "removed"}


def _change_row(key: int, changed: ChangedItem) -> ListRow:
    """Return a row with a sign, the name, and the changed fields in another colour."""
    name, fields = name_words(changed), fields_words(changed, longest=_LONGEST)
    cell = f"{name}  {fields}" if fields else name
    spans = ((len(name) + 2, len(cell)),) if fields else ()
    is_gone = changed.change == "removed"
    return ListRow(
        str(key), (cell, changed.kind.value), sign_of(changed.change), is_gone, False, spans, _TONES[changed.change]
    )


_REST_S: Final = 0.05


class ChangesScreen(MainScreen):
    """The list of syncs, the list of changes, and descriptions of both."""

    DEFAULT_CSS = """
    ChangesScreen {
        #runs { width: 34; border-right: solid $panel; }
        &.-wide #runs { width: 40; }
        #right { width: 1fr; }
        #run { height: auto; max-height: 4; padding: 0 1; background: $surface; color: $text-primary; }
        #tabs {
            height: 1; background: $surface; link-color: $text-muted; link-style: none; link-background: $surface;
        }
        #change { height: 6; padding: 0 1; background: $surface; border-top: solid $panel; }
        &.-narrow #body { layout: vertical; }
        &.-narrow #runs { width: 1fr; height: 1fr; border-right: none; border-bottom: solid $panel; }
        &.-narrow #right { height: 2fr; }
        &.-short #change { display: none; height: 4; }
        &.-short #run { max-height: 1; }
        &.-narrow.-short #runs { height: 4; border-bottom: none; }
        &.-without-details #change { display: none; }
        &.-with-details #change { display: block; }
        &.-short.-with-details #run { display: none; }
        &.-narrow.-short.-with-details #runs { display: none; }
        &.-empty #right { display: none; }
        &.-empty #runs { width: 1fr; height: 1fr; border-right: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "details", "Details", tooltip="Show or hide what exactly changed", id="changes.details"),
        Binding("t", "next_kind", "Kind", tooltip="Show movies, series, channels or all", id="changes.kind"),
        Binding("n", "only_new", "Only new", tooltip="Show only added titles, or all changes", id="changes.new"),
        Binding("N", "mark_seen", "Mark all as seen", tooltip="Remove the dots of new titles", id="changes.seen"),
        Binding("left,h,escape", "to_runs", "To the syncs", show=False, tooltip="Go to the syncs", id="changes.syncs"),
        Binding("right,l", "to_changes", "To the changes", show=False, tooltip="Go to the changes", id="changes.list"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "changes")
        self.runs = PagedList(columns=RUN_COLUMNS, id="runs")
        self.run_line = Static("", id="run", markup=False)
        self.tabs = Static("", id="tabs", markup=False)
        self.changes = PagedList(columns=CHANGE_COLUMNS, id="changes")
        self.change_pane = Static("", id="change", markup=False)
        self._known: dict[str, SyncRunInfo] = {}
        self._source: ChangeSource | None = None
        self._shown_run = ""
        self._kind: Kind | None = None
        self._only_new = False

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield self.runs
            with Vertical(id="right"):
                yield self.run_line
                yield self.tabs
                yield self.changes
                yield self.change_pane

    def on_mount(self) -> None:
        self.set_focus(self.runs)

    # --------------------------------------------------------------------------------------------- showing
    def on_screen_resume(self) -> None:
        if self.is_opened:  # otherwise `library_opened` follows
            self._read()

    def library_opened(self) -> None:
        self._shown_run = ""
        self._read()

    def library_changed(self, parts: frozenset[str]) -> None:
        self._read()

    @work(exclusive=True, group="runs", exit_on_error=False)
    async def _read(self) -> None:
        library = self.library
        try:
            runs = await library.changes.runs()
            seen_at = await library.changes.seen_at()
        except XtreamTuiError as error:
            self.set_class(True, "-empty")
            self.runs.show_empty("The library can't be read", error.message, error.hint)
            return
        self._show_runs(runs, -1 if seen_at is None else seen_at)

    def _show_runs(self, runs: tuple[SyncRunInfo, ...], seen_at: int) -> None:
        self._known = {str(run.run): run for run in runs}
        self.set_class(not runs, "-empty")
        if not runs:
            self._shown_run = ""
            self.runs.show_empty("No sync yet", "What each sync changes is listed here.", "r starts the first sync")
            return
        rows = RowsSource([run_row(run, is_new=run.at > seen_at) for run in runs])
        if self._shown_run in self._known:
            self.runs.reload(rows)
            self._show_run(self._shown_run)
        else:
            self.runs.show(rows)

    @work(exclusive=True, group="changes", exit_on_error=False)
    async def _show_run(self, key: str, *, rest_s: float = 0, from_top: bool = False) -> None:
        """Show what a sync changed; reload when it is the same sync again, unless `from_top`."""
        await asyncio.sleep(rest_s)
        run = self._known.get(key)
        if run is None:
            return
        view = await self.library.changes.of(run.run)
        self.run_line.update(run_words(run, is_last=key == next(iter(self._known)) and view.total > 0))
        self.tabs.display = view.total > 0
        self.tabs.update(tab_words(view, self._kind, only_new=self._only_new), layout=False)
        shown = view.narrowed(self._kind, only_new=self._only_new)
        is_all = self._kind is None and not self._only_new
        self._source = ChangeSource(shown, run.omitted if is_all else 0)
        is_same, self._shown_run = key == self._shown_run and not from_top, key
        if not shown.total:
            self._source = None
            self.changes.show_empty(*(why_no_changes(run) if not view.total else _OTHERS_CHANGED))
            self.change_pane.update("", layout=False)
        elif is_same:
            self.changes.reload(self._source)
        else:
            self.changes.show(self._source)

    # ------------------------------------------------------------------------------------------- messages
    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        if event.list is self.runs:
            if event.key != self._shown_run:
                self._show_run(event.key, rest_s=_REST_S if self._shown_run else 0)
        elif self._source is not None:
            changed = self._source.changed(event.index)
            self.change_pane.update("" if changed is None else change_words(changed), layout=False)

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        if event.list is self.runs:
            self.action_to_changes()
        else:
            self._open_changed(event.index)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _open_changed(self, index: int) -> None:
        """Open the page of the changed item, if the library still has it."""
        changed = self._source.changed(index) if self._source else None
        if changed is None:
            return
        try:
            await self.library.open_item(changed.kind, changed.id)
        except NotFound:
            self.notify(f"“{changed.name}” is no longer in the library.", markup=False)
            return
        self.app.push_screen(page_of(self.active, ItemRef(changed.kind, changed.id, changed.name), self.screen_id))

    # --------------------------------------------------------------------------------------------- actions
    def action_next_kind(self) -> None:
        """Show the changes of the next kind, after the last one those of all."""
        self._narrow(_TABS[(_TABS.index(self._kind) + 1) % len(_TABS)], only_new=self._only_new)

    def action_kind(self, kind: str) -> None:
        """Show the changes of one kind, or of all."""
        self._narrow(next((known for known in _TABS if str(known) == kind), None), only_new=self._only_new)

    def action_only_new(self) -> None:
        """Show only added titles, or all changes."""
        self._narrow(self._kind, only_new=not self._only_new)

    def _narrow(self, kind: Kind | None, *, only_new: bool) -> None:
        self._kind, self._only_new = kind, only_new
        self._show_run(self._shown_run, from_top=True)

    @work(exclusive=True, group="seen", exit_on_error=False)
    async def action_mark_seen(self) -> None:
        """Remove the dots of new titles everywhere."""
        library = self.library
        await library.changes.mark_seen()
        self.post_message(ChangesSeen(library.profile))

    def action_details(self) -> None:
        """Show or hide what exactly changed."""
        wanted = not self.change_pane.display
        self.set_class(wanted, "-with-details")
        self.set_class(not wanted, "-without-details")
        if not self.runs.display:
            self.action_to_changes()

    def action_to_runs(self) -> None:
        """Go to the syncs."""
        if not self.runs.display:
            self.action_details()
        self.set_focus(self.runs)

    def action_to_changes(self) -> None:
        """Go to the changes of the sync."""
        if self._source is not None:
            self.set_focus(self.changes)
