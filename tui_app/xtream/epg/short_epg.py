"""Parse the EPG of one channel (`get_short_epg`, `get_simple_data_table`).

Listings vary in field names, nesting and text encoding: base64 on most panels, plain or percent-encoded on others,
never declared. One answer uses one encoding, so its titles are judged together. A channel without an EPG is normal:
whatever can't be read yields no programmes.
"""

from __future__ import annotations

import codecs
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from itertools import islice
from typing import Any, Final

from tui_app.catalog import Programme
from tui_app.text import clean_line, clean_paragraphs
from tui_app.text.clean import LONGEST_TEXT
from tui_app.xtream.coerce import first_of, flag, int_, is_account, text
from tui_app.xtream.epg.times import ASSUMED_S, length_of, time_of, usable_end
from tui_app.xtream.json_repair import find_value

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Maximum base64 characters decoded: a multiple of four, and more than any text keeps. Line breaks add to it.
_LONGEST_PACKED: Final = 2 * LONGEST_TEXT
_LONGEST_SENT: Final = 2 * _LONGEST_PACKED


def b64text(value: object) -> str | None:
    """Decode text that may be base64 of UTF-8; other text is returned unchanged, None if it is no text."""
    if not isinstance(value, str):
        return None
    once = decoded_base64(value)
    if once is None:
        return value.strip()[:LONGEST_TEXT]
    twice = decoded_base64(once) if " " not in once and len(once) >= 8 else None
    return once if twice is None else twice


def decoded_base64(value: str, errors: str = "strict") -> str | None:
    """Decode base64; None for invalid characters or length, control characters or invalid UTF-8.

    Text longer than the limit is cut.
    """
    packed = "".join(value[:_LONGEST_SENT].split())
    if not packed:
        return ""
    is_cut = len(value) > _LONGEST_SENT or len(packed) > _LONGEST_PACKED
    if is_cut:
        packed = packed[: min(len(packed) // 4 * 4, _LONGEST_PACKED)]
    if not _BASE64.fullmatch(packed) or len(packed.rstrip("=")) % 4 == 1:
        return None
    bare = packed.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        unpacked = b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        decoded = codecs.getincrementaldecoder("utf-8")(errors).decode(unpacked, final=not is_cut)
    except ValueError:
        return None
    if _CONTROL.search(decoded):
        return None
    return decoded if any(char.isprintable() and char != " " for char in decoded) else None


ReadText = Callable[[object], str]

_COULD_BE_BASE64: Final = re.compile(r"[A-Za-z0-9+/_=\r\n-]*")
_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_SPACE: Final = re.compile(r"\s")
_C0: Final = re.compile("[\x00-\x1f\x7f]")
_GUIDE_TEXTS_LONGEST_SENT: Final = 3 * LONGEST_TEXT  # maximum length of an encoded text; the rest is ignored


def text_reader(titles: Sequence[object]) -> ReadText:
    """Return a decoder for an answer with these titles. One plain title means that all texts are plain."""
    texts = [bare for title in titles if isinstance(title, str) and (bare := _unescaped(title).strip())]
    if not all(_COULD_BE_BASE64.fullmatch(title) for title in texts):
        return _read_plain
    decoded = [decoded_base64(title) for title in texts]
    if sum(one is not None for one in decoded) * 2 <= len(texts):
        return _read_either
    if len(texts) > 1 and all(one and " " not in one and decoded_base64(one) is not None for one in decoded):
        return _read_twice
    return _read_base64


def _read_plain(value: object) -> str:
    return _unescaped(value) if isinstance(value, str) else text(value) or ""


def _read_either(value: object) -> str:
    return _read_number(value) or b64text(_read_plain(value)) or ""


def _read_base64(value: object) -> str:
    """Decode base64 for answers of mostly base64, replacing invalid UTF-8."""
    plain = _read_plain(value)
    if decoded_base64(plain) is None:
        return decoded_base64(plain, "replace") or plain.strip()
    return b64text(plain) or ""


def _read_twice(value: object) -> str:
    once = _read_base64(value)
    return decoded_base64(once) or once


def _read_number(value: object) -> str:
    """Return a title of digits only (`1917`) unchanged, although it may be valid base64."""
    plain = _read_plain(value).strip()
    return plain if plain.isdecimal() else ""


def _unescaped(value: str) -> str:
    """Decode percent escapes (`Now%20show`) if the whole text uses them."""
    value = value[:_GUIDE_TEXTS_LONGEST_SENT]
    if "%" not in value or _SPACE.search(value.strip()):
        return value
    try:
        unescaped = _ESCAPES.sub(_bytes_of_escapes, value.replace("+", " "))
    except UnicodeDecodeError:
        return value
    return value if _C0.search(unescaped) else unescaped


def _bytes_of_escapes(run: re.Match[str]) -> str:
    return bytes.fromhex(run[0].replace("%", "")).decode()


_MOST_LISTINGS: Final = 5_000
_DEEPEST: Final = 5  # maximum nesting of lists and objects

# Keys, compared in lower case and without `_`: `start_timestamp` equals `startTimestamp`. Most reliable first.
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
    """Return the programmes in an answer, by start, one per start minute. Never raises.

    `zone` is the server's, for listings with wall clock times only.
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
    """Yield all listings, whatever they are wrapped in: lists, or objects by index, by channel or under any key."""
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
    """Parse a listing; `stop` equals `start` without a usable end. None if it is no programme."""
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
    """Yield the ends a listing names, most reliable first: end times, then durations."""
    for key in _END:
        yield time_of(raw.get(key), zone)
    for keys, unit_s in ((_SECONDS, 1), (_MINUTES, 60), (_LENGTH, None)):
        length = length_of(_first(raw, keys), unit_s)
        yield None if length is None else start + length


def _first(raw: _Listing, keys: Sequence[str]) -> object:
    return first_of(raw.get(key) for key in keys)


def _without_overlaps(programmes: Sequence[Programme]) -> tuple[Programme, ...]:
    """Sort by start, drop duplicate starts, and end a programme where the next one starts.

    A programme without an end lasts until the next start or an assumed maximum; for equal starts one with an end is
    kept.
    """
    ordered = sorted(
        programmes, key=lambda one: (one.start, one.stop == one.start)
    )  # stable sort: the first listed stays
    kept: list[Programme] = []
    for one in ordered:
        if kept and kept[-1].start == one.start:
            continue
        if kept and kept[-1].stop > one.start:
            kept[-1] = replace(kept[-1], stop=one.start)
        kept.append(one if one.stop > one.start else replace(one, stop=one.start + ASSUMED_S))
    return tuple(kept)
