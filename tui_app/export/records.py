"""One exported item as named values: the same words in JSON, in CSV and in `list --json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui_app.catalog import UNCATEGORISED, Item, Kind
from tui_app.export.addresses import Addresses
from tui_app.store.export_rows import ExportRow

#: Column of the CSV (and key of the JSON) → what stands there. Empty (null): the kind has no such thing, or the panel
#: did not say.
COLUMNS: Final = {
    "kind": "channel, movie, series or episode",
    "id": "the provider's id",
    "name": "as the provider calls it",
    "categories": "names, in CSV joined by '; '; an episode has those of its series",
    "year": "of release",
    "rating": "0 to 10",
    "genre": "genres, as the provider writes them",
    "added": "when it was added (series: last changed); JSON: seconds since 1970, CSV: 2026-11-22T18:30:00Z",
    "number": "of a channel",
    "duration_s": "length in seconds",
    "container": "mkv, mp4, ...",
    "catchup_days": "how many days back a channel can be watched; 0: not at all",
    "separator": "true for rows that only part a channel list",
    "radio": "true for radio stations",
    "favourite": "true for your favourites",
    "season": "of an episode",
    "episode": "its number in the season",
    "series_id": "the series an episode belongs to",
    "series": "the name of that series",
    "logo": "address of a logo or cover",
    "guide_id": "the channel's id in the guide (tvg-id)",
    "address": "what a player opens; empty for series",
}


@dataclass(frozen=True, slots=True)
class Record:
    """A row of an export with its address."""

    row: ExportRow
    is_favourite: bool
    address: str
    logo: str | None

    def document(self) -> dict[str, Any]:
        """Every column of `COLUMNS`, in that order."""
        item = self.row.item
        categories: Sequence[str] = self.row.categories or (UNCATEGORISED,)
        document = item_document(item, categories, self.is_favourite)
        document |= {"logo": self.logo, "guide_id": item.epg_id, "address": self.address or None}
        return {column: document.get(column) for column in COLUMNS}


def record_of(row: ExportRow, addresses: Addresses, *, is_favourite: bool) -> Record:
    """The record of a row."""
    return Record(row, is_favourite, addresses.stream(row.item, row.wire_id), addresses.logo(row.logo))


def item_document(item: Item, categories: Sequence[str], is_favourite: bool) -> dict[str, Any]:
    """One item of `list --json`; what a kind does not have, or the panel did not say, is null."""
    document: dict[str, Any] = {
        "kind": item.kind.value,
        "id": item.id,
        "name": item.name,
        "categories": list(categories),
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
    if item.kind is Kind.EPISODE:
        document |= {
            "season": item.season,
            "episode": item.episode,
            "series_id": item.series_id,
            "series": item.series_name,
        }
    return document
