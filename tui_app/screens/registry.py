"""Registry of the screens: those of the navigation bar, their classes, and the widgets with configurable keys.

The key settings and the generated documents need all classes; the app loads a screen when it is first shown, because
loading all takes as long as the rest of the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any, Final, NamedTuple

from textual.screen import Screen
from textual.widget import Widget

from tui_app.catalog import LISTED_KINDS
from tui_app.widgets.category_tree import CategoryList, FolderList
from tui_app.widgets.details import Details
from tui_app.widgets.filter_bar import FilterBar
from tui_app.widgets.guide_grid import GuideGrid
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.search_box import SearchEntry
from tui_app.widgets.selectable_list import SelectableList
from tui_app.widgets.series_tree import SeriesTree


class ScreenName(NamedTuple):
    """One screen of the navigation bar."""

    key: str
    id: str
    words: str
    short: str  # for the navigation bar of 80 columns


SCREENS: Final = (
    ScreenName("0", "home", "Home", "Home"),
    ScreenName("1", "channels", "Channels", "TV"),
    ScreenName("2", "movies", "Movies", "Films"),
    ScreenName("3", "series", "Series", "Series"),
    ScreenName("4", "favourites", "Favourites", "Favs"),
    ScreenName("5", "guide", "Guide", "Guide"),
    ScreenName("6", "search", "Search", "Find"),
    ScreenName("7", "changes", "Changes", "New"),
    ScreenName("8", "settings", "Settings", "Set"),
    ScreenName("9", "profiles", "Profiles", "Accts"),
)
#: All that have a key; Home leads to the history, too.
KEYED: Final = (*SCREENS, ScreenName("W", "history", "History", "Hist"))
#: The app begins here.
HOME: Final = SCREENS[0].id
#: Shown as long as there is no profile; no key leads there.
WELCOME: Final = "welcome"


def key_of(screen_id: str) -> str:
    """Return the key of a screen."""
    return next(known.key for known in KEYED if known.id == screen_id)


#: Screen → its module and class.
_MODULES: Final[Mapping[str, tuple[str, str]]] = {
    "home": ("home", "HomeScreen"),
    "channels": ("browse.screen", "BrowseScreen"),
    "movies": ("browse.screen", "BrowseScreen"),
    "series": ("browse.screen", "BrowseScreen"),
    "favourites": ("favourites.screen", "FavouritesScreen"),
    "guide": ("guide", "GuideScreen"),
    "history": ("history", "HistoryScreen"),
    "search": ("search", "SearchScreen"),
    "changes": ("changes", "ChangesScreen"),
    "settings": ("settings.screen", "SettingsScreen"),
    "profiles": ("profiles", "ProfilesScreen"),
    "welcome": ("profiles", "WelcomeScreen"),
}
#: The kinds of the browsing screens.
_KINDS: Final = {kind.plural: kind for kind in LISTED_KINDS}
SCREEN_IDS: Final = tuple(_MODULES)
#: Pages opened on top of a screen, with keys of their own.
_PAGES: Final = (
    ("item.title_page", "TitlePage"),
    ("item.channel_page", "ChannelPage"),
    ("statistics", "StatisticsScreen"),
    ("dialogs.player_controls", "PlayerControls"),
)


def screen_of(screen_id: str) -> Callable[..., Screen[None]]:
    """Load and return the class of a screen. All but Welcome are called with an `ActiveProfile`."""
    made = _loaded(*_MODULES[screen_id])
    return partial(made, kind=_KINDS[screen_id]) if screen_id in _KINDS else made


def all_screens() -> tuple[type[Screen[None]], ...]:
    """Load and return the classes of all screens and pages."""
    return tuple(_loaded(*where) for where in dict.fromkeys((*_MODULES.values(), *_PAGES)))


def _loaded(module: str, name: str) -> Any:
    return getattr(import_module(f"tui_app.screens.{module}"), name)


KEYED_WIDGETS: Final[tuple[type[Widget], ...]] = (
    PagedList,
    SelectableList,
    CategoryList,
    FolderList,
    SeriesTree,
    FilterBar,
    GuideGrid,
    Details,
    SearchEntry,
)
