"""Convert raw list rows into clean catalogue rows, as the item field table says.

`decode_row` lets msgspec extract the known fields from raw bytes without building the rest. Rows that msgspec rejects
(NaN, control characters, lone surrogates, invalid UTF-8) are decoded by `json_repair`; the same function reads the
fields in both cases, and those of details. Of a field's names the first with a meaningful value counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import chain
from typing import Any, Final, NamedTuple

import msgspec

from tui_app.catalog import CategoryRow, ItemRow, Kind
from tui_app.catalog.fields import ROW_FIELDS, TITLE_FIELDS, ItemField
from tui_app.text import is_separator
from tui_app.xtream import coerce, fields
from tui_app.xtream.coerce import id_, ids, meta, text, wire_id
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


#: `ItemField.read` → expression, in which `{}` is the value under one of the field's names. `*` stands for the values
#: under all of them; `{}` is the first then. Values are anything that JSON can say.
READERS: Final = {
    "line": "meta({})",
    "short": "meta({}, 300)",
    "paragraphs": "paragraphs({})",
    "moment": "epoch({}, context.zone)",
    "picture": "picture({}, context.base_url)",
    "positive": "positive({})",
    "container": "container({})",
    "trailer": "trailer({})",
    "year": "year({})",
    "video": "video({})",
    "audio": "audio({})",
    "languages": "languages({})",
    "number": "channel_number(*)",
    "archive": "{} and archive_days(*) or 0",
    "radio": "{0} != 'live' and is_radio({0})",
    "rating": "rating(*)",
    "duration": "duration(*)",
    "released": "first_released((*,))",
}


def _expression(one: ItemField, names: Sequence[str]) -> str:
    if not one.read or not names:
        return repr(one.default)
    reader = READERS[one.read]
    if "*" in reader or "{0}" in reader:
        return reader.replace("*", ", ".join(f"row.{name}" for name in names)).format(f"row.{names[0]}")
    return " or ".join(f"row.{name} and {reader.format(f'row.{name}')}" for name in names) + " or None"


class _Reading(NamedTuple):
    """The structure for the fields of one kind, and the function that reads them."""

    structure: type[msgspec.Struct]
    read: Callable[[Any, RowContext], Any]

    def of(self, values: Mapping[str, object]) -> Any:
        """Return the structure of a decoded object."""
        return self.structure(*map(values.get, self.structure.__struct_fields__))


def _reading(kind: Kind, declared: Iterable[ItemField], make: type[ItemRow | dict[str, Any]], *more: str) -> _Reading:
    """Compile how fields are read into what `make` makes; `more` are names of the panel that are read by hand.

    The function is generated, as those of dataclasses are: to call the readers in a loop costs 3 µs a row.
    """
    wires = {one: one.wire_of(kind) if kind in one.kinds else () for one in declared}
    names = dict.fromkeys((*more, *chain.from_iterable(wires.values())))
    values = (f"{one.name}={_expression(one, wire)}" for one, wire in wires.items())
    read = eval(f"lambda row, context: make({', '.join(values)})", {"make": make, **vars(fields), **vars(coerce)})
    return _Reading(msgspec.defstruct("Wire", [(name, Any, None) for name in names], gc=False), read)


_MOVIE: Final = Kind.MOVIE  # enum attribute access is slow, and this is needed per row
_SERIES: Final = Kind.SERIES
_BY_HAND: Final = ("stream_id", "id", "name", "category_id", "category_ids")
_CHANNELS: Final = _reading(Kind.CHANNEL, ROW_FIELDS, ItemRow, *_BY_HAND)
_MOVIES: Final = _reading(Kind.MOVIE, ROW_FIELDS, ItemRow, *_BY_HAND, "title")
_SERIES_LIST: Final = _reading(Kind.SERIES, ROW_FIELDS, ItemRow, *_BY_HAND, "title", "series_id")
_DETAILS: Final = {kind: _reading(kind, TITLE_FIELDS, dict) for kind in (_MOVIE, _SERIES)}
_decode_channel: Final = msgspec.json.Decoder(_CHANNELS.structure).decode
_decode_movie: Final = msgspec.json.Decoder(_MOVIES.structure).decode
_decode_series: Final = msgspec.json.Decoder(_SERIES_LIST.structure).decode


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


def title_facts(kind: Kind, info: Mapping[str, object], context: RowContext) -> dict[str, Any]:
    """Return the fields of a title that are in the object of its details; None for what it does not say."""
    reading = _DETAILS[kind]
    facts: dict[str, Any] = reading.read(reading.of(info), context)
    return facts


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
    if kind is _MOVIE:
        return _movie(_MOVIES.of(raw), context)
    if kind is _SERIES:
        return _series(_SERIES_LIST.of(raw), context)
    return _channel(_CHANNELS.of(raw), context)


def category_from(raw: Mapping[str, object], position: int = 0) -> CategoryRow | None:
    """Return one category; None without an id. An empty name becomes `Category {id}`."""
    identity = id_(raw.get("category_id"))
    if identity is None:
        return None
    parent = id_(raw.get("parent_id"))
    name = text(raw.get("category_name")) or f"Category {identity}"
    return CategoryRow(identity, name, None if parent in (None, "0", identity) else parent, position)


def _channel(row: Any, context: RowContext) -> ItemRow | None:
    known = _known_id(row.stream_id) or _known_id(row.id)
    if known is None:
        return None
    name = text(row.name) or f"Channel {known[0]}"
    return _completed(_CHANNELS.read(row, context), row, known, name)


def _movie(row: Any, context: RowContext) -> ItemRow | None:
    known = _known_id(row.stream_id) or _known_id(row.id)
    return None if known is None else _title(row, known, "Movie", _MOVIES.read(row, context))


def _series(row: Any, context: RowContext) -> ItemRow | None:
    known = _known_id(row.series_id) or _known_id(row.id) or _known_id(row.stream_id)
    return None if known is None else _title(row, known, "Series", _SERIES_LIST.read(row, context))


_KnownId = tuple[str, str | None]


def _known_id(sent: object) -> _KnownId | None:
    """Return an id, and how it was sent if that differs; None for what is none."""
    identity = id_(sent)
    return None if identity is None else (identity, wire_id(sent, identity))


def _title(row: Any, known: _KnownId, word: str, item: Any) -> ItemRow:
    name, other_name = _names(row.title, row.name, known[0], word)
    if item.year is None:
        in_name = fields.year_in_name(name) or (fields.year_in_name(other_name) if other_name else None)
        item.year = in_name or fields.year(item.released)
    item.other_name = other_name
    return _completed(item, row, known, name)


def _completed(item: Any, row: Any, known: _KnownId, name: str) -> ItemRow:
    """Add what all kinds have, to a row that nobody else has seen."""
    item.id, item.wire_id = known
    item.name = name
    item.category_ids = _categories(row.category_id, row.category_ids)
    item.is_adult = fields.is_adult(row.is_adult, name)
    item.is_separator = is_separator(name)
    completed: ItemRow = item
    return completed


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
