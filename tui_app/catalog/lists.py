"""Queries to the library and its answers: lists, search, favourites, history and EPG.

All types are frozen and independent of the database and of JSON.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tui_app.catalog.details import Details, Programme, Season
from tui_app.catalog.fields import ItemFacts, LongFacts, ShortFacts
from tui_app.catalog.rows import ItemRef, Kind
from tui_app.text import fold

SortKey = Literal["name", "rating", "year", "added", "number"]
SORT_KEYS: Final[tuple[SortKey, ...]] = ("name", "rating", "year", "added", "number")


@dataclass(frozen=True, slots=True)
class Query:
    """Items of one kind to list, and their order.

    Unknown values sort last in both directions; ties by name, then id.
    """

    kind: Kind
    category: str | None = None  # provider's category id, or UNCATEGORISED_ID
    category_words: str = ""  # an id or a whole name; otherwise every word must start a word of the category's name
    genre: str | None = None  # a whole name in any case; otherwise every word must start a word of the genre's name
    year_from: int | None = None
    year_to: int | None = None
    min_rating: float | None = None
    added_since: int | None = None
    language: str | None = None  # code, name or tag, see `text.title`
    quality: str | None = None  # one of `text.title.QUALITIES`
    cast: str | None = None  # every word must start a word
    director: str | None = None
    catchup: bool = False
    text: str = ""  # every word must start a word of the name; "" = no text filter
    only_ids: tuple[str, ...] | None = None  # e.g. favourites
    excluded_ids: tuple[str, ...] = ()  # e.g. watched items
    excluded_categories: tuple[str, ...] = ()  # hidden categories
    also: tuple[Query, ...] = ()  # whose filters must match too
    excluded: tuple[Query, ...] = ()  # whose filters must not match
    sort: SortKey = "number"  # channel number; for other kinds the provider's order
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """A category with its item count. An item in two categories counts in both."""

    kind: Kind
    id: str
    name: str
    count: int = 0
    parent_id: str | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Item(ItemFacts, ShortFacts):
    """One row of a list. Fields that a kind does not have are None."""

    kind: Kind
    id: str
    name: str
    category: str | None = None  # name of the primary category
    season: int | None = None  # episodes only
    episode: int | None = None
    series_id: str | None = None
    series_name: str | None = None
    versions: int = 1  # number of versions, in a list with one row per title
    is_new: bool = False  # added by a sync whose changes the user has not seen; set only in the app

    @property
    def ref(self) -> ItemRef:
        """Return the reference to this item."""
        return ItemRef(self.kind, self.id, self.name, self.series_id, self.series_name, self.season, self.episode)


@dataclass(frozen=True, slots=True)
class TitleVersion:
    """One version of a title."""

    item: Item
    why: str = ""  # it belongs to the title: "same TMDB id"; "" for the only version
    is_apart: bool = False  # the user took it out of the group
    profile: str = ""  # the account, where several are listed


@dataclass(frozen=True)
class FullItem(LongFacts):
    """Everything stored about one item: list row, categories, and details if fetched.

    `details` is None if never fetched; `details_at` is the time of the fetch. Values are merged: details take
    precedence, list data fill the gaps.
    """

    item: Item
    categories: tuple[Category, ...] = ()
    wire_id: str | None = None
    icon: str | None = None  # address of the logo, poster or cover
    details: Details | None = None
    details_at: int | None = None
    details_stale: bool = False  # the item changed in the list since, or they are older than a day
    seasons: tuple[Season, ...] = ()

    def value(self, name: str) -> Any:
        """Return the value of a field of the item field table; what the list or details don't say is None."""
        sources = (self.item, self, self.details)
        return next((found for one in sources if (found := getattr(one, name, None)) is not None), None)


