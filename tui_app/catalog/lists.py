"""Questions to the library and its answers: frozen, and nothing of the database or of JSON in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tui_app.catalog.details import Details, Season
from tui_app.catalog.kinds import Kind

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
    versions: int = 1  # in a list with one row for each title: how many this one stands for
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
    """Ranked hits, best first. `total` counts all matches up to the cap of 1,000.

    `capped` when there are more, or may be: names parted otherwise than the words typed are not all read.
    """

    query: str
    total: int
    hits: tuple[Hit, ...]
    elapsed_ms: float
    capped: bool = False


def category_names(categories: Sequence[Category], hidden: Collection[str] = ()) -> tuple[str, ...]:
    """Names in order, without repeats and without those of `hidden` ids."""
    return tuple(dict.fromkeys(category.name for category in categories if category.id not in hidden))
