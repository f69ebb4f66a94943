"""An extended M3U playlist: one line of tags and one address for each thing that can be played.

M3U has no way to quote, and its readers disagree: an attribute ends at the next `"`, a title begins after the first
comma, or the last one, or the last quote; Kodi cuts groups at `;` and looks for `tvg-id=` anywhere in the line; mpv
knows a playlist by a first line that is `#EXTM3U` and nothing else. So what one of them would cut at is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tui_app.catalog import UNCATEGORISED, Kind
from tui_app.export.addresses import Addresses
from tui_app.export.records import Record

_UNKNOWN_LENGTH: Final = -1
_SIGNS: Final = str.maketrans({'"': "'", ",": " ", ";": " "})
_IN_ADDRESS: Final = str.maketrans({'"': "%22", ",": "%2C", ";": "%3B", " ": "%20"})
_GROUP_MARK: Final = ";"  # between the groups of one entry
#: What readers would take for a tag of ours inside a name.
_DIRECTIVE: Final = re.compile(r"#(?=EXT)", re.IGNORECASE)
_TAG: Final = re.compile(r"\b((?:x-)?(?:tvg|group|url|catchup|radio)[\w-]{0,30})=", re.IGNORECASE)


def m3u_lines(records: Iterable[Record], addresses: Addresses, *, names_guide: bool = False) -> Iterator[str]:
    """The playlist, entry by entry. Records without an address (series, separators) are passed over.

    `names_guide`: the first line names the guide's address, which makes it unreadable for players that expect it bare.
    """
    yield f"#EXTM3U{_guide_tags(addresses) if names_guide else ''}\n"
    for record in records:
        if record.address:
            yield f"#EXTINF:{_length(record)}{_tags(record, addresses)},{_title(record)}\n{record.address}\n"


def _guide_tags(addresses: Addresses) -> str:
    return "".join(_tag(name, addresses.guide.translate(_IN_ADDRESS)) for name in ("url-tvg", "x-tvg-url"))


def _length(record: Record) -> int:
    return record.row.item.duration_s or _UNKNOWN_LENGTH


def _tags(record: Record, addresses: Addresses) -> str:
    item, row = record.row.item, record.row
    tags = [
        ("tvg-id", _plain(item.epg_id or "")),
        ("tvg-name", _title(record)),
        ("tvg-logo", (record.logo or "").translate(_IN_ADDRESS)),
        ("tvg-chno", str(item.number) if item.number is not None and item.kind is Kind.CHANNEL else None),
        ("group-title", _GROUP_MARK.join(filter(None, map(_plain, row.categories))) or UNCATEGORISED),
        ("radio", "true" if item.is_radio else None),
    ]
    if item.archive_days:
        tags += [
            ("catchup", "default"),
            ("catchup-days", str(item.archive_days)),
            ("catchup-source", addresses.catchup(row.wire_id)),
            ("catchup-correction", addresses.catchup_correction),
        ]
    return "".join(_tag(name, value) for name, value in tags if value)


def _title(record: Record) -> str:
    """The name; of an episode with its series and its place in it."""
    item = record.row.item
    name = item.name
    if item.kind is Kind.EPISODE:
        place = f"S{item.season or 0:02d}E{item.episode or 0:02d}"
        name = " ".join(filter(None, (item.series_name, place, item.name)))
    return _plain(name) or f"{item.kind.value} {_plain(item.id)}"


def _tag(name: str, value: str) -> str:
    return f' {name}="{value}"'


def _plain(text: str) -> str:
    """On one line, without anything that a reader would cut at or take for a tag."""
    one_line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(_TAG.sub(r"\1 ", _DIRECTIVE.sub("", one_line.translate(_SIGNS))).split())
