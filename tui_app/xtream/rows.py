"""Convert raw list rows into clean catalogue rows.

`decode_row` lets msgspec extract the known fields from raw bytes without building the rest. Rows that msgspec rejects
(NaN, control characters, lone surrogates, invalid UTF-8) are decoded by `json_repair`; the same function reads the
fields in both cases. Aliases of a field are tried in the listed order; the first meaningful value is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Final

import msgspec

from tui_app.catalog import CategoryRow, ChannelRow, ItemRow, Kind, MovieRow, SeriesRow
from tui_app.text import is_separator
from tui_app.xtream import fields
from tui_app.xtream.coerce import epoch, flag, id_, ids, int_, meta, paragraphs, text, url, wire_id
from tui_app.xtream.json_repair import decode_object
from tui_app.xtream.masking import SecretMask

#: Default context: no secret, no base URL, UTC.
NO_SECRET: Final = SecretMask()


@dataclass(frozen=True, slots=True)
class RowContext:
    """Base for relative URLs, zone for times without one, and the secret to mask."""

    base_url: str
    zone: tzinfo = UTC
    mask: SecretMask = NO_SECRET


class _Listed(msgspec.Struct, gc=False):
    """Fields of all kinds, under all their aliases."""

    stream_id: Any = None
    id: Any = None
    name: Any = None
    category_id: Any = None
    category_ids: Any = None
    stream_icon: Any = None
    is_adult: Any = None


class _Channel(_Listed, gc=False):
    num: Any = None
    stream_type: Any = None
    epg_channel_id: Any = None
    added: Any = None
    tv_archive: Any = None
    tv_archive_duration: Any = None
    direct_source: Any = None


class _Title(_Listed, gc=False):
    title: Any = None
    cover: Any = None
    cover_big: Any = None
    year: Any = None
    rating: Any = None
    rating_5based: Any = None
    tmdb: Any = None
    tmdb_id: Any = None
    trailer: Any = None
    youtube_trailer: Any = None
    plot: Any = None
    description: Any = None
    overview: Any = None
    cast: Any = None
    actors: Any = None
    director: Any = None
    genre: Any = None
    release_date: Any = None
    releaseDate: Any = None
    releasedate: Any = None
    released: Any = None
    air_date: Any = None
    first_air_date: Any = None
    premiere: Any = None
    premiered: Any = None
    premiere_date: Any = None
    episode_run_time: Any = None
    runtime: Any = None


class _Movie(_Title, gc=False):
    movie_image: Any = None
    added: Any = None
    container_extension: Any = None
    duration_secs: Any = None
    duration: Any = None


class _Series(_Title, gc=False):
    series_id: Any = None
    last_modified: Any = None
    episode_runtime: Any = None


_MOVIE: Final = Kind.MOVIE  # enum attribute access is slow, and this is needed per row
_SERIES: Final = Kind.SERIES
_decode_channel: Final = msgspec.json.Decoder(_Channel).decode
_decode_movie: Final = msgspec.json.Decoder(_Movie).decode
_decode_series: Final = msgspec.json.Decoder(_Series).decode


def decode_row(kind: Kind, raw: bytes, context: RowContext) -> ItemRow | None:
    """Return the clean row in `raw`; None if it is no object or has no id. Never raises."""
    if context.mask.touches(raw):
        values = decode_object(raw)
        return None if values is None else row_from(kind, context.mask.masked(values), context)
    try:
        if kind is _MOVIE:
            return _movie(_decode_movie(raw), context)
        if kind is _SERIES:
            return _series(_decode_series(raw), context)
        return _channel(_decode_channel(raw), context)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        values = decode_object(raw)
        return None if values is None else row_from(kind, values, context)


class _Identity(msgspec.Struct, gc=False):
    series_id: Any = None
    stream_id: Any = None
    id: Any = None


_decode_identity: Final = msgspec.json.Decoder(_Identity).decode


def row_identity(kind: Kind, raw: bytes, context: RowContext) -> str | None:
    """Return the id that `decode_row` would give, at a fraction of the cost; None if it would return None."""
    if context.mask.touches(raw):
        found = decode_row(kind, raw, context)
        return None if found is None else found.id
    try:
        row = _decode_identity(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = decode_row(kind, raw, context)
        return None if found is None else found.id
    names = (row.series_id, row.id, row.stream_id) if kind is _SERIES else (row.stream_id, row.id)
    return next((identity for name in names if (identity := id_(name)) is not None), None)


def row_from(kind: Kind, raw: Mapping[str, object], context: RowContext) -> ItemRow | None:
    """Return the clean row of a decoded object; None without an id."""
    if kind is Kind.MOVIE:
        return _movie(_Movie(*(raw.get(name) for name in _Movie.__struct_fields__)), context)
    if kind is Kind.SERIES:
        return _series(_Series(*(raw.get(name) for name in _Series.__struct_fields__)), context)
    return _channel(_Channel(*(raw.get(name) for name in _Channel.__struct_fields__)), context)


def category_from(raw: Mapping[str, object], position: int = 0) -> CategoryRow | None:
    """Return one category; None without an id. An empty name becomes `Category {id}`."""
    identity = id_(raw.get("category_id"))
    if identity is None:
        return None
    parent = id_(raw.get("parent_id"))
    name = text(raw.get("category_name")) or f"Category {identity}"
    return CategoryRow(identity, name, None if parent in (None, "0", identity) else parent, position)


def _channel(row: _Channel, context: RowContext) -> ChannelRow | None:
    sent_id = row.stream_id
    identity = id_(sent_id)
    if identity is None and (identity := id_(sent_id := row.id)) is None:
        return None
    name = text(row.name) or f"Channel {identity}"
    stream_type = row.stream_type
    direct = row.direct_source
    return ChannelRow(
        identity,
        wire_id(sent_id, identity),
        name,
        fields.channel_number(row.num),
        _categories(row.category_id, row.category_ids),
        url(row.stream_icon, context.base_url) if row.stream_icon else None,
        meta(row.epg_channel_id, 300) if row.epg_channel_id else None,
        epoch(row.added, context.zone) if row.added else None,
        fields.is_adult(row.is_adult, name),
        stream_type != "live" and isinstance(stream_type, str) and "radio" in stream_type.lower(),
        is_separator(name),
        _archive_days(row.tv_archive_duration) if flag(row.tv_archive) else 0,
        _direct_source(direct) if direct else None,
    )


def _movie(row: _Movie, context: RowContext) -> MovieRow | None:
    sent_id = row.stream_id
    identity = id_(sent_id)
    if identity is None and (identity := id_(sent_id := row.id)) is None:
        return None
    name, other_name = _names(row.title, row.name, identity, "Movie")
    released = _released(row)
    return MovieRow(
        identity,
        wire_id(sent_id, identity),
        name,
        other_name,
        _categories(row.category_id, row.category_ids),
        _picture(context, row.stream_icon, row.cover, row.movie_image, row.cover_big),
        _year(row.year, name, other_name) or fields.year(released),
        fields.rating(row.rating, row.rating_5based),
        epoch(row.added, context.zone) if row.added else None,
        fields.container(row.container_extension),
        fields.positive(row.tmdb) or fields.positive(row.tmdb_id),
        fields.trailer(row.trailer) or fields.trailer(row.youtube_trailer),
        fields.is_adult(row.is_adult, name),
        is_separator(name),
        paragraphs(row.plot) or paragraphs(row.description) or paragraphs(row.overview),
        meta(row.cast) or meta(row.actors),
        meta(row.director),
        meta(row.genre),
        released,
        fields.duration(row.duration_secs, row.duration, row.episode_run_time, row.runtime),
    )


def _series(row: _Series, context: RowContext) -> SeriesRow | None:
    sent_id = row.series_id
    identity = id_(sent_id)
    if identity is None:
        sent_id = row.id if id_(row.id) is not None else row.stream_id
        if (identity := id_(sent_id)) is None:
            return None
    name, other_name = _names(row.title, row.name, identity, "Series")
    released = _released(row)
    return SeriesRow(
        identity,
        wire_id(sent_id, identity),
        name,
        other_name,
        _categories(row.category_id, row.category_ids),
        _picture(context, row.cover, row.stream_icon, row.cover_big),
        _year(row.year, name, other_name) or fields.year(released),
        fields.rating(row.rating, row.rating_5based),
        epoch(row.last_modified, context.zone) if row.last_modified else None,
        fields.positive(row.tmdb) or fields.positive(row.tmdb_id),
        fields.trailer(row.youtube_trailer) or fields.trailer(row.trailer),
        fields.is_adult(row.is_adult, name),
        is_separator(name),
        paragraphs(row.plot) or paragraphs(row.description) or paragraphs(row.overview),
        meta(row.cast) or meta(row.actors),
        meta(row.director),
        meta(row.genre),
        released,
        fields.duration(None, None, row.episode_run_time, row.episode_runtime, row.runtime),
    )


def _names(title: object, name: object, identity: str, word: str) -> tuple[str, str | None]:
    """Return the displayed name, and the panel's `name` if its `title` is displayed."""
    listed = text(name)
    shown = meta(title, 300) if title else None
    if shown is None or shown == listed:
        return listed or f"{word} {identity}", None
    return shown, listed


