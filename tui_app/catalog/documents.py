"""An item as a JSON document, in lists and in exports; and the types that documents share.

Not imported by `tui_app.catalog` itself: msgspec costs 12 ms that only a document is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from tui_app.catalog.lists import Item
from tui_app.catalog.rows import Kind

Count = Annotated[int, Meta(ge=0)]
Time = Annotated[int, Meta(description="Seconds since 1970, UTC.")]
KnownTime = Annotated[int | None, Meta(description="Seconds since 1970, UTC; null: not known.")]
Rating = Annotated[Annotated[float, Meta(ge=0, le=10)] | None, Meta(description="0 to 10; null: not known.")]


class ItemDocument(Struct, frozen=True, kw_only=True):
    """What a kind does not have, or the provider did not say, is null."""

    kind: Annotated[Kind, Meta(description="channel, movie, series or episode.")]
    id: Annotated[str, Meta(description="The provider's id.")]
    name: Annotated[str, Meta(description="As the provider calls it.")]
    categories: Annotated[
        tuple[str, ...], Meta(description="Names, in CSV joined by '; '; an exported episode has those of its series.")
    ]
    year: Annotated[int | None, Meta(description="Of release.")]
    rating: Rating
    genre: Annotated[str | None, Meta(description="Genres, as the provider writes them.")]
    added: Annotated[
        int | None,
        Meta(
            description="When it was added (series: last changed); JSON: seconds since 1970, CSV: 2026-11-22T18:30:00Z."
        ),
    ]
    number: Annotated[int | None, Meta(description="Of a channel.")]
    duration_s: Annotated[int | None, Meta(description="Length in seconds.")]
    container: Annotated[str | None, Meta(description="mkv, mp4, ...")]
    catchup_days: Annotated[int, Meta(ge=0, description="How many days back a channel can be watched; 0: not at all.")]
    separator: Annotated[bool, Meta(description="True for rows that only part a channel list.")]
    radio: Annotated[bool, Meta(description="True for radio stations.")]
    favourite: Annotated[bool, Meta(description="True for your favourites.")]


class ListedItem(ItemDocument, frozen=True, kw_only=True):
    """One item of `list --json`. The last four keys are those of an episode."""

    season: int | UnsetType | None = UNSET
    episode: Annotated[int | None, Meta(description="Its number in the season.")] | UnsetType = UNSET
    series_id: str | UnsetType | None = UNSET
    series: Annotated[str | None, Meta(description="The name of the series.")] | UnsetType = UNSET


class ExportedItem(ItemDocument, frozen=True, kw_only=True):
    """One item of an export, in JSON and, in the same order, in CSV."""

    season: Annotated[int | None, Meta(description="Of an episode.")]
    episode: Annotated[int | None, Meta(description="Its number in the season.")]
    series_id: Annotated[str | None, Meta(description="The series an episode belongs to.")]
    series: Annotated[str | None, Meta(description="The name of that series.")]
    logo: Annotated[str | None, Meta(description="Address of a logo or cover.")]
    guide_id: Annotated[str | None, Meta(description="The channel's id in the guide (tvg-id).")]
    address: Annotated[
        str | None,
        Meta(
            description="What a player opens; null for series. {username} and {password} stand for yours unless "
            "--with-credentials is given."
        ),
    ]


def listed_item(item: Item, categories: Sequence[str], *, is_favourite: bool) -> ListedItem:
    """Return one item of `list --json`."""
    facts = item_facts(item, categories, is_favourite=is_favourite)
    if item.kind is not Kind.EPISODE:
        return ListedItem(**facts)
    return ListedItem(
        **facts, season=item.season, episode=item.episode, series_id=item.series_id, series=item.series_name
    )


def item_facts(item: Item, categories: Sequence[str], *, is_favourite: bool) -> dict[str, Any]:
    """Return what the item has in a list and in an export."""
    return {
        "kind": item.kind,
        "id": item.id,
        "name": item.name,
        "categories": tuple(categories),
        "year": item.year,
        "rating": item.rating,
        "genre": item.genre,
        "added": item.added,
        "number": item.number,
        "duration_s": item.duration_s,
        "container": item.container,
        "catchup_days": item.archive_days,
        "separator": item.is_separator,
        "radio": item.is_radio,
        "favourite": is_favourite,
    }
