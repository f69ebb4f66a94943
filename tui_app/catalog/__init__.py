"""The words everybody in the house speaks: kinds, categories, items, queries, pages, details.

Two families live here. **Rows** (`ChannelRow`, `MovieRow`, ...) are one clean item as a panel's list sends it; they
are named tuples, because a sync makes 150,000 of them and binds them to SQL as they are. **Answers** (`Item`,
`Page`, ...) are what the library says; they are frozen and hold nothing of the database or of JSON.

Times are integer seconds since the epoch (UTC). `None` always means "the panel did not say".
"""

from __future__ import annotations

from tui_app.catalog.details import (
    Account,
    Details,
    Episode,
    Programme,
    Season,
    has_lapsed,
    known_limit,
    number_words,
)
from tui_app.catalog.epg import ChannelGuide, NowNext, ProgrammeAnswer, ProgrammeHit, has_catch_up
from tui_app.catalog.kinds import LISTED_KINDS, UNCATEGORISED, UNCATEGORISED_ID, ItemRef, Kind, Mark
from tui_app.catalog.lists import (
    SORT_KEYS,
    Category,
    FullItem,
    Hit,
    Item,
    Page,
    Query,
    SearchAnswer,
    SortKey,
    category_names,
)
from tui_app.catalog.rows import CategoryRow, ChannelRow, ItemRow, MovieRow, SeriesRow
from tui_app.catalog.syncs import CacheStats, ChangedItem, Changes, PartState, RunState, SyncRunInfo
from tui_app.catalog.user import NO_FOLDER, Continuing, Favourite, FoundFavourite, Played

__all__ = [
    "LISTED_KINDS",
    "NO_FOLDER",
    "SORT_KEYS",
    "UNCATEGORISED",
    "UNCATEGORISED_ID",
    "Account",
    "CacheStats",
    "Category",
    "CategoryRow",
    "ChangedItem",
    "Changes",
    "ChannelGuide",
    "ChannelRow",
    "Continuing",
    "Details",
    "Episode",
    "Favourite",
    "FoundFavourite",
    "FullItem",
    "Hit",
    "Item",
    "ItemRef",
    "ItemRow",
    "Kind",
    "Mark",
    "MovieRow",
    "NowNext",
    "Page",
    "PartState",
    "Played",
    "Programme",
    "ProgrammeAnswer",
    "ProgrammeHit",
    "Query",
    "RunState",
    "SearchAnswer",
    "Season",
    "SeriesRow",
    "SortKey",
    "SyncRunInfo",
    "category_names",
    "has_catch_up",
    "has_lapsed",
    "known_limit",
    "number_words",
]
