"""What the local copy holds and how it came to be: `sync`, `list`, `search`, `changes`, `stats`, and exports."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from tui_app.catalog import Kind
from tui_app.catalog.documents import Count, ExportedItem, ListedItem, Rating, Time
from tui_app.events import ErrorDocument, Mode, SyncReport, SyncStatus

Change = Literal["added", "changed", "removed"]


class ItemList(Struct, frozen=True, kw_only=True):
    """Items of one kind."""

    total: Annotated[int, Meta(ge=0, description="How many there are, whatever --limit.")]
    items: tuple[ListedItem, ...]


class ListedCategory(Struct, frozen=True, kw_only=True):
    """One category; `kind` is the kind of its items."""

    kind: Kind
    id: str
    name: str
    count: Annotated[int, Meta(ge=0, description="How many items it has.")]
    hidden: Annotated[bool, Meta(description="Whether you hid it.")]


class CategoryList(Struct, frozen=True, kw_only=True):
    """Categories of channels, movies and series."""

    total: Annotated[
        int, Meta(ge=0, description="The provider's own categories; ours, “Uncategorised”, is listed and not counted.")
    ]
    items: tuple[ListedCategory, ...]


class CategoryGroup(Struct, frozen=True, kw_only=True):
    """Categories of one kind whose names begin with the same prefix."""

    kind: Kind
    prefix: Annotated[str | None, Meta(description="A language, country or service; null: those without a prefix.")]
    count: Annotated[int, Meta(ge=0, description="Items of its visible categories; one in two counts twice.")]
    hidden: Annotated[bool, Meta(description="Whether all its categories are hidden.")]
    items: tuple[ListedCategory, ...]


class CategoryTree(Struct, frozen=True, kw_only=True):
    """The categories grouped by prefix, in the provider's order."""

    groups: tuple[CategoryGroup, ...]


class SearchResult(Struct, frozen=True, kw_only=True):
    """One item that was found. The last two keys are those of an episode."""

    kind: Kind
    id: Annotated[str, Meta(description="The provider's id.")]
    name: str
    category: str | None
    year: int | None
    rating: Rating
    language: str | None
    quality: str | None
    score: Annotated[float, Meta(ge=0, description="Best first.")]
    series_id: str | UnsetType | None = UNSET
    series: Annotated[str | None, Meta(description="The name of the series.")] | UnsetType = UNSET


class SearchResults(Struct, frozen=True, kw_only=True):
    """The answer to one query."""

    query: str
    elapsed_ms: Annotated[float, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0, description="Up to 1,000.")]
    capped: Annotated[bool, Meta(description="Whether there are more.")]
    results: tuple[SearchResult, ...]


class Source(Struct, frozen=True, kw_only=True):
    """An account that has a title."""

    profile: str
    id: Annotated[str, Meta(description="The title's id in that account.")]


class JointResult(SearchResult, frozen=True, kw_only=True):
    """One title that was found in one or several accounts."""

    profile: Annotated[str, Meta(description="The account of this id, name and category.")]
    sources: Annotated[tuple[Source, ...], Meta(description="The accounts that have the title, this one first.")]


class JointResults(Struct, frozen=True, kw_only=True):
    """The answer of all profiles to one query."""

    query: str
    elapsed_ms: Annotated[float, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0, description="Up to 1,000 of each profile.")]
    capped: Annotated[bool, Meta(description="Whether there are more.")]
    results: tuple[JointResult, ...]


class ChangeCounts(Struct, frozen=True, kw_only=True):
    """How many items of a part changed."""

    added: Count
    changed: Count
    removed: Count


class ItemChange(Struct, frozen=True, kw_only=True):
    """What a sync did to one item."""

    kind: Kind
    id: str
    name: str
    change: Change
    fields: Annotated[dict[str, tuple[Any, Any]], Meta(description="Field → [old, new].")]


