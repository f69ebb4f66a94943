"""Parse start, end and duration of programmes in XMLTV files and short EPG answers.

Adds to `coerce.epoch` what only EPGs use: digits without separators, named zones, durations instead of ends, and
implausible ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Final

from tui_app.xtream.coerce import epoch, float_
from tui_app.xtream.fields import find_offset

#: Maximum duration in seconds; longer programmes are cut.
LONGEST_S: Final = 24 * 3600
#: Maximum duration of a programme without an end.
ASSUMED_S: Final = 6 * 3600
#: An end further away than this invalidates the programme: EPGs cover two weeks.
_ABSURD_S: Final = 14 * 24 * 3600
#: A plain number up to this is in minutes (`60`), a larger one in seconds (`3600`).
_MOST_MINUTES: Final = ASSUMED_S // 60
_LONGEST_TEXT: Final = 80

_ZONE: Final = r"[+\-\u2212]\d{1,2}(?::?\d\d)?|(?![AaPp]\.?[Mm]\b)[A-Za-z][A-Za-z_/]*(?:[+\-]\d{1,2}(?::?\d\d)?)?"
_COMPACT: Final = re.compile(
    rf"(\d{{4}})(\d\d)(\d\d)(?:T?(\d\d)(?:(\d\d)(\d\d)?(?:[.,]?\d{{3,9}})?)?)?\s*({_ZONE})?", re.ASCII
)
_CLOCK_AND_ZONE: Final = re.compile(rf"(.*\d[:.]\d\d(?:[:.,]\d+)*(?:\s*[AaPp]\.?[Mm]\.?)?)\s*({_ZONE})", re.ASCII)
_CLOCK_LENGTH: Final = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?", re.ASCII)
_UNIT_LENGTH: Final = re.compile(
    r"(?:P?T?\s*(\d{1,2})\s*h(?:ours?|rs?)?)?\s*(?:P?T?(\d{1,5})\s*m(?:in(?:ute)?s?)?\.?)?"
    r"\s*(?:P?T?(\d{1,6})\s*s(?:ec(?:ond)?s?)?\.?)?",
    re.ASCII | re.IGNORECASE,
)


def time_of(value: object, zone: tzinfo = UTC) -> int | None:
    """Return epoch seconds of `20260101120000 +0200`, `2026-01-01T12:00Z`, `1767268800`, ...; None if it is no time.

    `zone` applies to times without a zone or with an unknown one.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return epoch(value, zone)
    text = str(value).strip() if isinstance(value, str) or value.bit_length() < 64 else ""
    if len(text) > _LONGEST_TEXT:
        return None
    if (match := _COMPACT.fullmatch(text)) is not None and (found := _compact_time(match, zone)) is not None:
        return found
    found = epoch(value, zone)
    if found is None and (match := _CLOCK_AND_ZONE.fullmatch(text)) is not None:
        own = find_offset(match[2], zone)
        return None if own is None else epoch(match[1], own)
    return found


def _compact_time(match: re.Match[str], zone: tzinfo) -> int | None:
    """Return epoch seconds, or None if the digits are no date; `1767268800` (ten digits) is a number of seconds."""
    year, month, day, hour, minute, second, name = match.groups()
    if not year.startswith(("19", "20")) or (hour and not minute and not name):
        return None
    own = find_offset(name, zone) if name else zone
    return None if own is None else epoch(f"{year}-{month}-{day} {hour or '00'}:{minute or '00'}:{second or '00'}", own)


def length_of(value: object, unit_s: int | None = None) -> int | None:
    """Return a duration in seconds, from `60` (minutes), `3600`, `"90 min"`, `"1:30:00"`, `"PT1H30M"`; None for none.

    `unit_s` is the unit if known. Otherwise numbers up to 360 are minutes: six hours is the longest, six minutes
    the shortest plausible programme, and a wrong guess is cut at the next start.
    """
    number = float_(value)
    if number is not None:
        seconds = number * (unit_s or (60 if number <= _MOST_MINUTES else 1))
        return int(seconds) if 0 < seconds <= _ABSURD_S else None
    text = value.strip() if isinstance(value, str) and len(value) <= _LONGEST_TEXT else ""
    match = _CLOCK_LENGTH.fullmatch(text) or _UNIT_LENGTH.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds_ = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds_ or None


def usable_end(start: int, ends: Iterable[int | None]) -> int | None:
    """Return the first end after the start, at most `LONGEST_S` later; None if there is none.

    Raises ValueError for an impossible programme: one of weeks, or one that ended days before its start.
    """
    known = [end for end in ends if end is not None]
    for end in known:
        if 0 < end - start <= _ABSURD_S:
            return min(end, start + LONGEST_S)
    if any(abs(end - start) > LONGEST_S for end in known):
        raise ValueError("the end and the start have nothing to do with each other")
    return None
