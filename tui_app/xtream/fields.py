"""Parse fields that need more than a coercion: years, ratings, durations, pictures, adult flags, time zones.

Shared by list rows and details, so that both interpret a field in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from tui_app.catalog.fields import TITLE_FIELDS
from tui_app.text import plausible_year, split_title
from tui_app.text.clean import LONGEST_TEXT
from tui_app.xtream import dates
from tui_app.xtream.coerce import URL_LIMIT, epoch, first_of, flag, float_, int_, meta, obj, strs, url
from tui_app.xtream.urls import valid_container

#: Keys of the release date, most common first.
RELEASE_KEYS: Final = next(one.wire for one in TITLE_FIELDS if one.name == "released")
_HIGHEST_CHANNEL: Final = 2**53
_LONGEST_S: Final = 7 * 86_400
_LONGEST_ARCHIVE: Final = 3650  # days
_FARTHEST_S: Final = 4_102_444_800  # the year 2100

_BOXED_YEAR = re.compile(r"(?<=.)[(\[]((?:18|19|20)[0-9]{2})[)\]]")
_HAS_YEAR = re.compile(r"(?:18|19|20)[0-9]{2}")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)", re.ASCII)
_SPOKEN = re.compile(
    r"(?:(\d{1,3})\s*(?:h|hr|hrs|hours?)\.?)?\s*(?:(\d{1,4})\s*(?:m|min|mins|minutes?)\.?)?", re.I | re.A
)
_SCORE = re.compile(
    r"(?:(?:imdb|tmdb|rating|score|kinopoisk|kp|metacritic|rotten tomatoes|rt|vote|note|★|⭐|☆)\ufe0f?[\s:=-]*){0,2}"
    r"(\d{1,3}(?:[.,٫]\d{1,9})?)\s*(?:(%)|/\s*(\d{1,3})(?:[.,]0+)?(?!\d))?"
    r"\s*(?:stars?|points?|pts|★|⭐)?\ufe0f?\s*(?:[(\[][^()\[\]]{0,40}[)\]])?",
    re.IGNORECASE,
)
_TRAILER = re.compile(r"[A-Za-z0-9_-]{11}")
_TRAILER_IN_LINK = re.compile(r"(?:[?&]v=|youtu\.be/|/embed/|/shorts/|/v/)([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])")
# as decorations only: "xXx (2002)" and "Young Adult" are films
_ADULT_NAME = re.compile(r"(?<!\w)(?:XXX|18\s?\+|\+18|ADULTS?(?! SWIM)|(?:[Ff]or |[Oo]nly )[Aa]dults?)(?![\w+])")


def year(value: object) -> int | None:
    """Return a plausible year, also from a date or a range (`2010-2014`); None for 0 and other values."""
    number = int_(value)
    if number is None and isinstance(value, str) and value:
        return dates.year_in(value)
    return plausible_year(number)


def year_in_name(name: str) -> int | None:
    """Return the year in a title's brackets, `Title (1999) [4K]`, or at its end, `Title - 1999`."""
    name = name[:LONGEST_TEXT]
    if ("(" in name or "[" in name) and (boxed := _BOXED_YEAR.findall(name)):
        found: int | None = int(boxed[-1])
    elif name[-7:-4] == " - " and name[-4:].isdecimal() and len(name) > 12:
        found = int(name[-4:])
    elif " - " in name and _HAS_YEAR.search(name):  # tags after the year
        found = split_title(name).year
    else:
        return None
    return plausible_year(found)


def rating(value: object, of_five: object = None) -> float | None:
    """Return a rating above 0 and up to 10. `of_five` (0-5) is used if `value` is missing or less precise."""
    main = _score(value)
    if main is None or not 0 < main <= 100:
        main = None
    elif main > 10:
        main /= 10
    half = float_(of_five) if of_five is not None and (main is None or main.is_integer()) else None
    if half is not None and 0 < half <= 5 and (main is None or abs(half * 2 - main) < 1):
        main = half * 2
    return None if main is None else round(main, 3)


