"""Makes rows of the file into `Item`s: the questions that fetch rows by key, and what becomes of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tui_app.catalog import Details, Item, Kind
from tui_app.store.models import ADULT, ADULT_KNOWN, RADIO, SEPARATOR
from tui_app.text import category_is_adult

_FOUND: Final = "WHERE t.id IN (SELECT value FROM json_each(?))"
#: By kind; each row starts with the key. The parameter is a JSON list of keys.
ITEM_SQL: Final = {
    Kind.CHANNEL: "SELECT t.id, t.name, t.flags, t.added, t.category, t.number, t.archive_days, t.epg_id "
    f"FROM channel t {_FOUND}",
    Kind.MOVIE: "SELECT t.id, t.name, t.flags, t.added, t.category, t.year, t.rating, x.genre, x.duration_s, "
    f"t.container FROM movie t LEFT JOIN movie_text x ON x.id = t.id {_FOUND}",
    Kind.SERIES: "SELECT t.id, t.name, t.flags, t.added, t.category, t.year, t.rating, x.genre, x.duration_s, NULL "
    f"FROM series t LEFT JOIN series_text x ON x.id = t.id {_FOUND}",
    Kind.EPISODE: "SELECT t.id, t.name, t.flags, t.added, t.series, t.season, t.number, t.rating, t.duration_s, "
    f"t.container, s.name FROM episode t LEFT JOIN series s ON s.id = t.series {_FOUND}",
}


def _adult(flags: int, category: str) -> bool | None:
    """The panel's word on the item; where it gives none, that of the category's name, which can only say yes."""
    if flags & ADULT_KNOWN:
        return bool(flags & ADULT)
    return True if category_is_adult(category) else None


def channel_item(kind: Kind, row: Sequence[Any], id: str, category: str) -> Item:
    _, name, flags, added, _, number, archive_days, epg_id = row
    return Item(
        kind,
        id,
        name,
        number=number,
        added=added or None,
        category=category,
        is_separator=bool(flags & SEPARATOR),
        is_radio=bool(flags & RADIO),
        is_adult=_adult(flags, category),
        archive_days=archive_days,
        epg_id=epg_id,
    )


def title_item(kind: Kind, row: Sequence[Any], id: str, category: str) -> Item:
    _, name, flags, added, _, year, rating, genre, duration_s, container = row
    return Item(
        kind,
        id,
        name,
        year=year or None,
        rating=rating or None,
        genre=genre,
        added=added or None,
        category=category,
        is_separator=bool(flags & SEPARATOR),
        is_adult=_adult(flags, category),
        container=container,
        duration_s=duration_s,
    )


def episode_item(row: Sequence[Any], id: str, series_id: str) -> Item:
    _, name, _, added, _, season, number, rating, duration_s, container, series_name = row
    return Item(
        Kind.EPISODE,
        id,
        name,
        rating=rating or None,
        added=added or None,
        container=container,
        duration_s=duration_s,
        season=season,
        episode=number,
        series_id=series_id,
        series_name=series_name,
    )


def with_details(item: Item, details: Details, best: dict[str, Any]) -> Item:
    """The list row, with what the details say more."""
    return replace(
        item,
        year=details.year or item.year,
        rating=details.rating or item.rating,
        genre=best["genre"],
        duration_s=best["duration_s"],
        container=details.container or item.container,
    )
