"""The widgets whose keys a user may change, for checking what the settings say of keys."""

from __future__ import annotations

from typing import Final

from textual.widget import Widget

from tui_app.widgets.category_list import CategoryList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import FilterBar
from tui_app.widgets.folder_list import FolderList
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.search_box import SearchEntry
from tui_app.widgets.selectable_list import SelectableList
from tui_app.widgets.series_tree import SeriesTree

KEYED_WIDGETS: Final[tuple[type[Widget], ...]] = (
    PagedList,
    SelectableList,
    CategoryList,
    FolderList,
    SeriesTree,
    FilterBar,
    Details,
    SearchEntry,
)
