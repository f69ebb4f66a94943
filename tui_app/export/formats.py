"""The formats of an export: an M3U playlist, a JSON document with one item per line, a CSV table.

M3U has no way to quote, and its readers disagree: an attribute ends at the next `"`, a title begins after the first
comma, or the last one, or the last quote; Kodi splits groups at `;` and looks for `tvg-id=` anywhere in the line; mpv
recognises a playlist by a first line that is exactly `#EXTM3U`. So every character at which one of them would split is
replaced.
"""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import to_builtins
from msgspec.structs import asdict

from tui_app.catalog import UNCATEGORISED, Kind
from tui_app.export.records import COLUMNS, Addresses, Record

_UNKNOWN_LENGTH: Final = -1
_SIGNS: Final = str.maketrans({'"': "'", ",": " ", ";": " "})
_IN_ADDRESS: Final = str.maketrans({'"': "%22", ",": "%2C", ";": "%3B", " ": "%20"})
_GROUP_MARK: Final = ";"  # between the groups of one entry
#: Text inside a name that readers would take for a tag.
_DIRECTIVE: Final = re.compile(r"#(?=EXT)", re.IGNORECASE)
_TAG: Final = re.compile(r"\b((?:x-)?(?:tvg|group|url|catchup|radio)[\w-]{0,30})=", re.IGNORECASE)


def m3u_lines(records: Iterable[Record], addresses: Addresses, *, names_guide: bool = False) -> Iterator[str]:
    """Yield the playlist, entry by entry. Records without an address (series, separators) are skipped.

    With `names_guide` the first line contains the guide's address, which players that expect the bare line reject.
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
    """Return the name; of an episode with its series, season and number."""
    item = record.row.item
    name = item.name
    if item.kind is Kind.EPISODE:
        code = f"S{item.season or 0:02d}E{item.episode or 0:02d}"
        name = " ".join(filter(None, (item.series_name, code, item.name)))
    return _plain(name) or f"{item.kind.value} {_plain(item.id)}"


def _tag(name: str, value: str) -> str:
    return f' {name}="{value}"'


def _plain(text: str) -> str:
    """Return text on one line, without characters at which readers split and without tags."""
    one_line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(_TAG.sub(r"\1 ", _DIRECTIVE.sub("", one_line.translate(_SIGNS))).split())


def json_lines(records: Iterable[Record], *, profile: str, exported_at: int) -> Iterator[str]:
    """Yield the document in pieces: `{"profile", "exported_at", "items": [...], "total"}`.

    `exported_at` is epoch seconds. `total` comes last because it is counted while writing.
    """
    head = json.dumps({"profile": profile, "exported_at": exported_at}, ensure_ascii=False)
    yield f'{head[:-1]}, "items": [\n'
    total = 0
    for record in records:
        document = json.dumps(to_builtins(record.document()), ensure_ascii=False)
        yield f"{',' if total else ' '} {document}\n"
        total += 1
    yield f'], "total": {total}}}\n'


_BOM: Final = "\ufeff"
_CATEGORY_MARK: Final = "; "
#: Characters that begin a formula in some spreadsheet, including the wide forms of East Asian keyboards.
_FORMULA_SIGNS: Final = tuple("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫−")
#: Characters that some spreadsheets skip before a formula.
_SKIPPED: Final = " \u00a0\u200b\u200e\u200f\u2060\u3000\ufeff"
#: A formula after a separator of cells where the decimal comma is used, regardless of quotes.
_NEXT_CELL: Final = re.compile(r"([;\t\r\n] *)(?=[=+@＝＋＠-])")


def csv_lines(records: Iterable[Record], *, has_bom: bool = False) -> Iterator[str]:
    """Yield the table, line by line; with `has_bom` a byte order mark comes first."""
    line = _Line()
    yield (_BOM if has_bom else "") + line.of(COLUMNS)
    for record in records:
        yield line.of(_cell(name, value) for name, value in asdict(record.document()).items())


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if name == "added":
        return _utc(value)
    if isinstance(value, int | float):
        return str(value)
    return _harmless(_CATEGORY_MARK.join(value) if name == "categories" else value)


def _harmless(text: str) -> str:
    text = _NEXT_CELL.sub(r"\1'", text)
    return f"'{text}" if text.lstrip(_SKIPPED).startswith(_FORMULA_SIGNS) else text


def _utc(at: int) -> str:
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    except (OverflowError, ValueError, OSError):  # panels send dates in the year 50,000
        return ""


class _Line:
    """The csv module's writer, used for one line at a time."""

    def __init__(self) -> None:
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n")

    def of(self, cells: Iterable[str]) -> str:
        self._text.seek(0)
        self._text.truncate()
        self._writer.writerow(cells)
        return self._text.getvalue()
