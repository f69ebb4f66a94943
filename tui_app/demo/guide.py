"""Half-hour programmes computed from the clock: a channel and a time always give the same programme."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from tui_app.demo.channels import ChannelGenerator
from tui_app.demo.quirks import Row
from tui_app.demo.titles import languages

TIMEZONE: Final = "Europe/Berlin"
_ZONE: Final = ZoneInfo(TIMEZONE)
_SLOT_S: Final = 1_800
_DAY_S: Final = 86_400
_DEFAULT_LIMIT: Final = 4


def short_guide(channels: ChannelGenerator, index: int, now: int, limit: int) -> Row:
    """Return the current programme and the next ones; `limit` 0 means four. Empty without a guide."""
    if not channels.epg_id(index):
        return {"epg_listings": []}
    first = now // _SLOT_S
    count = min(limit, 100) if limit > 0 else _DEFAULT_LIMIT
    return {"epg_listings": [_listing(channels, index, slot) for slot in range(first, first + count)]}


def full_guide(channels: ChannelGenerator, index: int, now: int, generation: int) -> Row:
    """Return the programmes from the start of the archive (or six hours ago) to 36 hours ahead.

    Each has `now_playing` and `has_archive`.
    """
    if not channels.epg_id(index):
        return {"epg_listings": []}
    days = channels.archive_days(index, generation)
    back = days * _DAY_S if days else _DAY_S // 4
    current = now // _SLOT_S
    slots = range((now - back) // _SLOT_S, (now + _DAY_S * 3 // 2) // _SLOT_S)
    return {
        "epg_listings": [
            _listing(channels, index, slot)
            | {"now_playing": int(slot == current), "has_archive": int(days > 0 and slot < current)}
            for slot in slots
        ]
    }


def guide_file(channels: ChannelGenerator, now: int, generation: int) -> Iterator[bytes]:
    """Yield the guide of all channels as XMLTV, in pieces of about 50 kB per channel.

    It covers the time from the start of each archive to two days ahead.
    """
    indices = [index for index in channels.generations.indices(generation) if channels.epg_id(index)]
    yield b'<?xml version="1.0" encoding="utf-8" ?><!DOCTYPE tv SYSTEM "xmltv.dtd"><tv generator-info-name="demo">\n'
    for index in indices:
        name = _xml(str(channels.row(index, generation, 1, 0)["name"]))
        yield f'<channel id="{channels.epg_id(index)}"><display-name>{name}</display-name></channel>\n'.encode()
    for index in indices:
        back = max(channels.archive_days(index, generation), 1) * _DAY_S
        slots = range((now - back) // _SLOT_S, (now + 2 * _DAY_S) // _SLOT_S)
        yield "".join([_element(channels, index, slot) for slot in slots]).encode()
    yield b"</tv>\n"


def _element(channels: ChannelGenerator, index: int, slot: int) -> str:
    title, plot = _words(channels, index, slot)
    start, stop = (time.strftime("%Y%m%d%H%M%S +0000", time.gmtime(at * _SLOT_S)) for at in (slot, slot + 1))
    # panels write the guide's id, which may differ from the list's in case
    return (
        f'<programme start="{start}" stop="{stop}" channel="{str(channels.epg_id(index)).lower()}">'
        f"<title>{_xml(title)}</title><desc>{_xml(plot)}</desc></programme>\n"
    )


def _xml(text: str) -> str:
    """Escape text and remove characters that XML does not allow: some names of the demo contain control characters."""
    return escape("".join(letter for letter in text if letter.isprintable()))


def _words(channels: ChannelGenerator, index: int, slot: int) -> tuple[str, str]:
    """Return title and description."""
    rng = channels.rng(f"guide{slot}/", index)
    language = languages()[channels.group(index).language]
    return language.title(rng), language.plot(rng)


def _listing(channels: ChannelGenerator, index: int, slot: int) -> Row:
    start, stop = slot * _SLOT_S, (slot + 1) * _SLOT_S
    title, plot = _words(channels, index, slot)
    return {
        "id": str(slot * 1_000 + index % 1_000),
        "epg_id": str(index),
        "title": b64encode(title.encode()).decode(),
        "lang": "",
        "start": wall_clock(start),
        "end": wall_clock(stop),
        "description": b64encode(plot.encode()).decode(),
        "channel_id": channels.epg_id(index),
        "start_timestamp": str(start),
        "stop_timestamp": str(stop),
    }


def wall_clock(epoch: int) -> str:
    """Return a time as the panel's clock shows it."""
    return datetime.fromtimestamp(epoch, _ZONE).strftime("%Y-%m-%d %H:%M:%S")
