"""An extended M3U playlist: one line of tags and one address for each thing that can be played.

M3U has no way to quote: an attribute ends at the next `"`, a title begins after the first comma, an entry ends with its
line. So what would break a line is replaced, and the title alone keeps its commas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tui_app.catalog import UNCATEGORISED, Kind
from tui_app.export.addresses import Addresses
from tui_app.export.records import Record

_UNKNOWN_LENGTH: Final = -1
_IN_ATTRIBUTE: Final = str.maketrans({'"': "'", ",": " "})
_IN_ADDRESS: Final = str.maketrans({'"': "%22", ",": "%2C", " ": "%20"})


def m3u_lines(records: Iterable[Record], addresses: Addresses, *, has_channels: bool) -> Iterator[str]:
    """The playlist, entry by entry. Records without an address (series, separators) are passed over."""
    yield f"#EXTM3U{_guide_tags(addresses) if has_channels else ''}\n"
    for record in records:
        if record.address:
            yield f"#EXTINF:{_length(record)}{_tags(record, addresses)},{_one_line(_title(record))}\n{record.address}\n"


def _guide_tags(addresses: Addresses) -> str:
    return "".join(_tag(name, addresses.guide) for name in ("url-tvg", "x-tvg-url"))


def _length(record: Record) -> int:
    return record.row.item.duration_s or _UNKNOWN_LENGTH


def _tags(record: Record, addresses: Addresses) -> str:
    item, row = record.row.item, record.row
    tags = [
        ("tvg-id", item.epg_id),
        ("tvg-name", _title(record)),
        ("tvg-logo", (record.logo or "").translate(_IN_ADDRESS)),
        ("tvg-chno", str(item.number) if item.number is not None and item.kind is Kind.CHANNEL else None),
        ("group-title", row.categories[0] if row.categories else UNCATEGORISED),
        ("radio", "true" if item.is_radio else None),
    ]
    if item.archive_days:
        tags += [
            ("catchup", "default"),
            ("catchup-days", str(item.archive_days)),
            ("catchup-source", addresses.catchup(row.wire_id)),
        ]
    return "".join(_tag(name, value) for name, value in tags if value)


def _title(record: Record) -> str:
    """The name; of an episode with its series and its place in it."""
    item = record.row.item
    if item.kind is not Kind.EPISODE:
        return item.name
    place = f"S{item.season or 0:02d}E{item.episode or 0:02d}"
    return " ".join(filter(None, (item.series_name, place, item.name)))


def _tag(name: str, value: str) -> str:
    return f' {name}="{_one_line(_one_line(value).translate(_IN_ATTRIBUTE))}"'


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
