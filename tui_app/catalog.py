"""The words everybody in the house speaks: kinds, categories, items, queries, pages, details.

Two families live here. **Rows** (`ChannelRow`, `MovieRow`, ...) are one clean item as a panel's list sends it; they
are named tuples, because a sync makes 150,000 of them and binds them to SQL as they are. **Answers** (`Item`,
`Page`, ...) are what the library says; they are frozen and hold nothing of the database or of JSON.

Times are integer seconds since the epoch (UTC). `None` always means "the panel did not say".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple


class Kind(StrEnum):
    """What an item is. The value is the word used in JSON, on the command line and in the marks."""

    CHANNEL = "channel"
    MOVIE = "movie"
    SERIES = "series"
    EPISODE = "episode"

    @property
    def plural(self) -> str:
        return "series" if self is Kind.SERIES else f"{self.value}s"


#: The kinds a panel lists, in the order they are synced. Episodes come with a series' details.
LISTED_KINDS: Final = (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)

UNCATEGORISED: Final = "Uncategorised"
#: The category id under which items without a known category are asked for. Not a panel's id: those hold no blanks.
UNCATEGORISED_ID: Final = "(none)"


# ---------------------------------------------------------------------------------- rows: what a list sends
class CategoryRow(NamedTuple):
    """One category as the panel lists it. Ids of the three kinds are separate spaces."""

    id: str
    name: str
    parent_id: str | None
    position: int


class ChannelRow(NamedTuple):
    """One live row. `id` is the canonical id; `wire_id` the form for URLs when it differs, else None."""

    id: str
    wire_id: str | None
    name: str
    number: int | None
    category_ids: tuple[str, ...]  # first = primary; empty = no category
    icon: str | None
    epg_id: str | None
    added: int | None
    is_adult: bool | None
    is_radio: bool
    is_separator: bool
    archive_days: int  # 0 = no catch-up
    direct_source: str | None  # a secret: never shown, never logged; None unless it is an absolute http(s) URL


class MovieRow(NamedTuple):
    """One movie row; plot, cast, director and genre only on panels that send them in the list."""

    id: str
    wire_id: str | None
    name: str  # the displayed name: the panel's `title` where it has one, else its `name`
    other_name: str | None  # the panel's `name` when the displayed one is its `title`
    category_ids: tuple[str, ...]
    icon: str | None
    year: int | None
    rating: float | None  # 0 < rating <= 10
    added: int | None
    container: str | None  # as sent: goes into the URL verbatim
    tmdb: int | None
    trailer: str | None  # an 11-letter YouTube id
    is_adult: bool | None
    is_separator: bool
    plot: str | None
    cast: str | None
    director: str | None
    genre: str | None
    released: str | None
    duration_s: int | None


class SeriesRow(NamedTuple):
    """One series row."""

    id: str
    wire_id: str | None
    name: str
    other_name: str | None
    category_ids: tuple[str, ...]
    icon: str | None
    year: int | None
    rating: float | None
    last_modified: int | None
    tmdb: int | None
    trailer: str | None
    is_adult: bool | None
    is_separator: bool
    plot: str | None
    cast: str | None
    director: str | None
    genre: str | None
    released: str | None
    duration_s: int | None  # the usual length of an episode


ItemRow = ChannelRow | MovieRow | SeriesRow


# ------------------------------------------------------------------------------- details: fetched when opened
@dataclass(frozen=True, slots=True)
class Episode:
    """One episode as the panel's series details give it, season resolved, versions kept apart by id."""

    id: str
    season: int
    number: int
    title: str
    wire_id: str | None = None
    number_inferred: bool = False
    plot: str | None = None
    duration_s: int | None = None
    released: str | None = None
    rating: float | None = None
    container: str | None = None
    added: int | None = None


