"""All screens of places, for those who need to know all keys: the check of the user's own, the documents.

The app itself loads a screen when it is first shown: all together they take as long as everything else of its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from tui_app.screens.place import Place

#: Place → where its screen is.
_MODULES: Final[Mapping[str, tuple[str, str]]] = {
    "channels": ("channels", "ChannelsScreen"),
    "movies": ("titles", "MoviesScreen"),
    "series": ("titles", "SeriesScreen"),
    "favourites": ("favourites", "FavouritesScreen"),
    "history": ("history", "HistoryScreen"),
    "search": ("search", "SearchScreen"),
    "changes": ("changes", "ChangesScreen"),
    "settings": ("settings", "SettingsScreen"),
    "profiles": ("profiles", "ProfilesScreen"),
    "welcome": ("welcome", "WelcomeScreen"),
}
SCREEN_PLACES: Final = tuple(_MODULES)
#: Screens opened on top of a place, with keys of their own.
_PAGES: Final = (("opened", "OpenedItem"), ("channel_page", "ChannelPage"), ("statistics", "StatisticsScreen"))


def screen_of(place: str) -> type[Place]:
    """The class of a place's screen, loaded now unless it is."""
    return _loaded(*_MODULES[place])


def every_screen() -> tuple[type[Place], ...]:
    """The classes of all screens, those of the places first."""
    return tuple(_loaded(*where) for where in (*_MODULES.values(), *_PAGES))


def _loaded(module: str, name: str) -> type[Place]:
    found: type[Place] = getattr(import_module(f"tui_app.screens.{module}"), name)
    return found
