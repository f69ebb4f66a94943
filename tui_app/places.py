"""The screens one can go to: their keys, ids and words, in the order of the top line."""

from __future__ import annotations

from typing import Final, NamedTuple


class PlaceName(NamedTuple):
    """One of them."""

    key: str
    id: str
    words: str


PLACES: Final = (
    PlaceName("1", "channels", "Channels"),
    PlaceName("2", "movies", "Movies"),
    PlaceName("3", "series", "Series"),
    PlaceName("4", "favourites", "Favourites"),
    PlaceName("5", "history", "History"),
    PlaceName("6", "search", "Search"),
    PlaceName("7", "changes", "Changes"),
    PlaceName("8", "settings", "Settings"),
    PlaceName("9", "profiles", "Profiles"),
)
#: Those with titles to look through: the app begins with the one that was seen last.
LIST_PLACES: Final = frozenset(("channels", "movies", "series", "favourites", "history"))
#: Shown as long as there is no profile; no key leads there.
WELCOME: Final = "welcome"


def key_of(place: str) -> str:
    """The key that leads to a place."""
    return next(known.key for known in PLACES if known.id == place)