def _score(value: object) -> float | None:
    """Parse a rating out of ten, also `85%`, `4/5`, `★ 7.1`, `IMDb 7.1 (1,234)`; not an age such as `PG-13`."""
    if not isinstance(value, str) or "/" not in value:
        number = float_(value)
        if number is not None or not isinstance(value, str) or len(value) < 2:
            return number
    if len(value) > 80:
        return None
    match = _SCORE.fullmatch(dates.ascii_digits(value).strip())
    if match is None:
        return None
    number, whole = float(match[1].replace(",", ".").replace("٫", ".")), 100 if match[2] else int(match[3] or 0)
    if not whole:
        return number
    return number / whole * 10 if number <= whole and whole in (5, 10, 100) else None


def seconds(value: object) -> int | None:
    """Return a duration given in seconds."""
    number = float_(value)
    return int(number) if number is not None and 1 <= number <= _LONGEST_S else None


def minutes(value: object) -> int | None:
    """Return a duration in seconds, given in minutes, also as `[42]` or `"42 min"`."""
    if type(value) is int and 0 < value * 60 <= _LONGEST_S:
        return value * 60
    if isinstance(value, list):
        value = value[0] if value else None
    number = float_(value)
    if number is None:
        return length(value) if isinstance(value, str) else None
    return seconds(number * 60)


def length(value: object) -> int | None:
    """Parse a duration: `H:M:S`, `M:S`, `102 min`, `1h 42m`; plain numbers up to 600 are minutes. Result in seconds."""
    number = float_(value)
    if number is not None:
        return seconds(number * 60 if number <= 600 else number)
    written = value.strip() if isinstance(value, str) and len(value) < 40 else ""
    if match := _CLOCK.fullmatch(written):
        return seconds(int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]))
    match = _SPOKEN.fullmatch(written)
    return seconds(int(match[1] or 0) * 3600 + int(match[2] or 0) * 60) if match else None


def duration(in_seconds: object, written: object, *in_minutes: object) -> int | None:
    """Return the first duration (seconds) found in fields of seconds and of written durations."""
    found = seconds(in_seconds) if in_seconds is not None else None
    if found is None and written is not None:
        found = length(written)
    for value in in_minutes:
        if found is None and value is not None:
            found = minutes(value)
    return found


def released(value: object) -> str | None:
    """Return a date as `YYYY-MM-DD` or `YYYY` if readable, otherwise the panel's text; None for `0000-00-00`."""
    if type(value) is str and len(value) == 10 and value[4] == value[7] == "-" and "1970-01-01" < value < "2100":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    line = meta(value, 60)
    if line is None or dates.says_no_date(line):
        return None
    if line.isdecimal() and len(line) != 8:
        return _released_number(line)
    day = dates.day_in(line)
    if day is not None:
        return day.isoformat() if plausible_year(day.year) else None
    found = dates.year_in(line)
    if any(char.isalpha() for char in line):
        return line
    return None if found is None else str(found)


def first_released(values: Iterable[object]) -> str | None:
    """Return the first readable date, otherwise the first text."""
    first: str | None = None
    for value in values:
        if value and (found := released(value)) is not None:
            if found[:4].isdecimal():
                return found
            first = first or found
    return first


def _released_number(digits: str) -> str | None:
    """Return the date of a number: a year, or epoch seconds."""
    if len(digits) < 9:
        return str(found) if (found := year(digits)) else None
    at = epoch(digits)
    return datetime.fromtimestamp(at, UTC).date().isoformat() if at is not None and at < _FARTHEST_S else None


def trailer(value: object) -> str | None:
    """Return the 11-character YouTube id from an id, a link or a list of either."""
    if value is None or value == "":
        return None
    if type(value) is str and _TRAILER.fullmatch(value):
        return value
    for link in strs(value):
        if _TRAILER.fullmatch(link):
            return link
        if match := _TRAILER_IN_LINK.search(link):
            return match[1]
    return None


def container(value: object) -> str | None:
    """Return a file extension for stream URLs, in the panel's case."""
    return valid_container(value) if isinstance(value, str) else None


def positive(value: object) -> int | None:
    """Return an integer above 0, such as ids of other databases, where 0 means none."""
    number = int_(value) if value is not None and value != "" else None
    return number if number is not None and number > 0 else None


def channel_number(value: object) -> int | None:
    """Return a channel's number; of one like `7.1`, which stands between 7 and 8, the whole part."""
    number = int_(value)
    if number is None and (fraction := float_(value)) is not None and abs(fraction) < _HIGHEST_CHANNEL:
        return int(fraction)
    return number