@dataclass(frozen=True, slots=True)
class TitleExtras:
    """What is shown of a title besides its own facts, computed from the library.

    `versions` include the title itself and are empty without others; `following` is the next episode of a series.
    """

    versions: tuple[TitleVersion, ...] = ()
    similar: tuple[Item, ...] = ()
    following: ItemRef | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and the total count."""

    total: int
    items: tuple[Item, ...]
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result. `score` is 0-100; `spans` are (start, end) offsets into `item.name` of matched letters."""

    item: Item
    score: float
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Ranked hits, best first. `total` counts matches up to the cap of 1,000.

    `capped` means that there are or may be more: names that split into words differently are not all read.
    """

    query: str
    total: int
    hits: tuple[Hit, ...]
    elapsed_ms: float
    capped: bool = False
    problems: tuple[str, ...] = ()  # what was not understood of the query, as sentences


def category_names(categories: Sequence[Category], hidden: Collection[str] = ()) -> tuple[str, ...]:
    """Return names in order, without duplicates and without categories in `hidden` (ids)."""
    return tuple(dict.fromkeys(category.name for category in categories if category.id not in hidden))


def find_category(categories: Sequence[Category], id_or_name: str) -> Category | None:
    """Return the category with this id, otherwise with this name (ignoring case and accents), or None."""
    folded = fold(id_or_name)
    for category in categories:
        if category.id == id_or_name:
            return category
    same = [category for category in categories if category.name.casefold() == id_or_name.casefold()]
    alike = same or [category for category in categories if folded and fold(category.name) == folded]
    return alike[0] if alike else None


#: Folder name for favourites outside any folder.
NO_FOLDER: Final = ""


@dataclass(frozen=True, slots=True)
class Favourite:
    """A favourite as stored in the user database. `name` is the name when it was marked; `at` is in epoch seconds."""

    kind: Kind
    id: str
    name: str
    folder: str
    at: int

    @property
    def ref(self) -> ItemRef:
        return ItemRef(self.kind, self.id, self.name)


@dataclass(frozen=True, slots=True)
class FoundFavourite:
    """A favourite with its item in the library.

    `item` is None if the library has none: it `is_gone` from the provider's list, or is not fetched (yet).
    """

    favourite: Favourite
    item: Item | None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """A played title. `at` is the last time, `watched_at` when it was marked as watched (epoch seconds, None if not).

    `is_gone`: the title, or the series of the episode, is no longer in the library.
    """

    ref: ItemRef
    position_s: int
    duration_s: int | None
    at: int
    watched_at: int | None = None
    is_gone: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it is watched and not being watched again."""
        if self.watched_at is None or self.watched_at >= self.at:
            return self.watched_at is not None
        return not self.position_s or (self.duration_s is not None and self.position_s >= self.duration_s)


@dataclass(frozen=True, slots=True)
class Continuing:
    """A title to continue: a movie or episode at `position_s`, or the next episode (`is_next`) from the start."""

    ref: ItemRef
    position_s: int
    duration_s: int | None
    at: int  # epoch seconds when the movie, or any episode of the series, was last played
    is_next: bool = False
    is_gone: bool = False


_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class NowNext:
    """The stored EPG of a channel around one moment. All fields are None if nothing is known."""

    now: Programme | None = None
    next: Programme | None = None
    at: int | None = None  # fetch time; also set for a channel without an EPG
    fresh_until: int = 0  # no need to fetch again before this time

    @property
    def is_silent(self) -> bool:
        """Whether the EPG was fetched but has no programme around this moment."""
        return self.at is not None and self.now is None and self.next is None


@dataclass(frozen=True, slots=True)
class ChannelGuide:
    """Programmes of a channel by start. Fetching again is useful from `day_until` on."""

    programmes: tuple[Programme, ...] = ()
    at: int | None = None  # None: never fetched
    day_until: int = 0
    has_none: bool = False  # fetched, but the channel has no programmes at all


@dataclass(frozen=True, slots=True)
class GridRow:
    """The programmes of a channel in a part of the guide grid, without descriptions."""

    programmes: tuple[Programme, ...] = ()
    archive_days: int = 0


@dataclass(frozen=True, slots=True)
class ProgrammeHit:
    """A programme found by a search, on the first channel that shows it.

    `spans` are offsets into the title, as in `Hit`.
    """

    channel: Item
    programme: Programme
    spans: tuple[tuple[int, int], ...] = ()
    more_channels: int = 0  # further channels with the same EPG


@dataclass(frozen=True, slots=True)
class ProgrammeAnswer:
    """Current and upcoming programmes, soonest first. `total` counts matches up to the cap of 1,000.

    `capped` means that there are more.
    """

    query: str
    total: int
    hits: tuple[ProgrammeHit, ...]
    elapsed_ms: float
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """A programme the user wants to be reminded of; `is_told` once the notice was given. Times are epoch seconds."""

    profile: str
    channel: ItemRef
    start: int
    stop: int
    title: str
    is_told: bool = False


def has_catch_up(programme: Programme, archive_days: int, now: float) -> bool:
    """Whether a past programme can be played: by its own flag if sent, otherwise by the channel's archive days."""
    if archive_days <= 0 or programme.stop >= now:
        return False
    if programme.has_archive is not None:
        return programme.has_archive
    return programme.start >= now - archive_days * _DAY_S
