"""Rows: one clean item as a panel's list sends it. Named tuples, because a sync makes 150,000 and binds them to SQL."""

from __future__ import annotations

from typing import NamedTuple


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