def _categories(one: object, many: object) -> tuple[str, ...]:
    first = id_(one)
    if first is not None and "," not in first:
        if not many or (type(many) is list and len(many) == 1 and str(many[0]) == first):
            return (first,)
        return tuple(dict.fromkeys((first, *ids(many))))
    return tuple(dict.fromkeys((*ids(one), *ids(many))))


def _picture(context: RowContext, usual: object, *others: object) -> str | None:
    if usual and (found := url(usual, context.base_url)) is not None:
        return found
    for link in (usual, *others):
        if link and (found := url(_first(link), context.base_url)) is not None:
            return found
    return None


def _first(value: object) -> object:
    """Return the first member of a list, other values unchanged."""
    return value[0] if isinstance(value, list) and value else value


def _year(value: object, name: str, other_name: str | None) -> int | None:
    found = fields.year(value) if value else None
    if found is None:
        found = fields.year_in_name(name)
    if found is None and other_name is not None:
        found = fields.year_in_name(other_name)
    return found


def _released(row: _Title) -> str | None:
    """Return the first readable date, otherwise the first text."""
    usual = row.release_date or row.releaseDate or row.releasedate
    if usual and (found := fields.released(usual)) is not None and found[:4].isdecimal():
        return found
    return fields.first_released(getattr(row, key) for key in fields.RELEASE_KEYS)


