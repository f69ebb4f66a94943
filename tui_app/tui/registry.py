"""Registry of all screens and of the widgets with configurable keys.

The key settings and the generated documents need all of them; the app loads a screen when it is first shown, because
loading all takes as long as the rest of the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from textual.widget import Widget

from tui_app.screens.main_screen import MainScreen
from tui_app.widgets.category_tree import CategoryList, FolderList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import FilterBar
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.search_box import SearchEntry
from tui_app.widgets.selectable_list import SelectableList
from tui_app.widgets.series_tree import SeriesTree

#: Place → where its screen is.
_MODULES: Final[Mapping[str, tuple[str, str]]] = {
    "channels": ("browse.channels", "ChannelsScreen"),
    "movies": ("browse.vod", "MoviesScreen"),
    "series": ("browse.vod", "SeriesScreen"),
    "favourites": ("favourites.screen", "FavouritesScreen"),
    "history": ("history", "HistoryScreen"),
    "search": ("search", "SearchScreen"),
    "changes": ("changes", "ChangesScreen"),
    "settings": ("settings.screen", "SettingsScreen"),
    "profiles": ("profiles", "ProfilesScreen"),
    "welcome": ("welcome", "WelcomeScreen"),
}
SCREEN_PLACES: Final = tuple(_MODULES)
#: Screens opened on top of a place, with keys of their own.
_PAGES: Final = (
    ("item.title_page", "TitlePage"),
    ("item.channel_page", "ChannelPage"),
    ("statistics", "StatisticsScreen"),
)


def screen_of(place: str) -> type[MainScreen]:
    """Load and return the class of a screen."""
    return _loaded(*_MODULES[place])


def all_screens() -> tuple[type[MainScreen], ...]:
    """Load and return the classes of all screens and pages."""
    return tuple(_loaded(*where) for where in (*_MODULES.values(), *_PAGES))


def _loaded(module: str, name: str) -> type[MainScreen]:
    found: type[MainScreen] = getattr(import_module(f"tui_app.screens.{module}"), name)
    return found


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
