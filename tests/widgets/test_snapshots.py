"""Two pictures: everything at its usual size, and what is left on a small terminal of 16 colours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal

from tests.widgets.samples import CATEGORIES, COLUMNS, GENERAL, PROGRESS
from tui_app.theming import load_themes
from tui_app.widgets import glyphs as glyphs_module
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import Chip, FilterBar
from tui_app.widgets.paged_list import ListRow, PagedList, RowsSource
from tui_app.widgets.search_box import SearchBox
from tui_app.widgets.sync_bar import SyncBar

ROWS = [
    ListRow("1", ("The General", "1926", "8.1"), marks="★"),
    ListRow("2", ("Metropolis [HD]", "1927", "8.3"), spans=((0, 5),)),
    ListRow("3", ("##### CLASSICS #####",), separator=True),
    ListRow("4", ("Nosferatu", "1922", "7.9"), marks="✓", dim=True),
    ListRow("5", ("七人の侍", "1954", "8.6")),
]


class Everything(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS = "CategoryList { width: 24; } #list { width: 2fr; } Details { width: 1fr; }"

    def __init__(self, theme: str) -> None:
        super().__init__()
        for loaded in load_themes().themes:
            self.register_theme(loaded.theme)
        self.theme = theme

    def compose(self) -> ComposeResult:
        yield SearchBox()
        yield FilterBar()
        with Horizontal():
            yield CategoryList()
            yield PagedList(columns=COLUMNS, id="list")
            yield Details()
        yield SyncBar()

    def on_mount(self) -> None:
        self.query_one(FilterBar).show([Chip("year", "year 1990–1999"), Chip("sort", "by rating", removable=False)])
        self.query_one(CategoryList).show_categories(CATEGORIES, all_count=1_243, chosen="2")
        self.query_one(Details).show(GENERAL)
        self.query_one("#list", PagedList).show(RowsSource(ROWS), index=1)
        self.query_one("#list").focus()
        self.query_one(SyncBar).show_progress(PROGRESS)


@pytest.fixture(autouse=True)
def pretty_glyphs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    glyphs_module.glyphs.cache_clear()


def test_everything_at_its_usual_size(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Everything("harbour"), terminal_size=(110, 24))


def test_each_picture_has_its_test() -> None:
    pictures = {path.stem for path in (Path(__file__).parent / "__snapshots__" / "test_snapshots").iterdir()}
    assert pictures == {
        test.__name__ for test in (test_everything_at_its_usual_size, test_a_small_terminal_of_sixteen_colours)
    }


def test_a_small_terminal_of_sixteen_colours(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Everything("console"), terminal_size=(72, 12))
