"""Time zones as panels name them: IANA names, numeric offsets, nonsense. Knows nothing of where the name came from."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
_WALL_CLOCK = re.compile(r"(\d{4})-\s*(\d\d)-(\d\d)\D(\d\d)\D(\d\d)\D(\d\d)")
_LONGEST_NAME: Final = 100
_QUARTER_HOUR: Final = 15 * 60
#: Names of offsets as guides write them, in minutes. Where a name has several meanings it is the one most people use.
_NAMED_OFFSETS: Final = {
    name: minutes
    for names, minutes in (
        ("Z UT UTC GMT WET", 0), ("BST WEST CET MET WAT MEZ", 60), ("CEST MEST EET SAST CAT MESZ", 120),
        ("EEST MSK TRT EAT", 180), ("IRST", 210), ("GST MSD SAMT", 240), ("PKT UZT YEKT", 300),
        ("IST", 330), ("NPT", 345), ("ICT WIB", 420), ("HKT SGT AWST PHT WITA MYT", 480), ("JST KST WIT", 540),
        ("ACST", 570), ("AEST", 600), ("ACDT", 630), ("AEDT", 660), ("NZST", 720), ("NZDT", 780),
        ("BRT ART ADT UYT CLST", -180), ("NST", -210), ("EDT AST CLT", -240), ("EST CDT COT PET", -300),
        ("CST MDT", -360), ("MST PDT", -420), ("PST AKDT", -480), ("AKST", -540), ("HST", -600),
    )
    for name in names.split()
}  # fmt: skip
_WIDEST_OFFSET: Final = 15 * 3600


@lru_cache(maxsize=64)
def find_zone(name: str) -> tzinfo | None:
    """The zone of an IANA name or a numeric offset such as `+02:00`; None for anything else."""
    if len(name) > _LONGEST_NAME:
        return None
    name = name.strip()
    if match := _OFFSET.fullmatch(name):
        seconds = int(match[2]) * 3600 + int(match[3] or 0) * 60
        return _fixed(-seconds if match[1] == "-" else seconds)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # bad keys raise any of these, by shape and platform
        return None


def zone_named(name: str) -> tzinfo:
    """Like `find_zone`, with UTC for what is unknown."""
    return find_zone(name) or UTC


def find_offset(name: str, otherwise: tzinfo) -> tzinfo | None:
    """The zone that stands behind a time: `+1`, `-0330`, `Z`, `CEST`, `UTC+2`, `Europe/Berlin`.

    `otherwise` for a name that means nothing; None for an offset that can't be. A summer name is a fixed offset.
    """
    name = name.strip().replace("\u2212", "-")
    minutes = _NAMED_OFFSETS.get(name.upper())
    if minutes is not None:
        return _fixed(minutes * 60)
    return find_zone(name) or (None if _OFFSET.fullmatch(name) else otherwise)


def derived_offset(wall_clock: str, epoch: int) -> str | None:
    """The offset a server's clock text shows against its epoch, as `+02:00`, to the quarter of an hour."""
    match = _WALL_CLOCK.match(wall_clock.strip())
    if match is None:
        return None
    try:
        shown = datetime(*(int(part) for part in match.groups()), tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    seconds = round((shown - epoch) / _QUARTER_HOUR) * _QUARTER_HOUR
    if abs(seconds) > _WIDEST_OFFSET:
        return None
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _fixed(seconds: int) -> tzinfo | None:
    return timezone(timedelta(seconds=seconds)) if abs(seconds) <= _WIDEST_OFFSET else None
