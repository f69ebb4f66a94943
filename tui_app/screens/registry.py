"""The screens of the navigation bar: their keys, ids and names, in order."""

from __future__ import annotations

from typing import Final, NamedTuple


class ScreenName(NamedTuple):
    """One screen of the navigation bar."""

    key: str
    id: str
    words: str


SCREENS: Final = (
    ScreenName("1", "channels", "Channels"),
    ScreenName("2", "movies", "Movies"),
    ScreenName("3", "series", "Series"),
    ScreenName("4", "favourites", "Favourites"),
    ScreenName("5", "history", "History"),
    ScreenName("6", "search", "Search"),
    ScreenName("7", "changes", "Changes"),
    ScreenName("8", "settings", "Settings"),
    ScreenName("9", "profiles", "Profiles"),
)
#: Those with titles to look through: the app begins with the one that was seen last.
LIST_PLACES: Final = frozenset(("channels", "movies", "series", "favourites", "history"))
#: Shown as long as there is no profile; no key leads there.
WELCOME: Final = "welcome"


def key_of(place: str) -> str:
    """Return the key of a screen."""
    return next(known.key for known in SCREENS if known.id == place)
