"""The short guide of one channel: what is on now and next, out of listings that may be base64, plain, or both.

A channel without a guide is usual, not an error: whatever can't be read gives no programmes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, Final

from tui_app.catalog import Programme
from tui_app.text import clean_line, clean_paragraphs
from tui_app.text.clean import LONGEST_TEXT
from tui_app.xtream.base64_text import b64text, decoded_base64
from tui_app.xtream.coerce import epoch, first_of, flag, int_, is_account, text
from tui_app.xtream.lenient import find_value

ReadText = Callable[[object], str]

LONGEST_S: Final = 24 * 3600
_MOST_LISTINGS: Final = 5_000
_COULD_BE_BASE64 = re.compile(r"[A-Za-z0-9+/_=\r\n-]*")


def programmes_from(body: bytes, zone: tzinfo = UTC) -> tuple[Programme, ...]:
    """The programmes in a `get_short_epg` or `get_simple_data_table` body, by start, each minute once.

    `zone` is the server's, for listings that have wall clock texts only. Never raises for any body.
    """
    found = find_value(body)
    listings = _listings(found.value if found is not None else None)[:_MOST_LISTINGS]
    read_text = _reader(listings)
    programmes = [made for raw in listings if (made := _programme(raw, zone, read_text)) is not None]
    return _without_overlaps(programmes)


def _listings(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, dict):
        if is_account(value):
            return []
        value = first_of((value.get("epg_listings"), value.get("listings"))) if _has_listings(value) else value
    members = list(value.values()) if isinstance(value, dict) and not _is_listing(value) else value
    if isinstance(members, dict):
        members = [members]
    if not isinstance(members, list):
        return []
    flat = [inner for member in members for inner in (member if isinstance(member, list) else [member])]
    return [member for member in flat if isinstance(member, dict) and _is_listing(member)]


def _has_listings(value: Mapping[str, Any]) -> bool:
    return "epg_listings" in value or "listings" in value


def _is_listing(value: Mapping[str, Any]) -> bool:
    return "title" in value or "start_timestamp" in value or ("start" in value and not isinstance(value["start"], dict))


def _read_base64(value: object) -> str:
    """For responses of which most texts are base64: what is not UTF-8 inside shows its scars."""
    strict = decoded_base64(value) if isinstance(value, str) else None
    if strict is None and isinstance(value, str):
        return decoded_base64(value, "replace") or value.strip()[:LONGEST_TEXT]
    return b64text(value) or ""


def _read_either(value: object) -> str:
    return b64text(value) or ""


def _read_plain(value: object) -> str:
    return value[:LONGEST_TEXT] if isinstance(value, str) else text(value) or ""


def _reader(listings: Sequence[Mapping[str, Any]]) -> ReadText:
    """How to read this response's texts: one plain title makes all of them plain."""
    titles = [title for raw in listings if isinstance(title := raw.get("title"), str) and title.strip()]
    if not all(_COULD_BE_BASE64.fullmatch(title.strip()) for title in titles):
        return _read_plain
    if sum(decoded_base64(title) is not None for title in titles) * 2 > len(titles):
        return _read_base64
    return _read_either


def _programme(raw: Mapping[str, Any], zone: tzinfo, read_text: ReadText) -> Programme | None:
    start = _time(raw, zone, "start_timestamp", "start")
    stop = _time(raw, zone, "stop_timestamp", "end_timestamp", "end", "stop")
    if start is None or stop is None or not 0 < stop - start <= LONGEST_S:
        return None
    start_text = raw.get("start")
    has_text = isinstance(start_text, str) and int_(start_text) is None
    return Programme(
        start=start,
        stop=stop,
        title=clean_line(read_text(raw.get("title"))) or "No title",
        description=clean_paragraphs(read_text(raw.get("description"))),
        has_archive=None if first_of((raw.get("has_archive"),)) is None else flag(raw.get("has_archive")),
        start_text=text(start_text, 40) if has_text else None,
    )


def _time(raw: Mapping[str, Any], zone: tzinfo, *keys: str) -> int | None:
    return next((at for key in keys if (at := epoch(raw.get(key), zone)) is not None), None)


def _without_overlaps(programmes: Sequence[Programme]) -> tuple[Programme, ...]:
    """By start, exact repeats once; where two overlap the later start wins and the earlier one ends there."""
    ordered = sorted({(one.start, one.stop): one for one in reversed(programmes)}.values(), key=lambda one: one.start)
    kept: list[Programme] = []
    for one in ordered:
        if kept and kept[-1].start == one.start:
            continue
        if kept and kept[-1].stop > one.start:
            kept[-1] = replace(kept[-1], stop=one.start)
        kept.append(one)
    return tuple(kept)
