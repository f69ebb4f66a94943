"""Coerce arbitrary JSON values to clean values; None for what has no meaning.

Panels send `"12"`, `12`, `12.0`, `""` and `null` in the same field. Nothing here raises for any decoded JSON value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from math import isfinite
from typing import Any, Final
from urllib.parse import urljoin

from tui_app.text import clean_line, clean_paragraphs
from tui_app.text.clean import LONGEST_TEXT, PARAGRAPH_LIMIT
from tui_app.xtream import dates

JSON_INT_LIMIT: Final = 2**53  # larger numbers are inexact in JavaScript and many PHP builds
URL_LIMIT: Final = 2048
ID_LIMIT: Final = 128
#: Maximum list members read, and maximum length of a text parsed as a JSON list.
_MOST_MEMBERS: Final = 200
_MOST_IDS: Final = 100
_NOTHING: Final = frozenset(("", "null", "none", "n/a", "undefined", "-"))
_INT = re.compile(r"[ \t\r\n]*([+-]?[0-9]{1,20})(?:\.0+)?[ \t\r\n]*")
_FLOAT = re.compile(r"\s*([+-]?[0-9]{1,20}(?:[.,][0-9]{1,20})?|[+-]?[.,][0-9]{1,20})\s*(?:/\s*10\s*)?", re.ASCII)
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9][!#-;=?-\[\]_a-z~]*")
_HTTP_URL = re.compile(r"https?://[^/\s?#]", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# characters that cleaning never changes: Latin letters and signs without `&`, soft hyphen and controls
_PLAIN = re.compile("[ -%'-~\u00a1-\u00ac\u00ae-\u02ff]*")
_ACCOUNT_KEYS: Final = ("user_info", "server_info")
_MESSAGE_KEYS: Final = ("message", "error", "status", "msg")


def is_account(value: Mapping[str, Any]) -> bool:
    """Whether an object is the account, which panels send for actions they do not offer."""
    return any(key in value for key in _ACCOUNT_KEYS)


def message_of(value: Mapping[str, Any]) -> str | None:
    """Return the message of an object sent instead of data, None if it is none."""
    if not any(key in value for key in _MESSAGE_KEYS):
        return None
    return next((message for key in _MESSAGE_KEYS if (message := text(value.get(key)))), "")


def obj(value: object) -> dict[str, Any]:
    """Return the object, the single object of a list, or `{}`: PHP encodes an empty object as `[]`."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return value[0]
    return {}


def text(value: object, limit: int = 300) -> str | None:
    """Return one clean line; None for empty text, objects and booleans. Placeholders such as "N/A" stay, see `meta`."""
    if type(value) is not str:
        return _other_text(value, limit)
    if len(value) > LONGEST_TEXT or value.isascii() or not _is_plain(value):
        return clean_line(value, limit) or None
    return value.strip()[:limit].rstrip() or None


def _is_plain(value: str) -> bool:
    """Whether cleaning would not change the text. A tenth of the cost of cleaning it."""
    return "  " not in value and _PLAIN.fullmatch(value) is not None


def _other_text(value: object, limit: int) -> str | None:
    if value is None or isinstance(value, bool | dict):
        return None
    if isinstance(value, int | float):
        return (_number_text(value) or "")[:limit] or None
    if isinstance(value, list):
        parts = [
            part for member in value[:_MOST_MEMBERS] if not isinstance(member, list) and (part := text(member, limit))
        ]
        return ", ".join(parts)[:limit].rstrip() or None
    return None


def _number_text(value: float) -> str | None:
    if isinstance(value, float):
        if not isfinite(value):
            return None
        if value.is_integer() and abs(value) <= JSON_INT_LIMIT:
            value = int(value)
    elif value.bit_length() > 4096:  # CPython refuses to convert such a number to text
        return None
    return str(value)


def meta(value: object, limit: int = 2000) -> str | None:
    """Return one clean line like `text`, but None for placeholders such as `N/A`, `null` or `-`."""
    if value is None or value == "":
        return None
    line = text(value, limit)
    return None if line is None or (len(line) < 10 and line.lower() in _NOTHING) else line


def paragraphs(value: object) -> str | None:
    """Return multi-line text like `meta`, for plots and descriptions."""
    if value is None or value == "":
        return None
    if type(value) is not str:
        return meta(value)
    value = value[:LONGEST_TEXT]
    is_plain = (value.isascii() and value.isprintable() and "&" not in value and "  " not in value) or _is_plain(value)
    clean = value.strip()[:PARAGRAPH_LIMIT].rstrip() if is_plain else clean_paragraphs(value)
    return None if len(clean) < 10 and clean.lower() in _NOTHING else clean


def int_(value: object) -> int | None:
    """Return an integer within ±2^53, also from `"12"`, `"12.0"`, `12.0`; None for booleans."""
    if type(value) is int:
        return value if -JSON_INT_LIMIT <= value <= JSON_INT_LIMIT else None
    if isinstance(value, str) and len(value) < 100:
        if value.isdecimal() and value.isascii() and len(value) < 16:
            return int(value)
        match = _INT.fullmatch(value)
        return int_(int(match[1])) if match else None
    if isinstance(value, float) and isfinite(value) and value.is_integer():
        return int_(int(value))
    return None