class Run(Struct, frozen=True, kw_only=True):
    """One sync of the past, or the one that runs now."""

    run: int
    at: Annotated[int, Meta(description="When it ended; seconds since 1970, UTC.")]
    started_at: Time
    mode: Mode
    status: Annotated[str, Meta(description="completed, partial, failed, cancelled, or running.")]
    reason: Annotated[str, Meta(description="Why it did not complete; empty otherwise.")]
    counts: Annotated[dict[str, ChangeCounts], Meta(description="By part.")]
    omitted: Annotated[int, Meta(ge=0, description="Changes of which only the number is kept.")]
    changes: tuple[ItemChange, ...]


class RunList(Struct, frozen=True, kw_only=True):
    """What the last syncs changed."""

    runs: Annotated[tuple[Run, ...], Meta(description="Newest first.")]


class CategoryTotals(Struct, frozen=True, kw_only=True):
    """How many categories there are, by the kind of their items."""

    channels: Count
    movies: Count
    series: Count


class PartStatus(Struct, frozen=True, kw_only=True):
    """How the last sync of one part went."""

    at: Annotated[int | None, Meta(description="Of the last attempt; seconds since 1970, UTC.")]
    status: Annotated[str, Meta(description="completed, partial, failed, cancelled, or never.")]
    completed_at: Annotated[int | None, Meta(description="Of the last complete one; seconds since 1970, UTC.")]
    pending_removals: Annotated[
        int, Meta(ge=0, description="Removals that wait for the next sync or for your decision.")
    ] = field(name="held_back")
    reason: Annotated[str, Meta(description="Why it did not complete; empty otherwise.")]


class DiskUse(Struct, frozen=True, kw_only=True):
    """What a profile takes on disk."""

    bytes: Annotated[int, Meta(ge=0, description="On disk: library, marks, backups, damaged files.")]
    limit_bytes: Annotated[int, Meta(ge=0, description="The limit of the settings.")]
    over_limit: bool


class Sync(SyncReport, frozen=True, kw_only=True):
    """What one sync did, and what the profile takes on disk since."""

    size: DiskUse


class NotBegun(Struct, frozen=True, kw_only=True):
    """A profile whose settings can't be used; the others are synced all the same."""

    profile: str
    status: Literal["failed"]
    error: ErrorDocument
    size: DiskUse


class Syncs(Struct, frozen=True, kw_only=True):
    """What the syncs of several profiles did."""

    status: Annotated[SyncStatus, Meta(description="Of all together; partial as soon as they differ.")]
    # msgspec describes no union of untagged Structs: `Sync | NotBegun`
    profiles: Annotated[
        tuple[Any, ...],
        Meta(
            description="In the order they were synced.",
            extra_json_schema={"items": {"anyOf": [{"$ref": "#/$defs/Sync"}, {"$ref": "#/$defs/NotBegun"}]}},
        ),
    ]


class Stats(Struct, frozen=True, kw_only=True):
    """What the local copy of a profile holds, and how old it is."""

    profile: str
    library_bytes: Count
    channels: Count
    movies: Count
    series: Count
    episodes: Count
    categories: CategoryTotals
    last_sync: Annotated[dict[str, PartStatus], Meta(description="By part: categories, channels, movies, series.")]
    size: DiskUse


class Export(Struct, frozen=True, kw_only=True):
    """Everything known of the exported items, written an item a line; the total comes last."""

    profile: str
    exported_at: Time
    items: tuple[ExportedItem, ...]
    total: Count


class TreeFiles(Struct, frozen=True, kw_only=True):
    """What an export did to the files of a folder."""

    written: Count
    unchanged: Count
    deleted: Count
    foreign: Annotated[int, Meta(ge=0, description="Files of others, or edited: left as they are.")]


class ExportReport(Struct, frozen=True, kw_only=True):
    """What was written into the file of -o."""

    profile: str
    format: Literal["m3u", "json", "csv", "xmltv", "strm"]
    file: str
    total: Count
    channels: Count
    movies: Count
    series: Count
    episodes: Count
    skipped: Annotated[int, Meta(ge=0, description="Rows that a playlist has no place for: separators.")]
    series_without_episodes: Annotated[
        int, Meta(ge=0, description="Series left out of a playlist: their episodes were never fetched.")
    ]
    with_credentials: bool
    files: Annotated[TreeFiles, Meta(description="With --format strm.")] | UnsetType = UNSET