def archive_days(is_kept: object, days: object) -> int:
    """Return how many days of a channel are kept for catch-up, if a flag says that they are."""
    number = int_(days) if flag(is_kept) else None
    return number if number is not None and 0 < number <= _LONGEST_ARCHIVE else 0


def is_radio(stream_type: object) -> bool:
    return isinstance(stream_type, str) and "radio" in stream_type.lower()


def picture(value: object, base_url: str) -> str | None:
    """Return the first address in a text, a list or the JSON text of a list."""
    if isinstance(value, str) and not value.startswith("["):
        return url(value, base_url)
    whole = (text for text in strs(value) if len(text) < URL_LIMIT)
    return next((link for text in whole if (link := url(text, base_url)) is not None), None)


def video(probe: object) -> str | None:
    """Return size and codec of a probed stream: `1920x1080 h264`."""
    known = obj(probe)
    width, height = positive(known.get("width")), positive(known.get("height"))
    size = f"{width}x{height}" if width and height else None
    return " ".join(filter(None, (size, meta(known.get("codec_name"), 40)))) or None


def audio(probe: object) -> str | None:
    """Return codec and channels of a probed stream: `aac 2ch`."""
    known = obj(probe)
    channels = positive(known.get("channels"))
    return " ".join(filter(None, (meta(known.get("codec_name"), 40), f"{channels}ch" if channels else None))) or None


def languages(value: object) -> str | None:
    """Return the languages in a list of `{index, language, title}`, or the texts of a list."""
    members = value if isinstance(value, list) else [value]
    names: list[str] = []
    for member in members[:100]:
        if isinstance(member, dict):
            tags = obj(member.get("tags"))
            member = first_of((member.get("language"), tags.get("language"), member.get("title")))
        if isinstance(member, str) and (name := meta(member, 60)):
            names.append(name)
    return ", ".join(dict.fromkeys(names)) or None


def is_adult(value: object, name: str) -> bool | None:
    """Return the panel's flag if given, True if the name says so, otherwise None (unknown)."""
    if value is True or value == 1 or value == "1":
        return True
    if value is False or value == 0 or value == "0":
        return False
    word = value.strip()[:10].lower() if isinstance(value, str) else ""
    if word in ("true", "yes", "on"):
        return True
    if word in ("false", "no", "off"):
        return False
    may_say_so = "XXX" in name or "18" in name or "dult" in name or "DULT" in name
    return True if may_say_so and _ADULT_NAME.search(name, 0, LONGEST_TEXT) else None


_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
_WALL_CLOCK = re.compile(r"(\d{4})-\s*(\d\d)-(\d\d)\D(\d\d)\D(\d\d)\D(\d\d)")
_LONGEST_NAME: Final = 100
_QUARTER_HOUR: Final = 15 * 60
#: Zone abbreviations in EPGs, in minutes; for ambiguous ones the most common meaning.
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
    """Return the zone of an IANA name or a numeric offset such as `+02:00`; otherwise None."""
    if len(name) > _LONGEST_NAME:
        return None
    name = name.strip()
    if match := _OFFSET.fullmatch(name):
        seconds = int(match[2]) * 3600 + int(match[3] or 0) * 60
        return _fixed(-seconds if match[1] == "-" else seconds)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # which one an invalid key raises depends on its form and the platform
        return None


def zone_named(name: str) -> tzinfo:
    """Return the zone like `find_zone`, UTC if unknown."""
    return find_zone(name) or UTC


def find_offset(name: str, otherwise: tzinfo) -> tzinfo | None:
    """Return the zone written behind a time: `+1`, `-0330`, `Z`, `CEST`, `UTC+2`, `Europe/Berlin`.

    `otherwise` is returned for an unknown name, None for an impossible offset. A daylight saving abbreviation is a
    fixed offset.
    """
    name = name.strip().replace("\u2212", "-")
    minutes = _NAMED_OFFSETS.get(name.upper())
    if minutes is not None:
        return _fixed(minutes * 60)
    return find_zone(name) or (None if _OFFSET.fullmatch(name) else otherwise)


def derived_offset(wall_clock: str, epoch: int) -> str | None:
    """Return a server's UTC offset (`+02:00`, rounded to 15 minutes) from its clock text and epoch."""
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