def float_(value: object) -> float | None:
    """Return a finite number, also from `"7,5"` and `"7.2/10"`."""
    if type(value) is float:
        return value if isfinite(value) else None
    if type(value) is int:
        return float(value) if -JSON_INT_LIMIT <= value <= JSON_INT_LIMIT else None
    if isinstance(value, str) and len(value) < 100:
        if value.isascii() and value.replace(".", "", 1).isdecimal() and len(value) < 20:
            return float(value)
        match = _FLOAT.fullmatch(value)
        return float(match[1].replace(",", ".")) if match else None
    return None


def flag(value: object) -> bool | None:
    """Return a boolean, None for an unknown word.

    Empty values (`null`, `""`) are False: check first where that matters.
    """
    if value is None or value is False or value == 0:
        return False
    if value is True or value == 1:
        return True
    word = value.strip()[:10].lower() if isinstance(value, str) else None
    if word in ("1", "true", "yes", "on"):
        return True
    return False if word in ("0", "false", "no", "off", "", "none", "null") else None


def epoch(value: object, zone: tzinfo = UTC) -> int | None:
    """Return epoch seconds from seconds, milliseconds, microseconds, or a date that `dates` can read.

    `zone` applies to texts without a time zone.
    """
    if type(value) is str and len(value) == 10 and value.isdecimal() and value.isascii():
        return int(value) or None
    number = float_(value)
    if number is None:
        return dates.moment_of(value, zone) if isinstance(value, str) and value else None
    if number.is_integer() and (written := dates.moment_of_digits(int(number))) is not None:
        return written
    while 1e11 <= number < 1e20:
        number /= 1000
    return int(number) if 1 <= number < 1e11 else None


def id_(value: object) -> str | None:
    """Return the canonical id: decimal if it is a number, otherwise the trimmed text; None without one."""
    if type(value) is int:
        return str(value) if -JSON_INT_LIMIT <= value <= JSON_INT_LIMIT else _text_id(value)
    if type(value) is str and value.isdecimal() and value.isascii() and value[0] != "0" and len(value) < 16:
        return value
    number = int_(value)
    return _text_id(value) if number is None else str(number)


def _text_id(value: object) -> str | None:
    if isinstance(value, list | float) or (isinstance(value, str) and len(value) > 4 * ID_LIMIT):
        return None
    line = text(value, ID_LIMIT + 1)
    return line if line is not None and len(line) <= ID_LIMIT and line.lower() not in ("null", "none") else None


def wire_id(value: object, canonical: str) -> str | None:
    """Return the id as sent (`"007"`) if it differs from the canonical one, otherwise None."""
    if type(value) is not str or value == canonical:
        return None
    sent = value.strip()
    return sent if sent != canonical and len(sent) <= ID_LIMIT and sent.isprintable() else None


def ids(value: object) -> tuple[str, ...]:
    """Return the ids of a list, of comma-separated text or of a single value, in order, without duplicates."""
    if value is None:
        return ()
    if isinstance(value, str) and "," in value:
        value = value.strip("[] ").split(",", _MOST_IDS)
    if not isinstance(value, list):
        value = [value]
    return tuple(dict.fromkeys(known for member in value[:_MOST_IDS] if (known := id_(member)) is not None))


def strs(value: object) -> tuple[str, ...]:
    """Return the texts of a list, of a JSON list in a text, or of a single text."""
    if isinstance(value, str):
        if len(value) <= LONGEST_TEXT and value.lstrip().startswith("["):
            try:
                inner = json.loads(value)
            except (ValueError, RecursionError):
                inner = None
            if isinstance(inner, list):
                return strs(inner)
        value = [value]
    if not isinstance(value, list):
        return ()
    return tuple(
        line for member in value[:_MOST_MEMBERS] if isinstance(member, str) and (line := text(member, URL_LIMIT))
    )


def url(value: object, base_url: str) -> str | None:
    """Return an absolute http(s) URL up to 2 KB, with relative ones joined to `base_url`; otherwise None."""
    if type(value) is not str or len(value) > URL_LIMIT:
        return None
    if _PLAIN_URL.fullmatch(value):
        return value
    link = _one_word(value)
    if not link or link.lower() in _NOTHING:
        return None
    if not _HTTP_URL.match(link):
        if _SCHEME.match(link):
            return None
        try:
            link = urljoin(f"{base_url}/", link)
        except ValueError:
            return None
    return link if _HTTP_URL.match(link) and len(link) <= URL_LIMIT else None


def _one_word(value: str) -> str:
    """Percent-encode characters not allowed in a URL. Entities stay: `&copy=` is a parameter."""
    kept = "".join(char for char in value.strip() if char == " " or char.isprintable())
    return kept.replace(" ", "%20")


def first_of(values: Iterable[object]) -> object:
    """Return the first meaningful value, which need not be that of the first existing key; None without one."""
    for value in values:
        if value is None or value == "" or value == [] or value == {}:
            continue
        if isinstance(value, str) and value.strip()[:10].lower() in _NOTHING:
            continue
        return value
    return None