def _archive_days(value: object) -> int:
    days = int_(value)
    return days if days is not None and 0 < days <= 3650 else 0


def _direct_source(value: object) -> str | None:
    """Return an absolute http(s) URL; None for `""`, file names and other schemes."""
    return url(value, "") if isinstance(value, str) and value.lower().startswith(("http://", "https://")) else None


_DEEPEST: Final = 32  # levels; deeper hierarchies are cyclic


def tidy_categories(raw: Iterable[Mapping[str, object]]) -> tuple[tuple[CategoryRow, ...], int]:
    """Return the categories, and the number of entries dropped for lack of an id.

    For a repeated id, the first position and the last non-empty name count.
    """
    known: dict[str, CategoryRow] = {}
    dropped = 0
    for values in raw:
        row = category_from(values, len(known))
        if row is None:
            dropped += 1
        elif row.id not in known:
            known[row.id] = row
        elif text(values.get("category_name")) is not None:
            known[row.id] = known[row.id]._replace(name=row.name)
    parents = {row.id: row.parent_id for row in known.values() if row.parent_id in known}
    circular = {identity for identity in parents if _is_circular(identity, parents)}
    rows = (row._replace(parent_id=None if row.id in circular else parents.get(row.id)) for row in known.values())
    return tuple(rows), dropped


def _is_circular(start: str, parents: Mapping[str, str | None]) -> bool:
    at: str | None = start
    for _level in range(_DEEPEST):
        at = parents.get(at) if at is not None else None
    return at is not None