@dataclass(frozen=True, slots=True)
class Season:
    """One season that has episodes. Number 0 is "Specials"."""

    number: int
    name: str
    overview: str | None = None
    released: str | None = None
    episodes: tuple[Episode, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """What `get_vod_info` or `get_series_info` adds to a list row. All optional; empties never replace list data."""

    name: str | None = None
    plot: str | None = None
    cast: str | None = None
    director: str | None = None
    genre: str | None = None
    year: int | None = None
    rating: float | None = None
    released: str | None = None
    duration_s: int | None = None
    trailer: str | None = None
    container: str | None = None
    tmdb: int | None = None
    country: str | None = None
    age: str | None = None
    video: str | None = None  # "1920x1080 h264"
    audio: str | None = None  # "aac 2ch"
    subtitles: str | None = None
    bitrate: int | None = None
    seasons: tuple[Season, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when the panel knew nothing of this id (`NoDetail`)."""
        return self == Details()


@dataclass(frozen=True, slots=True)
class Programme:
    """One entry of a channel's guide."""

    start: int
    stop: int
    title: str
    description: str = ""
    has_archive: bool | None = None
    start_text: str | None = None  # the panel's own wall clock, needed for catch-up addresses


# ------------------------------------------------------------------------------------ account, from the login
@dataclass(frozen=True, slots=True)
class Account:
    """What a login says of the account. Never holds the user name or password the panel echoes."""

    status: str = "active"  # active, expired, banned, disabled
    status_label: str = ""  # the panel's own word
    expires: int | None = None  # None = never
    is_trial: bool | None = None
    max_connections: int | None = None  # None = no limit known
    active_connections: int | None = None
    message: str = ""
    created: int | None = None
    output_formats: tuple[str, ...] = ("ts", "m3u8")
    timezone: str = "UTC"  # an IANA name or "+02:00"
    clock_skew_s: int = 0  # server clock minus ours
    warnings: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------ questions
SortKey = Literal["name", "rating", "year", "added", "number"]
SORT_KEYS: Final[tuple[SortKey, ...]] = ("name", "rating", "year", "added", "number")


@dataclass(frozen=True, slots=True)
class Query:
    """Which items of one kind, in which order. Unknown values sort last in both directions, ties by name, then id."""

    kind: Kind
    category: str | None = None  # provider's category id, or UNCATEGORISED_ID
    genre: str | None = None  # one genre by name, any case
    year_from: int | None = None
    year_to: int | None = None
    min_rating: float | None = None
    added_since: int | None = None
    catchup: bool = False
    text: str = ""  # every word must occur (prefix of a word); "" = no text filter
    only_ids: tuple[str, ...] | None = None  # e.g. the favourites of this kind
    without_ids: tuple[str, ...] = ()  # e.g. watched ones
    without_categories: tuple[str, ...] = ()  # hidden ones
    sort: SortKey = "number"  # a channel's own number; the provider's order of other kinds, whose numbers mean nothing
    descending: bool = False


# -------------------------------------------------------------------------------------------- answers
@dataclass(frozen=True, slots=True)
class Category:
    """A category with its count. `count` is of items, an item in two categories counts in both."""

    kind: Kind
    id: str
    name: str
    count: int = 0
    parent_id: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list. Fields a kind does not have are None."""

    kind: Kind
    id: str
    name: str
    number: int | None = None
    year: int | None = None
    rating: float | None = None
    genre: str | None = None
    added: int | None = None  # a series' last change
    category: str | None = None  # name of the primary category
    is_separator: bool = False
    is_radio: bool = False
    is_adult: bool | None = None
    archive_days: int = 0
    epg_id: str | None = None
    container: str | None = None
    duration_s: int | None = None
    season: int | None = None  # episodes
    episode: int | None = None
    series_id: str | None = None
    series_name: str | None = None
    is_new: bool = False  # added by a sync whose changes the user has not seen; said by the app's library alone


@dataclass(frozen=True, slots=True)
class FullItem:
    """Everything stored of one item: its list row, its categories, its details where fetched.

    `details` is None when never fetched; `details_at` says when. Values are already merged: details win
    where they say something, list data stay where they are silent.
    """

    item: Item
    categories: tuple[Category, ...] = ()
    plot: str | None = None
    cast: str | None = None
    director: str | None = None
    released: str | None = None
    trailer: str | None = None
    tmdb: int | None = None
    wire_id: str | None = None
    details: Details | None = None
    details_at: int | None = None
    details_stale: bool = False  # the list says the item changed since, or they are older than a day
    seasons: tuple[Season, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a view and how many there are in all."""

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
    """Ranked hits, best first. `total` counts all matches up to the cap of 1,000; `capped` when there are more."""

    query: str
    total: int
    hits: tuple[Hit, ...]
    elapsed_ms: float
    capped: bool = False


@dataclass(frozen=True, slots=True)
class PartState:
    """How the last sync of one part went, as stored."""

    part: str  # "channels", "movies", "series", "categories"
    status: str  # "completed", "partial", "failed", "cancelled", "never"
    at: int | None = None  # of the last attempt
    completed_at: int | None = None  # of the last success
    reason: str = ""
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class RunState:
    """How one sync went as a whole: "completed", "partial", "failed", "cancelled"; "running" until it ended."""

    started_at: int  # epoch seconds
    status: str
    reason: str = ""  # why it did not complete, one plain sentence


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What one profile's library file holds."""

    profile: str
    library_bytes: int
    counts: Mapping[Kind, int]
    category_counts: Mapping[Kind, int]
    last_sync: Mapping[str, PartState] = field(default_factory=dict)
    last_runs: tuple[RunState, ...] = ()  # newest first, some of them

    @property
    def is_empty(self) -> bool:
        return not any(self.counts.values())

    @property
    def last_success(self) -> int | None:
        """When the newest complete part was synced."""
        times = [state.completed_at for state in self.last_sync.values() if state.completed_at]
        return max(times) if times else None


class Mark(StrEnum):
    """What a user can put on an item; kept in the user's own file, apart from the library."""

    FAVOURITE = "favourite"
    HIDDEN = "hidden"
    WATCHED = "watched"


@dataclass(frozen=True, slots=True)
class Changes:
    """Counts of one part of one sync."""

    total: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    held_back: int = 0
    rows_written: int = 0
    positions_written: int = 0


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """What a sync did to one item. `fields` maps the name of a changed field to its old and new value."""

    kind: Kind
    id: str
    name: str
    change: str  # "added", "changed", "removed"
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncRunInfo:
    """One sync of the past, or the one that runs now. `counts` are complete also where the list of changes is not."""

    run: int
    mode: str  # "incremental", "full"
    status: str  # "completed", "partial", "failed", "cancelled", "running"
    at: int  # of its end; of its beginning while it runs, or when it was interrupted
    started_at: int
    counts: Mapping[str, Changes] = field(default_factory=dict)  # by part
    reason: str = ""  # why it did not complete: a sentence
    recorded: int = 0  # changes that are listed
    omitted: int = 0  # changes of which only the number is kept: too many to list, or too long ago
    changes: tuple[ChangedItem, ...] = ()  # where they were asked for


def category_names(categories: Sequence[Category]) -> tuple[str, ...]:
    """Names in order, without repeats."""
    return tuple(dict.fromkeys(category.name for category in categories))
