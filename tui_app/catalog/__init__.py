"""Domain types shared by all packages: kinds, categories, items, queries, pages, details.

**Rows** (`ItemRow`, `CategoryRow`) are cleaned items as a panel's list sends them. **Answers** (`Item`, `Page`, ...)
are what the library returns. Both have the fields of the item field table (`fields`).

Times are integer epoch seconds (UTC). `None` means that the panel did not send the value.
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
from tui_app.catalog.fields import ItemRow
from tui_app.catalog.lists import (
    NO_FOLDER,
    SORT_KEYS,
    Category,
    ChannelGuide,
    Continuing,
    Favourite,
    FoundFavourite,
    FullItem,
    GridRow,
    Hit,
    Item,
    NowNext,
    Page,
    Played,
    ProgrammeAnswer,
    ProgrammeHit,
    Query,
    Reminder,
    SearchAnswer,
    SortKey,
    TitleVersion,
    category_names,
    find_category,
    has_catch_up,
)
from tui_app.catalog.rows import (
    LISTED_KINDS,
    UNCATEGORISED,
    UNCATEGORISED_ID,
    VERSIONED_KINDS,
    CategoryRow,
    ItemRef,
    Kind,
    Mark,
)
from tui_app.catalog.syncs import CacheStats, ChangedItem, Changes, PartState, RunState, SyncRunInfo

__all__ = [
    "LISTED_KINDS",
    "NO_FOLDER",
    "SORT_KEYS",
    "UNCATEGORISED",
    "UNCATEGORISED_ID",
    "VERSIONED_KINDS",
    "Account",
    "CacheStats",
    "Category",
    "CategoryRow",
    "ChangedItem",
    "Changes",
    "ChannelGuide",
    "Continuing",
    "Details",
    "Episode",
    "Favourite",
    "FoundFavourite",
    "FullItem",
    "GridRow",
    "Hit",
    "Item",
    "ItemRef",
    "ItemRow",
    "Kind",
    "Mark",
    "NowNext",
    "Page",
    "PartState",
    "Played",
    "Programme",
    "ProgrammeAnswer",
    "ProgrammeHit",
    "Query",
    "Reminder",
    "RunState",
    "SearchAnswer",
    "Season",
    "SortKey",
    "SyncRunInfo",
    "TitleVersion",
    "category_names",
    "find_category",
    "has_catch_up",
    "has_lapsed",
    "known_limit",
    "number_words",
]
