"""The short guide of one channel: what is on now and next, out of listings under many names and in many forms.

A channel without a guide is usual, not an error: whatever can't be read gives no programmes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from itertools import islice
from typing import Any, Final

from tui_app.catalog import Programme
from tui_app.text import clean_line, clean_paragraphs
from tui_app.xtream.coerce import first_of, flag, int_, is_account, text
from tui_app.xtream.epg.texts import ReadText, text_reader
from tui_app.xtream.epg.times import ASSUMED_S, length_of, time_of, usable_end
from tui_app.xtream.json_repair import find_value

_MOST_LISTINGS: Final = 5_000
_DEEPEST: Final = 5  # lists in objects in lists: more is no guide

# Names are compared in small letters and without `_`: `start_timestamp` is `startTimestamp`. The surest comes first.
_START: Final = "starttimestamp startepoch startutc startunix start starttime startat begin from".split()
_END: Final = (
    "stoptimestamp endtimestamp stopepoch endepoch stoputc endutc stopunix endunix end stop endtime stoptime endat "
    "stopat to until"
).split()
_SECONDS: Final = "durationsecs durationseconds durations durationsec lengthsecs lengthseconds".split()
_MINUTES: Final = "durationmins durationminutes durationmin lengthmins lengthminutes".split()
_LENGTH: Final = "duration length runtime".split()
_TITLE: Final = "title name programtitle programmetitle programname epgtitle".split()
_DESCRIPTION: Final = "description desc descr plot summary synopsis shortdescription".split()
_ARCHIVE: Final = "hasarchive archive catchup hascatchup".split()

_Listing = Mapping[str, Any]


def programmes_from(body: bytes, zone: tzinfo = UTC) -> tuple[Programme, ...]:
    """The programmes in a `get_short_epg` or `get_simple_data_table` body, by start, each minute once.

    `zone` is the server's, for listings that have wall clock texts only. Never raises for any body.
    """
    found = find_value(body)
    value = found.value if found is not None else None
    if isinstance(value, dict) and is_account(value):
        return ()
    listings = list(islice(_listings(value), _MOST_LISTINGS))
    read_text = text_reader([_first(raw, _TITLE) for raw in listings])
    programmes = [made for raw in listings if (made := _programme(raw, zone, read_text)) is not None]
    return _without_overlaps(programmes)


def _listings(value: object, depth: int = 0) -> Iterator[_Listing]:
    """All listings, whatever they are wrapped in: lists, and objects by index, by channel or under any name."""
    if not isinstance(value, dict | list) or depth > _DEEPEST:
        return
    members = list(value.values()) if isinstance(value, dict) else value
    inner = (listing for member in members for listing in _listings(member, depth + 1))
    if isinstance(value, dict):
        named = {key.replace("_", "").lower(): member for key, member in value.items()}
        first = next(inner, None)
        if _has_start(named) and (first is None or any(key in named for key in _TITLE)):
            yield named
        if first is not None:
            yield first
    yield from inner


def _has_start(named: _Listing) -> bool:
    return any(isinstance(named.get(key), str | int | float) for key in _START)


def _programme(raw: _Listing, zone: tzinfo, read_text: ReadText) -> Programme | None:
    """What a listing says; its `stop` is its `start` where it has no usable end. None for what is no programme."""
    start = next((at for key in _START if (at := time_of(raw.get(key), zone)) is not None), None)
    if start is None:
        return None
    try:
        stop = usable_end(start, _ends(raw, start, zone))
    except ValueError:
        return None
    archive, start_text = _first(raw, _ARCHIVE), raw.get("start")
    has_text = isinstance(start_text, str) and int_(start_text) is None
    return Programme(
        start=start,
        stop=start if stop is None else stop,
        title=clean_line(read_text(_first(raw, _TITLE))) or "No title",
        description=clean_paragraphs(read_text(_first(raw, _DESCRIPTION))),
        has_archive=None if archive is None else flag(archive),
        start_text=text(start_text, 40) if has_text else None,
    )


def _ends(raw: _Listing, start: int, zone: tzinfo) -> Iterator[int | None]:
    """The ends a listing names, the surest first: by their time, then by its length."""
    for key in _END:
        yield time_of(raw.get(key), zone)
    for keys, unit_s in ((_SECONDS, 1), (_MINUTES, 60), (_LENGTH, None)):
        length = length_of(_first(raw, keys), unit_s)
        yield None if length is None else start + length


def _first(raw: _Listing, keys: Sequence[str]) -> object:
    return first_of(raw.get(key) for key in keys)


def _without_overlaps(programmes: Sequence[Programme]) -> tuple[Programme, ...]:
    """By start, each start once; where two overlap the later start wins and the earlier one ends there.

    One without an end lasts until the next start, or as long as is assumed; a listing that has one goes before it.
    """
    ordered = sorted(programmes, key=lambda one: (one.start, one.stop == one.start))  # stable: the first listed stays
    kept: list[Programme] = []
    for one in ordered:
        if kept and kept[-1].start == one.start:
            continue
        if kept and kept[-1].stop > one.start:
            kept[-1] = replace(kept[-1], stop=one.start)
        kept.append(one if one.stop > one.start else replace(one, stop=one.start + ASSUMED_S))
    return tuple(kept)
