"""Chooses a theme: moving through the list shows each at once, Enter keeps it, Escape goes back to the one before."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from tui_app.screens.dialogs.dialog import Dialog
from tui_app.widgets.list_rows import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList

_COLUMNS = (Column("Theme", main=True), Column("", 6, min_list_width=30))


class ThemeDialog(Dialog[str]):
    """Answers with the name of the chosen theme. `themes` are (name, title, dark)."""

    DEFAULT_CSS = """
    ThemeDialog > .box { width: 44; }
    ThemeDialog PagedList { height: 9; }
    """

    def __init__(self, themes: Sequence[tuple[str, str, bool]]) -> None:
        super().__init__()
        self._themes = tuple(themes)
        self._before = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Theme"
            box.border_subtitle = "Enter keeps it · Escape goes back"
            yield PagedList(columns=_COLUMNS, marks_width=0)

    def on_mount(self) -> None:
        self._before = self.app.theme
        rows = [ListRow(name, (title, "dark" if dark else "light")) for name, title, dark in self._themes]
        self.query_one(PagedList).show(RowsSource(rows), keep_key=self._before)
        self.query_one(PagedList).focus()

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        self.app.theme = event.key

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.dismiss(event.key)

    def action_dismiss_dialog(self) -> None:
        """Back to the theme before."""
        self.app.theme = self._before
        self.dismiss(None)
