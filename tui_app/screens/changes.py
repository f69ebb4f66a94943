"""What the last syncs added, changed and removed: the syncs, and the changes of the one under the cursor.

Being here is looking at them: what was new in the lists until now is new no longer.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_app.catalog import SyncRunInfo
from tui_app.errors import NotFound, XtreamTuiError
from tui_app.library import Library
from tui_app.messages import ChangesSeen
from tui_app.screens.change_rows import (
    CHANGE_COLUMNS,
    RUN_COLUMNS,
    ChangeSource,
    change_words,
    run_row,
    run_words,
    why_no_changes,
)
from tui_app.screens.pages import page_of
from tui_app.screens.place import Place
from tui_app.widgets.list_rows import RowsSource
from tui_app.widgets.paged_list import PagedList

_REST_S: Final = 0.05


class ChangesScreen(Place):
    """Two lists and the words about what their cursors stand on."""

    PLACE = "changes"
    DEFAULT_CSS = """
    ChangesScreen {
        #runs { width: 34; border-right: solid $panel; }
        &.-wide #runs { width: 40; }
        #right { width: 1fr; }
        #run { height: auto; max-height: 4; padding: 0 1; background: $surface; color: $text-primary; }
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
        Binding("left,h,escape", "to_runs", "To the syncs", show=False, tooltip="To the syncs", id="changes.syncs"),
        Binding(
            "right,l", "to_changes", "To the changes", show=False, tooltip="To what the sync changed", id="changes.list"
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.runs = PagedList(columns=RUN_COLUMNS, id="runs")
        self.run_line = Static("", id="run", markup=False)
        self.changes = PagedList(columns=CHANGE_COLUMNS, id="changes")
        self.change_pane = Static("", id="change", markup=False)
        self._known: dict[str, SyncRunInfo] = {}
        self._source: ChangeSource | None = None
        self._shown_run = ""
        self._is_visit = False
        self._seen_before: int | None = None  # what the user had seen when this visit began

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield self.runs
            with Vertical(id="right"):
                yield self.run_line
                yield self.changes
                yield self.change_pane

    def on_mount(self) -> None:
        self.set_focus(self.runs)

    # --------------------------------------------------------------------------------------- what is shown
    def on_screen_resume(self) -> None:
        if self.house.library is self._shown_library:  # else `library_opened` follows
            self._read()

    def on_screen_suspend(self) -> None:
        """Left for another place, not for a title opened from here: the visit is over."""
        if self.app.current_mode != self.PLACE:
            self._is_visit = False

    def library_opened(self) -> None:
        self._is_visit = False
        self._shown_run = ""
        self._read()

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts != {"seen"}:
            self._read()

    @work(exclusive=True, group="runs", exit_on_error=False)
    async def _read(self) -> None:
        library = self.house.library
        if library is None:
            return
        try:
            runs = await library.changes.runs()
            seen_at = await library.changes.seen_at()
        except XtreamTuiError as error:
            self.set_class(True, "-empty")
            self.runs.show_empty("The library can't be read", error.message, error.hint)
            return
        if not self._is_visit:
            self._is_visit, self._seen_before = True, seen_at
        self._show_runs(runs)
        newest = max((run.at for run in runs if run.status != "running"), default=None)
        if newest is not None and newest != seen_at:
            self._note_seen(library, newest)

    def _show_runs(self, runs: tuple[SyncRunInfo, ...]) -> None:
        self._known = {str(run.run): run for run in runs}
        self.set_class(not runs, "-empty")
        if not runs:
            self._shown_run = ""
            self.runs.show_empty("No sync yet", "What each sync changes is listed here.", "r starts the first sync")
            return
        before = -1 if self._seen_before is None else self._seen_before
        rows = RowsSource([run_row(run, is_new=run.at > before) for run in runs])
        if self._shown_run in self._known:
            self.runs.reload(rows)
            self._show_run(self._shown_run)
        else:
            self.runs.show(rows)

    @work(group="seen", exit_on_error=False)
    async def _note_seen(self, library: Library, at: int) -> None:
        """Whoever sees this list has seen what is in it."""
        await library.changes.mark_seen(at)
        self.post_message(ChangesSeen(library.profile))

    @work(exclusive=True, group="changes", exit_on_error=False)
    async def _show_run(self, key: str, *, rest_s: float = 0) -> None:
        """Show what a sync changed; the same one again when it goes on."""
        await asyncio.sleep(rest_s)
        library, run = self.house.library, self._known.get(key)
        if library is None or run is None:
            return
        view = await library.changes.of(run.run)
        self.run_line.update(run_words(run))
        self._source = ChangeSource(view, run.omitted)
        is_same, self._shown_run = key == self._shown_run, key
        if not view.total:
            self._source = None
            self.changes.show_empty(*why_no_changes(run))
            self.change_pane.update("", layout=False)
        elif is_same:
            self.changes.reload(self._source)
        else:
            self.changes.show(self._source)

    # --------------------------------------------------------------------------------------- what is heard
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
        """Open the item of a change, if the library still has it."""
        library, changed = self.house.library, self._source.changed(index) if self._source else None
        if library is None or changed is None:
            return
        try:
            await library.open_item(changed.kind, changed.id)
        except NotFound:
            self.notify(f"“{changed.name}” is no longer in the library.", markup=False)
            return
        self.app.push_screen(page_of(changed.kind, changed.id, self.place))

    # --------------------------------------------------------------------------------------------- actions
    def action_details(self) -> None:
        """Show or hide what exactly changed."""
        wanted = not self.change_pane.display
        self.set_class(wanted, "-with-details")
        self.set_class(not wanted, "-without-details")
        if not self.runs.display:
            self.action_to_changes()

    def action_to_runs(self) -> None:
        """To the syncs."""
        if not self.runs.display:
            self.action_details()
        self.set_focus(self.runs)

    def action_to_changes(self) -> None:
        """To what the sync changed."""
        if self._source is not None:
            self.set_focus(self.changes)
