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
    PlaceName("4", "search", "Search"),
    PlaceName("5", "settings", "Settings"),
    PlaceName("6", "profiles", "Profiles"),
)
#: Shown as long as there is no profile; no key leads there.
WELCOME: Final = "welcome"
