"""Chooses one of the versions of a title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical

from tui_app.screens.dialogs.dialog import Dialog
from tui_app.widgets.list_rows import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList

_COLUMNS: Final = (Column("Version", 20, main=True), Column("Category", 20, min_list_width=56))


class VersionsDialog(Dialog[str]):
    """Answers with the id of the chosen version. `versions` are (id, name, category)."""

    DEFAULT_CSS = """
    VersionsDialog > .box { width: 84; }
    VersionsDialog PagedList { height: 10; }
    VersionsDialog.-short PagedList { height: 5; }
    """

    def __init__(self, versions: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._versions = tuple(versions)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = f"{len(self._versions)} versions"
            box.border_subtitle = "Enter takes it · Escape goes back"
            yield PagedList(columns=_COLUMNS, marks_width=0)

    def on_mount(self) -> None:
        rows = [ListRow(id, (name, category)) for id, name, category in self._versions]
        self.query_one(PagedList).show(RowsSource(rows))
        self.query_one(PagedList).focus()

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.dismiss(event.key)
