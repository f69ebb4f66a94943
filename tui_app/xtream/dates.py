"""Parse dates and times as panels write them: ISO, day or month first, month names, compact digits, any script.

`None` means unreadable, or one of PHP's placeholders for "no date": `0000-00-00`, `-0001-11-30`, 1 January 1970.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from tui_app.text import plausible_year
from tui_app.text.clean import LONGEST_TEXT

#: Maximum length of a date.
LONGEST_DATE: Final = 90

_ZERO_DAYS: Final = (date(1970, 1, 1), date(1969, 12, 31))  # epoch 0 in zones east and west of UTC
_NO_DATE: Final = frozenset(("invalid date", "unknown", "tba", "tbd", "nan", "nan-nan-nan", "false"))
_EARLIEST_YEAR, _LATEST_YEAR = 1870, 2100  # range of years in dates without separators
_YMD = re.compile(r"(\d{4})[-/. ]\s*(\d{1,2})[-/. ]\s*(\d{1,2})(?!\d)", re.ASCII)
_DMY = re.compile(r"(\d{1,2})[-/. ]\s*(\d{1,2})[-/. ]\s*(\d{4})(?!\d)", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(?!\d)", re.ASCII)
_DAY_MONTH = re.compile(r"(?:[^\W\d_]{2,12}\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+)?([^\W\d_]{3,12})")
_MONTH_DAY = re.compile(r"(?:[^\W\d_]{2,12}\.?,?\s+)?([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?!\d)")
_YEAR_BEHIND = re.compile(r"[.,]?[\s-]+(?:de\s+|del\s+)?(\d{4})(?!\d)", re.ASCII)
_CLOCK = re.compile(
    r"[T\s:,-]{1,4}(\d{1,2})[:.-](\d\d)(?:[:.-](\d\d))?(?:[.,]\d{1,9})?\s*(?:([ap])\.?m\.?)?", re.I | re.A
)
_ZONE = re.compile(r"\s*(?:(Z)|(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?|(UTC|GMT))?\s*(?:\([^()]*\))?", re.I | re.A)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_FAR_EAST: Final = str.maketrans({"年": "-", "月": "-", "년": "-", "월": "-", "日": " ", "일": " "})
_MONTH_NAMES: Final = (
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "ene fev mrz avr mag giu lug ago set okt nov dez",
    "gen feb mar abr mai jun jul ago sept out nov dic",
)


class _Read(NamedTuple):
    """A parsed date and where it ends in the text; `clock` if the time follows without a separator."""

    day: date
    end: int
    clock: tuple[int, int, int] | None = None


def ascii_digits(text: str) -> str:
    """Convert the digits of any script to 0-9; only the first `LONGEST_TEXT` characters are read."""
    text = text[:LONGEST_TEXT]
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def day_in(text: str) -> date | None:
    """Return the date a text starts with, ignoring what follows: `2010-05-06 (US)`."""
    found = _date_at_start(_plain(text))
    return None if found is None or found.day in _ZERO_DAYS else found.day


def says_no_date(text: str) -> bool:
    """Whether a text is a placeholder for a missing date."""
    if text.lower() in _NO_DATE:
        return True
    found = _date_at_start(_plain(text.lstrip("-")))
    return (found is not None and found.day in _ZERO_DAYS) or text.startswith(("0000-00", "-0001-"))


def moment_of(text: str, zone: tzinfo) -> int | None:
    """Return epoch seconds of a text that consists of a date and optional time. `zone` applies to texts without one."""
    plain = _plain(text)
    found = _date_at_start(plain)
    if found is None or found.day in _ZERO_DAYS:
        return None
    clock, end = found.clock, found.end
    if clock is None and (match := _CLOCK.match(plain, end)):
        clock, end = _clock_of(match), match.end()
    behind = _ZONE.fullmatch(plain, end)
    return None if behind is None else _seconds(found.day, clock or (0, 0, 0), _zone_of(behind, zone))


def year_in(text: str) -> int | None:
    """Return the first plausible year of a film in the text: `2010-2014`, `Spring 2010`, `(2010)`."""
    plain = _plain(text)
    found = _date_at_start(plain)
    if found is not None:
        return None if found.day in _ZERO_DAYS else plausible_year(found.day.year)
    return next((year for match in _YEAR.finditer(plain) if (year := plausible_year(int(match[0])))), None)


def moment_of_digits(digits: int) -> int | None:
    """Return epoch seconds of `20240522`, `202405221000` or `20240522100000` (UTC); None for other numbers."""
    if not 10**7 <= digits < 10**8 and not 10**11 <= digits < 10**12 and not 10**13 <= digits < 10**14:
        return None
    return moment_of(str(digits), UTC)


def _plain(text: str) -> str:
    text = text[: 2 * LONGEST_DATE].strip()
    if not text.isascii():
        text = ascii_digits(text).translate(_FAR_EAST).strip()
    return text if len(text) <= LONGEST_DATE else ""


def _date_at_start(text: str) -> _Read | None:
    if match := _YMD.match(text):
        return _read(match.end(), match[1], match[2], match[3])
    if match := _DMY.match(text):
        day, month = (match[2], match[1]) if int(match[2]) > 12 >= int(match[1]) else (match[1], match[2])
        return _read(match.end(), match[3], month, day)
    if match := _COMPACT.match(text):
        if not _EARLIEST_YEAR <= int(match[1]) <= _LATEST_YEAR:
            return None
        clock = (int(match[4]), int(match[5]), int(match[6] or 0)) if match[4] else None
        return _read(match.end(), match[1], match[2], match[3], clock)
    return _spoken_date(text)


def _spoken_date(text: str) -> _Read | None:
    """Parse `May 6, 2010`, `6 May 2010`, `6. Mai 2010`, `Wed, 06 May 2010`."""
    for pattern, day_group, month_group in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        match = pattern.match(text)
        month = _month(match[month_group]) if match else None
        if match and month and (year := _YEAR_BEHIND.match(text, match.end())):
            return _read(year.end(), year[1], str(month), match[day_group])
    return None


def _read(end: int, year: str, month: str, day: str, clock: tuple[int, int, int] | None = None) -> _Read | None:
    try:
        return _Read(date(int(year), int(month), int(day)), end, clock)
    except ValueError:
        return None


def _month(word: str) -> int | None:
    return _months().get(_bare(word))


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {_bare(name): number for names in _MONTH_NAMES for number, name in enumerate(names.split(), 1)}


def _bare(word: str) -> str:
    """Return lower case without accents; the dotless i becomes i."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char)).replace("ı", "i")


def _clock_of(match: re.Match[str]) -> tuple[int, int, int]:
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4] in "pP" else 0)
    return hour, int(match[2]), int(match[3] or 0)


def _zone_of(match: re.Match[str], zone: tzinfo) -> tzinfo | None:
    """Return the zone a time names, `zone` if it names none, None for an impossible one."""
    if match[2]:
        offset = timedelta(hours=int(match[3]), minutes=int(match[4] or 0))
        return timezone(-offset if match[2] == "-" else offset) if offset < timedelta(days=1) else None
    return UTC if match[1] or match[5] else zone


def _seconds(day: date, clock: tuple[int, int, int], zone: tzinfo | None) -> int | None:
    if zone is None:
        return None
    try:
        # fold 0: the first of two equal hours in autumn; the missing hour in spring moves forward
        seconds = int(datetime(day.year, day.month, day.day, *clock, tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds if seconds > 0 else None
