"""Half-hour programmes computed from the clock: the same channel and hour give the same programme for everybody."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tui_app.demo.channels import ChannelShelf
from tui_app.demo.quirks import Row
from tui_app.demo.titles import tongues

TIMEZONE: Final = "Europe/Berlin"
_ZONE: Final = ZoneInfo(TIMEZONE)
_SLOT_S: Final = 1_800
_DAY_S: Final = 86_400
_DEFAULT_LIMIT: Final = 4


def short_guide(channels: ChannelShelf, index: int, now: int, limit: int) -> Row:
    """The running programme and those after it; `limit` 0 means four. Without a guide the list is empty."""
    if not channels.epg_id(index):
        return {"epg_listings": []}
    first = now // _SLOT_S
    count = min(limit, 100) if limit > 0 else _DEFAULT_LIMIT
    return {"epg_listings": [_listing(channels, index, slot) for slot in range(first, first + count)]}


def full_guide(channels: ChannelShelf, index: int, now: int, generation: int) -> Row:
    """From as far back as the archive reaches (or six hours) to a day ahead, with `now_playing` and `has_archive`."""
    if not channels.epg_id(index):
        return {"epg_listings": []}
    days = channels.archive_days(index, generation)
    back = days * _DAY_S if days else _DAY_S // 4
    current = now // _SLOT_S
    slots = range((now - back) // _SLOT_S, (now + _DAY_S) // _SLOT_S)
    return {
        "epg_listings": [
            _listing(channels, index, slot)
            | {"now_playing": int(slot == current), "has_archive": int(days > 0 and slot < current)}
            for slot in slots
        ]
    }


def _listing(channels: ChannelShelf, index: int, slot: int) -> Row:
    start, stop = slot * _SLOT_S, (slot + 1) * _SLOT_S
    dice = channels.dice(f"guide{slot}/", index)
    tongue = tongues()[channels.group(index).language]
    return {
        "id": str(slot * 1_000 + index % 1_000),
        "epg_id": str(index),
        "title": b64encode(tongue.title(dice).encode()).decode(),
        "lang": "",
        "start": wall_clock(start),
        "end": wall_clock(stop),
        "description": b64encode(tongue.plot(dice).encode()).decode(),
        "channel_id": channels.epg_id(index),
        "start_timestamp": str(start),
        "stop_timestamp": str(stop),
    }


def wall_clock(epoch: int) -> str:
    """A time as the panel's own clock shows it."""
    return datetime.fromtimestamp(epoch, _ZONE).strftime("%Y-%m-%d %H:%M:%S")
